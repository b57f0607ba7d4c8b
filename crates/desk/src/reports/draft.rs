//! A draft: what stands in the records of a period, in words and figures.

use super::Period;
use super::sections::{Section, sections};
use crate::duties::State;
use crate::{Desk, DeskError};
use jiff::Timestamp;
use jiff::civil::Date;
use std::collections::HashMap;
use std::fmt::Write;
use watchkeep_model::resolve::Test;
use watchkeep_model::{Actor, Record, Rows, Value, text};
use watchkeep_records::talk::Figure;
use watchkeep_store::{List, Snapshot};

/// Records named under a heading; the heading's number opens all of them.
const NAMED: usize = 8;
/// Offending rows named under a duty.
const ROWS: usize = 5;
/// Points of a part of a board report.
const POINTS: usize = 3;

/// The words and figures of a report.
#[derive(Debug, Default)]
pub struct Draft {
    pub title: String,
    text: String,
    successes: String,
    failures: String,
    asks: String,
    figures: Vec<Figure>,
}

impl Draft {
    /// What people may change before they sign.
    pub fn texts(&self) -> Vec<(&'static str, Value)> {
        let all =
            [("text", &self.text), ("successes", &self.successes), ("failures", &self.failures), ("asks", &self.asks)];
        all.into_iter()
            .map(|(name, text)| (name, if text.is_empty() { Value::Null } else { Value::text(text.trim_end()) }))
            .collect()
    }

    /// What nobody changes.
    pub fn figures(&self, now: Timestamp) -> Vec<(String, Value)> {
        let figures = watchkeep_model::FieldType::write(&Rows(self.figures.clone()));
        vec![("figures".to_owned(), figures), ("as_of".to_owned(), Value::Int(now.as_millisecond()))]
    }
}

impl Desk {
    pub(super) fn drafted(&self, actor: &Actor, period: &Period, now: Timestamp) -> Result<Draft, DeskError> {
        let figures = self.report_figures(actor, period, now)?;
        let mut draft = Draft { title: self.report_title(period)?, ..Draft::default() };
        draft.text = counts(&figures);
        draft.text.push_str(&changed(&figures));
        if matches!(period.class.as_str(), "daily" | "operations") {
            draft.text.push_str(&self.attention(actor, period, &figures, now)?);
        }
        for section in sections(&period.class, period.from, period.to) {
            draft.text.push_str(&self.section(actor, period, &section, NAMED, now)?);
        }
        if period.class == "board" || period.class == "monthly" {
            draft.successes = self.points(actor, period, "successes", &figures, now)?;
            draft.failures = self.points(actor, period, "failures", &figures, now)?;
            draft.asks = self.points(actor, period, "asks", &[], now)?;
        }
        draft.figures = figures;
        Ok(draft)
    }

    fn report_title(&self, period: &Period) -> Result<String, DeskError> {
        let kind = self.kind("report")?;
        let class =
            kind.field("class").and_then(|field| field.choice(kind.choice_value("class", &period.class).as_int()?));
        let class = class.map_or(period.class.as_str(), |choice| choice.label);
        let site = match period.site {
            Some(site) => format!(", {}", self.store.get(&self.system(), self.kind("site")?, site)?.title()),
            None => String::new(),
        };
        let days = if period.from == period.to {
            period.from.to_string()
        } else {
            format!("{} to {}", period.from, period.to)
        };
        Ok(format!("{class} report{site}, {days}"))
    }

    /// Each held duty that the actor sees: as it stands, or as it stood at the end of a period that is over.
    fn report_figures(&self, actor: &Actor, period: &Period, now: Timestamp) -> Result<Vec<Figure>, DeskError> {
        let (held_kind, system) = (self.kind("held_duty")?, self.system());
        let duties: HashMap<i64, Record> = self.all("duty")?.into_iter().map(|duty| (duty.id, duty)).collect();
        let sites: HashMap<i64, String> =
            self.all("site")?.into_iter().map(|site| (site.id, site.title().to_owned())).collect();
        let on = |day: Date| -> Result<HashMap<i64, Snapshot>, DeskError> {
            Ok(self.store.snapshots_on(held_kind, day)?.into_iter().map(|one| (one.id, one)).collect())
        };
        let today = now.to_zoned(self.zone.clone()).date();
        let before = on(period.from.saturating_sub(jiff::Span::new().days(1)))?;
        let after = if period.to < today { on(period.to)? } else { HashMap::new() };
        let units = |code: &str| self.declared(code).map_or("", |(_, measure)| measure.unit);
        let test = match period.site {
            Some(site) => self.filter(&system, held_kind, &format!("site:SIT-{site}"), now)?,
            None => Test::All,
        };
        let mut figures = Vec::new();
        self.each(actor, held_kind, test, |held| {
            let Some(duty) = held.get("duty").as_int().and_then(|id| duties.get(&id)) else { return Ok(()) };
            let words = |record: &Record, field: &str| record.get(field).as_text().unwrap_or_default().to_owned();
            let code = words(duty, "code");
            let (state, figure) = match after.get(&held.id) {
                Some(then) => {
                    let figure = then.figure.map(|(part, whole)| format!("{part} of {whole} {}", units(&code)));
                    (then.state.clone(), figure.unwrap_or_default().trim_end().to_owned())
                }
                None => (State::of(held).name().to_owned(), words(held, "figure")),
            };
            figures.push(Figure {
                link: format!("/duty/{}", held.id),
                what: crate::watch::shorten(duty.title(), 200),
                site: held.get("site").as_int().and_then(|id| sites.get(&id).cloned()).unwrap_or_default(),
                was: before.get(&held.id).map(|then| then.state.clone()).unwrap_or_default(),
                grade: held.choice("grade").unwrap_or_default().to_owned(),
                code,
                state,
                figure,
            });
            Ok(())
        })?;
        figures.sort_by(|a, b| (&a.code, &a.site).cmp(&(&b.code, &b.site)));
        Ok(figures)
    }

    /// The red and amber measured duties with the rows that make them so.
    fn attention(
        &self,
        actor: &Actor,
        period: &Period,
        figures: &[Figure],
        now: Timestamp,
    ) -> Result<String, DeskError> {
        let mut out = String::new();
        let wanted = |one: &&Figure| one.grade == "measured" && matches!(one.state.as_str(), "red" | "amber");
        for one in figures.iter().filter(wanted) {
            let site = if one.site.is_empty() { String::new() } else { format!(" {}", one.site) };
            let _ = write!(out, "- **{}{site}** {}: [{}]({})", one.code, one.state, plain(&one.figure), one.link);
            if let Some(found) = self.measure(actor, &one.code, period.site, now)? {
                let rows =
                    found.offenders.iter().take(ROWS).map(|row| link(&row.record)).collect::<Vec<_>>().join(", ");
                let more = found.offenders.len().saturating_sub(ROWS);
                let more = if more > 0 { format!(" and {more} more") } else { String::new() };
                let why = found.offenders.first().map_or("", |row| row.why.as_str());
                let _ = write!(out, " · {} · {rows}{more}", plain(why));
            }
            out.push('\n');
        }
        Ok(if out.is_empty() { out } else { format!("## What needs attention\n\n{out}\n") })
    }

    /// Records of a section as a list, or nothing where there are none that the actor sees.
    fn section(
        &self,
        actor: &Actor,
        period: &Period,
        section: &Section,
        named: usize,
        now: Timestamp,
    ) -> Result<String, DeskError> {
        let Some((number, all, lines)) = self.records_of(actor, period, section, named, now)? else {
            return Ok(String::new());
        };
        Ok(format!("## {}: [{number}]({all})\n\n{lines}\n", section.heading))
    }

    /// How many records a section has, the address of all, and a line for each of the first.
    fn records_of(
        &self,
        actor: &Actor,
        period: &Period,
        section: &Section,
        named: usize,
        now: Timestamp,
    ) -> Result<Option<(i64, String, String)>, DeskError> {
        let kind = self.kind(section.kind)?;
        let site = match period.site.filter(|_| kind.field("site").is_some()) {
            Some(site) => format!("({}) site:SIT-{site}", section.filter),
            None => section.filter.clone(),
        };
        let list = List::of(kind).filtered(self.filter(actor, kind, &site, now)?).limited(named);
        let number = self.store.count_exactly(actor, &list)?;
        if number == 0 {
            return Ok(None);
        }
        let mut lines = String::new();
        for record in self.store.list(actor, &list)?.records {
            let beside = self.shown(actor, &record, section.beside)?;
            let beside = if beside.is_empty() { beside } else { format!(" · {}", plain(&beside)) };
            let _ = writeln!(lines, "- {} {}{beside}", link(&record), plain(record.title()));
        }
        let query: String = form_urlencoded::byte_serialize(site.as_bytes()).collect();
        Ok(Some((number, format!("/r/{}?q={query}", kind.name), lines)))
    }

    /// A field in words, with the title of what it names where the actor may see that.
    fn shown(&self, actor: &Actor, record: &Record, field: &str) -> Result<String, DeskError> {
        let Some(field) = record.kind.field(field) else { return Ok(String::new()) };
        let value = record.get(field.name);
        match (field.target(), value.as_int()) {
            (Some(target), Some(id)) => {
                let titles = self.store.titles(actor, self.kind(target)?, &[id])?;
                Ok(titles.into_iter().next().map(|(_, title)| title).unwrap_or_default())
            }
            _ => Ok(text::show(self.catalog(), field, value)),
        }
    }

    /// The first points of a part: sections first, then duties that got better or worse.
    fn points(
        &self,
        actor: &Actor,
        period: &Period,
        part: &str,
        figures: &[Figure],
        now: Timestamp,
    ) -> Result<String, DeskError> {
        let mut points = Vec::new();
        for section in sections(part, period.from, period.to) {
            if let Some((number, all, _)) = self.records_of(actor, period, &section, 1, now)? {
                points.push(format!("- {}: [{number}]({all})\n", section.heading));
            }
        }
        let (wanted, word) = if part == "successes" { ("green", "turned green") } else { ("red", "is red") };
        let moved =
            |one: &&Figure| one.state == wanted && (wanted == "red" || !matches!(one.was.as_str(), "" | "green"));
        for one in figures.iter().filter(moved) {
            points.push(format!(
                "- {} {word}: [{}]({}), {}\n",
                one.code,
                plain(&one.figure),
                one.link,
                plain(&short(&one.what))
            ));
        }
        points.truncate(POINTS);
        Ok(points.concat())
    }
}

/// Duties by state and by grade; each number opens its rows.
fn counts(figures: &[Figure]) -> String {
    let count = |test: &dyn Fn(&Figure) -> bool| figures.iter().filter(|one| test(one)).count();
    let states = ["red", "amber", "green", "grey", "waived"]
        .map(|state| format!("[{}](/r/held_duty?q=state:{state}) {state}", count(&|one| one.state == state)));
    let grades = ["measured", "recorded", "attested"]
        .map(|grade| format!("[{}](/r/held_duty?q=grade:{grade}) {grade}", count(&|one| one.grade == grade)));
    format!("**{} duties**: {}.\n\nProof: {}.\n\n", figures.len(), states.join(", "), grades.join(", "))
}

/// Duties that changed their state within the period.
fn changed(figures: &[Figure]) -> String {
    let rank = |state: &str| ["red", "amber", "green"].iter().position(|one| *one == state);
    let mut lines = String::new();
    for one in figures {
        if let (Some(now), Some(was)) = (rank(&one.state), rank(&one.was))
            && now != was
        {
            let way = if now > was { "better" } else { "worse" };
            let _ = writeln!(
                lines,
                "- {way}: [{}]({}) {}, from {} to {}",
                one.code,
                one.link,
                plain(&short(&one.what)),
                one.was,
                one.state
            );
        }
    }
    if lines.is_empty() { lines } else { format!("## What changed\n\n{lines}\n") }
}

fn short(what: &str) -> String {
    crate::watch::shorten(what.split([':', ';']).next().unwrap_or(what), 80)
}

/// `[INC-1](/r/incident/1)`.
fn link(record: &Record) -> String {
    format!("[{}](/r/{}/{})", record.number(), record.kind.name, record.id)
}

/// Words that Markdown takes for nothing but words.
pub(crate) fn plain(words: &str) -> String {
    let mut out = String::with_capacity(words.len());
    for letter in words.chars() {
        match letter {
            '\n' | '\r' => out.push(' '),
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '|' | '~' => out.extend(['\\', letter]),
            _ => out.push(letter),
        }
    }
    out
}
