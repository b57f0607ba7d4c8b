//! A hunt: looking for a threat that no rule has told of.

use crate::assets::Finding;
use crate::guards::in_order;
use crate::people::Person;
use crate::watch::DetectionRule;
use jiff::Timestamp;
use jiff::civil::Date;
use watchkeep_model::{
    ChoiceField, Described, Effect, Field, Links, Markdown, Measure, Move, Moving, Record, RecordKind, Ref, Refusal,
    Shape, Value,
};

/// A guess at what an intruder would have left behind, where it was looked for, and what was found.
#[derive(RecordKind)]
#[record(
    prefix = "HNT", area = "intel", title = "title", state = "state", sort = "-created", calendar = "due",
    list = ["title", "state", "technique", "hunter", "due", "found", "closed"], moves = MOVES, measures = MEASURES, check = check, effects = effects
)]
pub struct Hunt {
    #[field(search, len = 300)]
    pub title: String,
    #[field(managed)]
    pub state: State,
    /// If this were so, we would see that.
    #[field(search)]
    pub hypothesis: Markdown,
    /// ATT&CK technique, such as `T1059.001`.
    #[field(facet, index, len = 20)]
    pub technique: Option<String>,
    /// The event search that would show it. A block that begins with ```query, or ```query last=7d, is asked live on this page.
    #[field(search)]
    pub query: Option<Markdown>,
    #[field(index, facet, inline)]
    pub hunter: Option<Ref<Person>>,
    pub starts: Option<Date>,
    #[field(index, inline)]
    pub due: Option<Date>,
    #[field(managed, facet)]
    pub found: Option<Found>,
    /// What was looked at, and what was seen.
    #[field(managed, search)]
    pub result: Option<Markdown>,
    /// Rules that it gave.
    pub rules: Links<DetectionRule>,
    /// Weaknesses that it gave.
    pub findings: Links<Finding>,
    #[field(managed, index)]
    pub closed: Option<Timestamp>,
}

#[derive(ChoiceField, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Found {
    #[choice(good)]
    Nothing,
    #[choice(warn)]
    Weakness,
    #[choice(bad)]
    Intrusion,
    /// What would show it is not collected.
    #[choice(grey)]
    NoData,
}

#[derive(ChoiceField, Clone, Copy, PartialEq, Eq, Debug)]
pub enum State {
    #[choice(grey)]
    Planned,
    #[choice(warn)]
    Running,
    #[choice(good)]
    Closed,
}

/// What a new detection is: its name, the rule itself, what it was tried with, and who keeps it.
const DETECTION: &[Field] = &[
    Field { name: "rule_title", label: "What it detects", max_len: Some(300), ..Field::EMPTY },
    Field {
        name: "rule_text",
        label: "The rule, in Sigma",
        help: "It is a draft until somebody tries it over what is kept and puts it in force.",
        shape: Shape::Markdown,
        code: true,
        ..Field::EMPTY
    },
    Field {
        name: "rule_test",
        label: "Test",
        help: "What it must match and what it must miss, and how that was tried.",
        shape: Shape::Markdown,
        ..Field::EMPTY
    },
    Field { name: "rule_owner", label: "Who keeps it", shape: Shape::Ref("person"), ..Field::EMPTY },
];

const MOVES: &[Move] = &[
    Move {
        name: "start",
        label: "Start",
        from: &["planned"],
        to: Some("running"),
        asks: &["hunter"],
        key: Some('a'),
        ..Move::PLAIN
    },
    Move {
        name: "close",
        label: "Close",
        from: &["running"],
        to: Some("closed"),
        asks: &["found", "result"],
        key: Some('d'),
        apply: close,
        ..Move::PLAIN
    },
    Move {
        name: "detect",
        label: "New detection",
        from: &["running", "closed"],
        asks: &["rule_title", "rule_text", "rule_test", "rule_owner"],
        inputs: DETECTION,
        key: Some('n'),
        guard: may_write_rules,
        ..Move::PLAIN
    },
    Move { name: "reopen", label: "Reopen", from: &["closed"], to: Some("running"), asks: &["reason"], ..Move::PLAIN },
];

fn check(moving: &Moving<'_>) -> Result<(), Refusal> {
    in_order(moving, "starts", "due")
}

fn may_write_rules(moving: &Moving<'_>) -> Result<(), Refusal> {
    if moving.actor.access.may("detection_rule", "create") {
        return Ok(());
    }
    Err(Refusal::access("none of your roles may create a detection rule"))
}

/// A new detection is a draft of a rule, which the hunt names.
fn effects(moving: &Moving<'_>) -> Vec<Effect> {
    if moving.act != Some("detect") {
        return Vec::new();
    }
    let given = |name: &str| {
        let found = moving.input.iter().find(|(known, _)| *known == name);
        found.map_or(Value::Null, |(_, value)| value.clone())
    };
    let (rule, hunt) = (DetectionRule::kind(), moving.record);
    let key = format!("draft/{}/{}", hunt.number(), hunt.version);
    let values = vec![
        ("title", given("rule_title")),
        ("state", rule.choice_value("state", "draft")),
        ("severity", rule.choice_value("severity", "medium")),
        ("rule_id", key.as_str().into()),
        ("own", true.into()),
        ("text", given("rule_text")),
        ("test", given("rule_test")),
        ("owner", given("rule_owner")),
        ("technique", hunt.get("technique").clone()),
        ("source", hunt.number().into()),
        ("author", moving.actor.name.as_str().into()),
    ];
    vec![Effect::Make { kind: "detection_rule", key, values, link: Some("rules") }]
}

fn close(record: &mut Record, moving: &Moving<'_>) {
    record.write("closed", moving.now);
}

/// What duties ask of them.
const MEASURES: &[Measure] = &[Measure {
    duty: "D-048",
    question: "Of the hunts that are open or were closed in the last 90 days, how many are led and in time?",
    unit: "hunts in time",
    version: 2,
    of: "(state:planned,running or closed>=-90d)",
    bad: "-state:closed (hunter:none or due:none or due<today)",
    why: "nobody hunts, or overdue",
    since: "due",
    site: "",
    ..Measure::PLAIN
}];
