//! A `timechart` as a chart: its rows by stretch and series.

use crate::ask::Ask;
use crate::parts::panel;
use crate::parts::stacks::{Standing, Stretch, stacks};
use crate::screens::encode;
use maud::{Markup, html};
use std::collections::BTreeMap;
use watchkeep_desk::hunting::Asked;
use watchkeep_lake::{Cell, Table};
use watchkeep_model::filter::{Measure, Pipe, Query, Stretches, instant, nanos};

/// Stretches that a screen can show.
const MOST: usize = 500;

/// The chart of a query that ends with `timechart`; nothing for others, and for more stretches than can be seen.
pub fn charted(ask: &Ask, asked: &Asked, table: &Table) -> Markup {
    let Some(Pipe::Timechart { seconds, of, by, .. }) = asked.query.pipes.last() else { return html! {} };
    let lengths = Stretches::new(seconds.saturating_mul(1_000_000_000), &ask.app.desk.zone);
    let times = || {
        table.rows.iter().filter_map(|row| if let Some(Cell::Time(at)) = row.first() { Some(nanos(*at)) } else { None })
    };
    let (Some(least), Some(greatest)) = (times().min(), times().max()) else { return html! {} };
    // The stretches of a time, and where the last of them ends; nothing where there are too many.
    let between = |from: i64, to: i64| -> Option<Vec<i64>> {
        let mut starts = vec![lengths.start(from)];
        while let Some(next) = starts.last().map(|last| lengths.next(*last)) {
            starts.push(next);
            if next > to {
                return Some(starts);
            }
            if starts.len() > MOST {
                break;
            }
        }
        None
    };
    let Some(starts) = between(nanos(asked.from), nanos(asked.to)).or_else(|| between(least, greatest)) else {
        return panel::padded(
            "Over time",
            &html! {},
            &html! { p .sub { "A chart shows at most " (MOST) " stretches of time; take a wider span, or less time." } },
        );
    };
    // With `by` the second column names the series and the third is drawn; without, every measure is a series.
    let (series, values) = if by.is_some() { named(table) } else { measured(table) };
    let before = Query {
        filter: asked.query.filter.clone(),
        pipes: asked
            .query
            .pipes
            .iter()
            .take_while(|pipe| matches!(pipe, Pipe::Where { .. } | Pipe::Eval { .. }))
            .cloned()
            .collect(),
    };
    let stretch = |ends: &[i64]| {
        let end = |at: Option<&i64>, usual| at.map_or(usual, |at| instant(*at));
        let (from, to) = (end(ends.first(), asked.from), end(ends.last(), asked.to));
        let label = from.to_zoned(ask.app.desk.zone.clone()).strftime("%m-%d %H:%M").to_string();
        let href = format!("/events?from={from}&to={to}&q={}", encode(&before.to_string()));
        Stretch {
            label,
            href,
            values: values.get(&from.as_second()).cloned().unwrap_or_else(|| vec![0.0; series.len()]),
        }
    };
    let stretches: Vec<Stretch> = starts.windows(2).map(stretch).collect();
    let adds_up = |measure: Measure| matches!(measure, Measure::Count | Measure::Sum);
    let standing = match (by, of.as_slice()) {
        (_, []) => Standing::Stacked,
        (Some(_), [one, ..]) if adds_up(one.function) => Standing::Stacked,
        _ => Standing::Beside,
    };
    let drawn = of.first().map_or_else(|| "count".to_owned(), |one| one.column());
    let what =
        if by.is_some() { drawn } else { series.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(", ") };
    let body = stacks(&series, &stretches, standing, &format!("{what} over time"));
    panel::padded("Over time", &html! { (what) }, &body)
}

/// Names of series with what the legend says, and the values of each instant in their order.
type Series = (Vec<(String, String)>, BTreeMap<i64, Vec<f64>>);

fn value(cell: Option<&Cell>) -> f64 {
    match cell {
        Some(Cell::Number(number)) => number.to_string().parse().unwrap_or(0.0),
        Some(Cell::Real(number)) => *number,
        _ => 0.0,
    }
}

fn time(row: &[Cell]) -> Option<i64> {
    if let Some(Cell::Time(at)) = row.first() { Some(at.as_second()) } else { None }
}

/// The series that the second column names, the largest first, the rest last.
fn named(table: &Table) -> Series {
    let name = |row: &[Cell]| match row.get(1) {
        None | Some(Cell::Empty) => "(none)".to_owned(),
        Some(cell) => cell.to_string(),
    };
    let mut totals: BTreeMap<String, f64> = BTreeMap::new();
    for row in &table.rows {
        *totals.entry(name(row)).or_default() += value(row.get(2));
    }
    let mut names: Vec<(String, f64)> = totals.into_iter().collect();
    names.sort_by(|(a, more), (b, less)| (a == "(other)").cmp(&(b == "(other)")).then(less.total_cmp(more)));
    let mut values: BTreeMap<i64, Vec<f64>> = BTreeMap::new();
    for row in &table.rows {
        let at = names.iter().position(|(known, _)| *known == name(row));
        let (Some(time), Some(at)) = (time(row), at) else { continue };
        let all = values.entry(time).or_insert_with(|| vec![0.0; names.len()]);
        if let Some(one) = all.get_mut(at) {
            *one += value(row.get(2));
        }
    }
    (names.into_iter().map(|(name, total)| (name, Cell::real(total).to_string())).collect(), values)
}

/// Every measure is a series.
fn measured(table: &Table) -> Series {
    let names = table.columns.iter().skip(1).map(|name| (name.clone(), String::new())).collect();
    let row = |row: &Vec<Cell>| Some((time(row)?, row.iter().skip(1).map(|cell| value(Some(cell))).collect()));
    (names, table.rows.iter().filter_map(row).collect())
}
