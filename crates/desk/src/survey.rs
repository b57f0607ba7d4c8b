//! Surveys: who is asked, an answer without a name, and what is published when it closes (RU-10).
//!
//! An answer is no record: nothing of it is in the history, in a key of repeated requests or in a live update, because it
//! is written past all of them, into the survey's ballot box (the store's `ballots.rs` says what a box keeps and why). It
//! carries no time, so the log of sign-ins has nothing to be joined to. Nobody reads a box but the count at the end, which
//! publishes tables (`tables.rs`) and what was written freely, and empties the box. While a survey runs nothing of it is
//! shown, not even how many answered: a count that grows while somebody is watched tells who answered.

mod tables;

use crate::access::people_in;
use crate::{Desk, DeskError};
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::json;
use std::collections::HashMap;
use tables::publish;
use watchkeep_model::{Actor, FieldType, Record, Refusal, Rows, Value};
use watchkeep_records::talk::{Asked, Count, Remark};
use watchkeep_store::{Change, StoreError};

/// What counts for those who chose nothing.
const NONE: &str = "No answer";
/// The longest free answer, in characters.
const LONGEST: usize = 2000;
/// What a paper with a free answer begins with; choices are a list of numbers.
const FREE: char = '"';

/// An answer to one question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// Number of the answer that was chosen, from 0.
    Chose(usize),
    Wrote(String),
    Nothing,
}

/// What a survey asks.
pub fn asked(survey: &Record) -> Vec<Asked> {
    survey.read::<Rows<Asked>>("asks").map_or(Vec::new(), |rows| rows.0)
}

impl Desk {
    /// Surveys that ask the person and that they have not answered.
    pub fn surveys_for(&self, actor: &Actor, now: Timestamp) -> Result<Vec<Record>, DeskError> {
        let Some(person) = actor.person else { return Ok(Vec::new()) };
        let kind = self.kind("survey")?;
        let mut open = Vec::new();
        self.each(&self.system(), kind, self.filter(&self.system(), kind, "state:open", now)?, |survey| {
            open.push(survey.clone());
            Ok(())
        })?;
        open.retain(|survey| self.runs(survey, now).is_ok());
        if open.is_empty() {
            return Ok(open);
        }
        let groups = self.all("group")?;
        let groups: HashMap<i64, &Record> = groups.iter().map(|group| (group.id, group)).collect();
        let mut mine = Vec::new();
        for survey in open {
            let asked = people_in(&groups, survey.get("audience").ids()).any(|one| one == person);
            if asked && !self.store.has_voted(kind, survey.id, person)? {
                mine.push(survey);
            }
        }
        Ok(mine)
    }

    /// One of them; any other is missing.
    pub fn survey_for(&self, actor: &Actor, id: i64, now: Timestamp) -> Result<Record, DeskError> {
        let mine = self.surveys_for(actor, now)?;
        let found = mine.into_iter().find(|survey| survey.id == id);
        Ok(found.ok_or_else(|| StoreError::missing(format!("SVY-{id}")))?)
    }

    /// Takes an answer, one for each question in order, once a person.
    pub fn answer_survey(&self, actor: &Actor, id: i64, said: &[Said], now: Timestamp) -> Result<(), DeskError> {
        let survey = self.survey_for(actor, id, now)?;
        let Some(person) = actor.person else { return Err(StoreError::missing(survey.number()).into()) };
        let papers = papers(&asked(&survey), said)?;
        Ok(self.store.cast((survey.kind, id), person, &papers, |survey| self.runs(survey, now))?)
    }

    /// Whether it takes answers.
    fn runs(&self, survey: &Record, now: Timestamp) -> Result<(), Refusal> {
        let today = now.to_zoned(self.zone.clone()).date();
        let begun = survey.read::<Date>("opens").is_none_or(|opens| opens <= today);
        let over = survey.read::<Date>("closes").is_some_and(|closes| closes < today);
        if survey.state() != Some("open") || !begun || over {
            return Err(Refusal::invalid("this survey takes no answers now"));
        }
        Ok(())
    }

    /// Closes surveys whose last day is over, and counts those that are closed. Safe to run twice.
    pub fn count_surveys(&self, now: Timestamp) -> Result<(), DeskError> {
        let system = self.system();
        let kind = self.kind("survey")?;
        let mut over = Vec::new();
        self.each(&system, kind, self.filter(&system, kind, "state:open closes<today", now)?, |survey| {
            over.push(survey.id);
            Ok(())
        })?;
        for id in over {
            let act = "close".to_owned();
            self.store.write_one(
                &system,
                now,
                Change::Move { kind, id, version: None, act, values: vec![], reason: None },
            )?;
        }
        let mut closed = Vec::new();
        self.each(&system, kind, self.filter(&system, kind, "state:closed,answered", now)?, |survey| {
            closed.push(survey.clone());
            Ok(())
        })?;
        for survey in closed {
            let Some((voted, papers)) = self.store.papers(kind, survey.id)? else { continue };
            let values = counted(&survey, voted, &papers);
            self.store.write_one(&system, now, Change::Note { kind, id: survey.id, values })?;
            self.store.empty_box(kind, survey.id)?;
        }
        Ok(())
    }
}

/// The papers of one vote: its choices together, each free answer by itself.
fn papers(asked: &[Asked], said: &[Said]) -> Result<Vec<String>, Refusal> {
    let (mut choices, mut papers) = (Vec::new(), Vec::new());
    for (at, question) in asked.iter().enumerate() {
        let answers = question.answers().len();
        match said.get(at).unwrap_or(&Said::Nothing) {
            Said::Nothing if answers > 0 => choices.push(answers),
            Said::Nothing => {}
            Said::Chose(number) if *number < answers => choices.push(*number),
            Said::Wrote(text) if answers == 0 => {
                let text = text.trim();
                if text.chars().count() > LONGEST {
                    let message = format!("\"{}\": at most {LONGEST} characters", question.question);
                    return Err(Refusal::invalid(message));
                }
                if !text.is_empty() {
                    papers.push(format!("{FREE}{}", json!([at, text])));
                }
            }
            _ => {
                let message = format!("\"{}\": choose one of its {answers} answers", question.question);
                return Err(Refusal::invalid(message));
            }
        }
    }
    papers.push(json!(choices).to_string());
    Ok(papers)
}

/// What is published of the papers in a box.
fn counted(survey: &Record, voted: usize, papers: &[String]) -> Vec<(String, Value)> {
    let asked = asked(survey);
    let closed: Vec<&Asked> = asked.iter().filter(|question| !question.answers().is_empty()).collect();
    let least = match survey.read::<bool>("anonymous") {
        Some(true) => survey.get("threshold").as_int().unwrap_or(5),
        _ => 0,
    };
    let votes: Vec<Vec<usize>> = papers.iter().filter_map(|paper| serde_json::from_str(paper).ok()).collect();
    let sizes: Vec<usize> = closed.iter().map(|question| question.answers().len() + 1).collect();
    let by = closed.iter().position(|question| question.divides);
    let (mut rows, mut remarks) = (Vec::new(), Vec::new());
    let published = publish(&sizes, by, &votes, least);
    if let Some(published) = &published {
        for (question, counts) in closed.iter().zip(&published.counts) {
            rows.extend(lines(question, None, counts));
        }
        let dividing = by.and_then(|by| closed.get(by)).map(|question| labels(question)).unwrap_or_default();
        for (question, parts) in closed.iter().zip(&published.parts) {
            for (part, counts) in dividing.iter().zip(parts) {
                rows.extend(lines(question, Some(part), counts));
            }
        }
        for (at, text) in papers.iter().filter_map(|paper| free(paper)) {
            let question = asked.get(at).map_or(String::new(), |question| question.question.clone());
            remarks.push(Remark { question, text });
        }
    }
    let answers = published.and_then(|_| i64::try_from(voted).ok());
    let values = [
        ("answers", answers.map_or(Value::Null, Value::from)),
        ("results", Rows(rows).write()),
        ("remarks", Rows(remarks).write()),
    ];
    values.map(|(name, value)| (name.to_owned(), value)).to_vec()
}

fn free(paper: &str) -> Option<(usize, String)> {
    serde_json::from_str(paper.strip_prefix(FREE)?).ok()
}

fn labels(question: &Asked) -> Vec<String> {
    question.answers().into_iter().chain([NONE]).map(str::to_owned).collect()
}

fn lines(question: &Asked, part: Option<&String>, counts: &[Option<i64>]) -> Vec<Count> {
    let one = |(answer, count): (String, &Option<i64>)| Count {
        question: question.question.clone(),
        answer,
        count: *count,
        part: part.cloned(),
    };
    labels(question).into_iter().zip(counts).map(one).collect()
}
