//! What a reader is given to read, without any role: only what they owe or gave a receipt for, and their own answer.

use super::remind;
use crate::{Desk, DeskError};
use jiff::Timestamp;
use std::sync::Arc;
use watchkeep_model::resolve::{Column, Compare, Test};
use watchkeep_model::{Access, Actor, FieldType, Record, Refusal, Rows, Value};
use watchkeep_records::assure::{Attempt, Question, Reminder, questions};
use watchkeep_store::{Change, List, StoreError};

/// One thing to read, or read already.
#[derive(Debug, Clone)]
pub struct Reading {
    pub receipt: Record,
    /// The issue that the receipt names, as it was approved; or the briefing.
    pub text: Record,
    pub questions: Vec<Question>,
    pub reminders: Vec<Reminder>,
    /// Who approved it, by name.
    pub approver: Option<String>,
    /// The name of the file that is read where there is no text.
    pub file: Option<String>,
}

/// Numbers of the answers that were chosen, for each question in order.
pub type Answered = Vec<Vec<usize>>;

/// What became of a confirmation.
#[derive(Debug, Clone)]
pub enum Confirmed {
    Given(Box<Record>),
    /// Not enough right answers; which questions were answered wrongly, from 0.
    TryAgain {
        wrong: Vec<usize>,
        right: usize,
        of: usize,
    },
}

/// As many as a person is shown.
const SHOWN: usize = 200;
/// Attempts that are kept.
const ATTEMPTS: usize = 100;

impl Desk {
    /// The person's own receipts in a state, newest first.
    pub fn my_receipts(&self, actor: &Actor, state: &str) -> Result<Vec<Record>, DeskError> {
        let Some(person) = actor.person else { return Ok(Vec::new()) };
        let list = self.mine(person, state)?;
        Ok(self.store.list(&self.system(), &list)?.records)
    }

    /// What one of the person's own receipts is for. Anybody else's is missing.
    pub fn reading(&self, actor: &Actor, id: i64) -> Result<Reading, DeskError> {
        let missing = || StoreError::missing(format!("RCP-{id}"));
        let receipt = self.store.get(&self.system(), self.kind("receipt")?, id)?;
        let mine = actor.person.is_some() && receipt.get("person").as_int() == actor.person;
        if !mine || receipt.state() == Some("dropped") {
            return Err(missing().into());
        }
        let text = match receipt.get("document").as_int() {
            Some(document) => self.issue(&self.system(), document, receipt.get("issue").as_int())?,
            None => {
                let message = receipt.get("message").as_int().ok_or_else(missing)?;
                self.store.get(&self.system(), self.kind("message")?, message)?
            }
        };
        let questions = if text.kind.name == "document" { questions(&text) } else { Vec::new() };
        let approver = self.name_of(text.get("approver").as_int())?;
        let file = self.file_name(&text)?;
        Ok(Reading { reminders: remind::reminders(&receipt), receipt, text, questions, approver, file })
    }

    fn name_of(&self, person: Option<i64>) -> Result<Option<String>, DeskError> {
        let Some(id) = person else { return Ok(None) };
        let titles = self.store.titles(&self.system(), self.kind("person")?, &[id])?;
        Ok(titles.into_iter().next().map(|(_, name)| name))
    }

    fn file_name(&self, text: &Record) -> Result<Option<String>, DeskError> {
        if text.kind.field("file").is_none() || text.get("file").is_empty() {
            return Ok(None);
        }
        let attached = self.store.with_any(self.kind("attachment")?, "file", &[text.get("file").clone()])?;
        let on_it = attached.iter().find(|one| one.parent() == Some((text.kind.name, text.id)));
        Ok(on_it.map(|one| one.title().to_owned()))
    }

    /// How many receipts the person owes.
    pub fn owed_by(&self, actor: &Actor) -> Result<u64, DeskError> {
        let Some(person) = actor.person else { return Ok(0) };
        let list = self.mine(person, "owed")?;
        Ok(self.store.count(&self.system(), &list)?.unsigned_abs())
    }

    fn mine(&self, person: i64, state: &str) -> Result<List, DeskError> {
        let kind = self.kind("receipt")?;
        let mine = Test::Column(Column::Field("person"), Compare::OneOf(vec![Value::Int(person)]));
        let state = Test::Column(Column::Field("state"), Compare::OneOf(vec![kind.choice_value("state", state)]));
        let mut list = List::of(kind).filtered(Test::And(vec![mine, state])).limited(SHOWN);
        (list.sort, list.descending) = ("number".to_owned(), true);
        Ok(list)
    }

    /// A document as an issue of it was approved, from the sealed history.
    pub fn issue(&self, actor: &Actor, document: i64, issue: Option<i64>) -> Result<Record, DeskError> {
        let issues = self.store.issues(actor, self.kind("document")?, document, "issue")?;
        let found = issues.into_iter().find(|one| one.record.get("issue").as_int() == issue);
        Ok(found.ok_or_else(|| StoreError::missing(format!("DOC-{document}")))?.record)
    }

    /// Confirms that `issue` was read and understood, in the reader's own name; they gain no right by it.
    pub fn confirm(
        &self,
        actor: &Actor,
        id: i64,
        issue: i64,
        answers: &Answered,
        now: Timestamp,
    ) -> Result<Confirmed, DeskError> {
        let reading = self.reading(actor, id)?;
        let receipt = &reading.receipt;
        if receipt.state() != Some("owed") {
            return Err(Refusal::invalid(format!("{} is given already", receipt.number())).into());
        }
        if receipt.get("issue").as_int() != Some(issue) {
            let message = "another issue was published meanwhile; read that one and confirm it";
            return Err(Refusal::invalid(message).at("issue").into());
        }
        let mut changes = Vec::new();
        if !reading.questions.is_empty() {
            let wrong = wrong(&reading.questions, answers);
            let (of, right) = (reading.questions.len(), reading.questions.len() - wrong.len());
            let pass = reading.text.get("pass_mark").as_int().unwrap_or(100);
            let enough = right as i64 * 100 >= pass * of as i64;
            let mut attempts = receipt.read::<Rows<Attempt>>("attempts").map_or(Vec::new(), |rows| rows.0);
            attempts.truncate(ATTEMPTS - 1);
            attempts.push(Attempt { at: now, right: right as i64, of: of as i64 });
            let mut values = vec![("attempts", Rows(attempts).write())];
            if enough {
                values.push(("passed", issue.into()));
            }
            changes.push(Change::note(receipt, values));
            if !enough {
                self.store.write(&self.system(), now, changes)?;
                return Ok(Confirmed::TryAgain { wrong, right, of });
            }
        }
        if !changes.is_empty() {
            self.store.write(&self.system(), now, changes)?;
        }
        let give = Change::Move {
            kind: receipt.kind,
            id,
            version: None,
            act: "give".to_owned(),
            values: Vec::new(),
            reason: None,
        };
        Ok(Confirmed::Given(Box::new(self.store.write_one(&lent(actor), now, give)?.record)))
    }
}

/// Questions whose chosen answers are not exactly the right ones.
fn wrong(questions: &[Question], answers: &Answered) -> Vec<usize> {
    let chosen = |at: usize| {
        let mut chosen = answers.get(at).cloned().unwrap_or_default();
        chosen.sort_unstable();
        chosen.dedup();
        Some(chosen)
    };
    questions.iter().enumerate().filter(|(at, question)| question.right() != chosen(*at)).map(|(at, _)| at).collect()
}

/// The same person with the one right that this module uses; the move's guard lets them give only their own.
fn lent(actor: &Actor) -> Actor {
    Actor { access: Arc::new(Access::everything()), ..actor.clone() }
}
