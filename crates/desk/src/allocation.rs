//! The allocation of roles of ISO 27002 5.2 as a document: table and chart of a day, to be approved (RU-31).

use crate::holding::Holding;
use crate::raci::{DEEP, under};
use crate::reports::plain;
use crate::{Desk, DeskError};
use jiff::Timestamp;
use std::collections::HashMap;
use std::fmt::Write as _;
use watchkeep_model::{Actor, Record, Value, resolve::Test};
use watchkeep_store::Change;

impl Desk {
    /// A draft document with the table and the chart as they stand, for what the person asking sees.
    pub fn keep_allocation(&self, actor: &Actor, now: Timestamp) -> Result<Record, DeskError> {
        let day = now.to_zoned(self.zone.clone()).date();
        let kind = self.kind("document")?;
        let values = vec![
            ("title".to_owned(), Value::text(format!("Allocation of roles and responsibilities, {day}"))),
            ("class".to_owned(), kind.choice_value("class", "directive")),
            ("text".to_owned(), Value::text(self.allocation(actor, now)?)),
            ("owner".to_owned(), actor.person.map_or(Value::Null, Value::Int)),
        ];
        let change = Change::Create { kind, values, tags: None, external_id: None };
        Ok(self.store.write_one(actor, now, change)?.record)
    }

    /// Table and chart in Markdown.
    fn allocation(&self, actor: &Actor, now: Timestamp) -> Result<String, DeskError> {
        let day = now.to_zoned(self.zone.clone()).date();
        let (mut functions, mut held) = (Vec::new(), Vec::new());
        for (name, into) in [("function", &mut functions), ("held_duty", &mut held)] {
            self.each(actor, self.kind(name)?, Test::All, |record| {
                into.push(record.clone());
                Ok(())
            })?;
        }
        functions.sort_by_key(|function| function.title().to_lowercase());
        let holding = self.holding(now)?;
        let ids: Vec<i64> = functions.iter().filter_map(|function| holding.person(Some(function.id))).collect();
        let names: HashMap<i64, String> = self.store.titles(actor, self.kind("person")?, &ids)?.into_iter().collect();
        let mut text =
            format!("As of {day}.\n\n## Allocation\n\n| Function | Held by | R | A |\n|---|---|---:|---:|\n");
        for function in &functions {
            let count = |field: &str| held.iter().filter(|one| one.get(field).as_int() == Some(function.id)).count();
            let (does, approves) = (count("responsible"), count("accountable"));
            let who = who(function, &holding, &names);
            let _ = writeln!(text, "| {} | {who} | {does} | {approves} |", plain(function.title()));
        }
        text.push_str("\n## Areas\n\n| Area | Answered for by |\n|---|---|\n");
        for area in self.areas(actor, now)? {
            let by = functions.iter().filter(|function| area.functions.contains(&function.id));
            let by = by.map(|function| plain(function.title())).collect::<Vec<_>>().join(", ");
            let by = if area.functions.is_empty() { "**gap: nobody**".to_owned() } else { by };
            let _ = writeln!(text, "| {} | {by} |", area.name);
        }
        text.push_str("\n## Organisation chart\n\n");
        chart(&mut text, &functions, None, 0, &|function| who(function, &holding, &names));
        let lacking = held.iter().filter(|one| one.get("responsible").is_empty() || one.get("accountable").is_empty());
        let _ = writeln!(text, "\n{} duties are held; {} lack R or A.", held.len(), lacking.count());
        Ok(text)
    }
}

fn who(function: &Record, holding: &Holding, names: &HashMap<i64, String>) -> String {
    let person = holding.person(Some(function.id)).and_then(|id| names.get(&id));
    person.map_or_else(|| "nobody".to_owned(), |name| plain(name))
}

fn chart(text: &mut String, all: &[Record], above: Option<i64>, depth: usize, who: &dyn Fn(&Record) -> String) {
    if depth >= DEEP {
        return;
    }
    for function in under(all, above) {
        let _ = writeln!(text, "{}- {}: {}", "  ".repeat(depth), plain(function.title()), who(function));
        chart(text, all, Some(function.id), depth + 1, who);
    }
}
