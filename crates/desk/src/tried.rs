//! A rule made ready to be tried over what is kept: with the rules that it counts, the filters that take matches away,
//! and the exceptions that stand.

use crate::watch::Exception;
use crate::watch::own::{file_of, is_own, record_of};
use crate::{Desk, DeskError};
use jiff::Timestamp;
use std::collections::HashMap;
use watchkeep_detect::{Form, Match, RuleInfo, RuleSet, State};
use watchkeep_model::event::{Event, LogSource};
use watchkeep_model::filter::{Expr, Query};
use watchkeep_model::{Record, Refusal, Value};

/// A rule made ready.
pub(crate) struct Tried {
    pub set: RuleSet,
    /// Where it stands in the set.
    pub at: usize,
    /// The rules that judge single events for it, by position: itself, or those that it counts.
    of: Vec<usize>,
    /// By position.
    standing: HashMap<usize, Vec<Exception>>,
}

impl Tried {
    /// The rule at a position of a set; with nothing that stands against it.
    ///
    /// # Errors
    /// Why it cannot be tried.
    pub fn new(set: RuleSet, at: usize) -> Result<Self, Refusal> {
        let info = set.at(at).ok_or_else(|| Refusal::invalid("there is no rule in it").at("text"))?;
        let of = match (&info.state, info.form) {
            (State::Refused(why), _) => return Err(Refusal::invalid(why.clone()).at("text")),
            (State::Waits(why), Form::Correlation) => {
                return Err(Refusal::invalid(format!("it would wait, so there is nothing to try: {why}")).at("text"));
            }
            (_, Form::Filter) => {
                let why = "a filter matches nothing by itself; try a rule that it takes matches away from";
                return Err(Refusal::invalid(why).at("text"));
            }
            (_, Form::Correlation) => {
                let counted = set.correlations().counted(at).into_iter();
                let alone = |at: &usize| set.at(*at).is_some_and(|rule| rule.form == Form::Detection);
                counted.filter(alone).collect()
            }
            (_, Form::Detection | Form::Baseline) => vec![at],
        };
        Ok(Self { set, at, of, standing: HashMap::new() })
    }

    pub fn info(&self) -> Option<&RuleInfo> {
        self.set.at(self.at)
    }

    pub fn form(&self) -> Form {
        self.info().map_or(Form::Detection, |info| info.form)
    }

    /// The log sources of the rules that judge single events.
    pub fn logs(&self) -> Vec<&LogSource> {
        self.of.iter().filter_map(|at| self.set.at(*at)).map(|rule| &rule.log).collect()
    }

    /// The same question, of events that may match alone.
    pub fn among(&self, query: &Query) -> Query {
        let needs = self.set.needs(&self.of);
        let filter = needs.map_or_else(|| query.filter.clone(), |needs| Expr::And(vec![query.filter.clone(), needs]));
        Query { filter, pipes: query.pipes.clone() }
    }

    /// What an event matches, and whether an exception took a match away.
    pub fn judge(&self, event: &Event) -> (Vec<Match>, bool) {
        let mut found = self.set.evaluate(event);
        found.retain(|found| self.of.contains(&found.rule));
        let all = found.len();
        found.retain(|found| {
            let standing = self.standing.get(&found.rule).into_iter().flatten();
            !standing.into_iter().any(|exception| exception.takes(event))
        });
        let taken = found.len() < all;
        (found, taken)
    }

    /// Whether an exception hides what the rule itself tells about somebody, which comes of a count.
    pub fn hides(&self, entity: Option<&str>) -> bool {
        self.standing.get(&self.at).into_iter().flatten().any(|exception| exception.hides(entity))
    }
}

impl Desk {
    /// The text of a rule, 0 for a new one, made ready among those that are written here, and those of folders that it
    /// counts.
    ///
    /// # Errors
    /// It cannot be tried, with the reason; the store cannot be read.
    pub(crate) fn tried(&self, record: i64, text: &str, now: Timestamp) -> Result<Tried, DeskError> {
        let kind = self.kind("detection_rule")?;
        let mut counted = Vec::new();
        for folders in self.watch.counted_of_folders(record, text) {
            counted.push(self.store.get(&self.system(), kind, folders)?);
        }
        let (set, at) = self.watch.beside_own(record, text, &counted);
        self.excepting(Tried::new(set, at)?, now)
    }

    /// The rule of a record made ready: one of a folder by itself.
    ///
    /// # Errors
    /// As for [`Desk::tried`].
    pub(crate) fn tried_as_kept(&self, rule: &Record, now: Timestamp) -> Result<Tried, DeskError> {
        let text = |field: &str| rule.get(field).as_text().unwrap_or_default();
        if is_own(rule) {
            return self.tried(rule.id, text("text"), now);
        }
        let (set, _) = RuleSet::load([file_of(rule.id, text("rule_id"), text("text"))]);
        self.excepting(Tried::new(set, 0)?, now)
    }

    /// With the exceptions that stand from it and from what it counts.
    fn excepting(&self, mut tried: Tried, now: Timestamp) -> Result<Tried, DeskError> {
        for at in tried.of.iter().copied().chain([tried.at]).collect::<Vec<_>>() {
            let known = tried.set.at(at).and_then(record_of).filter(|record| *record != 0);
            let standing = known.map_or(Ok(Vec::new()), |record| self.standing(record, now))?;
            if !standing.is_empty() {
                tried.standing.insert(at, standing);
            }
        }
        Ok(tried)
    }

    /// The exceptions from a rule that stand, whoever sees them.
    fn standing(&self, rule: i64, now: Timestamp) -> Result<Vec<Exception>, DeskError> {
        let kind = self.kind("suppression")?;
        let about = self.store.with_any(kind, "rule", &[Value::Int(rule)])?;
        let stands = |until: Timestamp| until > now;
        let about = about.into_iter().filter(|one| one.read("until").is_some_and(stands));
        Ok(about.map(|one| Exception::of(&one, &self.zone)).collect())
    }
}
