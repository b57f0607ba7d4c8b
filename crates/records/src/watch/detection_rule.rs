//! A detection rule as loaded: where it comes from, whether it is live, and why not.

use crate::assure::Decision;
use crate::people::Person;
use crate::watch::Severity;
use watchkeep_model::{ChoiceField, Markdown, Measure, Move, Moving, Record, RecordKind, Ref, Refusal, Target, Value};

/// One Sigma rule that Watchkeep knows, live or refused with its reason.
#[derive(RecordKind)]
#[record(
    prefix = "RUL", label = "Detection rule", kind = "detection_rule", plural = "Detection rules", area = "watch",
    title = "title", state = "state", sort = "title", list = ["severity", "title", "form", "state", "product", "technique", "source", "owner"],
    moves = MOVES, prepare = prepare, check = check, material = ["text", "employees"]
)]
pub struct DetectionRule {
    #[field(search, managed, optional, len = 300, index)]
    pub title: String,
    #[field(managed, facet)]
    pub state: RuleState,
    /// What it does: match events, take matches away from other rules, count their matches, or learn what is usual.
    #[field(managed, facet)]
    pub form: Option<RuleForm>,
    #[field(managed, facet, default = "medium")]
    pub severity: Severity,
    /// The rule's own id, which alerts and updates go by.
    #[field(managed, optional, unique, search, len = 80)]
    pub rule_id: String,
    #[field(managed, search)]
    pub description: Option<Markdown>,
    /// Why it is not live.
    #[field(managed)]
    pub refused: Option<String>,
    #[field(managed)]
    pub author: Option<String>,
    #[field(managed, facet)]
    pub product: Option<String>,
    /// Log source it reads: product, category, service.
    #[field(managed)]
    pub logsource: Option<String>,
    #[field(managed, search, label = "ATT&CK")]
    pub technique: Option<String>,
    /// Folder or pack it was loaded from.
    #[field(managed, facet)]
    pub source: Option<String>,
    /// Written here, and not in a folder.
    #[field(managed)]
    pub own: bool,
    /// SHA-256 of its text: the version.
    #[field(managed)]
    pub version_hash: Option<String>,
    /// The rule itself, in Sigma; that of a folder is changed in its folder.
    #[field(code)]
    pub text: Option<Markdown>,
    /// Who keeps it accurate.
    #[field(inline)]
    pub owner: Option<Ref<Person>>,
    /// What it must match and what it must miss, and how that was tried.
    #[field(search)]
    pub test: Option<Markdown>,
    /// It watches what employees do: its alerts, and whether it is allowed, count in D-007.
    #[field(facet, label = "Watches employees")]
    pub employees: bool,
    /// The decision that allows it to watch employees, for which purpose and until when.
    pub allowed_by: Option<Ref<Decision>>,
}

/// Rules that watch employees do so by a decision in date (D-007).
pub const ALLOWED: Measure = Measure {
    duty: "D-007",
    question: "Of the rules in force that watch employees, how many are allowed by a decision that is in date?",
    unit: "rules allowed",
    of: "employees:yes state:live,waiting",
    bad: "allowed_by:none or -allowed_by.state:approved or -allowed_by.matter:authorisation or allowed_by.until<today or allowed_by.stale:yes",
    why: "no decision in date allows it to watch employees",
    site: "",
    target: Target::None,
    ..Measure::PLAIN
};

#[derive(ChoiceField, Clone, Copy, PartialEq, Eq, Debug)]
pub enum RuleState {
    #[choice(good)]
    Live,
    /// Switched off by a person.
    #[choice(grey)]
    Off,
    /// Cannot be evaluated; the reason is shown.
    #[choice(warn)]
    Refused,
    /// No longer in any rule source.
    #[choice(grey)]
    Gone,
    /// Written here, and not in force yet.
    #[choice(warn)]
    Draft,
    /// A rule that it names is not there, or not live; the reason is shown.
    #[choice(warn)]
    Waiting,
}

#[derive(ChoiceField, Clone, Copy, PartialEq, Eq, Debug)]
pub enum RuleForm {
    /// Matches single events.
    Detection,
    /// Takes matches away from the rules that it names.
    Filter,
    /// Counts or orders the matches of the rules that it names.
    Correlation,
    /// Learns what is usual from the events it matches, and tells of what departs from it.
    Baseline,
}

const MOVES: &[Move] = &[
    Move {
        name: "switch_off",
        label: "Switch off",
        from: &["live", "waiting", "refused"],
        to: Some("off"),
        asks: &["reason"],
        guard: may_go_off,
        ..Move::PLAIN
    },
    Move {
        name: "enable",
        label: "Put in force",
        from: &["draft"],
        to: Some("live"),
        key: Some('p'),
        guard: is_written,
        ..Move::PLAIN
    },
    Move { name: "switch_on", label: "Switch on", from: &["off"], to: Some("live"), ..Move::PLAIN },
];

/// Most bytes of a rule that is written here.
pub const LONGEST_RULE: usize = 100_000;

/// What a rule written here is called and goes by, as its text says; Watchkeep reads the rest of it after.
fn prepare(record: &mut Record, moving: &Moving<'_>) {
    if moving.before.is_none() && moving.actor.person.is_some() {
        record.write("own", true);
        record.set("state", record.kind.choice_value("state", "draft"));
        record.set("source", "written here");
        record.set("author", moving.actor.name.as_str());
    }
    // Drafts of before there was a page to write them on.
    if moving.before.and_then(Record::state) == Some("draft") {
        record.write("own", true);
    }
    // Browsers end lines their own way; the text is that of the file that it may become.
    let sent = record.get("text").as_text().filter(|text| moving.actor.person.is_some() && text.contains('\r'));
    if let Some(text) = sent.map(|text| text.replace("\r\n", "\n")) {
        record.set("text", Value::text(text));
    }
    let same = moving.before.is_some_and(|before| before.get("text") == record.get("text"));
    if record.read::<bool>("own") != Some(true) || same && !record.get("rule_id").is_empty() {
        return;
    }
    let text = record.get("text").as_text().unwrap_or_default().to_owned();
    let shorten = |text: &str, most: usize| text.chars().take(most).collect::<String>();
    let given = Some(record.title()).filter(|title| !title.is_empty());
    let said = line(&text, "title");
    // One that a hunt gives is called as the hunt calls it, until its text changes.
    let title = if moving.before.is_none() { given.or(said) } else { said.or(given) };
    let title = shorten(title.unwrap_or("Rule without a title"), 300);
    let id = line(&text, "id").map_or_else(|| own_id(record.id), |id| shorten(id, 80));
    record.set("title", Value::text(title));
    record.set("rule_id", Value::text(id));
}

/// The id of a rule written here whose text names none.
pub fn own_id(record: i64) -> String {
    format!("own-{record}")
}

/// The value of a line of the text's first level: `title: Failed sign-in`.
fn line<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    let found = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    found.map(|value| value.trim().trim_matches(['"', '\''])).filter(|value| !value.is_empty())
}

/// Text is changed by hand only where the rule is written here.
fn check(moving: &Moving<'_>) -> Result<(), Refusal> {
    let (record, text) = (moving.record, moving.record.get("text").as_text().unwrap_or_default());
    let own = record.read::<bool>("own") == Some(true);
    let changed = moving.before.is_some_and(|before| before.get("text") != record.get("text"));
    if changed && !own && moving.actor.person.is_some() {
        let source = record.get("source").as_text().unwrap_or("a rule folder");
        return Err(Refusal::invalid(format!(
            "it comes from {source}; change it there, or copy it as a rule of your own"
        ))
        .at("text"));
    }
    if own && text.len() > LONGEST_RULE {
        return Err(Refusal::invalid(format!("a rule has at most {LONGEST_RULE} bytes; this one has {}", text.len()))
            .at("text"));
    }
    if moving.before.is_none() && moving.actor.person.is_some() && text.trim().is_empty() {
        return Err(Refusal::invalid("write the rule, in Sigma: title, logsource and detection").at("text"));
    }
    Ok(())
}

/// What a folder holds and cannot be evaluated matches nothing anyway, and is mended there.
fn may_go_off(moving: &Moving<'_>) -> Result<(), Refusal> {
    let live = moving.before.and_then(Record::state) == Some("live");
    match live || moving.record.read::<bool>("own") == Some(true) {
        true => Ok(()),
        false => Err(Refusal::invalid("it matches nothing as it is; mend or remove it in its folder")),
    }
}

fn is_written(moving: &Moving<'_>) -> Result<(), Refusal> {
    match moving.record.get("text").as_text().is_some_and(|text| !text.trim().is_empty()) {
        true => Ok(()),
        false => Err(Refusal::invalid("there is no rule yet; write its text first").at("text")),
    }
}
