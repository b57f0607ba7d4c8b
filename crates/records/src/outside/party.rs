//! A party: an organisation outside our own.

use crate::people::Person;
use jiff::civil::Date;
use watchkeep_model::{ChoiceField, Markdown, Measure, RecordKind, Ref};

/// An organisation outside our own: who it is to us, who looks after it, and what it has access to.
#[derive(RecordKind)]
#[record(
    prefix = "PTY", label = "Party", plural = "Parties", area = "outside", title = "name", sort = "name", calendar = "contact_due",
    list = ["name", "class", "tier", "overseer", "email", "contact_due", "assessed", "assessment_due"], measures = MEASURES
)]
pub struct Party {
    #[field(search, unique, index, len = 200)]
    pub name: String,
    #[field(facet, index)]
    pub class: Class,
    /// How much depends on it.
    #[field(facet, index)]
    pub tier: Option<Tier>,
    /// Coordinates and oversees the security side of the relation (RU-39).
    #[field(index, facet, inline)]
    pub overseer: Option<Ref<Person>>,
    /// Attests for it that our documents are kept to (RU-47).
    #[field(index, label = "Attests for it")]
    pub attests: Option<Ref<Person>>,
    /// Whom one talks to there.
    #[field(search, len = 200)]
    pub contact: Option<String>,
    #[field(search, len = 254, label = "E-mail")]
    pub email: Option<String>,
    #[field(len = 40)]
    pub phone: Option<String>,
    /// What it does for us, and which data, systems and sites it reaches.
    #[field(search)]
    pub description: Option<Markdown>,
    #[field(index, inline)]
    pub last_contact: Option<Date>,
    /// When it should next be talked to.
    #[field(index, inline)]
    pub contact_due: Option<Date>,
    /// When a questionnaire or audit of it was closed last.
    #[field(managed, index)]
    pub assessed: Option<Date>,
    /// When it is assessed next.
    #[field(index, inline)]
    pub assessment_due: Option<Date>,
    /// We have nothing to do with it any more.
    pub ended: bool,
}

#[derive(ChoiceField, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Class {
    Vendor,
    Client,
    CloudProvider,
    Partner,
    Police,
    FireService,
    Regulator,
    Agency,
    Insurer,
    Other,
}

#[derive(ChoiceField, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Tier {
    /// Its failure stops us, or it holds what must not leak.
    Critical,
    Important,
    Ordinary,
}

/// What duties ask of them.
const MEASURES: &[Measure] = &[
    Measure {
        duty: "D-101",
        question: "Of the vendors and providers we work with, how many were assessed, and are not due again?",
        unit: "vendors with an assessment in date",
        of: "class:vendor,cloud_provider ended:no",
        bad: "assessed:none or assessment_due:none or assessment_due<today",
        why: "not assessed, or due again",
        since: "assessment_due",
        site: "",
        version: 2,
        ..Measure::PLAIN
    },
    Measure {
        duty: "D-107",
        question: "Of the vendors and providers we work with, how many have an overseer who works here?",
        unit: "suppliers with an overseer",
        of: "class:vendor,cloud_provider ended:no",
        bad: "overseer:none or overseer.leaves<today or overseer.state:locked",
        why: "nobody oversees it",
        site: "",
        target: watchkeep_model::Target::None,
        ..Measure::PLAIN
    },
    Measure {
        duty: "D-109",
        question: "Of the partners, agencies and authorities we deal with, how many were talked to in time?",
        unit: "relations kept",
        of: "class:partner,police,fire_service,regulator,agency ended:no",
        bad: "contact_due:none or contact_due<today",
        why: "a talk is overdue or not planned",
        since: "contact_due",
        site: "",
        ..Measure::PLAIN
    },
    Measure {
        duty: "D-111",
        question: "Of the clients we work for, how many were talked to in time?",
        unit: "clients contacted in time",
        of: "class:client ended:no",
        bad: "contact_due:none or contact_due<today",
        why: "a talk is overdue or not planned",
        since: "contact_due",
        site: "",
        ..Measure::PLAIN
    },
    Measure {
        duty: "D-028",
        question: "Of the police, fire services and authorities, how many have a contact with a phone or mail address that was used within a year?",
        unit: "agency contacts verified",
        of: "class:police,fire_service,regulator,agency ended:no",
        bad: "contact:none or (email:none phone:none) or last_contact:none or last_contact<-365d",
        why: "no contact, or not verified for a year",
        since: "last_contact",
        site: "",
        ..Measure::PLAIN
    },
];
