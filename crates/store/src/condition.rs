//! Filters and sight as SQL: the other half of `watchkeep_model::matches`.

use crate::dialect::Dialect;
use crate::driver::{Cell, Connection};
use crate::schema::{column, table};
use crate::{Store, StoreError, dialect, row};
use sea_query::{Cond, Condition, Expr, ExprTrait, LikeExpr, Query};
use watchkeep_model::custom::Holds;
use watchkeep_model::resolve::{Column, Compare, Test};
use watchkeep_model::{Actor, Kind, Shape, Sight, Value};

pub use watchkeep_model::matches::words_of;

impl Store {
    /// What the actor sees of a kind, as a condition.
    pub(crate) fn sight_condition(
        &self,
        connection: &mut dyn Connection,
        actor: &Actor,
        kind: &Kind,
    ) -> Result<Condition, StoreError> {
        let sight = self.sight(actor, kind);
        self.seen_as(connection, &sight)
    }

    fn seen_as(&self, connection: &mut dyn Connection, sight: &Sight) -> Result<Condition, StoreError> {
        Ok(match sight {
            Sight::All => Cond::all(),
            Sight::Nothing => never(),
            Sight::Own(person) => Cond::all().add(Expr::col(column("owner")).eq(*person)),
            Sight::Tags(tags) => {
                let sets = self.inner.tags.holding(connection, tags)?;
                if sets.is_empty() { never() } else { Cond::all().add(Expr::col("tagset").is_in(sets)) }
            }
            Sight::Following(kinds) => {
                let mut any = Cond::any();
                for (name, sight) in kinds {
                    let on = Expr::col(column("on_kind")).eq(*name);
                    any = any.add(Cond::all().add(on).add(self.seen_as(connection, sight)?));
                }
                any
            }
        })
    }

    /// A filter as a condition. References are followed only to what the actor sees.
    pub(crate) fn test_condition(
        &self,
        connection: &mut dyn Connection,
        actor: &Actor,
        kind: &'static Kind,
        test: &Test,
    ) -> Result<Condition, StoreError> {
        Ok(match test {
            Test::All => Cond::all(),
            Test::And(list) => {
                let mut all = Cond::all();
                for part in list {
                    all = all.add(self.test_condition(connection, actor, kind, part)?);
                }
                all
            }
            Test::Or(list) => {
                let mut any = if list.is_empty() { never() } else { Cond::any() };
                for part in list {
                    any = any.add(self.test_condition(connection, actor, kind, part)?);
                }
                any
            }
            // What is unknown about a record is false, so its opposite is true.
            Test::Not(inner) => {
                let inner = self.test_condition(connection, actor, kind, inner)?;
                let holds: Expr =
                    sea_query::CaseStatement::new().case(inner, Expr::cust("1")).finally(Expr::cust("0")).into();
                Cond::all().add(holds.eq(Expr::cust("0")))
            }
            Test::Words(words) => {
                let searched = kind.fields.iter().any(|field| field.search);
                if !searched {
                    never()
                } else if words.is_empty() {
                    Cond::all()
                } else {
                    let dialect = connection.dialect();
                    Cond::all().add(Expr::cust_with_values(dialect.has_words(kind.name), [dialect.words_query(words)]))
                }
            }
            Test::Column(what, compare) => self.column_condition(connection, kind, *what, compare)?,
            Test::Through(field, target, inner) => {
                let Some(target) = self.inner.catalog.kind(target) else { return Ok(never()) };
                let mut select = Query::select();
                select.column("id").from(table(target));
                select.cond_where(self.sight_condition(connection, actor, target)?);
                select.cond_where(self.test_condition(connection, actor, target, inner)?);
                match kind.field(field).map(|field| field.shape) {
                    Some(Shape::Links(_)) => {
                        let (sql, cells) = dialect::build_select(connection.dialect(), &select);
                        let ids: Vec<i64> =
                            connection.query(&sql, &cells)?.iter().map(|row| crate::int(row, 0)).collect();
                        holds(&column(field), &ids)
                    }
                    _ => Cond::all().add(Expr::col(column(field)).in_subquery(select)),
                }
            }
        })
    }

    fn column_condition(
        &self,
        connection: &mut dyn Connection,
        kind: &Kind,
        what: Column,
        compare: &Compare,
    ) -> Result<Condition, StoreError> {
        let dialect = connection.dialect();
        Ok(match what {
            Column::Id => plain(dialect, "id", false, compare),
            Column::Created => plain(dialect, "created", false, compare),
            Column::Updated => plain(dialect, "updated", false, compare),
            Column::Custom(name, holds) => {
                let text = matches!(holds, Holds::Text | Holds::Date);
                plain_of(Expr::cust(dialect.custom(name, holds)), &dialect.custom(name, holds), dialect, text, compare)
            }
            Column::Tags => match compare {
                Compare::Holds(tags) => {
                    let sets = self.inner.tags.holding(connection, &tags.iter().copied().collect())?;
                    if sets.is_empty() { never() } else { Cond::all().add(Expr::col("tagset").is_in(sets)) }
                }
                _ => never(),
            },
            Column::Field(name) => {
                let text = kind
                    .field(name)
                    .is_some_and(|field| matches!(field.shape, Shape::Text | Shape::Markdown | Shape::File));
                match compare {
                    Compare::Holds(ids) => holds(&column(name), ids),
                    _ => plain(dialect, &column(name), text, compare),
                }
            }
        })
    }
}

/// A condition that nothing meets.
fn never() -> Condition {
    Cond::all().add(Expr::cust("1 = 0"))
}

fn holds(column: &str, ids: &[i64]) -> Condition {
    if ids.is_empty() {
        return never();
    }
    let one = |any: Condition, id: &i64| any.add(Expr::col(column.to_owned()).like(format!("%,{id},%")));
    ids.iter().fold(Cond::any(), one)
}

fn plain(dialect: Dialect, column: &str, text: bool, compare: &Compare) -> Condition {
    plain_of(Expr::col(column.to_owned()), column, dialect, text, compare)
}

/// Compares an expression; `sql` is the same as text, to be folded.
fn plain_of(own: Expr, sql: &str, dialect: Dialect, text: bool, compare: &Compare) -> Condition {
    let own = || own.clone();
    let folded = || Expr::cust(dialect.lower(sql));
    let value = |value: &Value| match row::cell(&watchkeep_model::Field::EMPTY, value) {
        Cell::Text(text) => dialect::value(Cell::Text(text.to_ascii_lowercase())),
        cell => dialect::value(cell),
    };
    match compare {
        Compare::Never | Compare::Holds(_) => never(),
        Compare::Empty if text => Cond::any().add(own().is_null()).add(own().eq("")),
        Compare::Empty => Cond::all().add(own().is_null()),
        Compare::Present if text => Cond::all().add(own().is_not_null()).add(own().ne("")),
        Compare::Present => Cond::all().add(own().is_not_null()),
        Compare::OneOf(wanted) if wanted.is_empty() => never(),
        Compare::OneOf(wanted) => {
            let wanted: Vec<_> = wanted.iter().map(value).collect();
            let left = if text { folded() } else { own() };
            Cond::all().add(left.is_in(wanted))
        }
        Compare::Like(parts) => {
            let escape = |part: &String| part.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
            let pattern = parts.iter().map(escape).collect::<Vec<_>>().join("%");
            let fits = Cond::all().add(folded().like(LikeExpr::new(pattern).escape('\\')));
            match parts.first().filter(|start| !start.is_empty()) {
                // A range on the index of folded texts.
                Some(start) => {
                    fits.add(folded().gte(start.as_str())).add(folded().lte(format!("{start}{}", char::MAX)))
                }
                None => fits,
            }
        }
        Compare::Between(from, to) => {
            let low = from.as_ref().map(|from| own().gte(value(from)));
            let high = to.as_ref().map(|to| own().lt(value(to)));
            Cond::all().add(own().is_not_null()).add_option(low).add_option(high)
        }
    }
}
