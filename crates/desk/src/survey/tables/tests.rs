//! No count that is kept back can be told: tried by whoever knows all published tables, by enumeration and by algebra.

use super::{Published, publish};
use std::collections::BTreeMap;

const LEAST: i64 = 3;

/// All multisets of `size` votes, as counts of each kind of vote.
fn every(kinds: usize, size: usize) -> Vec<Vec<usize>> {
    if kinds == 1 {
        return vec![vec![size]];
    }
    let with = |first: usize| every(kinds - 1, size - first).into_iter().map(move |rest| [vec![first], rest].concat());
    (0..=size).flat_map(with).collect()
}

/// Every combination of answers.
fn kinds(answers: &[usize]) -> Vec<Vec<usize>> {
    answers.iter().fold(vec![Vec::new()], |all, size| {
        all.iter().flat_map(|vote| (0..*size).map(|answer| [vote.clone(), vec![answer]].concat())).collect()
    })
}

fn votes(kinds: &[Vec<usize>], counts: &[usize]) -> Vec<Vec<usize>> {
    kinds.iter().zip(counts).flat_map(|(vote, count)| vec![vote.clone(); *count]).collect()
}

/// All counts with nothing kept back, in the shape of what is published.
fn open(answers: &[usize], votes: &[Vec<usize>]) -> Published {
    publish(answers, Some(0), votes, 0).expect("counted")
}

fn flat(published: &Published) -> Vec<Option<i64>> {
    let parts = published.parts.iter().flatten().flatten();
    published.counts.iter().flatten().chain(parts).copied().collect()
}

/// True counts of just what `published` has a place for.
fn truth(published: &Published, open: &Published) -> Vec<i64> {
    let mut open = open.clone();
    for (parts, shown) in open.parts.iter_mut().zip(&published.parts) {
        if shown.is_empty() {
            parts.clear();
        }
    }
    flat(&open).into_iter().map(|count| count.expect("open")).collect()
}

/// Of all answers that a group could have given, those that agree with what was published leave two values or more for
/// each count that was kept back.
fn nobody_is_told(answers: &[usize], size: usize) {
    let kinds = kinds(answers);
    let all: Vec<_> = every(kinds.len(), size).iter().map(|counts| votes(&kinds, counts)).collect();
    let opened: Vec<Published> = all.iter().map(|votes| open(answers, votes)).collect();
    let mut published: BTreeMap<Published, ()> = BTreeMap::new();
    for votes in &all {
        published.insert(publish(answers, Some(0), votes, LEAST).expect("enough"), ());
    }
    let mut hidden = 0;
    for one in published.keys() {
        let shown = flat(one);
        let mut values: Vec<Option<(i64, i64)>> = vec![None; shown.len()];
        for other in &opened {
            let truth = truth(one, other);
            if shown.iter().zip(&truth).all(|(shown, count)| shown.is_none_or(|shown| shown == *count)) {
                for (range, count) in values.iter_mut().zip(truth) {
                    let (low, high) = range.unwrap_or((count, count));
                    *range = Some((low.min(count), high.max(count)));
                }
            }
        }
        for (at, (shown, range)) in shown.iter().zip(&values).enumerate() {
            let (low, high) = range.expect("at least what was counted");
            hidden += usize::from(shown.is_none());
            assert!(shown.is_some() || low < high, "count {at} is {low} in {one:?}");
        }
    }
    assert!(hidden > 0);
}

#[test]
fn ru_10_of_every_group_no_count_that_is_kept_back_can_be_told() {
    nobody_is_told(&[3, 3], 5);
    nobody_is_told(&[2, 3], 8);
    nobody_is_told(&[2, 2, 2], 7);
    nobody_is_told(&[3, 2], 7);
}

/// Numbers that repeat for a seed.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("small") % below
    }
}

/// Larger groups: linear equations of all published tables together, solved exactly over a prime field, leave every count
/// that was kept back open; and so do the smallest and largest values that the equations allow where none is below 0.
#[test]
fn ru_10_no_count_follows_from_the_equations_of_all_published_tables() {
    let mut dice = Dice(20_260_303);
    let (mut hidden, mut shown_parts) = (0, 0);
    for _ in 0..400 {
        let answers: Vec<usize> = (0..2 + dice.roll(3)).map(|_| 2 + dice.roll(4)).collect();
        let lean: Vec<usize> = answers.iter().map(|size| 1 + dice.roll(*size)).collect();
        let votes: Vec<Vec<usize>> = (0..5 + dice.roll(120))
            .map(|_| answers.iter().zip(&lean).map(|(size, lean)| dice.roll(*size).min(dice.roll(*lean))).collect())
            .collect();
        let published = publish(&answers, Some(0), &votes, 5).expect("enough");
        shown_parts += published.parts.iter().filter(|part| !part.is_empty()).count();
        let system = System::of(&published, i64::try_from(votes.len()).expect("small"));
        for at in 0..system.unknown {
            hidden += 1;
            assert!(!system.tells(at), "unknown {at} follows from {published:?}");
        }
        let ranges = system.ranges();
        for (at, (low, high)) in ranges.iter().enumerate() {
            assert!(low < high, "unknown {at} is {low} in {published:?}");
        }
    }
    assert!(hidden > 1000 && shown_parts > 100, "{hidden} {shown_parts}");
}

/// One equation: which unknowns add up (1) or are taken off (-1), and to what.
type Equation = (Vec<i64>, i64);

struct System {
    unknown: usize,
    equations: Vec<Equation>,
}

impl System {
    fn of(published: &Published, people: i64) -> Self {
        let shown = flat(published);
        let unknown = shown.iter().filter(|count| count.is_none()).count();
        let mut system = Self { unknown, equations: Vec::new() };
        let place = |at: usize| shown.iter().take(at).filter(|count| count.is_none()).count();
        let starts = |lines: &[Vec<Option<i64>>], from: usize| {
            lines.iter().scan(from, |at, line| Some(std::mem::replace(at, *at + line.len()))).collect::<Vec<_>>()
        };
        let term = |at: usize, sign: i64, equation: &mut Equation| match shown.get(at).copied().flatten() {
            Some(count) => equation.1 -= sign * count,
            None => *equation.0.get_mut(place(at)).expect("unknown") += sign,
        };
        let totals = starts(&published.counts, 0);
        for (line, start) in published.counts.iter().zip(&totals) {
            let mut equation = (vec![0; unknown], people);
            (0..line.len()).for_each(|at| term(start + at, 1, &mut equation));
            system.equations.push(equation);
        }
        let mut from = published.counts.iter().map(Vec::len).sum::<usize>();
        for (question, table) in published.parts.iter().enumerate().filter(|(_, table)| !table.is_empty()) {
            let rows = starts(table, from);
            from += table.iter().map(Vec::len).sum::<usize>();
            let columns = table.first().map_or(0, Vec::len);
            for (part, start) in rows.iter().enumerate() {
                let mut equation = (vec![0; unknown], 0);
                (0..columns).for_each(|at| term(start + at, 1, &mut equation));
                term(totals.first().expect("divides") + part, -1, &mut equation);
                system.equations.push(equation);
            }
            for column in 0..columns {
                let mut equation = (vec![0; unknown], 0);
                rows.iter().for_each(|start| term(start + column, 1, &mut equation));
                term(totals.get(question).expect("a question") + column, -1, &mut equation);
                system.equations.push(equation);
            }
        }
        system
    }

    /// Whether adding the unit of one unknown leaves the rank of the equations as it is.
    fn tells(&self, at: usize) -> bool {
        let rows: Vec<Vec<i64>> = self.equations.iter().map(|(row, _)| row.clone()).collect();
        let mut unit = vec![0; self.unknown];
        *unit.get_mut(at).expect("unknown") = 1;
        let with = rows.iter().cloned().chain([unit]).collect();
        rank(rows) == rank(with)
    }

    /// The least and the most that each unknown may be, by tightening bounds equation by equation until nothing changes.
    fn ranges(&self) -> Vec<(i64, i64)> {
        let mut ranges = vec![(0, 1_000_000); self.unknown];
        loop {
            let mut changed = false;
            for (row, sum) in &self.equations {
                for at in (0..self.unknown).filter(|at| row[*at] != 0) {
                    let others = || (0..self.unknown).filter(|other| *other != at && row[*other] != 0);
                    let low: i64 = others().map(|o| if row[o] > 0 { ranges[o].0 } else { -ranges[o].1 }).sum();
                    let high: i64 = others().map(|o| if row[o] > 0 { ranges[o].1 } else { -ranges[o].0 }).sum();
                    let (least, most) = if row[at] > 0 { (sum - high, sum - low) } else { (low - sum, high - sum) };
                    let tighter = (ranges[at].0.max(least), ranges[at].1.min(most));
                    changed |= tighter != ranges[at];
                    ranges[at] = tighter;
                }
            }
            if !changed {
                return ranges;
            }
        }
    }
}

/// Rank modulo a large prime: never above the true one, and equal to it for matrices as small as these.
fn rank(mut rows: Vec<Vec<i64>>) -> usize {
    const PRIME: i64 = 2_147_483_647;
    let power = |base: i64, mut exponent: i64| {
        let (mut base, mut result) = (base.rem_euclid(PRIME), 1);
        while exponent > 0 {
            if exponent % 2 == 1 {
                result = result * base % PRIME;
            }
            base = base * base % PRIME;
            exponent /= 2;
        }
        result
    };
    let columns = rows.first().map_or(0, Vec::len);
    let mut rank = 0;
    for column in 0..columns {
        let Some(pivot) = (rank..rows.len()).find(|row| rows[*row][column].rem_euclid(PRIME) != 0) else { continue };
        rows.swap(rank, pivot);
        let inverse = power(rows[rank][column], PRIME - 2);
        let lead: Vec<i64> = rows[rank].iter().map(|value| value.rem_euclid(PRIME) * inverse % PRIME).collect();
        for row in rows.iter_mut().skip(rank + 1) {
            let factor = row[column].rem_euclid(PRIME);
            if factor != 0 {
                row.iter_mut()
                    .zip(&lead)
                    .for_each(|(value, lead)| *value = (*value - factor * lead % PRIME).rem_euclid(PRIME));
            }
        }
        rank += 1;
    }
    rank
}
