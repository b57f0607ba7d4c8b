//! A credential: a licence, clearance or certificate that somebody holds, until it runs out.

use crate::guards::in_order;
use crate::people::Person;
use jiff::civil::Date;
use watchkeep_model::{ChoiceField, Measure, Moving, Record, RecordKind, Ref, Refusal, Target};

/// What somebody holds from somebody else: licence, clearance, certificate, registration.
#[derive(RecordKind)]
#[record(
    prefix = "CRD", area = "people", title = "title", sort = "expires", calendar = "expires", measures = MEASURES, check = check,
    list = ["title", "class", "person", "issuer", "reference", "issued", "expires", "withdrawn"]
)]
pub struct Credential {
    #[field(search, len = 200)]
    pub title: String,
    #[field(facet, index)]
    pub class: CredentialClass,
    #[field(index, facet)]
    pub person: Ref<Person>,
    #[field(search, len = 200)]
    pub issuer: Option<String>,
    /// The number that its issuer gave it.
    #[field(search, len = 100)]
    pub reference: Option<String>,
    pub issued: Option<Date>,
    /// Last day on which it counts; empty: for good.
    #[field(index, inline)]
    pub expires: Option<Date>,
    /// Taken back before its end.
    pub withdrawn: bool,
}

#[derive(ChoiceField, Clone, Copy, PartialEq, Eq, Debug)]
pub enum CredentialClass {
    Licence,
    Clearance,
    Certificate,
    Registration,
    FirstAid,
    Weapon,
    Driving,
}

/// Whether a credential counts on a day.
pub fn counts_on(credential: &Record, day: Date) -> bool {
    credential.read::<bool>("withdrawn") != Some(true)
        && credential.read::<Date>("expires").is_none_or(|last| last >= day)
}

fn check(moving: &Moving<'_>) -> Result<(), Refusal> {
    in_order(moving, "issued", "expires")
}

/// Of those of people who work here, those that count today.
const COUNTS: Measure = Measure {
    bad: "expires<today or withdrawn:yes",
    why: "ran out or was withdrawn",
    since: "expires",
    site: "person.site",
    target: Target::None,
    ..Measure::PLAIN
};

/// What duties ask of them.
const MEASURES: &[Measure] = &[
    Measure {
        duty: "D-126",
        question: "Of the certificates of people who work here, how many count today?",
        unit: "certificates in date",
        of: "class:certificate -person.leaves<today",
        target: Target::Share { green: 95, amber: 80 },
        ..COUNTS
    },
    Measure {
        duty: "D-144",
        question: "Of the licences and registrations of people who work here, how many count today?",
        unit: "licences in date",
        of: "class:licence,registration -person.leaves<today",
        ..COUNTS
    },
];
