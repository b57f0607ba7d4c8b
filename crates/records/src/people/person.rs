//! People, groups of them, and the functions they hold.

use super::access::may_change_members;
use crate::places::Site;
use jiff::civil::Date;
use watchkeep_model::{
    ChoiceField, Described, Effect, Links, Markdown, Move, Moving, Record, RecordKind, Ref, Refusal,
};

/// Somebody: employee, guard, analyst, outside contact.
#[derive(RecordKind)]
#[record(
    prefix = "PER", label = "Person", plural = "People", area = "people", title = "name", sort = "name",
    list = ["name", "job", "email", "site", "state", "leaves"], subject = Person, state = "state", moves = MOVES,
    prepare = plain_email, effects = leaving
)]
pub struct Person {
    #[field(search, index, len = 200)]
    pub name: String,
    #[field(managed, index, facet)]
    pub state: Standing,
    /// Also what they sign in with.
    #[field(search, unique, len = 254, label = "E-mail")]
    pub email: Option<String>,
    #[field(search, len = 200)]
    pub job: Option<String>,
    #[field(len = 40)]
    pub phone: Option<String>,
    #[field(index, facet)]
    pub site: Option<Ref<Site>>,
    /// Last day; afterwards sign-in is refused.
    #[field(index)]
    pub leaves: Option<Date>,
}

/// Whether somebody may sign in.
#[derive(ChoiceField, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Standing {
    Active,
    /// Sessions and tokens end at once; nobody signs in until the lock is lifted.
    #[choice(bad)]
    Locked,
}

/// Locking is an operation on a person: it needs them in a scope group of the assignment that grants it (RU-67).
const MOVES: &[Move] = &[
    Move {
        name: "lock",
        label: "Lock out",
        from: &["active"],
        to: Some("locked"),
        action: "operate",
        asks: &["reason"],
        guard: another,
        ..Move::PLAIN
    },
    Move {
        name: "unlock",
        label: "Let in again",
        from: &["locked"],
        to: Some("active"),
        action: "operate",
        asks: &["reason"],
        ..Move::PLAIN
    },
];

/// Who locked themselves out could not undo it.
fn another(moving: &Moving<'_>) -> Result<(), Refusal> {
    if moving.actor.person == Some(moving.record.id) {
        return Err(Refusal::invalid("this is you; somebody else must lock you out"));
    }
    Ok(())
}

/// Sign-in asks for the address in small letters, so it is kept in them.
fn plain_email(record: &mut Record, _: &Moving<'_>) {
    if let Some(email) = record.get("email").as_text().map(|email| email.trim().to_lowercase()) {
        record.set("email", email);
    }
}

/// Whoever gets a last day gets a run of the approved leaver checklist, due that day; another day moves it.
fn leaving(moving: &Moving<'_>) -> Vec<Effect> {
    let person = moving.record;
    let (last, before) = (person.get("leaves"), moving.before.map(|before| before.get("leaves").clone()));
    if last.is_empty() || before.as_ref() == Some(last) {
        return Vec::new();
    }
    // Somebody entered only now who left before: there is nothing to take back.
    if moving.before.is_none() && person.read::<Date>("leaves").is_some_and(|last| last < crate::guards::today(moving))
    {
        return Vec::new();
    }
    let runs = moving.look.with("procedure_run", "person", &person.id.into(), 100);
    if let Some(planned) = runs.into_iter().find(|run| matches!(run.state(), Some("planned" | "running"))) {
        return vec![Effect::Set { kind: "procedure_run", id: planned.id, values: vec![("due", last.clone())] }];
    }
    let class = crate::work::Procedure::kind().choice_value("class", "leaver_checklist");
    let procedures = moving.look.with("procedure", "class", &class, 100);
    let Some(procedure) = procedures.into_iter().rfind(|one| one.state() == Some("approved")) else {
        return Vec::new();
    };
    let values = vec![("procedure", procedure.id.into()), ("person", person.id.into()), ("due", last.clone())];
    let key = format!("{}/leaves/{}", person.number(), last.as_text().unwrap_or_default());
    vec![Effect::Make { kind: "procedure_run", key, values, link: None }]
}

/// People, assets, sites and other groups, named once and used as members or as scope.
#[derive(RecordKind)]
#[record(prefix = "GRP", area = "people", title = "name", sort = "name", list = ["name", "people", "groups", "assets", "sites"], check = sound)]
pub struct Group {
    #[field(search, unique, index, len = 200)]
    pub name: String,
    pub description: Option<Markdown>,
    pub people: Links<Person>,
    /// Nested groups count.
    pub groups: Links<Group>,
    pub assets: Links<crate::assets::Asset>,
    pub sites: Links<Site>,
}

/// It has an end, and nobody enters what they could not give.
fn sound(moving: &Moving<'_>) -> Result<(), Refusal> {
    no_loop(moving)?;
    may_change_members(moving)
}

/// A group that contained itself would have no end.
fn no_loop(moving: &Moving<'_>) -> Result<(), Refusal> {
    let mut waiting = moving.record.get("groups").ids().to_vec();
    let mut seen = std::collections::BTreeSet::new();
    while let Some(id) = waiting.pop() {
        if id == moving.record.id && moving.record.id != 0 {
            return Err(Refusal::invalid("a group cannot contain itself, not even through others").at("groups"));
        }
        if seen.insert(id)
            && let Some(group) = moving.look.record("group", id)
        {
            waiting.extend(group.get("groups").ids());
        }
    }
    Ok(())
}

/// A post in the organisation, such as SOC manager: duties belong to functions, and through them to people (RU-32).
#[derive(RecordKind)]
#[record(prefix = "FUN", area = "people", title = "name", sort = "name", list = ["name", "holder", "deputy", "reports_to"])]
pub struct Function {
    #[field(search, unique, index, len = 200)]
    pub name: String,
    /// Who is appointed; nobody makes its duties red.
    #[field(index, inline)]
    pub holder: Option<Ref<Person>>,
    #[field(index, inline)]
    pub deputy: Option<Ref<Person>>,
    pub reports_to: Option<Ref<Function>>,
    /// Courses that whoever holds it has passed; who has not is shown, never blocked (RU-37).
    pub requires: Links<crate::people::Course>,
    pub description: Option<Markdown>,
    /// Knowledge, skills and certificates that it asks for; a vacancy text lists them (RU-12).
    #[field(search)]
    pub requirements: Option<Markdown>,
}
