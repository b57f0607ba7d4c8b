//! A held duty over 13 months: how each month ended, and its share day by day.

use super::home::mark;
use crate::ask::Ask;
use crate::fault::Fault;
use crate::parts::{chart, panel, state};
use jiff::civil::Date;
use maud::{Markup, html};
use watchkeep_desk::duties::State;
use watchkeep_desk::trend::MONTHS;
use watchkeep_model::Record;
use watchkeep_store::Snapshot;

pub fn panel(ask: &Ask, held: &Record) -> Result<Markup, Fault> {
    let days = ask.app.desk.trend(&ask.actor, held, ask.now)?;
    let months = by_month(ask.app.desk.trend_from(ask.now), &days);
    let shares: Vec<f64> = days.iter().filter_map(share).collect();
    let aside = html! { (days.len()) @if days.len() == 1 { " day kept" } @else { " days kept" } };
    Ok(panel::padded(
        &format!("{MONTHS} months"),
        &aside,
        &html! {
            @if shares.len() > 1 {
                (chart::line(&shares, None, &format!("share per day, from {:.0} % to {:.0} %", shares.first().unwrap_or(&0.0), shares.last().unwrap_or(&0.0))))
            }
            ol .months {
                @for month in &months { li {
                    span .sub { (month.first.strftime("%b")) @if month.first.month() == 1 || month.first == months[0].first { " " (month.first.strftime("%y")) } }
                    @match month.last {
                        Some(last) => {
                            (state::dot(mark(State::named(&last.state))))
                            span .num { @match share(last) { Some(share) => { (format!("{share:.0} %")) }, None => { "–" } } }
                            @if month.redefined { span .sub title="Its definition changed this month: before and after do not compare" { "new definition" } }
                        },
                        None => { (state::dot(mark(State::Grey))) span .num { "–" } },
                    }
                } }
            }
            @if days.is_empty() { p .sub { "Kept from today on: one snapshot a day." } }
        },
    ))
}

/// The last snapshot of a month, and whether its definition changed within it.
struct Month<'a> {
    first: Date,
    last: Option<&'a Snapshot>,
    redefined: bool,
}

fn by_month(from: Date, days: &[Snapshot]) -> Vec<Month<'_>> {
    let mut months: Vec<Month<'_>> = Vec::new();
    let mut first = from;
    let mut definition = None;
    for _ in 0..MONTHS {
        let mut month = Month { first, last: None, redefined: false };
        for day in days.iter().filter(|day| day.day.first_of_month() == first) {
            month.redefined |= definition.is_some_and(|known| known != day.definition);
            definition = Some(day.definition);
            month.last = Some(day);
        }
        months.push(month);
        first = first.last_of_month().tomorrow().unwrap_or(first);
    }
    months
}

/// Per cent; nothing without a denominator.
#[expect(clippy::cast_precision_loss, reason = "a drawing needs no more than 52 bits")]
fn share(day: &Snapshot) -> Option<f64> {
    let (part, whole) = day.figure?;
    (whole > 0).then(|| part as f64 * 100.0 / whole as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_month_ends_as_its_last_day_and_a_new_definition_is_marked() {
        let day = |day: Date, state: &str, definition: i64| Snapshot {
            id: 1,
            day,
            state: state.to_owned(),
            figure: Some((1, 2)),
            definition,
            fresh: None,
        };
        let days =
            [day(date(2025, 12, 30), "red", 1), day(date(2025, 12, 31), "green", 1), day(date(2026, 2, 1), "amber", 2)];
        let months = by_month(date(2025, 3, 1), &days);
        assert_eq!((months.len(), months[12].first), (13, date(2026, 3, 1)));
        let states: Vec<Option<&str>> = months.iter().map(|month| month.last.map(|day| day.state.as_str())).collect();
        assert_eq!(states[9..], [Some("green"), None, Some("amber"), None], "a month without a snapshot is a gap");
        assert_eq!(months.iter().filter(|month| month.redefined).count(), 1);
        assert_eq!(months.iter().position(|month| month.redefined), Some(11));
    }
}
