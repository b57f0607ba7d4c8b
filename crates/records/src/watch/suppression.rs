//! A suppression: which alerts are not raised, why, who answers for it, until when.

use crate::people::Person;
use crate::watch::DetectionRule;
use jiff::Timestamp;
use watchkeep_model::{Moving, RecordKind, Ref, Refusal};

/// Keeps a rule from raising alerts about an entity for a while.
#[derive(RecordKind)]
#[record(
    prefix = "SUP", area = "watch", title = "title", sort = "until",
    list = ["title", "rule", "entity", "owner", "until", "hidden"], calendar = "until", check = check
)]
pub struct Suppression {
    #[field(search, len = 200)]
    pub title: String,
    #[field(index)]
    pub rule: Ref<DetectionRule>,
    /// Only alerts about this host, user or door; empty for all.
    #[field(len = 300)]
    pub entity: Option<String>,
    /// Why these alerts need not be seen.
    #[field(len = 2000)]
    pub reason: String,
    /// Who answers for what is not seen.
    pub owner: Ref<Person>,
    /// At most a year ahead.
    #[field(index)]
    pub until: Timestamp,
    /// How many detections it has hidden.
    #[field(managed, default = "0")]
    pub hidden: i64,
}

/// Every suppression ends: an expiry within a year.
fn check(moving: &Moving<'_>) -> Result<(), Refusal> {
    let until = moving.record.read::<Timestamp>("until");
    let year = moving.now + jiff::SignedDuration::from_hours(24 * 366);
    if until.is_some_and(|until| until > year) {
        return Err(Refusal::invalid("a suppression ends within a year; choose an earlier date").at("until"));
    }
    Ok(())
}
