//! A filter and its pipes as a query plan.

use crate::columns::{nanos, time_type};
use crate::functions;
use crate::reading::{FIRST, MORE};
use crate::sought::TEXT;
use datafusion::arrow::datatypes::DataType;
use datafusion::logical_expr::{Case, Expr, cast, ident, lit};
use datafusion::scalar::ScalarValue;
use jiff::Timestamp;
use watchkeep_model::filter::{Ahead, CalcKind, Check, EventField, EventFilter, Moment, Op, Stretches, SyntaxError};

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
        EventFilter::Text(pattern) => ident(format!("{TEXT}{}", pattern.text())),
        EventFilter::Field { field: field @ (EventField::Time | EventField::Received), any } => {
            time_checks(ident(column_name(field)), any)
        }
        EventFilter::Field { field: EventField::Named(name), any } => {
            functions::field_holds(value(FIRST, name), value(MORE, name), any)
        }
        EventFilter::Field { field, any } => functions::holds(ident(column_name(field)), any),
    }
}

/// Whether an instant fulfils one of the checks; not where there is none.
pub fn time_checks(column: Expr, any: &[Check]) -> Expr {
    any.iter().map(|check| time_check(column.clone(), check)).reduce(Expr::or).unwrap_or_else(|| lit(false)).is_true()
}

fn time_check(column: Expr, check: &Check) -> Expr {
    match check {
        Check::Moment { op, moment } => compared(column, *op, moment),
        Check::Present => column.is_not_null(),
        Check::Absent => column.is_null(),
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

pub fn time(at: Timestamp) -> Expr {
    lit(ScalarValue::TimestampNanosecond(Some(nanos(at)), Some("UTC".into())))
}

/// The start of the stretch that the event's time falls in; `pieces` say how clocks stood.
pub fn stretch(stretches: &Stretches<'_>, pieces: &[Ahead]) -> Expr {
    let (width, anchor) = (lit(stretches.width()), stretches.anchor());
    let at = cast(ident("time"), DataType::Int64);
    let start = |piece: &Ahead| {
        let local = at.clone() + lit(piece.by - anchor);
        let over = ((local % width.clone()) + width.clone()) % width.clone();
        let begun = at.clone() - over;
        if piece.by == piece.before {
            return begun;
        }
        let earlier = match stretches.last_over_changes() {
            true => begun.clone() + lit(piece.by - piece.before),
            false => lit(piece.since),
        };
        either(begun.clone().lt(lit(piece.since)), earlier, begun)
    };
    let after = |rest: Expr, pair: &[Ahead]| match pair {
        [piece, next] => either(at.clone().lt(lit(next.since)), start(piece), rest),
        _ => rest,
    };
    let last = pieces.last().map_or_else(|| at.clone(), start);
    cast(pieces.windows(2).rev().fold(last, after), time_type())
}

fn either(test: Expr, yes: Expr, no: Expr) -> Expr {
    Expr::Case(Case::new(None, vec![(Box::new(test), Box::new(yes))], Some(Box::new(no))))
}

/// A field of an event as text (or, for the two times, as an instant); null where it is absent or empty.
pub fn field(name: &str) -> Expr {
    match EventField::named(name) {
        EventField::Named(name) => value(FIRST, &name),
        field @ (EventField::Time | EventField::Received) => ident(column_name(&field)),
        field => functions::text(ident(column_name(&field))),
    }
}

/// The first or the further values of a named field.
fn value(kind: &str, name: &str) -> Expr {
    ident(format!("{kind}{}", name.to_ascii_lowercase()))
}

/// Columns that joined events keep beside those of the rows, with what each is called there, and their named fields.
pub const JOINED: [&str; 10] =
    ["time", "id", "source", "host", "user", "src_ip", "dst_ip", "process", "code", "message"];

/// A field of the joined event.
pub fn joined_field(name: &str) -> (Expr, CalcKind) {
    let field = EventField::named(name);
    if let EventField::Named(name) = &field {
        return (ident(format!("joined.{FIRST}{}", name.to_ascii_lowercase())), CalcKind::Text);
    }
    let place = column_name(&field);
    if !JOINED.contains(&place) {
        return (functions::text(lit(ScalarValue::Utf8View(None))), CalcKind::Text);
    }
    let column = ident(format!("joined.{place}"));
    match field {
        EventField::Time => (column, CalcKind::Time),
        _ => (functions::text(column), CalcKind::Text),
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
