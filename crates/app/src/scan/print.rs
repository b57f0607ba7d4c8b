//! Findings as a table for people, JSON lines or CSV for programs.

use super::Format;
use super::found::{Findings, Row};
use serde_json::{Map, Value, json};
use std::io::{Result, Write};
use watchkeep_detect::{Match, RuleInfo, RuleSet};

/// Writes every row in scan order.
///
/// # Errors
/// When the output cannot be written.
pub fn print(out: &mut impl Write, format: Format, rules: &RuleSet, findings: &Findings) -> Result<()> {
    if format == Format::Csv {
        writeln!(out, "{}", COLUMNS.join(","))?;
    }
    for row in &findings.rows {
        let Some(rule) = rules.rule(&row.found) else {
            continue;
        };
        match format {
            Format::Table => table(out, rule, row)?,
            Format::Jsonl => writeln!(out, "{}", json(rule, row))?,
            Format::Csv => csv(out, rule, row)?,
        }
    }
    Ok(())
}

const COLUMNS: &[&str] = &["rule_id", "title", "level", "time", "file", "record", "host", "user", "code", "message"];

fn table(out: &mut impl Write, rule: &RuleInfo, row: &Row) -> Result<()> {
    let time = row.event.time.strftime("%Y-%m-%d %H:%M:%S");
    let host = plain(row.event.host.as_deref().unwrap_or("-"));
    writeln!(
        out,
        "{time}  {:<13}  {host:<20}  {}  {}:{}",
        rule.level,
        plain(&rule.title),
        plain(&row.file),
        row.record
    )?;
    for why in row.found.why.iter().take(3) {
        let value: String = plain(&why.value).chars().take(160).collect();
        writeln!(out, "{:36}{}: {value}", "", plain(&why.field))?;
    }
    Ok(())
}

/// Text from a log must not steer the terminal it is shown in.
fn plain(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect()
}

fn json(rule: &RuleInfo, row: &Row) -> Value {
    json!({
        "rule_id": &*rule.id,
        "title": &*rule.title,
        "level": rule.level.as_str(),
        "time": row.event.time.to_string(),
        "file": &*row.file,
        "record": row.record,
        "host": row.event.host.as_deref(),
        "user": row.event.user.as_deref(),
        "code": row.event.code.as_deref(),
        "message": &*row.event.message,
        "tags": rule.tags.iter().map(|tag| &**tag).collect::<Vec<_>>(),
        "rule_author": rule.author.as_deref(),
        "matched": matched(&row.found),
    })
}

fn matched(found: &Match) -> Value {
    let mut fields = Map::new();
    for why in &found.why {
        fields.entry(why.field.clone()).or_insert_with(|| Value::String(why.value.clone()));
    }
    Value::Object(fields)
}

fn csv(out: &mut impl Write, rule: &RuleInfo, row: &Row) -> Result<()> {
    let text = |text: Option<&str>| quote(text.unwrap_or_default());
    let cells = [
        quote(&rule.id),
        quote(&rule.title),
        quote(rule.level.as_str()),
        quote(&row.event.time.to_string()),
        quote(&row.file),
        row.record.to_string(),
        text(row.event.host.as_deref()),
        text(row.event.user.as_deref()),
        text(row.event.code.as_deref()),
        quote(&row.event.message),
    ];
    writeln!(out, "{}", cells.join(","))
}

/// A CSV cell; one that a spreadsheet would run as a formula is made text.
fn quote(cell: &str) -> String {
    let guard = if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { "'" } else { "" };
    if guard.is_empty() && !cell.contains([',', '"', '\n', '\r']) {
        return cell.to_owned();
    }
    format!("\"{guard}{}\"", cell.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_and_never_formulas() {
        assert_eq!(quote("plain"), "plain");
        assert_eq!(quote("a,\"b\""), "\"a,\"\"b\"\"\"");
        assert_eq!(quote("=cmd()"), "\"'=cmd()\"");
    }

    #[test]
    fn control_letters_do_not_reach_the_terminal() {
        assert_eq!(plain("a\u{1b}[31mb\r\n"), "a [31mb  ");
    }
}
