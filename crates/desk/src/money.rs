//! Money of a fiscal year: what each account may spend, has promised, has spent, and is expected to spend; business cases.

use crate::{Desk, DeskError};
use jiff::Timestamp;
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};
use watchkeep_model::{Actor, Money, Record};
use watchkeep_press::{Paper, Part, Run, parts};
use watchkeep_records::outside::legs;

/// One account in one currency; amounts in minor units.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    pub name: String,
    pub currency: [u8; 3],
    /// Approved budget, transfers included.
    pub budget: i64,
    /// Promised and not paid.
    pub committed: i64,
    pub actual: i64,
    /// What is expected beyond that.
    pub expected: i64,
    /// Budget and transfers that wait for approval.
    pub waiting: i64,
    /// Spent in each month, January first.
    pub months: [i64; 12],
}

impl Account {
    /// What the year comes to: spent, promised, and expected beyond that.
    pub fn forecast(&self) -> i64 {
        self.actual.saturating_add(self.committed).saturating_add(self.expected)
    }

    /// Forecast of the budget in whole per cent, halves rounded up; nothing without a budget.
    pub fn percent(&self) -> Option<i64> {
        let (forecast, budget) = (i128::from(self.forecast()), i128::from(self.budget));
        let whole = (budget > 0).then(|| (forecast * 200 + budget).div_euclid(budget * 2))?;
        i64::try_from(whole).ok()
    }
}

/// A fiscal year as somebody sees it.
#[derive(Debug, Clone)]
pub struct Budget {
    pub year: i64,
    /// Years that have lines, and this one.
    pub years: BTreeSet<i64>,
    /// By name and currency.
    pub accounts: Vec<Account>,
    /// The books are closed up to this day.
    pub closed_through: Option<Date>,
}

impl Desk {
    /// Adds the year's lines up, of those that the actor sees.
    pub fn budget(&self, actor: &Actor, year: i64) -> Result<Budget, DeskError> {
        let kind = self.kind("money_line")?;
        let (mut years, mut accounts) = (BTreeSet::from([year]), BTreeMap::new());
        self.each(actor, kind, watchkeep_model::resolve::Test::All, |line| {
            let of = line.get("fiscal_year").as_int().unwrap_or_default();
            years.insert(of);
            if of == year {
                add(&mut accounts, line);
            }
            Ok(())
        })?;
        let organisation = self.all("organisation")?;
        let closed_through = organisation.first().and_then(|one| one.read::<Date>("closed_through"));
        Ok(Budget { year, years, accounts: accounts.into_values().collect(), closed_through })
    }

    /// A line's business case as PDF: what it costs, what it is for, and which risk it lowers by how much.
    ///
    /// # Errors
    /// What the typesetter says.
    pub fn business_case(
        &self,
        actor: &Actor,
        line: &Record,
        base: &str,
        now: Timestamp,
    ) -> Result<Vec<u8>, DeskError> {
        let mut facts = vec![("Cost".to_owned(), line.read::<Money>("amount").map_or_else(String::new, written))];
        facts.push(("Fiscal year".to_owned(), line.get("fiscal_year").as_int().unwrap_or_default().to_string()));
        let seen = |kind: &str, field: &str| -> Result<Option<Record>, DeskError> {
            let Some(id) = line.get(field).as_int() else { return Ok(None) };
            Ok(self.store.get(actor, self.kind(kind)?, id).ok())
        };
        if let Some(asset) = seen("asset", "asset")? {
            let ends = asset.get("support_ends").as_text().map_or(String::new(), |day| format!(", support ends {day}"));
            facts.push(("For".to_owned(), format!("{} {}{ends}", asset.number(), asset.title())));
        }
        let risk = seen("risk", "risk")?;
        if let Some(risk) = &risk {
            facts.push(("Risk".to_owned(), format!("{} {}", risk.number(), risk.title())));
            facts.push(("Risk reduced".to_owned(), reduced(risk)));
        }
        for (label, field) in [("Asked by", "requester"), ("Approved by", "approved_by")] {
            if let Some(person) = seen("person", field)? {
                facts.push((label.to_owned(), person.title().to_owned()));
            }
        }
        let mut text = vec![Part::Heading { level: 2, runs: vec![Run::plain("Grounds")] }];
        match line.get("grounds").as_text() {
            Some(grounds) => text.extend(parts(grounds, base)),
            None => text.push(Part::Text { runs: vec![Run::plain("None stated.")] }),
        }
        if let Some(plan) = risk.as_ref().and_then(|risk| risk.get("plan").as_text()) {
            text.push(Part::Heading { level: 2, runs: vec![Run::plain("How the risk is lowered")] });
            text.extend(parts(plan, base));
        }
        let organisation = self.all("organisation")?;
        let from = organisation.first().map(|one| one.title().to_owned()).unwrap_or_default();
        let foot = format!("{} · {}", line.number(), line.state().unwrap_or_default());
        let paper = Paper { title: format!("Business case: {}", line.title()), from, facts, parts: text, foot };
        watchkeep_press::pdf(&paper, now, &self.zone).map_err(|error| DeskError::File(error.to_string()))
    }
}

/// What a risk scores before and after its plan.
pub fn reduced(risk: &Record) -> String {
    let number = |field: &str| risk.get(field).as_int().unwrap_or_default();
    let (before, after) = (number("score"), number("residual"));
    format!("{before} to {after} of 25, {} less", before - after)
}

/// `12 480.00 EUR`
pub fn written(amount: Money) -> String {
    let minor = amount.minor.unsigned_abs();
    let (digits, mut whole) = ((minor / 100).to_string(), String::new());
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            whole.push('\u{202f}');
        }
        whole.push(digit);
    }
    let sign = if amount.minor < 0 { "-" } else { "" };
    format!("{sign}{whole}.{:02} {}", minor % 100, String::from_utf8_lossy(&amount.currency))
}

type Accounts = BTreeMap<(String, [u8; 3]), Account>;

fn account<'a>(accounts: &'a mut Accounts, name: &str, currency: [u8; 3]) -> &'a mut Account {
    let empty = || Account {
        name: name.to_owned(),
        currency,
        budget: 0,
        committed: 0,
        actual: 0,
        expected: 0,
        waiting: 0,
        months: [0; 12],
    };
    accounts.entry((name.to_owned(), currency)).or_insert_with(empty)
}

fn add(accounts: &mut Accounts, line: &Record) {
    let Some(Money { minor, currency }) = line.read::<Money>("amount") else { return };
    let (name, open) = (line.get("account").as_text().unwrap_or_default(), line.state() == Some("open"));
    let plus = |sum: &mut i64, minor: i64| *sum = sum.saturating_add(minor);
    match line.choice("class") {
        Some("budget") => {
            let one = account(accounts, name, currency);
            plus(if open { &mut one.waiting } else { &mut one.budget }, minor);
        }
        Some("transfer") => {
            for leg in legs(line) {
                let one = account(accounts, &leg.account, leg.amount.currency);
                plus(if open { &mut one.waiting } else { &mut one.budget }, leg.amount.minor);
            }
        }
        Some("commitment") if line.state() != Some("closed") => {
            plus(&mut account(accounts, name, currency).committed, minor)
        }
        Some("forecast") if line.state() != Some("closed") => {
            plus(&mut account(accounts, name, currency).expected, minor)
        }
        Some("actual") => {
            let one = account(accounts, name, currency);
            plus(&mut one.actual, minor);
            let month = line.read::<Date>("on").and_then(|on| usize::try_from(on.month() - 1).ok());
            if let Some(sum) = month.and_then(|month| one.months.get_mut(month)) {
                plus(sum, minor);
            }
        }
        _ => {}
    }
}
