//! A filter and its pipes as a query plan.

use crate::columns::{nanos, time_type};
use crate::functions;
use datafusion::arrow::datatypes::DataType;
use datafusion::dataframe::DataFrame;
use datafusion::error::Result as Engine;
use datafusion::functions_aggregate::expr_fn::count;
use datafusion::logical_expr::{Expr, cast, ident, lit};
use datafusion::scalar::ScalarValue;
use jiff::Timestamp;
use std::ops::Range;
use watchkeep_model::filter::{Check, EventField, EventFilter, FieldName, Moment, Op, Pipe, SyntaxError};

const MOST_CONDITIONS: usize = 200;

/// The filter as a condition on the lake's columns; never null.
pub fn condition(filter: &EventFilter) -> Result<Expr, SyntaxError> {
    if leaves(filter) > MOST_CONDITIONS {
        return Err(SyntaxError::new(0..0, format!("an event query has at most {MOST_CONDITIONS} conditions")));
    }
    Ok(expr(filter))
}

fn leaves(filter: &EventFilter) -> usize {
    match filter {
        EventFilter::And(parts) | EventFilter::Or(parts) => parts.iter().map(leaves).sum(),
        EventFilter::Not(inner) => 1 + leaves(inner),
        _ => 1,
    }
}

fn expr(filter: &EventFilter) -> Expr {
    match filter {
        EventFilter::All => lit(true),
        EventFilter::And(parts) => parts.iter().map(expr).reduce(Expr::and).unwrap_or_else(|| lit(true)),
        EventFilter::Or(parts) => parts.iter().map(expr).reduce(Expr::or).unwrap_or_else(|| lit(false)),
        EventFilter::Not(inner) => !expr(inner),
        EventFilter::Text(pattern) => {
            functions::contains(ident("message"), pattern).or(functions::contains(ident("raw"), pattern))
        }
        EventFilter::Field { field: field @ (EventField::Time | EventField::Received), any } => {
            let times = any.iter().map(|check| time_check(ident(column_name(field)), check));
            times.reduce(Expr::or).unwrap_or_else(|| lit(false))
        }
        EventFilter::Field { field: EventField::Named(name), any } => {
            functions::field_holds(ident("fields"), name, any)
        }
        EventFilter::Field { field, any } => functions::holds(ident(column_name(field)), any),
    }
}

fn time_check(column: Expr, check: &Check) -> Expr {
    match check {
        Check::Moment { op, moment } => compared(column, *op, moment),
        Check::Present => lit(true),
        _ => lit(false),
    }
}

fn compared(column: Expr, op: Op, moment: &Moment) -> Expr {
    let (start, end) = (time(moment.start), time(moment.end));
    match op {
        Op::Is => column.clone().gt_eq(start).and(column.lt(end)),
        Op::Lt => column.lt(start),
        Op::Le => column.lt(end),
        Op::Gt => column.gt_eq(end),
        Op::Ge => column.gt_eq(start),
    }
}

/// From `from` (included) to `to` (not).
pub fn between(from: Timestamp, to: Timestamp) -> Expr {
    ident("time").gt_eq(time(from)).and(ident("time").lt(time(to)))
}

fn time(at: Timestamp) -> Expr {
    lit(ScalarValue::TimestampNanosecond(Some(nanos(at)), Some("UTC".into())))
}

/// The start of the stretch of `seconds` that the event's time falls in, counted from 1970.
pub fn stretch(seconds: i64) -> Expr {
    let width = lit(seconds.saturating_mul(1_000_000_000).max(1));
    let at = cast(ident("time"), DataType::Int64);
    let over = ((at.clone() % width.clone()) + width.clone()) % width;
    cast(at - over, time_type())
}

/// A field of an event as text (or, for the two times, as an instant); null where it is absent or empty.
pub fn field(name: &str) -> Expr {
    match EventField::named(name) {
        EventField::Named(name) => functions::field(ident("fields"), &name),
        field @ (EventField::Time | EventField::Received) => ident(column_name(&field)),
        field => functions::text(ident(column_name(&field))),
    }
}

fn column_name(field: &EventField) -> &'static str {
    match field {
        EventField::Time => "time",
        EventField::Received => "received",
        EventField::Id => "id",
        EventField::Source => "source",
        EventField::Product => "product",
        EventField::Category => "category",
        EventField::Service => "service",
        EventField::Host => "host",
        EventField::User => "user",
        EventField::SrcIp => "src_ip",
        EventField::DstIp => "dst_ip",
        EventField::Process => "process",
        EventField::Code => "code",
        EventField::Message => "message",
        EventField::Raw => "raw",
        EventField::Named(_) => "fields",
    }
}

/// A query after some of its pipes.
pub struct Piped {
    pub frame: DataFrame,
    /// Whether rows are still whole events.
    pub events: bool,
    /// Whether a step fixed the order of rows.
    pub ordered: bool,
}

/// Why a pipe could not be added.
pub enum Refused {
    Query(SyntaxError),
    Engine(datafusion::error::DataFusionError),
}

impl From<SyntaxError> for Refused {
    fn from(error: SyntaxError) -> Self {
        Self::Query(error)
    }
}

impl From<datafusion::error::DataFusionError> for Refused {
    fn from(error: datafusion::error::DataFusionError) -> Self {
        Self::Engine(error)
    }
}

impl Piped {
    /// Adds one step.
    pub fn step(self, pipe: &Pipe) -> Result<Self, Refused> {
        match pipe {
            Pipe::Count { by } => {
                let named = by.iter().map(|name| self.column(name)).collect::<Result<Vec<_>, _>>()?;
                distinct(by)?;
                let keys = by.iter().map(|name| ident(&name.name).sort(true, true));
                let order = [ident("count").sort(false, false)].into_iter().chain(keys).collect();
                Ok(self.counted(named)?.ordered_by(order)?)
            }
            Pipe::Top { count, field } => {
                let named = self.column(field)?;
                distinct(std::slice::from_ref(field))?;
                let order = vec![ident("count").sort(false, false), ident(&field.name).sort(true, true)];
                let all = self.counted(vec![named])?.ordered_by(order)?;
                Ok(Self { frame: all.frame.limit(0, Some(*count))?, ..all })
            }
            Pipe::Timechart { seconds, by } => {
                if !self.events {
                    return Err(SyntaxError::new(0..0, "timechart comes before steps that count").into());
                }
                let mut columns = vec![stretch(*seconds).alias("time")];
                let mut order = vec![ident("time").sort(true, true)];
                if let Some(name) = by {
                    distinct(std::slice::from_ref(name))?;
                    not_taken(&name.name, "time", &name.span)?;
                    columns.push(self.column(name)?);
                    order.push(ident(&name.name).sort(true, true));
                }
                Ok(self.counted(columns)?.ordered_by(order)?)
            }
            Pipe::Sort { field, descending } => {
                let mut order = vec![self.value(field)?.sort(!descending, false)];
                if self.events {
                    order.extend([ident("time").sort(false, false), ident("id").sort(false, false)]);
                }
                Ok(self.ordered_by(order)?)
            }
            Pipe::Head { count } => {
                let newest = vec![ident("time").sort(false, false), ident("id").sort(false, false)];
                let sorted = if self.ordered || !self.events { self } else { self.ordered_by(newest)? };
                Ok(Self { frame: sorted.frame.limit(0, Some(*count))?, ..sorted })
            }
        }
    }

    fn value(&self, name: &FieldName) -> Result<Expr, SyntaxError> {
        if self.events {
            return Ok(field(&name.name));
        }
        let columns: Vec<String> = self.frame.schema().fields().iter().map(|column| column.name().clone()).collect();
        match columns.iter().find(|column| column.eq_ignore_ascii_case(&name.name)) {
            Some(column) => Ok(ident(column)),
            None => Err(SyntaxError::unknown(
                "column of the step before",
                &name.name,
                name.span.clone(),
                columns.iter().map(String::as_str),
            )),
        }
    }

    fn column(&self, name: &FieldName) -> Result<Expr, SyntaxError> {
        Ok(self.value(name)?.alias(&name.name))
    }

    fn counted(self, by: Vec<Expr>) -> Engine<Self> {
        let frame = self.frame.aggregate(by, vec![count(lit(1i64)).alias("count")])?;
        Ok(Self { frame, events: false, ordered: false })
    }

    fn ordered_by(self, order: Vec<datafusion::logical_expr::SortExpr>) -> Engine<Self> {
        Ok(Self { frame: self.frame.sort(order)?, ordered: true, ..self })
    }
}

/// No column name twice, and none that the count itself takes.
fn distinct(names: &[FieldName]) -> Result<(), SyntaxError> {
    for (index, name) in names.iter().enumerate() {
        not_taken(&name.name, "count", &name.span)?;
        for earlier in names.iter().take(index) {
            not_taken(&name.name, &earlier.name, &name.span)?;
        }
    }
    Ok(())
}

fn not_taken(name: &str, other: &str, span: &Range<usize>) -> Result<(), SyntaxError> {
    if name == other {
        return Err(SyntaxError::new(span.clone(), format!("the result already has a column `{name}`")));
    }
    Ok(())
}
