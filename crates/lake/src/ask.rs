//! The questions one can ask the lake.

use crate::error::LakeError;
use crate::lake::Lake;
use crate::query::Question;
use crate::request::{Cell, Found, SearchRequest, SearchResult, SourceSeen};
use jiff::Timestamp;
use std::collections::BTreeSet;
use watchkeep_model::event::{Event, EventId};
use watchkeep_model::filter::{Expr, FieldName, Op, Pipe, Query, Rank, Term, Value};

impl Lake {
    /// The newest matching events, or a table if the query has pipes that count.
    ///
    /// # Errors
    /// A query that cannot be run, with its place; memory; files that cannot be read.
    pub fn search(&self, request: &SearchRequest) -> Result<SearchResult, LakeError> {
        let (snapshot, question) = (self.snapshot()?, Question::new(request)?);
        self.run(async move { snapshot.search(&question).await })
    }

    /// The page of events that comes after one, where the newest come first: for queries that keep that order.
    pub fn search_after(
        &self,
        request: &SearchRequest,
        after: (Timestamp, EventId),
    ) -> Result<SearchResult, LakeError> {
        let (snapshot, question) = (self.snapshot()?, Question::new(request)?.after(after));
        self.run(async move { snapshot.search(&question).await })
    }

    /// How many events match; pipes are ignored.
    pub fn count(&self, request: &SearchRequest) -> Result<u64, LakeError> {
        let (snapshot, question) = (self.snapshot()?, Question::new(request)?);
        self.run(async move { snapshot.count(&question).await })
    }

    /// Matching events in `buckets` equal stretches of the asked time, each with its start; pipes are ignored.
    pub fn histogram(&self, request: &SearchRequest, buckets: usize) -> Result<Vec<(Timestamp, u64)>, LakeError> {
        let (snapshot, question) = (self.snapshot()?, Question::new(request)?);
        self.run(async move { snapshot.histogram(&question, buckets).await })
    }

    /// The event with this id.
    pub fn event(&self, id: EventId) -> Result<Option<Event>, LakeError> {
        Ok(self.events(&[id])?.into_iter().next())
    }

    /// Those of the events with these ids that are still kept, in no order.
    ///
    /// # Errors
    /// Files that cannot be read.
    pub fn events(&self, ids: &[EventId]) -> Result<Vec<Event>, LakeError> {
        let (snapshot, ids) = (self.snapshot()?, ids.to_vec());
        self.run(async move { snapshot.events(&ids).await })
    }

    /// The most frequent values of a field that begin with `prefix`, with their counts, among the events of the request;
    /// of many events, in the hours that hold the newest 250,000.
    pub fn field_values(
        &self,
        request: &SearchRequest,
        field: &str,
        prefix: &str,
        limit: usize,
    ) -> Result<Vec<(String, u64)>, LakeError> {
        let mut filter = request.query.filter.clone();
        if !prefix.is_empty() {
            let value = Value { text: format!("{prefix}*"), quoted: true, span: 0..0 };
            let path = field.split('.').map(str::to_string).collect();
            let begins = Expr::Term(Term { path, op: Op::Is, values: vec![value], span: 0..0 });
            filter = Expr::And(vec![filter, begins]);
        }
        let fields = vec![FieldName::new(field)];
        let top = Pipe::Rank { which: Rank::Top, count: limit.max(1), fields, by: Vec::new() };
        let query = Query { filter, pipes: vec![top] };
        let question = Question::new(&SearchRequest { query: &query, ..*request })?.guessed();
        let snapshot = self.snapshot()?;
        let result = self.run(async move { snapshot.search(&question).await })?;
        let Found::Table(table) = result.found else { return Ok(Vec::new()) };
        let values = table.rows.into_iter().filter_map(|row| match row.as_slice() {
            [value, Cell::Number(count)] => Some((value.to_string(), u64::try_from(*count).unwrap_or(0))),
            _ => None,
        });
        Ok(values.collect())
    }

    /// Names of fields beside the common columns that begin with `prefix`, as the newest 500 events of the request have them.
    pub fn field_names(&self, request: &SearchRequest, prefix: &str, limit: usize) -> Result<Vec<String>, LakeError> {
        let query = Query { filter: request.query.filter.clone(), pipes: Vec::new() };
        let result = self.search(&SearchRequest { query: &query, limit: 500, ..*request })?;
        let Found::Events(events) = result.found else { return Ok(Vec::new()) };
        let prefix = prefix.to_lowercase();
        let names = events.iter().flat_map(|event| &event.fields).map(|(name, _)| name.to_string());
        let names: BTreeSet<String> = names.filter(|name| name.to_lowercase().starts_with(&prefix)).collect();
        Ok(names.into_iter().take(limit).collect())
    }

    /// Every source ever seen, by name, without looking at its events.
    pub fn sources_seen(&self) -> Result<Vec<SourceSeen>, LakeError> {
        self.state().seen()
    }
}
