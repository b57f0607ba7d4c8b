//! The demo's security policy: written, approved twice, published to everybody, read by some.

use crate::{Desk, DeskError};
use jiff::{SignedDuration, Timestamp};
use std::sync::Arc;
use watchkeep_model::{Access, Actor, Record, Value, Via};
use watchkeep_store::Change;

const FIRST: &str = include_str!("policy-1.md");
const SECOND: &str = include_str!("policy-2.md");

/// Who has read the second issue, and how many days ago.
const READ: &[(&str, i64)] = &[("anna", 8), ("tom", 8), ("tia", 7), ("vera", 5), ("sam", 4), ("luc", 2), ("nadia", 1)];

/// The policy, under the title that other documents of the demo name.
pub(super) fn policy(desk: &Desk, now: Timestamp) -> Result<(), DeskError> {
    let ago = |days: i64| now - SignedDuration::from_hours(24 * days);
    let (pia, mara) = (somebody(desk, "pia")?, somebody(desk, "mara")?);
    let groups = desk.all("group")?;
    let audience = groups.iter().filter(|group| ["Everybody", "Analysts", "Guards"].contains(&group.title()));
    let kind = desk.kind("document")?;
    let text = |text: &str| ("text", Value::text(text.trim()));
    let values = [
        ("title", "Information security policy".into()),
        ("class", kind.choice_value("class", "policy")),
        ("owner", mara.person.map_or(Value::Null, Value::from)),
        ("audience", Value::List(audience.map(|group| group.id).collect())),
        ("receipt_days", 10.into()),
        text(FIRST),
    ];
    let create = desk.creating("document", values.to_vec())?;
    let document = desk.store.write_one(&pia, ago(311), create)?.record;
    let act = |by: &Actor, at: Timestamp, act: &str, values: &[(&str, Value)], reason: Option<&str>| {
        let values = values.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        let (act, reason) = (act.to_owned(), reason.map(str::to_owned));
        desk.store.write_one(by, at, Change::Move { kind, id: document.id, version: None, act, values, reason })
    };
    let day = |at: Timestamp| Value::text(at.to_zoned(desk.zone.clone()).date().to_string());
    act(&pia, ago(310), "submit", &[], None)?;
    act(&mara, ago(300), "approve", &[("review_due", day(ago(-65)))], None)?;
    act(&pia, ago(14), "revise", &[], Some("Lessons of the year: updates, second factor, work elsewhere"))?;
    let values = vec![
        ("text".to_owned(), Value::text(SECOND.trim())),
        ("effective_from".to_owned(), day(ago(9))),
        (
            "questions".to_owned(),
            Value::Rows(vec![
                ["How soon are updates installed?", "Within two days\nWithin a month\nWhen there is time", "1"]
                    .map(Value::from)
                    .to_vec(),
                [
                    "A visitor has to wait in the server room. What do you do?",
                    "Leave them; they have a badge\nStay with them",
                    "2",
                ]
                .map(Value::from)
                .to_vec(),
            ]),
        ),
    ];
    desk.store.write_one(&pia, ago(13), Change::Update { kind, id: document.id, version: None, values })?;
    act(&pia, ago(12), "submit", &[], None)?;
    act(&mara, ago(10), "approve", &[("review_due", day(ago(-355)))], None)?;
    act(&mara, ago(9), "publish", &[], None)?;
    desk.owe_receipts(ago(9))?;
    for (who, days) in READ {
        let reader = somebody(desk, who)?;
        let owed = desk.my_receipts(&reader, "owed")?;
        let Some(owed) = owed.iter().find(|one| one.get("document").as_int() == Some(document.id)) else { continue };
        desk.confirm(&reader, owed.id, 2, &vec![vec![1], vec![2]], ago(*days))?;
    }
    desk.remind_readers(ago(2))?;
    desk.remind_readers(now)
}

/// Somebody of the demo, who acts without being asked for rights.
fn somebody(desk: &Desk, key: &str) -> Result<Actor, DeskError> {
    let person: Option<Record> = desk.person_by_email(&format!("{key}@demo.example"))?;
    let person = person.ok_or_else(|| DeskError::Kind("person".to_owned()))?;
    let access = Arc::new(Access::everything());
    Ok(Actor { person: Some(person.id), name: person.title().to_owned(), via: Via::Screen, access })
}
