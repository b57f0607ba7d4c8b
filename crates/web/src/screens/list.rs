//! The list of any kind: filter, facets, sorting, paging by key, bulk moves, a board by state.

use super::own::{own, place};
use super::show::{self, Titles, encode};
use super::views;
use crate::ask::Ask;
use crate::cursor;
use crate::fault::Fault;
use crate::htmx;
use crate::layout::{Find, FindError};
use crate::parts::table::{Column, Look, Order, Row, Table, table};
use crate::parts::{Button, empty, facets, header, pager, panel};
use crate::routes::{Route, Who};
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use watchkeep_desk::DeskError;
use watchkeep_model::resolve::Test;
use watchkeep_model::{Field, Kind, Record, Shape};
use watchkeep_store::List;

pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/r/{kind}", Who::Person, page),
        Route::get("/r/{kind}/board", Who::Person, board),
        Route::get("/r/{kind}/facets", Who::Person, |ask| {
            let kind = ask.kind(ask.param("kind"))?;
            Ok(side(ask, &asked(ask, kind)?)?.into_response())
        }),
    ]
}

/// What the address asks for, and what is wrong with its filter.
pub struct Asked {
    pub kind: &'static Kind,
    pub text: String,
    pub list: List,
    pub error: Option<(String, usize)>,
}

/// Reads `q` (or what the kind opens with), `sort` and `after`.
pub fn asked(ask: &Ask, kind: &'static Kind) -> Result<Asked, Fault> {
    asked_or(ask, kind, own(kind).opens)
}

/// The same with the filter that a screen of its own opens with.
pub fn asked_or(ask: &Ask, kind: &'static Kind, opens: &str) -> Result<Asked, Fault> {
    let text = ask.query("q").unwrap_or(opens).to_owned();
    let (test, error) = match ask.app.desk.filter(&ask.actor, kind, &text, ask.now) {
        Ok(test) => (test, None),
        Err(DeskError::Filter(error)) => (
            Test::Not(Box::new(Test::All)),
            Some((error.to_string(), text.get(..error.at).map_or(0, |start| start.chars().count()))),
        ),
        Err(other) => return Err(other.into()),
    };
    let mut list = List::of(kind).filtered(test);
    if let Some(sort) = ask.query("sort").filter(|sort| !sort.is_empty()) {
        (list.sort, list.descending) = (sort.trim_start_matches('-').to_owned(), sort.starts_with('-'));
    }
    list.after = ask.query("after").map(cursor::read).transpose()?;
    Ok(Asked { kind, text, list, error })
}

impl Asked {
    pub fn find(&self) -> Find<'_> {
        let error = self.error.as_ref().map(|(message, at)| FindError { message, at: *at });
        Find { text: &self.text, action: "", kind: Some(self.kind.name), keeps: &[], error }
    }

    /// "37", "250 000", or "20 000+" where more than was looked up fits.
    pub fn total(&self, ask: &Ask) -> Result<String, Fault> {
        let tally = ask.app.desk.store.tally(&ask.actor, &List { after: None, ..self.list.clone() })?;
        Ok(counted(tally.count, tally.exact))
    }
}

/// A count in groups of three, with a `+` where there are more.
fn counted(count: i64, exact: bool) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push('\u{202f}');
        }
        text.push(digit);
    }
    if exact { text } else { text + "+" }
}

fn page(ask: &Ask) -> Result<Response, Fault> {
    let kind = ask.kind(ask.param("kind"))?;
    let asked = asked(ask, kind)?;
    let found = ask.app.desk.store.list(&ask.actor, &asked.list)?;
    let titles = Titles::of(ask, &found.records);
    let here =
        format!("/r/{}?q={}&sort={}", kind.name, encode(&asked.text), encode(ask.query("sort").unwrap_or_default()));
    let body = html! {
        (header::header(kind.plural, &html! { (asked.total(ask)?) " · " (show::help(kind.help)) }, &actions(ask, kind, &asked.text)))
        (views::toast(ask, kind))
        div .cols .list {
            aside { (narrow(kind, &asked.text)) (views::saved(ask, kind, &asked.text)?) }
            (htmx::live("list", &[kind.name], &here, &html! {
                section .panel {
                    @if found.records.is_empty() { (nothing(ask, kind, &asked)) } @else { (rows(ask, &asked, &found.records, &titles)?) }
                }
                (pager::pager("", None, found.next.as_ref().map(|next| format!("{here}&after={}", encode(&cursor::write(next)))).as_deref()))
                (super::bulk::bar(ask, kind))
            }))
        }
    };
    if ask.wants_fragment() {
        // The live list fetches itself: the same element, found by its id.
        return Ok(body.into_response());
    }
    let action = format!("/r/{}", kind.name);
    Ok(ask.page(kind.plural, place(kind), Find { action: &action, ..asked.find() }, &body).into_response())
}

fn actions(ask: &Ask, kind: &Kind, text: &str) -> Markup {
    let link = |what: &str| format!("/r/{}/{what}?q={}", kind.name, encode(text));
    html! {
        @if kind.calendar.is_some() { (Button::link("Calendar", &link("calendar"))) }
        @if kind.has_board() { (Button::link("Board", &link("board"))) }
        (Button::link("CSV", &link("export.csv")).icon("download"))
        (Button::link("XLSX", &link("export.xlsx")))
        @if ask.actor.access.may(kind.name, "create") {
            (Button::link("Import", &format!("/r/{}/import", kind.name)))
            (Button::link(&format!("New {}", kind.label.to_lowercase()), &format!("/r/{}/new", kind.name)).go().key('c').icon("plus"))
        }
    }
}

/// The place of the facets: they follow the page, so that counting never delays it.
pub fn narrow(kind: &Kind, text: &str) -> Markup {
    htmx::later("facets", &facets_of(kind, text))
}

fn facets_of(kind: &Kind, text: &str) -> String {
    format!("/r/{}/facets?q={}", kind.name, encode(text))
}

/// Facets: each value narrows the list.
fn side(ask: &Ask, asked: &Asked) -> Result<Markup, Fault> {
    let counted_facets = ask.app.desk.store.facets(&ask.actor, &List { after: None, ..asked.list.clone() })?;
    let first = counted_facets.iter().find_map(|facet| facet.first);
    let mut owned: Vec<(&'static str, Vec<(String, String, String)>)> = Vec::new();
    // Where none of them has a value there is nothing to narrow by.
    let told = counted_facets.iter().filter(|facet| facet.counts.iter().any(|(value, _)| !value.is_empty()));
    for facet in told {
        let ids: Vec<i64> = facet.counts.iter().filter_map(|(value, _)| value.as_int()).collect();
        let target = facet.field.target().and_then(|name| ask.app.desk.catalog().kind(name));
        let names = match target {
            Some(kind) => ask.app.desk.store.titles(&ask.actor, kind, &ids)?,
            None => Vec::new(),
        };
        let values = facet.counts.iter().map(|(value, count)| {
            let (label, word) = facet_words(facet.field, value, &names, ask);
            let text = format!("{} {}:{word}", asked.text, facet.field.name);
            (label, counted(*count, true), format!("?q={}", encode(text.trim())))
        });
        owned.push((facet.field.label, values.collect()));
    }
    let values: Vec<Vec<facets::Value<'_>>> = owned
        .iter()
        .map(|(_, list)| {
            list.iter().map(|(label, count, href)| facets::Value { label, count, href, chosen: false }).collect()
        })
        .collect();
    let list: Vec<facets::Facet<'_>> =
        owned.iter().zip(&values).map(|((title, _), values)| facets::Facet { title, values }).collect();
    Ok(htmx::live(
        "facets",
        &[asked.kind.name],
        &facets_of(asked.kind, &asked.text),
        &html! {
            (facets::facets(&list))
            @if let Some(first) = first { p .sub .facets-note { "of the first " (counted(first, true)) " found" } }
        },
    ))
}

fn facet_words(field: &Field, value: &watchkeep_model::Value, names: &[(i64, String)], ask: &Ask) -> (String, String) {
    if value.is_empty() {
        return ("none".to_owned(), "none".to_owned());
    }
    let shown = watchkeep_model::text::show(ask.app.desk.catalog(), field, value);
    match (field.shape, value.as_int()) {
        (Shape::Ref(_), Some(id)) => {
            let title = names.iter().find(|(known, _)| *known == id).map_or(shown.clone(), |(_, title)| title.clone());
            (title, shown)
        }
        (Shape::Choice(_), Some(code)) => {
            (field.choice(code).map_or(shown.clone(), |choice| choice.label.to_owned()), shown)
        }
        _ => (shown.clone(), format!("\"{}\"", shown.replace('"', ""))),
    }
}

fn rows(ask: &Ask, asked: &Asked, records: &[Record], titles: &Titles) -> Result<Markup, Fault> {
    let kind = asked.kind;
    let fields: Vec<&Field> = kind.list.iter().filter_map(|name| kind.field(name)).collect();
    let links: Vec<(String, Option<Order>)> = fields
        .iter()
        .map(|field| {
            let now =
                (asked.list.sort == field.name).then_some(if asked.list.descending { Order::Down } else { Order::Up });
            let next = if now == Some(Order::Up) { "-" } else { "" };
            (format!("/r/{}?q={}&sort={next}{}", kind.name, encode(&asked.text), field.name), now)
        })
        .collect();
    let mut columns = vec![Column::new("Number", Look::Id)];
    columns.extend(fields.iter().zip(&links).map(|(field, (href, now))| {
        let look = match field.shape {
            _ if field.name == kind.title => Look::Grow,
            _ if field.name == "severity" => Look::Lead,
            Shape::Int | Shape::Real => Look::Number,
            Shape::Instant => Look::End,
            _ => Look::Plain,
        };
        let label = if field.name == "severity" { "" } else { field.label };
        let column = Column::new(label, look);
        if field.index || field.name == kind.order().0 { column.sorted(href, *now) } else { column }
    }));
    let names: Vec<(String, String)> =
        records.iter().map(|record| (record.id.to_string(), format!("/r/{}/{}", kind.name, record.id))).collect();
    let said = |record: &Record| own(kind).beside.map_or_else(|| Ok(html! {}), |beside| beside(ask, record));
    let beside = records.iter().map(said).collect::<Result<Vec<Markup>, Fault>>()?;
    let lines = records.iter().zip(&names).zip(&beside).map(|((record, (id, href)), beside)| {
        let mut cells = vec![html! { a href=(href) { (record.number()) } }];
        cells.extend(fields.iter().map(|field| {
            let cell = show::brief(ask, titles, field, record.get(field.name));
            match field {
                field if field.name == kind.title => html! { a href=(href) { (cell) } (beside) },
                field if field.inline => super::cell::closed(ask, record, field, &cell),
                _ => cell,
            }
        }));
        Row { id, preview: None, current: false, done: false, cells }
    });
    let rows = lines.collect();
    Ok(table(&Table { caption: kind.plural, columns: &columns, rows, select: Some("bulk"), tall: false }))
}

fn nothing(ask: &Ask, kind: &Kind, asked: &Asked) -> Markup {
    if asked.error.is_some() {
        return empty::empty("search", "This filter is not understood", "The bar above says where.", &html! {});
    }
    let label = kind.label.to_lowercase();
    if asked.text.is_empty() {
        let new = html! { @if ask.actor.access.may(kind.name, "create") { (Button::link(&format!("New {label}"), &format!("/r/{}/new", kind.name)).go()) } };
        return empty::empty("plus", &format!("No {label} yet"), "Make one, or import a file.", &new);
    }
    empty::empty(
        "search",
        "Nothing fits this filter",
        "Drop a condition from the bar above.",
        &html! { (Button::link("Show all", &format!("/r/{}", kind.name))) },
    )
}

fn board(ask: &Ask) -> Result<Response, Fault> {
    let kind = ask.kind(ask.param("kind"))?;
    if !kind.has_board() {
        return Err(Fault::Missing);
    }
    let asked = asked(ask, kind)?;
    let found = ask.app.desk.store.list(&ask.actor, &List { limit: 200, ..asked.list.clone() })?;
    let titles = Titles::of(ask, &found.records);
    let owner = ["owner", "assignee", "manager"].into_iter().find_map(|name| kind.field(name));
    let body = html! {
        (header::header(kind.plural, &html! { (asked.total(ask)?) " by state" }, &html! { (Button::link("List", &format!("/r/{}?q={}", kind.name, encode(&asked.text)))) }))
        div .board { @for state in kind.states() {
            @let cards: Vec<&Record> = found.records.iter().filter(|record| record.state() == Some(state.name)).collect();
            (panel::padded(state.label, &html! { (cards.len()) }, &html! {
                @if cards.is_empty() { p .sub { "None" } }
                @for card in cards { article .card {
                    a .link href={ "/r/" (kind.name) "/" (card.id) } { (card.number()) } " " b { (card.title()) }
                    @if let Some(owner) = owner { div .sub { (show::brief(ask, &titles, owner, card.get(owner.name))) } }
                    div .row { @for act in kind.moves_from(state.name).filter(|act| act.asks.is_empty() && act.to.is_some()) {
                        (Button::post(act.label, &format!("/r/{}/{}/move/{}", kind.name, card.id, act.name), ask.csrf()).small())
                    } }
                } }
            }))
        } }
    };
    let action = format!("/r/{}/board", kind.name);
    Ok(ask.page(kind.plural, place(kind), Find { action: &action, ..asked.find() }, &body).into_response())
}
