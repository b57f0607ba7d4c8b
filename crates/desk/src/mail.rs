//! Mail to the security address: each message becomes one report in the inbox, with the message kept whole beside it.

use crate::sign_in::digest;
use crate::{Desk, DeskError};
use jiff::Timestamp;
use std::sync::Arc;
use watchkeep_ingest::mail::{self, Mail};
use watchkeep_model::{Access, Actor, FieldType, Record, Refusal, Value, Via};
use watchkeep_records::watch;
use watchkeep_store::{Change, DEFAULT_TAG};

/// A message taken in.
#[derive(Debug)]
pub struct TakenMail {
    pub alert: Record,
    /// It had come before, and counts once.
    pub again: bool,
}

impl Desk {
    /// Takes one RFC 5322 message from whoever may create alerts. The same message comes in once.
    ///
    /// # Errors
    /// Refused without that right, and where the bytes are no mail.
    pub fn take_mail(&self, actor: &Actor, bytes: &[u8], now: Timestamp) -> Result<TakenMail, DeskError> {
        if !actor.access.may("alert", "create") {
            return Err(Refusal::access("none of your roles may create alerts").into());
        }
        let mail = mail::read(bytes).map_err(|error| Refusal::invalid(error.to_string()))?;
        let (kind, sha256) = (self.kind("alert")?, digest(bytes));
        // The id is the sender's word: a long one is known by its digest.
        let id = mail.id.clone().filter(|id| id.len() <= 150).unwrap_or_else(|| sha256.clone());
        let key = format!("mail/{id}");
        if let Some(alert) = self.store.by_external(&self.system(), kind, &key)? {
            return Ok(TakenMail { alert, again: true });
        }
        self.store.vault().put_file(&sha256, bytes)?;
        let reporter = self.person_by_email(&mail.from)?.map(|person| person.id);
        let values = owned(vec![
            ("title", title(&mail).into()),
            ("entity", mail.from.as_str().into()),
            ("description", description(&mail).into()),
            ("via", watch::Via::Mail.write()),
            ("reporter", reporter.map_or(Value::Null, Value::Int)),
        ]);
        let held = actor.access.tags_for("alert");
        let tags = held.filter(|held| !held.is_empty() && !held.contains(&DEFAULT_TAG));
        let tags = tags.map(|held| held.into_iter().take(1).collect());
        // In the name of whoever hands it in, not of who it says it comes from.
        let access = Arc::new(Access::everything());
        let gate = Actor { person: None, name: format!("Mail, by {}", actor.name), via: Via::Api, access };
        let files = self.kind("attachment")?;
        let size = i64::try_from(bytes.len()).unwrap_or(i64::MAX);
        let create = Change::Create { kind, values, tags, external_id: Some(key) };
        let written = self.store.write_with(&gate, now, create, |alert| {
            let values = owned(vec![
                ("on_kind", kind.name.into()),
                ("on_id", alert.id.into()),
                ("name", "message.eml".into()),
                ("media_type", "message/rfc822".into()),
                ("size", size.into()),
                ("file", sha256.as_str().into()),
            ]);
            vec![Change::Create { kind: files, values, tags: None, external_id: None }]
        })?;
        Ok(TakenMail { alert: written.record, again: false })
    }
}

fn owned(values: Vec<(&str, Value)>) -> Vec<(String, Value)> {
    values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

fn title(mail: &Mail) -> String {
    let subject = if mail.subject.is_empty() { "mail without a subject" } else { &mail.subject };
    format!("Report: {subject}").chars().take(300).collect()
}

fn description(mail: &Mail) -> String {
    let who = mail.name.as_ref().map_or(mail.from.clone(), |name| format!("{name} <{}>", mail.from));
    let sent = mail.sent.map_or(String::new(), |at| format!(", sent {}", at.strftime("%Y-%m-%d %H:%M UTC")));
    let mut text = format!("{}\n\nMail that says it is from {who}{sent}; the sender is not proven.", mail.text);
    if !mail.files.is_empty() {
        text.push_str(&format!(" With {}.", mail.files.join(", ")));
    }
    text.trim().to_owned()
}
