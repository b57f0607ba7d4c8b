//! Which fields of events a query names.

use super::ast::{Expr, FieldName, Pipe, Query};
use super::calc::{Calc, CalcNode};
use std::collections::BTreeSet;

impl Query {
    /// The names in its filter and its steps, as they are written; those of columns that steps made are among them.
    ///
    /// ```
    /// let query = watchkeep_model::filter::parse("Image:cmd* | where len(User) > 8 | count by joined.Host").expect("reads");
    /// assert_eq!(query.names().into_iter().collect::<Vec<_>>(), ["Image", "User", "joined.Host"]);
    /// ```
    pub fn names(&self) -> BTreeSet<String> {
        let mut names = BTreeSet::new();
        self.filter.add_names(&mut names);
        self.pipes.iter().for_each(|pipe| pipe.add_names(&mut names));
        names
    }
}

impl Expr {
    fn add_names(&self, names: &mut BTreeSet<String>) {
        match self {
            Self::All | Self::Text { .. } => {}
            Self::And(parts) | Self::Or(parts) => parts.iter().for_each(|part| part.add_names(names)),
            Self::Not(inner) => inner.add_names(names),
            Self::Term(term) => {
                names.insert(term.name());
            }
        }
    }
}

impl Pipe {
    fn add_names(&self, names: &mut BTreeSet<String>) {
        let mut fields: Vec<&FieldName> = Vec::new();
        let mut calcs: Vec<&Calc> = Vec::new();
        match self {
            Self::Where { test } => calcs.push(test),
            Self::Eval { set } => calcs.extend(set.iter().map(|(_, calc)| calc)),
            Self::Stats { of, by } => {
                calcs.extend(of.iter().filter_map(|sum| sum.of.as_ref()));
                fields.extend(by);
            }
            Self::Count { by } | Self::Dedup { fields: by } => fields.extend(by),
            Self::Rank { fields: of, by, .. } => fields.extend(of.iter().chain(by)),
            Self::Timechart { of, by, .. } => {
                calcs.extend(of.iter().filter_map(|sum| sum.of.as_ref()));
                fields.extend(by);
            }
            Self::Sort { keys } => fields.extend(keys.iter().map(|key| &key.field)),
            Self::Head { .. } => {}
            Self::Join { by, with, .. } => {
                fields.extend(by.iter().flat_map(|pair| [&pair.field, &pair.other]));
                with.add_names(names);
            }
        }
        names.extend(fields.into_iter().map(|field| field.name.clone()));
        calcs.into_iter().for_each(|calc| calc.add_names(names));
    }
}

impl Calc {
    fn add_names(&self, names: &mut BTreeSet<String>) {
        match &self.node {
            CalcNode::Nothing | CalcNode::Flag(_) | CalcNode::Number(_) | CalcNode::Text(_) => {}
            CalcNode::Field(name) => {
                names.insert(name.clone());
            }
            CalcNode::Term(term) => {
                names.insert(term.name());
            }
            CalcNode::Not(inner) | CalcNode::Minus(inner) => inner.add_names(names),
            CalcNode::All(parts) | CalcNode::Any(parts) | CalcNode::Call(_, parts) => {
                parts.iter().for_each(|part| part.add_names(names));
            }
            CalcNode::Compare(_, one, other) | CalcNode::Math(_, one, other) => {
                [one, other].into_iter().for_each(|part| part.add_names(names));
            }
            CalcNode::OneOf(of, parts) => {
                of.add_names(names);
                parts.iter().for_each(|part| part.add_names(names));
            }
        }
    }
}
