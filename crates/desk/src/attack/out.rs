//! The map for other programs: a layer of the ATT&CK Navigator, and rows.

use super::{Cell, Map};
use serde_json::{Value, json};

/// Rules from which on a technique has the deepest colour.
const MOST: usize = 30;

impl Map {
    /// A layer of format 4.5: the score is the number of rules in force.
    pub fn layer(&self) -> Value {
        let known = self.knowledge.as_deref();
        let domain = known.map(|known| known.domain.as_str()).filter(|domain| !domain.is_empty());
        let mut versions = json!({"layer": "4.5"});
        let edition = known.map(|known| known.edition.split('.').next().unwrap_or_default());
        if let (Some(edition), Some(versions)) = (edition.filter(|text| !text.is_empty()), versions.as_object_mut()) {
            versions.insert("attack".to_owned(), json!(edition));
        }
        let each = self.cells();
        let techniques: Vec<Value> = each
            .iter()
            .filter(|(_, cell)| cell.rules > 0 || cell.alerts.1 > 0)
            .map(|(tactic, cell)| {
                let mut one = json!({
                    "techniqueID": cell.id, "score": cell.rules, "enabled": true,
                    "comment": format!(
                        "{} rules in force, {} that can fire; alerts: {} in 30 days, {} in 90",
                        cell.rules, cell.fires, cell.alerts.0, cell.alerts.1
                    ),
                });
                if let Some(fields) = one.as_object_mut().filter(|_| !tactic.is_empty()) {
                    fields.insert("tactic".to_owned(), json!(tactic));
                }
                one
            })
            .collect();
        json!({
            "name": "Watchkeep: rules in force", "versions": versions, "domain": domain.unwrap_or("enterprise-attack"),
            "description": "Detection rules in force by technique, with alerts of the last 30 and 90 days.",
            "techniques": techniques,
            "gradient": {"colors": ["#e8eef7", "#2f6fbd"], "minValue": 0, "maxValue": MOST},
        })
    }

    /// One row a technique and tactic, below names of columns. No cell begins as a formula would.
    pub fn csv(&self) -> Vec<u8> {
        let head = "tactic,technique,name,rules,rules that can fire,alerts 30 days,alerts 90 days,groups,software";
        let mut writer = csv::Writer::from_writer(Vec::new());
        let mut rows = vec![head.split(',').map(str::to_owned).collect::<Vec<_>>()];
        for (tactic, cell) in self.cells() {
            let texts = [tactic, &cell.id, &cell.name]
                .map(|text| text.trim_start_matches(['=', '+', '-', '@', '\t', '\r']).to_owned());
            let counts = [cell.rules, cell.fires].map(|count| count.to_string());
            let alerts = [cell.alerts.0, cell.alerts.1].map(|count| count.to_string());
            let users = [cell.groups, cell.software].map(|count| count.to_string());
            rows.push(texts.into_iter().chain(counts).chain(alerts).chain(users).collect());
        }
        for row in &rows {
            // Writing to memory cannot fail.
            let _ = writer.write_record(row);
        }
        writer.into_inner().unwrap_or_default()
    }

    /// Each technique and part of one, in each of its tactics.
    fn cells(&self) -> Vec<(&str, &Cell)> {
        let mut all = Vec::new();
        for column in &self.columns {
            for cell in &column.cells {
                all.push((column.tactic.short.as_str(), cell));
                all.extend(cell.parts.iter().map(|part| (column.tactic.short.as_str(), part)));
            }
        }
        all
    }

    /// The whole map, for the API.
    pub fn json(&self) -> Value {
        let tactics: Vec<Value> = self.columns.iter().map(|column| {
            let cells: Vec<Value> = column.cells.iter().map(of_cell).collect();
            json!({"id": column.tactic.id, "short": column.tactic.short, "name": column.tactic.name, "techniques": cells})
        }).collect();
        let collect = self.collect.as_ref().map(|logs| {
            let log = |log: &super::Log| json!({"log": log.words, "rules": log.rules, "techniques": log.techniques});
            logs.iter().map(log).collect::<Vec<_>>()
        });
        let known = self.knowledge.as_deref().map(|known| {
            let (techniques, parts) = known.counts();
            json!({
                "name": known.name, "domain": known.domain, "edition": known.edition, "tactics": known.tactics.len(),
                "techniques": techniques, "sub_techniques": parts, "imported": known.imported,
            })
        });
        json!({
            "knowledge": known, "all": self.all, "covered": self.covered, "firing": self.firing,
            "unknown": self.unknown, "tactics": tactics, "collect": collect,
        })
    }
}

fn of_cell(cell: &Cell) -> Value {
    json!({
        "id": cell.id, "name": cell.name, "rules": cell.rules, "rules_that_fire": cell.fires,
        "alerts_30_days": cell.alerts.0, "alerts_90_days": cell.alerts.1, "groups": cell.groups,
        "software": cell.software, "parts": cell.parts.iter().map(of_cell).collect::<Vec<_>>(),
    })
}
