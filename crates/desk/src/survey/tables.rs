//! Tables of a survey's answers with small counts kept back, so that none follows from the others (RU-10).
//!
//! A count from 1 to below the threshold is kept back. Since totals are shown, others of its line are kept back with it
//! until two or more stand for as many as the threshold. A part or an answer whose own count is kept back is kept back
//! whole in every breakdown. What is left is audited: a breakdown is a network of unknown counts between known sums, and a
//! count in it can be told if and only if no circuit through it could carry one person more or fewer. A breakdown with
//! such a count is not shown at all. Counts of 0 are nobody's, and are shown unless they protect others.

/// What may be shown; nothing where a count is kept back.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Published {
    /// For each question, how many gave each answer.
    pub counts: Vec<Vec<Option<i64>>>,
    /// For each question, its counts by answer to the dividing question, then by its own; empty where none is shown.
    pub parts: Vec<Vec<Vec<Option<i64>>>>,
}

#[derive(Clone, Copy)]
struct Cell {
    count: i64,
    hidden: bool,
}

/// Counts votes, each naming one answer for each question. `answers` is how many answers each question has, `by` the
/// question that divides the others, `least` the smallest count that is shown. Nothing where fewer voted.
pub fn publish(answers: &[usize], by: Option<usize>, votes: &[Vec<usize>], least: i64) -> Option<Published> {
    if i64::try_from(votes.len()).is_ok_and(|count| count < least) {
        return None;
    }
    let totals: Vec<Vec<Cell>> = answers.iter().enumerate().map(|(at, size)| totals(votes, at, *size, least)).collect();
    let part = |at: usize| -> Vec<Vec<Option<i64>>> {
        let Some((dividing, own)) = by.filter(|by| *by != at).and_then(|by| Some((totals.get(by)?, totals.get(at)?)))
        else {
            return Vec::new();
        };
        let table = broken_down(votes, (by.unwrap_or(at), dividing), (at, own), least);
        if tells(&table, dividing, own) {
            return Vec::new();
        }
        table.iter().map(|row| shown(row)).collect()
    };
    let parts = (0..answers.len()).map(part).collect();
    Some(Published { counts: totals.iter().map(|row| shown(row)).collect(), parts })
}

fn shown(cells: &[Cell]) -> Vec<Option<i64>> {
    cells.iter().map(|cell| (!cell.hidden).then_some(cell.count)).collect()
}

fn cell(count: usize, least: i64) -> Cell {
    let count = i64::try_from(count).unwrap_or(i64::MAX);
    Cell { count, hidden: 0 < count && count < least }
}

fn totals(votes: &[Vec<usize>], at: usize, size: usize, least: i64) -> Vec<Cell> {
    let count = |answer: usize| votes.iter().filter(|vote| vote.get(at) == Some(&answer)).count();
    let mut cells: Vec<Cell> = (0..size).map(|answer| cell(count(answer), least)).collect();
    cover(&mut cells.iter_mut().collect::<Vec<_>>(), least);
    cells
}

/// Keeps back more of a line whose sum is known, until what is kept back are two counts or more of `least` people.
/// Whether anything was added.
fn cover(line: &mut [&mut Cell], least: i64) -> bool {
    let mut added = false;
    loop {
        let hidden = || line.iter().filter(|cell| cell.hidden);
        let (many, sum) = (hidden().count(), hidden().map(|cell| cell.count).sum::<i64>());
        if many == 0 || (many > 1 && sum >= least) {
            return added;
        }
        let open = line.iter_mut().filter(|cell| !cell.hidden);
        let Some(next) = open.min_by_key(|cell| (cell.count == 0, cell.count)) else { return added };
        next.hidden = true;
        added = true;
    }
}

fn broken_down(
    votes: &[Vec<usize>],
    (by, dividing): (usize, &[Cell]),
    (at, own): (usize, &[Cell]),
    least: i64,
) -> Vec<Vec<Cell>> {
    let count = |part: usize, answer: usize| {
        votes.iter().filter(|vote| vote.get(by) == Some(&part) && vote.get(at) == Some(&answer)).count()
    };
    let one = |(part, whole): (usize, &Cell)| -> Vec<Cell> {
        let cells = own.iter().enumerate().map(|(answer, all)| {
            let cell = cell(count(part, answer), least);
            Cell { hidden: cell.hidden || whole.hidden || all.hidden, ..cell }
        });
        cells.collect()
    };
    let mut table: Vec<Vec<Cell>> = dividing.iter().enumerate().map(one).collect();
    loop {
        let mut added = false;
        for (row, _) in table.iter_mut().zip(dividing).filter(|(_, whole)| !whole.hidden) {
            added |= cover(&mut row.iter_mut().collect::<Vec<_>>(), least);
        }
        for (answer, _) in own.iter().enumerate().filter(|(_, all)| !all.hidden) {
            let mut column: Vec<&mut Cell> = table.iter_mut().filter_map(|row| row.get_mut(answer)).collect();
            added |= cover(&mut column, least);
        }
        if !added {
            return table;
        }
    }
}

/// An unknown count that flows from one node to another: 0 is the outside, then come parts, then answers.
struct Flow {
    from: usize,
    to: usize,
    count: i64,
}

/// Whether any count that is kept back follows from those that are shown, given that none is below 0.
fn tells(table: &[Vec<Cell>], dividing: &[Cell], own: &[Cell]) -> bool {
    let mut flows = Vec::new();
    let mut flow = |cell: &Cell, from: usize, to: usize| {
        if cell.hidden {
            flows.push(Flow { from, to, count: cell.count });
        }
    };
    let (part, answer) = (|at: usize| 1 + at, |at: usize| 1 + dividing.len() + at);
    dividing.iter().enumerate().for_each(|(at, cell)| flow(cell, 0, part(at)));
    own.iter().enumerate().for_each(|(at, cell)| flow(cell, answer(at), 0));
    for (row, cells) in table.iter().enumerate() {
        cells.iter().enumerate().for_each(|(column, cell)| flow(cell, part(row), answer(column)));
    }
    (0..flows.len()).any(|at| !moves(&flows, at))
}

/// Whether the count could be one more or one fewer while all sums stay.
fn moves(flows: &[Flow], at: usize) -> bool {
    let Some(flow) = flows.get(at) else { return false };
    leads(flows, at, flow.to, flow.from) || (flow.count > 0 && leads(flows, at, flow.from, flow.to))
}

/// Whether people can be moved from one node to another without the flow `but`: along a flow always, against it while it
/// has any.
fn leads(flows: &[Flow], but: usize, from: usize, to: usize) -> bool {
    let mut seen = vec![from];
    let mut next = 0;
    while let Some(node) = seen.get(next).copied() {
        if node == to {
            return true;
        }
        next += 1;
        for flow in flows.iter().enumerate().filter(|(at, _)| *at != but).map(|(_, flow)| flow) {
            let along = (flow.from == node).then_some(flow.to);
            let against = (flow.to == node && flow.count > 0).then_some(flow.from);
            for node in along.into_iter().chain(against) {
                if !seen.contains(&node) {
                    seen.push(node);
                }
            }
        }
    }
    false
}

#[cfg(test)]
mod tests;
