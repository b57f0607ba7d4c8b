//! The alert queue: dense rows, a preview that answers why, one key for each decision.

use super::asset;
use super::feed_entries::{reason, value_of};
use super::list::{Asked, asked, narrow};
use super::record::{chosen, dialogs};
use super::show::{Titles, encode, level};
use crate::ask::Ask;
use crate::cursor;
use crate::fault::Fault;
use crate::htmx;
use crate::layout::Find;
use crate::parts::table::{Column, Look, Order, Row, Table, bulk, table};
use crate::parts::{Button, dialog, empty, header, keyvalue, pager, panel, preview, severity, time};
use crate::routes::{Route, Who};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use maud::{Markup, html};
use watchkeep_desk::respond::Declaration;
use watchkeep_model::Record;
use watchkeep_store::List;

pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/alerts", Who::Person, page),
        Route::get("/alerts/{id}/preview", Who::Person, |ask| Ok(pane(ask, &one(ask)?)?.into_response())),
        Route::post("/alerts/bulk", Who::Person, many),
        Route::post("/alerts/{id}/incident", Who::Person, declare),
    ]
}

fn one(ask: &Ask) -> Result<Record, Fault> {
    ask.record(ask.kind("alert")?, ask.param("id"))
}

fn page(ask: &Ask) -> Result<Response, Fault> {
    let kind = ask.kind("alert")?;
    let asked = asked(ask, kind)?;
    let found = ask.app.desk.store.list(&ask.actor, &asked.list)?;
    let titles = Titles::of(ask, &found.records);
    let here = format!("/alerts?q={}&sort={}", encode(&asked.text), encode(ask.query("sort").unwrap_or_default()));
    let about = html! { (asked.total(ask)?) " shown · " (oldest(ask)?) };
    let actions = html! {
        (Button::link("Everything", "/alerts?q="))
        @if ask.actor.access.may("incident", "read") { (Button::link("Metrics", "/soc")) }
        (Button::link("CSV", &format!("/r/alert/export.csv?q={}", encode(&asked.text))).icon("download"))
        @if ask.actor.access.may("alert", "create") { (Button::link("New alert", "/r/alert/new").go().key('c').icon("plus")) }
    };
    let body = html! {
        (header::header("Alerts", &about, &actions))
        (super::views::toast(ask, kind))
        div .cols .queue {
            aside { (narrow(kind, &asked.text)) }
            (htmx::live("queue", &["alert"], &here, &html! {
                section .panel {
                    @if found.records.is_empty() {
                        (empty::empty("check", "The queue is empty", "New alerts arrive here by themselves; sources and rules are under Administration.", &html! { (Button::link("All alerts", "/alerts?q=")) }))
                    } @else { (rows(ask, &asked, &found.records, &titles)) }
                }
                (pager::pager("", None, found.next.as_ref().map(|next| format!("{here}&after={}", encode(&cursor::write(next)))).as_deref()))
                (bulk("bulk", "/alerts/bulk", ask.csrf(), &bulk_actions(ask)?))
            }))
            @if let Some(first) = found.records.first() { (preview::pane("Current alert", &pane(ask, first)?)) }
        }
    };
    Ok(ask.page("Alerts", "alerts", Find { action: "/alerts", ..asked.find() }, &body).into_response())
}

fn oldest(ask: &Ask) -> Result<Markup, Fault> {
    let kind = ask.kind("alert")?;
    let mut list = List::of(kind)
        .filtered(ask.app.desk.filter(&ask.actor, kind, "touched:none -state:closed", ask.now)?)
        .limited(1);
    (list.sort, list.descending) = ("triage_due".to_owned(), false);
    let page = ask.app.desk.store.list(&ask.actor, &list)?;
    Ok(match page.records.first().and_then(|alert| alert.read::<Timestamp>("first_seen")) {
        Some(at) => html! { "oldest untouched " (time::ago(at, ask.now)) },
        None => html! { "none untouched" },
    })
}

/// What can be done with everything selected: take, close with one verdict and reason, or declare.
fn bulk_actions(ask: &Ask) -> Result<Markup, Fault> {
    let verdicts = ask.kind("alert")?.field("verdict").map_or(&[][..], |field| field.choices());
    Ok(html! {
        (Button::submit_as("Take", "act", "claim"))
        label .vh for="bulk-verdict" { "Verdict" }
        select #bulk-verdict name="verdict" { @for verdict in verdicts { option value=(verdict.name) selected[verdict.name == "false_positive"] { (verdict.label) } } }
        label .vh for="bulk-reason" { "Reason" }
        input #bulk-reason name="reason" placeholder="Reason" maxlength="500";
        (Button::submit_as("Close", "act", "close"))
        @if ask.actor.access.may("incident", "create") { (Button::submit_as("Declare incident", "act", "declare").go()) }
    })
}

fn many(ask: &Ask) -> Result<Response, Fault> {
    if ask.form("act") == Some("declare") { declare(ask) } else { super::bulk::run(ask, ask.kind("alert")?) }
}

fn rows(ask: &Ask, asked: &Asked, records: &[Record], titles: &Titles) -> Markup {
    let sorts = ["risk", "last_seen"].map(|field| by(asked, field));
    let [(by_risk, risk), (by_age, age)] = &sorts;
    let columns = [
        Column::new("", Look::Lead),
        Column::new("Risk", Look::Number).sorted(by_risk, *risk),
        Column::new("Age", Look::End).sorted(by_age, *age),
        Column::new("", Look::Number),
        Column::new("Alert", Look::Grow),
        Column::new("Entity", Look::Id),
        Column::new("ATT&CK", Look::Wide),
        Column::new("Site", Look::Wide),
        Column::new("Owner", Look::Plain),
        Column::new("Tier", Look::Number),
    ];
    let names: Vec<[String; 3]> = records
        .iter()
        .map(|alert| [alert.id.to_string(), format!("/r/alert/{}", alert.id), format!("/alerts/{}/preview", alert.id)])
        .collect();
    let lines = records.iter().zip(&names).enumerate().map(|(at, (alert, [id, href, preview]))| {
        let text = |field: &str| alert.get(field).as_text().unwrap_or_default();
        let name = |kind: &'static str, field: &str| alert.get(field).as_int().and_then(|id| titles.get(kind, id)).unwrap_or("–").to_owned();
        let count = alert.get("count").as_int().unwrap_or(1);
        let cells = vec![
            severity::bar(level(alert.choice("severity").unwrap_or_default())),
            asset::figure(alert),
            alert.read::<Timestamp>("last_seen").map_or_else(|| html! {}, |at| time::ago(at, ask.now)),
            html! { @if count > 1 { "×" (count) } },
            html! { div .line { a href=(href) { (alert.title()) } span .sub { (text("description").chars().take(56).collect::<String>()) } } },
            html! { (text("entity")) },
            html! { (text("technique")) },
            html! { (name("site", "site")) },
            html! { (name("person", "owner")) },
            html! { (alert.get("tier").as_int().unwrap_or(1)) },
        ];
        Row { id, preview: Some(preview), current: at == 0, done: alert.state() == Some("closed"), cells }
    });
    table(&Table { caption: "Alerts", columns: &columns, rows: lines.collect(), select: Some("bulk"), tall: false })
}

/// Where the head of a column leads, the highest first, and how the list is sorted by it now.
fn by(asked: &Asked, field: &str) -> (String, Option<Order>) {
    let now = (asked.list.sort == field).then_some(if asked.list.descending { Order::Down } else { Order::Up });
    let next = if now == Some(Order::Down) { "" } else { "-" };
    (format!("/alerts?q={}&sort={next}{field}", encode(&asked.text)), now)
}

/// Why, how sure, what it is worth, what happened before; and what can be done.
fn pane(ask: &Ask, alert: &Record) -> Result<Markup, Fault> {
    let titles = Titles::of(ask, std::slice::from_ref(alert));
    let text = |field: &str| alert.get(field).as_text().unwrap_or_default().to_owned();
    let name = |kind: &'static str, field: &str| {
        alert.get(field).as_int().map(|id| (id, titles.get(kind, id).unwrap_or("–").to_owned()))
    };
    let seen =
        |field: &str| alert.read::<Timestamp>(field).map_or_else(|| html! {}, |at| time::exact(at, &ask.app.desk.zone));
    let mut rows = vec![("Why", why(ask, alert)), ("Risk", asset::risk(ask, alert))];
    if let Some((id, title)) = name("detection_rule", "rule") {
        rows.push(("Rule", html! { a .link href={ "/r/detection_rule/" (id) } { (title) } }));
    }
    if let Some((id, title)) = name("asset", "asset") {
        rows.push(("Asset", html! { a .link href={ "/r/asset/" (id) } { (title) } }));
    }
    rows.push(("Entity", html! { (text("entity")) }));
    rows.push(("Seen", html! { @let count = alert.get("count").as_int().unwrap_or(1); (count) @if count == 1 { " time, " } @else { " times, " } (seen("first_seen")) " to " (seen("last_seen")) }));
    Ok(html! {
        (super::stack::working(ask, alert))
        section .panel {
            header { h2 { a href={ "/r/alert/" (alert.id) } { (alert.title()) } } span .tag { (alert.number()) } }
            div .pad { (keyvalue::keyvalue(&rows)) }
        }
        div .row .wrap { (chosen(ask, alert, |act| act.name != "close" && act.key.is_some())) (verdicts(ask, alert)) (super::except::button(ask, alert)) (incident_button(ask, alert)) }
        (dialogs(ask, alert))
        (incident_dialog(ask, alert))
        (evidence(ask, alert))
        (before(ask, alert)?)
    })
}

fn why(ask: &Ask, alert: &Record) -> Markup {
    let rows = why_rows(alert);
    let value = value_of(&rows);
    html! {
        @if rows.is_empty() { "Reported by a person" }
        @for (name, text) in rows.iter().take(4) { div { span .id { (name) } " " b .break { (reason(ask, value, name, &text.chars().take(160).collect::<String>())) } } }
    }
}

/// Names and texts of what made it.
fn why_rows(alert: &Record) -> Vec<(String, String)> {
    let cell = |row: &[watchkeep_model::Value], at: usize| {
        row.get(at).and_then(|value| value.as_text().map(str::to_owned)).unwrap_or_default()
    };
    alert.get("why").rows().iter().map(|row| (cell(row, 0), cell(row, 1))).collect()
}

/// The two commonest verdicts, each with its key; the dialog asks for the reason and offers the others.
fn verdicts(ask: &Ask, alert: &Record) -> Markup {
    let may = alert.state() != Some("closed") && ask.actor.access.may_on(alert.kind, "update", alert);
    html! {
        @if may { @for (label, verdict, key) in [("False", "false_positive", "f"), ("Benign", "benign", "b")] {
            button .btn type="button" data-open="move-close" data-fill={ "verdict=" (verdict) } data-key=(key) data-label=(label) aria-haspopup="dialog" { span { (label) } kbd { (key) } }
        } }
    }
}

pub fn incident_button(ask: &Ask, alert: &Record) -> Markup {
    html! { @if alert.state() != Some("closed") && ask.actor.access.may("incident", "create") { (Button::open("Incident", "declare").key('n')) } }
}

pub fn incident_dialog(ask: &Ask, alert: &Record) -> Markup {
    let fields = html! {
        div .field { label for="declare-title" { "Title" } input #declare-title name="title" value=(alert.title()) required maxlength="300"; }
        p .help { "You become its manager and hold every role until you give it away." }
    };
    dialog::form(
        "declare",
        "Declare an incident",
        &format!("/alerts/{}/incident", alert.id),
        ask.csrf(),
        &fields,
        &html! { (Button::submit("Declare")) },
    )
}

/// What the page of an alert shows below its details.
pub fn below(ask: &Ask, alert: &Record) -> Result<Markup, Fault> {
    let exceptions = match alert.get("rule").as_int() {
        Some(rule) => super::except::standing(ask, rule, &super::except::button(ask, alert))?,
        None => html! {},
    };
    Ok(html! { (reasons(ask, alert)) (exceptions) (evidence(ask, alert)) })
}

/// Its risk, and all that made a rule match or a correlation fire.
fn reasons(ask: &Ask, alert: &Record) -> Markup {
    let told = why_rows(alert);
    let value = value_of(&told);
    let risk = ("risk", asset::risk(ask, alert));
    let rows: Vec<(&str, Markup)> = [risk]
        .into_iter()
        .chain(
            told.iter().map(|(name, text)| (name.as_str(), html! { span .break { (reason(ask, value, name, text)) } })),
        )
        .collect();
    panel::padded("Why", &html! {}, &keyvalue::keyvalue(&rows))
}

/// The newest raw event, its fields, and links to the others.
fn evidence(ask: &Ask, alert: &Record) -> Markup {
    let links = alert.get("events").rows();
    let id = |row: &[watchkeep_model::Value]| {
        row.first().and_then(|value| value.as_text().map(str::to_owned)).unwrap_or_default()
    };
    let Some(first) = links.first().map(|row| id(row)) else { return html! {} };
    let event = super::events::find(ask, &first).ok();
    panel::padded(
        "Raw event",
        &html! { (links.len()) " linked" },
        &html! {
            @match &event {
                Some(event) => {
                    @let fields: Vec<(&str, Markup)> = event.fields.iter().take(12).map(|(name, value)| (&**name, html! { (value) })).collect();
                    (preview::raw(&fields))
                },
                None => { p .sub { "Not among the events that you may read, or past its retention." } },
            }
            p { @for (at, row) in links.iter().take(8).enumerate() {
                a .link href={ "/events/" (id(row)) "?alert=" (alert.id) } { "event " (at + 1) }
                @if row.get(2).and_then(watchkeep_model::Value::as_int) == Some(1) { " (pinned)" }
                " "
            } }
        },
    )
}

/// The same entity's alerts of the last seven days.
fn before(ask: &Ask, alert: &Record) -> Result<Markup, Fault> {
    let Some(entity) = alert.get("entity").as_text() else { return Ok(html! {}) };
    let filter = format!("entity:\"{}\" first_seen>=-7d", entity.replace('"', ""));
    let Ok(test) = ask.app.desk.filter(&ask.actor, alert.kind, &filter, ask.now) else { return Ok(html! {}) };
    let page = ask.app.desk.store.list(&ask.actor, &List::of(alert.kind).filtered(test).limited(6))?;
    let others: Vec<&Record> = page.records.iter().filter(|other| other.id != alert.id).collect();
    Ok(panel::padded(
        "Same entity, 7 days",
        &html! { (others.len()) @if ask.actor.access.may("event", "read") { a .link href=(super::entity::address(entity)) { "All of " (entity) } } },
        &html! {
            @if others.is_empty() { p .sub { "Nothing else." } }
            ul .plain { @for other in others { li { a .link href={ "/r/alert/" (other.id) } { (other.number()) } " " (other.title()) " · " (verdict(other)) } } }
        },
    ))
}

/// How an alert was judged, in a word; open until it was.
fn verdict(alert: &Record) -> &'static str {
    let field = alert.kind.field("verdict");
    let choice = field.and_then(|field| field.choice(alert.get("verdict").as_int()?));
    choice.map_or("open", |choice| choice.label)
}

/// One alert from its preview, or all that are selected.
fn declare(ask: &Ask) -> Result<Response, Fault> {
    let mut alerts: Vec<i64> =
        ask.form_fields().iter().filter(|(name, _)| name == "id").filter_map(|(_, id)| id.parse().ok()).collect();
    alerts.extend(ask.param("id").parse::<i64>().ok());
    let first = alerts.first().copied().ok_or_else(|| Fault::Bad("select at least one alert".to_owned()))?;
    let alert = ask.app.desk.store.get(&ask.actor, ask.kind("alert")?, first)?;
    let given = Declaration {
        title: ask.form("title").map_or_else(|| alert.title().to_owned(), str::to_owned),
        severity: ask.app.desk.kind("incident")?.choice_value("severity", alert.choice("severity").unwrap_or("high")),
        manager: ask.actor.person,
        alerts,
    };
    let incident = ask.app.desk.declare(&ask.actor, given, ask.now)?;
    Ok(super::go(&format!("/r/incident/{}", incident.id)))
}
