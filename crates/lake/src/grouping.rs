//! Steps that make one row of many: stats, count, top, rare, timechart.

use crate::calculated::{joined, number, shown, stamped, unstamped};
use crate::error::LakeError;
use crate::functions;
use crate::plan::{Refused, stretch};
use crate::steps::{Around, Piped, Rows, newest};
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::DataType;
use datafusion::functions_aggregate::expr_fn::{array_agg, avg, count, count_distinct, max, median, min, sum};
use datafusion::functions_aggregate::percentile_cont::percentile_cont;
use datafusion::logical_expr::{Expr, ExprFunctionExt, ident, lit, when};
use datafusion::logical_expr::{SortExpr, cast};
use datafusion::scalar::ScalarValue;
use std::ops::Range;
use watchkeep_model::filter::{Aggregate, CalcKind, FieldName, Measure, Pipe, Rank, Stretches, SyntaxError};

/// The name of all series of a chart that are not among the largest.
const REST: &str = "(other)";

/// A column of the result: what the engine sums up, and what becomes of that.
struct Summed {
    name: String,
    kind: CalcKind,
    raw: Vec<Expr>,
    then: Expr,
}

/// Names and values to group by.
type Keys = Vec<(String, Expr, CalcKind)>;

impl Piped {
    /// Adds a step that counts. `largest` names the largest series of a chart, asked for before.
    pub fn counting(
        self,
        pipe: &Pipe,
        largest: Option<&[Option<String>]>,
        around: &Around<'_>,
    ) -> Result<Self, Refused> {
        match pipe {
            Pipe::Stats { of, by } => {
                let keys = self.keys(by)?;
                let order = ascending(&keys);
                self.grouped(keys, of, order, around)
            }
            Pipe::Count { by } => {
                let keys = self.counted_by(by)?;
                let order = [vec![ident("count").sort(false, false)], ascending(&keys)].concat();
                self.grouped(keys, &[counted()], order, around)
            }
            Pipe::Rank { which, count, fields, by } => self.ranked(*which, *count, fields, by, around),
            Pipe::Timechart { seconds, of, by, .. } => {
                if self.rows != Rows::Events {
                    return Err(SyntaxError::new(0..0, "timechart comes before steps that count").into());
                }
                let stretches = Stretches::new(seconds.saturating_mul(1_000_000_000), around.zone);
                let time = stretch(&stretches, &stretches.pieces(around.from, around.to));
                let mut keys = vec![("time".to_owned(), time, CalcKind::Time)];
                if let Some(name) = by {
                    taken("time", &name.name, name.span.clone())?;
                    let (value, kind) = self.value(name)?;
                    let series = if kind == CalcKind::Text { value } else { shown(value) };
                    keys.push((name.name.clone(), within(series, largest)?, CalcKind::Text));
                }
                let usual = [counted()];
                let order = ascending(&keys);
                self.grouped(keys, if of.is_empty() { &usual } else { of }, order, around)
            }
            _ => Ok(self),
        }
    }

    /// The plan that finds the series of a chart with most rows, one column.
    pub fn largest(&self, field: &FieldName, limit: usize) -> Result<datafusion::dataframe::DataFrame, Refused> {
        let (value, kind) = self.value(field)?;
        let series = if kind == CalcKind::Text { value } else { shown(value) };
        let counted =
            self.frame.clone().aggregate(vec![series.alias("series")], vec![count(lit(1i64)).alias("count")])?;
        let order = vec![ident("count").sort(false, false), ident("series").sort(true, true)];
        Ok(counted.sort(order)?.limit(0, Some(limit + 1))?.select_columns(&["series"])?)
    }

    fn keys(&self, by: &[FieldName]) -> Result<Keys, SyntaxError> {
        let mut keys: Keys = Vec::new();
        for name in by {
            for (earlier, ..) in &keys {
                taken(earlier, &name.name, name.span.clone())?;
            }
            let (value, kind) = self.value(name)?;
            keys.push((name.name.clone(), value, kind));
        }
        Ok(keys)
    }

    fn counted_by(&self, by: &[FieldName]) -> Result<Keys, SyntaxError> {
        by.iter().try_for_each(|name| taken("count", &name.name, name.span.clone()))?;
        self.keys(by)
    }

    fn ranked(
        self,
        which: Rank,
        most: usize,
        fields: &[FieldName],
        by: &[FieldName],
        around: &Around<'_>,
    ) -> Result<Self, Refused> {
        let all: Vec<FieldName> = by.iter().chain(fields).cloned().collect();
        let (keys, of_each) = (self.counted_by(&all)?, by.len());
        let mut order = vec![ident("count").sort(which == Rank::Rare, false)];
        order.extend(ascending(&keys));
        let there = keys.iter().skip(of_each).map(|(_, value, _)| value.clone().is_not_null()).reduce(Expr::and);
        let frame = self.frame.clone().filter(there.unwrap_or_else(|| lit(true)))?;
        let groups: Vec<Expr> = keys.iter().take(of_each).map(|(name, ..)| ident(name)).collect();
        let counted = Self { frame, ..self }.grouped(keys, &[counted()], order, around)?;
        if groups.is_empty() {
            return counted.keeping(&Pipe::Head { count: most }, around);
        }
        let mut first = counted.first_of_each(groups.clone(), most)?;
        first.order = [groups.into_iter().map(|group| group.sort(true, true)).collect(), first.order].concat();
        Ok(first)
    }

    fn grouped(self, keys: Keys, of: &[Aggregate], order: Vec<SortExpr>, around: &Around<'_>) -> Result<Self, Refused> {
        let by_order = of.iter().find(|one| matches!(one.function, Measure::First | Measure::Last));
        if let Some(one) = by_order
            && self.order != newest()
        {
            let message = "first and last stand before any sort or count; use earliest, latest, min, max or `head 1`";
            return Err(SyntaxError::new(one.span.clone(), message).into());
        }
        let mut summed: Vec<Summed> = Vec::new();
        for (index, one) in of.iter().enumerate() {
            let name = one.column();
            let span = one.name.as_ref().map_or(one.span.clone(), |name| name.span.clone());
            for known in keys.iter().map(|(name, ..)| name).chain(summed.iter().map(|summed| &summed.name)) {
                taken(known, &name, span.clone())?;
            }
            summed.push(self.summed(index, one, around)?);
        }
        // A single row has no order, and the engine wants none.
        let order = if keys.is_empty() { Vec::new() } else { order };
        let groups = keys.iter().map(|(name, value, _)| value.clone().alias(name)).collect();
        let raw = summed.iter().flat_map(|one| one.raw.iter().cloned()).collect();
        let frame = self.frame.aggregate(groups, raw)?;
        let select: Vec<Expr> = keys.iter().map(|(name, ..)| ident(name)).collect();
        let frame = frame.select(
            select.into_iter().chain(summed.iter().map(|one| one.then.clone().alias(&one.name))).collect::<Vec<_>>(),
        )?;
        let columns = keys.into_iter().map(|(name, _, kind)| (name, kind));
        let columns = columns.chain(summed.into_iter().map(|one| (one.name, one.kind))).collect();
        Ok(Self::table(frame, columns, order))
    }

    fn summed(&self, index: usize, one: &Aggregate, around: &Around<'_>) -> Result<Summed, Refused> {
        let name = one.column();
        let place = |part: usize| format!("={index}={part}");
        let summed = |raw: Expr, kind| {
            Ok(Summed { name: name.clone(), kind, raw: vec![raw.alias(place(0))], then: ident(place(0)) })
        };
        let Some(of) = &one.of else { return summed(count(lit(1i64)), CalcKind::Number) };
        let (value, kind) = self.calc(of, around)?;
        let refuse = |wanted: &str| {
            let message = format!("`{}` is of {wanted}, and `{of}` is none", one.function.name());
            Refused::from(SyntaxError::new(of.span.clone(), message))
        };
        let numbers = || match kind {
            CalcKind::Number => Ok(cast(value.clone(), DataType::Float64)),
            CalcKind::Text => Ok(number(value.clone())),
            _ => Err(refuse("numbers")),
        };
        match one.function {
            Measure::Count if kind == CalcKind::Flag => summed(count(when(value, lit(1i64)).end()?), CalcKind::Number),
            Measure::Count => summed(count(value), CalcKind::Number),
            Measure::Distinct => summed(count_distinct(value), CalcKind::Number),
            Measure::Sum => summed(sum(numbers()?), CalcKind::Number),
            Measure::Average => summed(avg(numbers()?), CalcKind::Number),
            Measure::Median => summed(median(numbers()?), CalcKind::Number),
            Measure::Percentile(share) => {
                summed(percentile_cont(numbers()?.sort(true, false), lit(f64::from(share) / 100.0)), CalcKind::Number)
            }
            Measure::Min | Measure::Max => {
                let best = if one.function == Measure::Min { min } else { max };
                match kind {
                    CalcKind::Flag => Err(refuse("numbers, texts or times")),
                    CalcKind::Text => {
                        let raw = vec![best(number(value.clone())).alias(place(0)), best(value).alias(place(1))];
                        let as_text = shown(ident(place(0)));
                        let then = when(ident(place(0)).is_not_null(), as_text).otherwise(ident(place(1)))?;
                        Ok(Summed { name, kind, raw, then })
                    }
                    _ => summed(best(value), kind),
                }
            }
            Measure::First | Measure::Last | Measure::Earliest | Measure::Latest => {
                let time = FieldName { name: "time".to_owned(), span: one.span.clone() };
                let Some((time, CalcKind::Time)) = self.value(&time).ok() else {
                    return Err(SyntaxError::new(one.span.clone(), "earliest and latest need rows with a time").into());
                };
                let id = if self.rows == Rows::Events { functions::text(ident("id")) } else { shown(lit("")) };
                // Unsorted events stand the newest first, so the first is the latest.
                let best = if matches!(one.function, Measure::First | Measure::Latest) { max } else { min };
                let raw = best(stamped(vec![time, id, shown(value)])).alias(place(0));
                let text = unstamped(ident(place(0)));
                let numeric = kind == CalcKind::Number;
                let then = if numeric { number(text) } else { text };
                Ok(Summed { name, kind: if numeric { kind } else { CalcKind::Text }, raw: vec![raw], then })
            }
            Measure::Values => {
                let texts = if kind == CalcKind::Text { value } else { shown(value) };
                let raw = array_agg(texts.clone()).distinct().filter(texts.is_not_null()).build()?;
                Ok(Summed { name, kind: CalcKind::Text, raw: vec![raw.alias(place(0))], then: joined(ident(place(0))) })
            }
        }
    }
}

fn counted() -> Aggregate {
    Aggregate { function: Measure::Count, of: None, name: None, span: 0..0 }
}

fn ascending(keys: &Keys) -> Vec<SortExpr> {
    keys.iter().map(|(name, ..)| ident(name).sort(true, true)).collect()
}

/// A series by its own name where it is one of the largest.
fn within(series: Expr, largest: Option<&[Option<String>]>) -> Result<Expr, Refused> {
    let Some(largest) = largest else { return Ok(series) };
    let nothing = largest.iter().any(Option::is_none);
    let names = largest.iter().flatten().map(|name| lit(ScalarValue::Utf8View(Some(name.clone())))).collect::<Vec<_>>();
    let named = if names.is_empty() { lit(false) } else { series.clone().in_list(names, false).is_true() };
    let kept = if nothing { named.or(series.clone().is_null()) } else { named };
    Ok(when(kept, series).otherwise(lit(ScalarValue::Utf8View(Some(REST.to_owned()))))?)
}

/// The texts of a plan's only column, at most `limit`; `None` if there are no more than that.
pub fn series(batches: &[RecordBatch], limit: usize) -> Result<Option<Vec<Option<String>>>, LakeError> {
    let mut all = Vec::new();
    for batch in batches {
        let values = crate::calculated::values(batch, 0).map_err(crate::columns::internal)?;
        all.extend((0..batch.num_rows()).map(|row| values.at(row).text().map(|text| text.into_owned())));
    }
    let more = all.len() > limit;
    all.truncate(limit);
    Ok(more.then_some(all))
}

fn taken(known: &str, name: &str, span: Range<usize>) -> Result<(), SyntaxError> {
    if known.eq_ignore_ascii_case(name) {
        return Err(SyntaxError::new(span, format!("the result already has a column `{name}`; name it with `as`")));
    }
    Ok(())
}
