//! An asset: whatever is protected or protects.

use crate::people::Person;
use crate::places::Site;
use watchkeep_model::{ChoiceField, Links, Markdown, Move, RecordKind, Ref};

/// Whatever is protected or protects; what differs by class is in its custom fields.
#[derive(RecordKind)]
#[record(
    prefix = "AST", area = "assets", title = "name", sort = "name", subject = Asset, state = "state", moves = MOVES,
    list = ["name", "class", "state", "criticality", "owner", "site", "identifiers"]
)]
pub struct Asset {
    #[field(search, index, len = 200)]
    pub name: String,
    #[field(facet, index)]
    pub class: Class,
    #[field(managed, facet, index)]
    pub state: Service,
    /// 1 can be lost without notice, 5 stops the organisation.
    #[field(facet, index, default = "3", min = 1, max = 5, inline)]
    pub criticality: i64,
    /// Who answers for it (RU-33).
    #[field(index, facet, inline)]
    pub owner: Option<Ref<Person>>,
    #[field(index, facet, inline)]
    pub site: Option<Ref<Site>>,
    /// Host names, addresses, serial numbers: what events call it, separated by spaces.
    #[field(search, len = 1000)]
    pub identifiers: Option<String>,
    #[field(search)]
    pub description: Option<Markdown>,
    /// What it depends on; criticality travels along.
    pub depends_on: Links<Asset>,
    pub retired: bool,
}

/// Whether it does its work.
#[derive(ChoiceField, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Service {
    InService,
    /// Cut off to contain something: a host off the network, an account disabled, a door locked down.
    #[choice(bad)]
    Isolated,
}

/// Isolating is an operation on an asset: it needs the asset in a scope group of the assignment that grants it (RU-67).
const MOVES: &[Move] = &[
    Move {
        name: "isolate",
        label: "Isolate",
        from: &["in_service"],
        to: Some("isolated"),
        action: "operate",
        asks: &["reason"],
        ..Move::PLAIN
    },
    Move {
        name: "release",
        label: "Release",
        from: &["isolated"],
        to: Some("in_service"),
        action: "operate",
        asks: &["reason"],
        ..Move::PLAIN
    },
];

#[derive(ChoiceField, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Class {
    Server,
    Workstation,
    Network,
    Application,
    DataSet,
    CloudAccount,
    Account,
    Door,
    Camera,
    AlarmPanel,
    FireEquipment,
    Key,
    Badge,
    SecurityTool,
    Supply,
    Other,
}
