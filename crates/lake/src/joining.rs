//! `join by`: each row with the nearest event of another filter that is about the same host, user or address.

use crate::calculated::folded;
use crate::plan::{JOINED, Refused};
use crate::reading::FIRST;
use crate::steps::{Column, Piped, Rows};
use datafusion::arrow::datatypes::DataType;
use datafusion::common::JoinType;
use datafusion::dataframe::DataFrame;
use datafusion::logical_expr::{Expr, cast, ident, lit, when};
use watchkeep_model::filter::{CalcKind, Pair, SyntaxError};

/// Nanoseconds in a second.
const SECOND: i64 = 1_000_000_000;

impl Piped {
    /// Joins the events of `other`, which passed the same access and time conditions as the rows.
    pub fn joined(self, by: &[Pair], seconds: i64, other: DataFrame) -> Result<Self, Refused> {
        if self.rows != Rows::Events || self.joined.is_some() {
            let message = "join comes once, before steps that count";
            return Err(SyntaxError::new(by.first().map_or(0..0, |pair| pair.field.span.clone()), message).into());
        }
        let right = Self::events(other);
        let fields = right.frame.schema().fields().iter().map(|field| field.name().as_str());
        let fields = fields.filter(|name| JOINED.contains(name) || name.starts_with(FIRST));
        let mut keys = Vec::new();
        let mut select: Vec<Expr> = fields.map(|name| ident(name).alias(format!("joined.{name}"))).collect();
        for (index, pair) in by.iter().enumerate() {
            let key = format!("joined.={index}");
            select.push(folded(right.value(&pair.other)?.0).alias(&key));
            keys.push(folded(self.value(&pair.field)?.0).eq(ident(&key)));
        }
        let other = right.frame.select(select)?;
        let nanos = |name: &str| cast(ident(name), DataType::Int64);
        let gap = nanos("joined.time") - nanos("time");
        let most = seconds.saturating_mul(SECOND);
        keys.push(gap.clone().lt_eq(lit(most)));
        keys.push(gap.clone().gt_eq(lit(-most)));
        keys.push(ident("joined.id").not_eq(ident("id")));
        let frame = self.frame.clone().join_on(other, JoinType::Inner, keys)?;
        let distance = when(gap.clone().lt(lit(0i64)), lit(0i64) - gap.clone()).otherwise(gap.clone())?;
        let near = vec![
            distance.sort(true, false),
            ident("joined.time").sort(true, false),
            ident("joined.id").sort(true, false),
        ];
        let order = self.order.clone();
        let mut nearest = Self { frame, order: near, ..self }.first_of_each(vec![ident("id")], 1)?;
        nearest.order = order;
        nearest.joined = Some(());
        let shown = [("joined.time", CalcKind::Time), ("joined.message", CalcKind::Text)];
        for (name, kind) in shown {
            nearest.columns.push(Column { name: name.to_owned(), place: name.to_owned(), kind });
        }
        nearest.with("gap", cast(gap, DataType::Float64) / lit(1e9), CalcKind::Number)
    }
}
