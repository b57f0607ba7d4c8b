//! Answering from outside by a signed link: only what was put to its person, until its day, unless it was withdrawn.

use crate::sign_in::kept_secret;
use crate::{Desk, DeskError};
use hmac::{Hmac, Mac};
use jiff::Timestamp;
use sha2::Sha256;
use std::sync::Arc;
use watchkeep_model::access::{Access, Assignment, Permissions};
use watchkeep_model::{Actor, Record, Value, Via};
use watchkeep_records::assure::{Invitation, invitations};
use watchkeep_store::{Change, StoreError};

/// What the person of a link may do at all; every item is asked for besides.
const MAY: &[&str] = &["engagement_item:read", "engagement_item:update", "attachment:read", "attachment:create"];

/// Whoever holds a link that is good now.
pub struct Respondent {
    pub engagement: Record,
    pub person: Record,
    pub until: Timestamp,
    /// What was put to them, by number, each with the text of its requirement.
    pub items: Vec<(Record, Option<String>)>,
}

/// What a respondent sends for one item.
pub struct Answer {
    pub result: Value,
    pub answer: String,
    pub evidence: String,
    /// SHA-256 in hex, name and size in bytes of a file that is kept already.
    pub file: Option<(String, String, i64)>,
}

impl Desk {
    /// The end of the address of an invitation's link.
    pub fn answer_link(
        &self,
        engagement: &Record,
        invitation: &Invitation,
        now: Timestamp,
    ) -> Result<String, DeskError> {
        let mac = self.signature(engagement.id, invitation, now)?.finalize().into_bytes();
        let hex: String = mac.iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(format!("{}.{}.{hex}", engagement.id, invitation.key))
    }

    fn signature(&self, engagement: i64, of: &Invitation, now: Timestamp) -> Result<Hmac<Sha256>, DeskError> {
        let key = kept_secret(&self.store, "answers", now)?;
        let broken = |_| DeskError::Random("the signing key is empty".to_owned());
        let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).map_err(broken)?;
        let person = of.person.map_or(0, |person| person.id);
        mac.update(format!("answer|{engagement}|{}|{person}|{}", of.key, of.until.as_millisecond()).as_bytes());
        Ok(mac)
    }

    /// Who comes by a link; nobody where it is forged, over, withdrawn, or its engagement or person is gone.
    pub fn respondent(&self, link: &str, now: Timestamp) -> Result<Option<Respondent>, DeskError> {
        let mut parts = link.splitn(3, '.');
        let id = parts.next().and_then(|id| id.parse::<i64>().ok());
        let (Some(id), Some(key), Some(mac)) = (id, parts.next(), parts.next()) else { return Ok(None) };
        let engagement = match self.store.get(&self.system(), self.kind("engagement")?, id) {
            Ok(engagement) => engagement,
            Err(StoreError::Missing { .. }) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let Some(invitation) = invitations(&engagement).into_iter().find(|one| one.key == key) else { return Ok(None) };
        let right = match bytes(mac) {
            Some(mac) => self.signature(id, &invitation, now)?.verify_slice(&mac).is_ok(),
            None => false,
        };
        let over = invitation.until <= now || invitation.revoked.is_some();
        if !right || over || !matches!(engagement.state(), Some("planned" | "running")) {
            return Ok(None);
        }
        let Some(person) = self.still_here(invitation.person.map(|person| person.id), now)? else { return Ok(None) };
        let items = self.store.with_any(self.kind("engagement_item")?, "engagement", &[id.into()])?;
        let requirement = self.kind("requirement")?;
        let own = items.into_iter().filter(|item| item.get("respondent").as_int() == Some(person.id)).map(|item| {
            let asked = item.get("requirement").as_int();
            let text = asked.and_then(|id| self.store.get(&self.system(), requirement, id).ok());
            let text = text.and_then(|record| record.get("text").as_text().map(str::to_owned));
            (item, text)
        });
        let items = own.collect();
        Ok(Some(Respondent { engagement, person, until: invitation.until, items }))
    }

    /// Answers one of a respondent's items, as they could if they were signed in.
    ///
    /// # Errors
    /// What was put to somebody else is missing; what was accepted already is refused.
    pub fn answer_by_link(&self, by: &Respondent, item: i64, answer: Answer, now: Timestamp) -> Result<(), DeskError> {
        let kind = self.kind("engagement_item")?;
        let (item, _) = by
            .items
            .iter()
            .find(|(one, _)| one.id == item)
            .ok_or_else(|| StoreError::missing(format!("{}-{item}", kind.prefix)))?;
        let held = Assignment {
            id: 0,
            role: "Answers by a link".to_owned(),
            permissions: Permissions::new(MAY.iter().copied()),
            organisation_wide: false,
            tags: item.tags.iter().copied().collect(),
            scope: [].into(),
        };
        let access = Arc::new(Access { assignments: vec![held], strict: false });
        let name = by.person.title().to_owned();
        let actor = Actor { person: Some(by.person.id), name, via: Via::Link, access };
        let mut values = vec![("result".to_owned(), answer.result), ("answer".to_owned(), Value::text(answer.answer))];
        if !answer.evidence.trim().is_empty() {
            values.push(("evidence".to_owned(), Value::text(answer.evidence)));
        }
        let mut changes = Vec::new();
        if let Some((sha256, name, size)) = answer.file {
            let values = vec![
                ("on_kind".to_owned(), kind.name.into()),
                ("on_id".to_owned(), item.id.into()),
                ("name".to_owned(), Value::text(name)),
                ("size".to_owned(), size.into()),
                ("file".to_owned(), Value::text(sha256)),
            ];
            changes.push(Change::Create { kind: self.kind("attachment")?, values, tags: None, external_id: None });
        }
        let act = "answer".to_owned();
        changes.push(Change::Move { kind, id: item.id, version: None, act, values, reason: None });
        self.store.write(&actor, now, changes)?;
        Ok(())
    }
}

/// Bytes of an even number of hex digits.
fn bytes(hex: &str) -> Option<Vec<u8>> {
    if !hex.is_ascii() || hex.len() != 64 {
        return None;
    }
    (0..64).step_by(2).map(|at| u8::from_str_radix(hex.get(at..at + 2)?, 16).ok()).collect()
}
