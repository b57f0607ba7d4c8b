//! An asset: whatever is protected or protects.

use crate::people::Person;
use crate::places::Site;
use jiff::Timestamp;
use jiff::civil::Date;
use watchkeep_model::{ChoiceField, Links, Markdown, Measure, Money, Move, RecordKind, Ref, Target};

/// Whatever is protected or protects; what differs by class is in its custom fields.
#[derive(RecordKind)]
#[record(
    prefix = "AST", area = "assets", title = "name", sort = "name", subject = Asset, state = "state", moves = MOVES, measures = MEASURES,
    list = ["name", "class", "state", "criticality", "exposure", "owner", "site", "last_event"]
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
    /// Who can reach it; what anybody on the Internet can reach is the perimeter (D-003).
    #[field(facet, default = "inside", inline)]
    pub exposure: Exposure,
    /// Who answers for it (RU-33).
    #[field(index, facet, inline)]
    pub owner: Option<Ref<Person>>,
    /// Who has it with them: a key, a badge, a laptop. It is asked back when they leave.
    #[field(index, facet)]
    pub holder: Option<Ref<Person>>,
    #[field(index, facet, inline)]
    pub site: Option<Ref<Site>>,
    /// Host names, addresses, serial numbers: what events call it, separated by spaces.
    #[field(search, len = 1000)]
    pub identifiers: Option<String>,
    #[field(search)]
    pub description: Option<Markdown>,
    /// Last day of support or licence; before it ends, somebody estimates what comes next.
    #[field(index, inline)]
    pub support_ends: Option<Date>,
    /// What its upgrade or renewal would cost, by the newest estimate.
    #[field(managed)]
    pub estimate: Option<Money>,
    /// Last day of a good backup, by the results of its backup check.
    #[field(managed, index)]
    pub backed_up: Option<Date>,
    /// Last day on which restoring it was shown to work.
    #[field(managed, index)]
    pub restored: Option<Date>,
    /// When an event last came from it, by its name or identifiers; noted every few hours.
    #[field(managed, index)]
    pub last_event: Option<Timestamp>,
    /// What it depends on; criticality travels along.
    pub depends_on: Links<Asset>,
    pub retired: bool,
}

/// Whether it does its work.
/// The things among what ends within a year (D-114).
pub const ENDING: Measure = Measure {
    duty: "D-114",
    version: 2,
    question: "Of the assets whose support or licence ends within a year, and the contracts whose term does, how many have an estimate of what comes next?",
    unit: "ends with an estimate",
    of: "support_ends:any support_ends<=365d retired:no",
    bad: "estimate:none",
    why: "support ends, and nobody has estimated what comes next",
    since: "support_ends",
    target: Target::None,
    ..Measure::PLAIN
};

/// What must be restorable (D-173): without a good backup of the last week it is red.
pub const BACKED_UP: Measure = Measure {
    duty: "D-173",
    version: 3,
    question: "Of the critical systems and all that is backed up, how many have a good backup of the last week and a restore that was shown to work in the last six months?",
    unit: "systems with backup and restore test",
    of: "((criticality>=4 class:server,application,data_set,cloud_account) or backed_up:any) retired:no",
    bad: "backed_up:none or backed_up<-7d",
    why: "no good backup in a week",
    since: "backed_up",
    target: Target::None,
    ..Measure::PLAIN
};

/// Of what has its backup, what was restored too; what was not is amber.
pub const RESTORED: Measure = Measure {
    of: "((criticality>=4 class:server,application,data_set,cloud_account) or backed_up:any) retired:no backed_up>=-7d",
    bad: "restored:none or restored<-183d",
    why: "no restore test in six months",
    since: "restored",
    target: Target::Share { green: 100, amber: 0 },
    ..BACKED_UP
};

/// What duties ask of them.
const MEASURES: &[Measure] = &[
    Measure {
        duty: "D-003",
        question: "Of the assets in use that the Internet can reach, how many have an owner, and sent an event in the last 24 hours?",
        unit: "outward assets with logs and an owner",
        of: "exposure:internet retired:no",
        bad: "owner:none or last_event:none or last_event<-24h",
        why: "no owner, or no event in 24 hours",
        since: "last_event",
        ..Measure::PLAIN
    },
    Measure {
        duty: "D-005",
        question: "Of the servers and workstations in use, how many sent an event in the last 24 hours?",
        unit: "servers and workstations heard",
        of: "class:server,workstation retired:no",
        bad: "last_event:none or last_event<-24h",
        why: "no event in 24 hours",
        since: "last_event",
        ..Measure::PLAIN
    },
    Measure {
        duty: "D-062",
        question: "Of the assets in use, how many have an owner who works here?",
        unit: "assets with an active owner",
        of: "retired:no",
        bad: "owner:none or owner.leaves<today or owner.state:locked",
        why: "no owner who works here",
        ..Measure::PLAIN
    },
    Measure {
        duty: "D-070",
        question: "Of the data sets in use, how many have an owner and a place?",
        unit: "data sets with owner and place",
        of: "class:data_set retired:no",
        bad: "owner:none or site:none",
        why: "owner or place missing",
        ..Measure::PLAIN
    },
    Measure {
        duty: "D-161",
        question: "Of the badges in use, how many belong to somebody who works here?",
        unit: "badges with an active person",
        of: "class:badge retired:no",
        bad: "owner:none or owner.leaves<today or owner.state:locked",
        why: "no active person",
        target: Target::None,
        ..Measure::PLAIN
    },
    Measure {
        duty: "D-179",
        question: "Of the keys in use, how many have a custodian who works here?",
        unit: "keys with a custodian",
        of: "class:key retired:no",
        bad: "owner:none or owner.leaves<today or owner.state:locked",
        why: "no custodian",
        target: Target::None,
        ..Measure::PLAIN
    },
];

/// Who can reach an asset.
#[derive(ChoiceField, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Exposure {
    /// Only those inside.
    Inside,
    /// Partners and suppliers too.
    Partners,
    /// Anybody.
    #[choice(warn)]
    Internet,
}

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
