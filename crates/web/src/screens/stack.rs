//! Work in a list with a preview beside it: tabs, one row an item, and one key for each decision.

use super::list::Asked;
use super::record::{chosen, dialogs};
use super::show::encode;
use crate::ask::Ask;
use crate::cursor;
use crate::fault::Fault;
use crate::htmx;
use crate::layout::Find;
use crate::parts::table::{Column, Row, Table, table};
use crate::parts::tabs::{Tab, tabs};
use crate::parts::{header, pager, preview, time};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use maud::{Markup, html};
use watchkeep_model::{Kind, Move, Record};
use watchkeep_store::List;

/// One such screen.
pub struct Stack {
    pub kind: &'static str,
    pub title: &'static str,
    /// Its entry in the rail and its address, such as `/inbox`.
    pub key: &'static str,
    pub path: &'static str,
    /// Label and address of what adds one, for whoever may.
    pub new: (&'static str, &'static str),
    /// Label and filter of each tab; the first is where it opens.
    pub tabs: &'static [(&'static str, &'static str)],
    pub columns: &'static [Column<'static>],
    /// The cells of a row, one for each column.
    pub cells: fn(&Ask, &super::show::Titles, &Record) -> Vec<Markup>,
    /// What is told of the current item, its buttons aside.
    pub about: fn(&Ask, &Record) -> Result<Markup, Fault>,
    /// Moves with a button of their own in the preview.
    pub shown: fn(&Move) -> bool,
    /// Further buttons.
    pub more: fn(&Ask, &Record) -> Markup,
    /// Shown where nothing is left.
    pub empty: fn(&Ask) -> Markup,
}

impl Stack {
    /// The filter that the address asks for, or the first tab's.
    pub fn asked(&self, ask: &Ask) -> Result<Asked, Fault> {
        let kind = ask.kind(self.kind)?;
        super::list::asked_or(ask, kind, self.tabs.first().map_or("", |(_, filter)| filter))
    }

    pub fn page(&self, ask: &Ask) -> Result<Response, Fault> {
        let kind = ask.kind(self.kind)?;
        let asked = self.asked(ask)?;
        let found = ask.app.desk.store.list(&ask.actor, &asked.list)?;
        let here = format!("{}?q={}", self.path, encode(&asked.text));
        let counted = self.tabs.iter().map(|tab| Ok((tab, self.count(ask, kind, tab.1)?)));
        let counted = counted.collect::<Result<Vec<_>, Fault>>()?;
        let addresses: Vec<String> = self.tabs.iter().map(|tab| format!("{}?q={}", self.path, encode(tab.1))).collect();
        let list: Vec<Tab<'_>> = counted
            .iter()
            .zip(&addresses)
            .map(|((tab, count), href)| Tab { label: tab.0, href, count: Some(*count), current: tab.1 == asked.text })
            .collect();
        let next = found.next.as_ref().map(|next| format!("{here}&after={}", encode(&cursor::write(next))));
        let new = ask.actor.access.may(kind.name, "create");
        let (label, address) = self.new;
        let actions = html! { @if new { (crate::parts::Button::link(label, address).go().key('c').icon("plus")) } };
        let body = html! {
            (header::header(self.title, &html! { span .keysaid { kbd { "j" } " " kbd { "k" } " move · each button has its key" } }, &actions))
            (super::views::toast(ask, kind))
            (tabs(self.title, &list))
            div .cols .read {
                (htmx::live("stack", &[kind.name], &here, &html! {
                    section .panel {
                        @if found.records.is_empty() { ((self.empty)(ask)) } @else { (self.rows(ask, &found.records)) }
                    }
                    @if next.is_some() || ask.query("after").is_some() { (pager::pager("", None, next.as_deref())) }
                }))
                @if let Some(first) = found.records.first() { (preview::pane("Current item", &self.pane(ask, first)?)) }
            }
        };
        Ok(ask.page(self.title, self.key, Find { action: self.path, ..asked.find() }, &body).into_response())
    }

    fn count(&self, ask: &Ask, kind: &'static Kind, filter: &str) -> Result<u64, Fault> {
        let test = ask.app.desk.filter(&ask.actor, kind, filter, ask.now)?;
        let number = ask.app.desk.store.count(&ask.actor, &List::of(kind).filtered(test))?;
        Ok(u64::try_from(number).unwrap_or_default())
    }

    fn rows(&self, ask: &Ask, records: &[Record]) -> Markup {
        let titles = super::show::Titles::of(ask, records);
        let names: Vec<[String; 3]> = records
            .iter()
            .map(|one| {
                let id = one.id.to_string();
                [id.clone(), format!("/r/{}/{id}", self.kind), format!("{}/{id}/preview", self.path)]
            })
            .collect();
        let lines = records.iter().zip(&names).enumerate().map(|(at, (one, [id, _, preview]))| Row {
            id,
            preview: Some(preview),
            current: at == 0,
            done: matches!(one.state(), Some("closed" | "done" | "dropped")),
            cells: (self.cells)(ask, &titles, one),
        });
        table(&Table { caption: self.title, columns: self.columns, rows: lines.collect(), select: None, tall: true })
    }

    /// What the current item is, who works on it, and what can be done with it.
    pub fn pane(&self, ask: &Ask, record: &Record) -> Result<Markup, Fault> {
        Ok(html! {
            (working(ask, record))
            section .panel {
                header { h2 { a href={ "/r/" (self.kind) "/" (record.id) } { (record.title()) } } span .tag { (record.number()) } }
                div .pad .stack { ((self.about)(ask, record)?) }
            }
            div .row .wrap { ((self.more)(ask, record)) (chosen(ask, record, self.shown)) }
            (dialogs(ask, record))
        })
    }

    pub fn preview(&self, ask: &Ask) -> Result<Response, Fault> {
        let record = ask.record(ask.kind(self.kind)?, ask.param("id"))?;
        Ok(self.pane(ask, &record)?.into_response())
    }
}

/// Who works on an item just now, told to whoever else opens it (RU-13).
pub fn working(ask: &Ask, record: &Record) -> Markup {
    let (who, since) = match (record.kind.name, record.state()) {
        ("alert", Some("open")) => ("owner", ["claimed", "touched"].as_slice()),
        ("task", Some("doing")) => ("assignee", ["started"].as_slice()),
        _ => return html! {},
    };
    let Some(person) = record.get(who).as_int().filter(|person| Some(*person) != ask.actor.person) else {
        return html! {};
    };
    let since = since.iter().find_map(|field| record.read::<Timestamp>(field));
    let titles = super::show::Titles::of(ask, std::slice::from_ref(record));
    html! {
        div .note .warn role="status" { (crate::parts::icon("user")) div {
            b { (titles.get("person", person).unwrap_or("Somebody")) } " works on this"
            @if let Some(at) = since { " since " (time::exact(at, &ask.app.desk.zone)) } "."
        } }
    }
}
