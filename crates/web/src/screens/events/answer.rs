//! The answer to an event query: rows of events, or the table that steps made, as a chart too where it is one of time.

use super::{charted, short};
use crate::ask::Ask;
use crate::hunting::Span;
use crate::parts::{empty, panel, time};
use crate::screens::encode;
use maud::{Markup, html};
use watchkeep_desk::hunting::Asked;
use watchkeep_lake::{Cell, Found, SearchResult, Table};
use watchkeep_model::event::Event;
use watchkeep_model::filter::{Pipe, Query, in_quotes};

/// What is shown of an answer: its rows, and above them what they are and where the whole can be had as a file.
pub struct Shown {
    title: &'static str,
    aside: Markup,
    rows: Markup,
    /// Above the table of a query over time.
    chart: Markup,
}

impl Shown {
    /// As panels of their own.
    pub fn panels(&self) -> Markup {
        html! { (self.chart) @if self.title.is_empty() { (self.rows) } @else { (panel::flush(self.title, &self.aside, &self.rows)) } }
    }

    /// With the chart of more rows than are shown.
    pub fn charted_by(self, whole: Self) -> Self {
        Self { chart: whole.chart, ..self }
    }

    /// Inside of a text.
    pub fn inside(&self) -> Markup {
        html! { (self.chart) div .row .about { (self.aside) } (self.rows) }
    }
}

/// The rows found.
pub fn shown(ask: &Ask, asked: &Asked, result: &SearchResult, span: &Span, text: &str) -> Shown {
    let exports = exports(span, text);
    match &result.found {
        Found::Events(events) => rows(ask, asked, events, result, &exports),
        Found::Table(table) => {
            Shown { chart: charted::charted(ask, asked, table), ..grid(ask, asked, result, table, span, &exports) }
        }
    }
}

fn nothing(title: &str, help: &str, way: &Markup) -> Shown {
    Shown { title: "", aside: html! {}, rows: empty::empty("search", title, help, way), chart: html! {} }
}

fn exports(span: &Span, text: &str) -> Markup {
    let href = |ending: &str| format!("/events/export.{ending}?{}&q={}", span.address, encode(text));
    html! { a .btn .small href=(href("csv")) download { "CSV" } a .btn .small href=(href("jsonl")) download { "JSON lines" } }
}

fn rows(ask: &Ask, asked: &Asked, events: &[Event], result: &SearchResult, exports: &Markup) -> Shown {
    if events.is_empty() {
        return nothing(
            "No event fits",
            "Widen the time, or drop a condition. Sources that fell silent are on the Log sources page.",
            &html! { a .btn href="/r/log_source" { "Log sources" } },
        );
    }
    let (added, zone) = (&result.added, &ask.app.desk.zone);
    let cells = added.rows.iter().map(Vec::as_slice).chain(std::iter::repeat(&[][..]));
    let order = if asked.query.keeps_order() { "newest first" } else { "as the steps order them" };
    let aside = html! { span { (events.len()) @if result.truncated { "+" } " · " (order) } (exports) };
    let rows = html! {
        table .cards {
            caption .vh { "Events, " (order) }
            thead { tr {
                th { "Time" } th { "Source" } th { "Host" } th { "User" } th { "Code" }
                @for name in &added.columns { th { (name) } }
                th { "Message" }
            } }
            tbody { @for (event, row) in events.iter().zip(cells) { tr data-row data-href={ "/events/" (event.id) } {
                td { a href={ "/events/" (event.id) } { (time::exact(event.time, zone)) } }
                td .id { (event.source) }
                td .id { (event.host.as_deref().unwrap_or("")) }
                td .id { (event.user.as_deref().unwrap_or("")) }
                td .id { (event.code.as_deref().unwrap_or("")) }
                @for (name, cell) in added.columns.iter().zip(row) { td .id .num[is_number(cell)] { span .oncard { (name) " " } (of_cell(ask, cell)) } }
                td .grow { (short(&event.message)) }
            } } }
        }
    };
    Shown { title: "Events", aside, rows, chart: html! {} }
}

/// A table; a group of it leads to its events.
fn grid(ask: &Ask, asked: &Asked, result: &SearchResult, table: &Table, span: &Span, exports: &Markup) -> Shown {
    if table.rows.is_empty() {
        return nothing("No row fits", "Widen the time, or drop a condition.", &html! {});
    }
    let aside = html! {
        span { @if result.truncated { "more than " } (table.rows.len()) @if table.rows.len() == 1 { " row" } @else { " rows" } @if result.truncated { "; the files hold all" } }
        (exports)
    };
    let rows = html! {
        div .scroll tabindex="0" role="group" aria-label="Result" {
            table .cards {
                caption .vh { "Result" }
                thead { tr { @for (at, name) in table.columns.iter().enumerate() {
                    th .num[table.rows.iter().all(|row| row.get(at).is_some_and(is_number))] { (name) }
                } } }
                tbody { @for row in &table.rows {
                    @let within = within(&asked.query, &table.columns, row).map(|text| format!("/events?{}&q={}", span.address, encode(&text)));
                    tr data-row[within.is_some()] data-href=[within.as_deref()] {
                        @for (at, (name, cell)) in table.columns.iter().zip(row).enumerate() {
                            td .id .num[is_number(cell)] { span .oncard { (name) " " }
                                @match within.as_deref().filter(|_| at == 0) {
                                    Some(href) => a href=(href) { (of_cell(ask, cell)) @if *cell == Cell::Empty { "(none)" } },
                                    None => (of_cell(ask, cell)),
                                }
                            }
                        }
                    }
                } }
            }
        }
    };
    Shown { title: "Result", aside, rows, chart: html! {} }
}

fn is_number(cell: &Cell) -> bool {
    matches!(cell, Cell::Number(_) | Cell::Real(_))
}

fn of_cell(ask: &Ask, cell: &Cell) -> Markup {
    match cell {
        Cell::Time(at) => time::exact(*at, &ask.app.desk.zone),
        Cell::Flag(flag) => html! { @if *flag { "yes" } @else { "no" } },
        cell => html! { (cell) },
    }
}

/// The query of the events behind a group: what came before it was counted, and the group's own values.
fn within(query: &Query, columns: &[String], row: &[Cell]) -> Option<String> {
    let counts = query.pipes.iter().position(|pipe| !matches!(pipe, Pipe::Where { .. } | Pipe::Eval { .. }))?;
    let by = match query.pipes.get(counts)? {
        Pipe::Stats { by, .. } | Pipe::Count { by } => by.clone(),
        Pipe::Rank { fields, by, .. } => [by.as_slice(), fields].concat(),
        _ => return None,
    };
    let mut tests = Vec::new();
    for name in &by {
        let plain = name.name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.'));
        let at = columns.iter().position(|column| *column == name.name).filter(|_| plain)?;
        tests.push(match row.get(at)? {
            Cell::Text(text) => format!("{} == {}", name.name, in_quotes(text)),
            Cell::Empty => format!("absent({})", name.name),
            Cell::Number(number) => format!("{} == {number}", name.name),
            _ => return None,
        });
    }
    let before = Query { filter: query.filter.clone(), pipes: query.pipes.iter().take(counts).cloned().collect() };
    (!tests.is_empty()).then(|| format!("{before} | where {}", tests.join(" and ")).trim_start().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use watchkeep_model::filter::parse;

    #[test]
    fn a_group_leads_to_its_events() {
        let check = |text: &str, row: &[Cell], expected: Option<&str>| {
            let query = parse(text).expect("reads");
            let columns = query.columns().0;
            let found = within(&query, &columns, row);
            assert_eq!(found.as_deref(), expected, "{text}");
            assert!(found.is_none_or(|text| parse(&text).is_ok()));
        };
        let text = |text: &str| Cell::Text(text.to_owned());
        check(
            "code:1 | eval n = len(user) | stats count by host, n | sort -n",
            &[text("a\"b"), Cell::Number(3), Cell::Number(9)],
            Some("code:1 | eval n = len(user) | where host == \"a\"\"b\" and n == 3"),
        );
        check("| top 3 user", &[Cell::Empty, Cell::Number(2)], Some("| where absent(user)"));
        check("| stats count", &[Cell::Number(2)], None);
        check("| head 5 | count by host", &[text("a"), Cell::Number(2)], None);
    }
}
