//! The reports desk: a report is drafted from the data of its period, signed, and then frozen (RU-50, RU-46).

mod draft;
mod due;
mod paper;
pub mod sections;

pub(crate) use draft::plain;
pub use due::{DueReport, RHYTHM};
pub use paper::{PARTS, figures};

use crate::{Desk, DeskError};
use jiff::Timestamp;
use jiff::civil::Date;
use watchkeep_model::{Actor, Record, Refusal, Value};
use watchkeep_store::Change;

/// What a report is drafted for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Period {
    /// A class of reports, such as `daily`.
    pub class: String,
    /// First and last day.
    pub from: Date,
    pub to: Date,
    pub site: Option<i64>,
}

impl Desk {
    /// Drafts a report as its author: the text from what they may see, the figures of the duties they see.
    ///
    /// # Errors
    /// Refused to who may not write reports, for a period that has not begun, and where that report is there already.
    pub fn draft_report(&self, actor: &Actor, period: &Period, now: Timestamp) -> Result<Record, DeskError> {
        let kind = self.kind("report")?;
        let class = kind.choice_value("class", &period.class);
        if class.is_empty() {
            return Err(Refusal::invalid(format!("`{}` is no class of reports", period.class)).at("class").into());
        }
        if period.from > now.to_zoned(self.zone.clone()).date() || period.from > period.to {
            return Err(Refusal::invalid("the period has not begun, or ends before it begins")
                .at("period_start")
                .into());
        }
        if let Some(there) = self.report_of(period, now)? {
            let message = format!("{} tells of this period already; change that one", there.number());
            return Err(Refusal::invalid(message).at("period_end").into());
        }
        let draft = self.drafted(actor, period, now)?;
        let site = period.site.map_or(Value::Null, Value::Int);
        let mut values = vec![
            ("title", Value::text(draft.title.as_str())),
            ("class", class),
            ("site", site),
            ("period_start", Value::text(period.from.to_string())),
            ("period_end", Value::text(period.to.to_string())),
        ];
        values.extend(draft.texts());
        let made = self.store.write_one(actor, now, self.creating("report", values)?)?;
        let change = Change::Note { kind, id: made.record.id, values: draft.figures(now) };
        Ok(self.store.write_one(&self.system(), now, change)?.record)
    }

    /// Drafts again what is not signed yet: text and figures as of now. What was written by hand goes.
    ///
    /// # Errors
    /// RU-50 where the report is signed.
    pub fn redraft_report(&self, actor: &Actor, report: &Record, now: Timestamp) -> Result<Record, DeskError> {
        if report.state() != Some("draft") {
            return Err(Refusal::rule("RU-50", format!("{} is signed and frozen", report.number())).into());
        }
        let period = Period::of(report)?;
        let draft = self.drafted(actor, &period, now)?;
        let owned =
            |values: Vec<(&str, Value)>| values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        let (kind, id, version) = (report.kind, report.id, Some(report.version));
        self.store.write_one(actor, now, Change::Update { kind, id, version, values: owned(draft.texts()) })?;
        Ok(self.store.write_one(&self.system(), now, Change::Note { kind, id, values: draft.figures(now) })?.record)
    }

    /// The report of this class, site and period, whoever may see it.
    fn report_of(&self, period: &Period, now: Timestamp) -> Result<Option<Record>, DeskError> {
        let (kind, system) = (self.kind("report")?, self.system());
        let filter = format!("class:{} period_start={} period_end={}", period.class, period.from, period.to);
        let mut found = None;
        self.each(&system, kind, self.filter(&system, kind, &filter, now)?, |report| {
            if report.get("site").as_int() == period.site {
                found = Some(report.clone());
            }
            Ok(())
        })?;
        Ok(found)
    }
}

impl Period {
    /// The period of a report.
    ///
    /// # Errors
    /// A report whose days cannot be read.
    pub fn of(report: &Record) -> Result<Self, DeskError> {
        let day = |field: &str| {
            let day = report.read::<Date>(field);
            day.ok_or_else(|| DeskError::from(Refusal::invalid("this report has no period").at("period_start")))
        };
        Ok(Self {
            class: report.choice("class").unwrap_or_default().to_owned(),
            from: day("period_start")?,
            to: day("period_end")?,
            site: report.get("site").as_int(),
        })
    }
}
