//! The steps of a query on top of a plan: each takes rows and gives rows.
//!
//! Rows are events, with columns that steps added, or those of a table. A column that is written anew keeps its old
//! self beside it, since the order of rows may hang on that; names lead to the newest.

use crate::calculated::{calculated, number, shown};
use crate::functions;
use crate::plan::{self, Refused};
use crate::reading::{FIRST, MORE};
use crate::sought::TEXT;
use datafusion::dataframe::DataFrame;
use datafusion::error::Result as Engine;
use datafusion::functions_window::expr_fn::row_number;
use datafusion::logical_expr::{Expr, ExprFunctionExt, SortExpr, ident, lit};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::ops::Range;
use watchkeep_model::filter::{
    Calc, CalcKind, CalcNode, EventField, Expr as Filter, FieldName, Input, Pipe, Program, SortKey, SyntaxError, Term,
    checks, compile,
};

/// What steps need to know beside the rows.
pub struct Around<'a> {
    pub now: Timestamp,
    pub zone: &'a TimeZone,
    /// The time that is asked, in nanoseconds since 1970.
    pub from: i64,
    pub to: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rows {
    Events,
    Table,
}

/// A column that a name leads to.
#[derive(Debug, Clone)]
pub struct Column {
    pub name: String,
    /// Its name in the plan.
    pub place: String,
    pub kind: CalcKind,
}

/// A query after some of its steps.
pub struct Piped {
    pub frame: DataFrame,
    pub rows: Rows,
    /// Of events those that steps added, of a table all.
    pub columns: Vec<Column>,
    /// The order that rows have, though the plan may sort later; none for a single row.
    pub order: Vec<SortExpr>,
    /// Whether events were joined, whose fields are then `joined.…`.
    pub joined: Option<()>,
    /// Columns made so far, so that each has a place of its own.
    pub made: usize,
}

impl Piped {
    /// Events, newest first.
    pub fn events(frame: DataFrame) -> Self {
        Self { frame, rows: Rows::Events, columns: Vec::new(), order: newest(), joined: None, made: 0 }
    }

    /// A table with these columns in the plan under their own names.
    pub fn table(frame: DataFrame, columns: Vec<(String, CalcKind)>, order: Vec<SortExpr>) -> Self {
        let column = |(name, kind): (String, CalcKind)| Column { place: name.clone(), name, kind };
        let columns = columns.into_iter().map(column).collect();
        Self { frame, rows: Rows::Table, columns, order, joined: None, made: 0 }
    }

    /// Adds one of the steps that keep rows; `None` for those that count.
    pub fn keeping(self, pipe: &Pipe, around: &Around<'_>) -> Result<Self, Refused> {
        match pipe {
            Pipe::Where { test } => {
                let condition = self.condition(test, around)?;
                Ok(Self { frame: self.frame.filter(condition)?, ..self })
            }
            Pipe::Eval { set } => {
                let mut piped = self;
                for (name, calc) in set {
                    let (value, kind) = piped.calc(calc, around)?;
                    piped = piped.with(&name.name, value, kind)?;
                }
                Ok(piped)
            }
            Pipe::Sort { keys } => self.sorted(keys),
            Pipe::Head { count } => {
                let frame = in_order(self.frame, self.order.clone())?.limit(0, Some(*count))?;
                Ok(Self { frame, ..self })
            }
            Pipe::Dedup { fields } => {
                let keys =
                    fields.iter().map(|name| Ok(self.value(name)?.0)).collect::<Result<Vec<_>, SyntaxError>>()?;
                self.first_of_each(keys, 1)
            }
            _ => Ok(self),
        }
    }

    /// The first `count` rows, in their order, of those that agree in `keys`.
    pub fn first_of_each(mut self, keys: Vec<Expr>, count: usize) -> Result<Self, Refused> {
        let place = self.new_place("rank");
        let rank = row_number().partition_by(keys).order_by(self.order.clone()).build()?;
        let count = u64::try_from(count).unwrap_or(u64::MAX);
        let frame = self.frame.with_column(&place, rank)?.filter(ident(&place).lt_eq(lit(count)))?;
        Ok(Self { frame, ..self })
    }

    /// Keys first, then the order so far; numbers by value before texts, nothing last.
    fn sorted(self, keys: &[SortKey]) -> Result<Self, Refused> {
        let mut order = Vec::new();
        for key in keys {
            let (value, kind) = self.value(&key.field)?;
            if kind == CalcKind::Text {
                order.push(number(value.clone()).sort(!key.descending, false));
            }
            order.push(value.sort(!key.descending, false));
        }
        if self.order.is_empty() {
            return Ok(self);
        }
        order.extend(self.order);
        Ok(Self { order, ..self })
    }

    fn new_place(&mut self, name: &str) -> String {
        self.made += 1;
        format!("={}={name}", self.made)
    }

    /// One more column under this name; an older one of the name is no longer reached.
    pub fn with(mut self, name: &str, value: Expr, kind: CalcKind) -> Result<Self, Refused> {
        let place = self.new_place(name);
        let all = self.frame.schema().fields().iter().map(|column| ident(column.name())).collect::<Vec<_>>();
        let frame = self.frame.select([all, vec![value.alias(&place)]].concat())?;
        let known = self.columns.iter_mut().find(|column| column.name.eq_ignore_ascii_case(name));
        match known {
            Some(column) => (column.place, column.kind) = (place, kind),
            None => self.columns.push(Column { name: name.to_owned(), place, kind }),
        }
        Ok(Self { frame, ..self })
    }

    /// A field or column by its name.
    pub fn value(&self, name: &FieldName) -> Result<(Expr, CalcKind), SyntaxError> {
        self.named(&name.name, name.span.clone())
    }

    fn named(&self, name: &str, span: Range<usize>) -> Result<(Expr, CalcKind), SyntaxError> {
        if let Some(column) = self.columns.iter().find(|column| column.name.eq_ignore_ascii_case(name)) {
            return Ok((ident(&column.place), column.kind));
        }
        if self.rows == Rows::Table {
            let known = self.columns.iter().map(|column| column.name.as_str());
            let error = SyntaxError::unknown("column of the step before", name, span, known.clone());
            let all = known.collect::<Vec<_>>().join(", ");
            return Err(SyntaxError { message: format!("{}, which has {all}", error.message), ..error });
        }
        let other = name.get(..7).filter(|start| self.joined.is_some() && start.eq_ignore_ascii_case("joined."));
        if let Some(other) = other.and_then(|start| name.get(start.len()..)) {
            return Ok(plan::joined_field(other));
        }
        let time = matches!(EventField::named(name), EventField::Time | EventField::Received);
        Ok((plan::field(name), if time { CalcKind::Time } else { CalcKind::Text }))
    }

    /// A calculation over the rows.
    pub fn calc(&self, calc: &Calc, around: &Around<'_>) -> Result<(Expr, CalcKind), Refused> {
        if let CalcNode::Field(name) = &calc.node {
            return Ok(self.named(name, calc.span.clone())?);
        }
        let kind_of = |name: &str, span| Ok(self.named(name, span)?.1);
        let program = Program::new(calc, &kind_of, around.now, around.zone)?;
        let kind = program.kind();
        Ok((self.bound(program, around)?, kind))
    }

    /// Gives a program its columns.
    fn bound(&self, program: Program, around: &Around<'_>) -> Result<Expr, SyntaxError> {
        let inputs = program.inputs().iter().map(|input| match input {
            Input::Field(name) => Ok(self.named(name, 0..0)?.0),
            Input::Term(term) => self.term(term, around),
        });
        let inputs = inputs.collect::<Result<Vec<_>, SyntaxError>>()?;
        Ok(calculated(program, inputs))
    }

    /// A condition; what the filter language says stays in its own form, so that the engine can push it down.
    fn condition(&self, test: &Calc, around: &Around<'_>) -> Result<Expr, SyntaxError> {
        let each =
            |parts: &[Calc]| parts.iter().map(|part| self.condition(part, around)).collect::<Result<Vec<_>, _>>();
        match &test.node {
            CalcNode::All(parts) => Ok(each(parts)?.into_iter().reduce(Expr::and).unwrap_or_else(|| lit(true))),
            CalcNode::Any(parts) => Ok(each(parts)?.into_iter().reduce(Expr::or).unwrap_or_else(|| lit(false))),
            CalcNode::Not(inner) => Ok(!self.condition(inner, around)?),
            CalcNode::Term(term) => self.term(term, around),
            _ => {
                let kind_of = |name: &str, span| Ok(self.named(name, span)?.1);
                let program = Program::condition(test, &kind_of, around.now, around.zone)?;
                let value = self.bound(program, around)?;
                Ok(datafusion::logical_expr::Expr::IsTrue(Box::new(value)))
            }
        }
    }

    fn term(&self, term: &Term, around: &Around<'_>) -> Result<Expr, SyntaxError> {
        let name = term.name();
        let (value, kind) = self.named(&name, term.name_span())?;
        let own = self.columns.iter().any(|column| column.name.eq_ignore_ascii_case(&name));
        let joined = self.joined.is_some() && name.to_ascii_lowercase().starts_with("joined.");
        if self.rows == Rows::Events && !own && !joined {
            return plan::condition(&compile(&Filter::Term(term.clone()), around.now, around.zone)?);
        }
        let checks = checks(term, kind, around.now, around.zone)?;
        Ok(match kind {
            CalcKind::Time => plan::time_checks(value, &checks),
            CalcKind::Text => functions::holds(value, &checks),
            _ => functions::holds(shown(value), &checks),
        })
    }

    /// The plan with its columns under their names and its rows in order.
    pub fn finished(self, most: Option<usize>) -> Engine<DataFrame> {
        let sorted = in_order(self.frame, self.order)?;
        let sorted = if most.is_some() { sorted.limit(0, most)? } else { sorted };
        if self.rows == Rows::Events {
            let names = sorted.schema().fields().iter().map(|column| column.name().clone());
            let asked = |name: &String| [FIRST, MORE, TEXT].iter().any(|kind| name.starts_with(kind));
            let shown = names.filter(|name| !asked(name));
            let shown = shown.map(ident).collect::<Vec<_>>();
            return sorted.select(shown);
        }
        sorted.select(self.columns.iter().map(|column| ident(&column.place).alias(&column.name)).collect::<Vec<_>>())
    }
}

fn in_order(frame: DataFrame, order: Vec<SortExpr>) -> Engine<DataFrame> {
    if order.is_empty() { Ok(frame) } else { frame.sort(order) }
}

/// The order of events unless a step sorts them.
pub fn newest() -> Vec<SortExpr> {
    vec![ident("time").sort(false, false), ident("id").sort(false, false)]
}
