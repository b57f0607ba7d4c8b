//! What comes with Watchkeep: built-in roles, each with just what its work needs.

/// A role as shipped: name, what it is for, and what it holds.
pub struct BuiltInRole {
    pub name: &'static str,
    pub help: &'static str,
    /// Kinds, separated by spaces, and the actions on them: c create, r read, u update, d delete, a assign, p approve,
    /// o operate, x export; `*` every one.
    pub holds: &'static [(&'static str, &'static str)],
}

impl BuiltInRole {
    /// One `kind:action` each.
    pub fn permissions(&self) -> Vec<String> {
        let of_kind = |kind: &str, letters: &str| {
            letters.chars().filter_map(action).map(|action| format!("{kind}:{action}")).collect::<Vec<_>>()
        };
        let line = |(kinds, letters): &(&'static str, &'static str)| {
            kinds.split(' ').flat_map(|kind| of_kind(kind, letters)).collect::<Vec<_>>()
        };
        self.holds.iter().flat_map(line).collect()
    }
}

fn action(letter: char) -> Option<&'static str> {
    Some(match letter {
        'c' => "create",
        'r' => "read",
        'u' => "update",
        'd' => "delete",
        'a' => "assign",
        'p' => "approve",
        'o' => "operate",
        'x' => "export",
        '*' => "*",
        _ => return None,
    })
}

// Kinds that go together.
const WATCH: &str = "alert log_source detection_rule suppression";
const INTEL: &str = "indicator feed intelligence hunt";
const RESPOND: &str = "incident task page";
const DUTIES: &str = "duty held_duty duty_run";
const RISKS: &str = "risk control mapping check";
const RULES: &str = "framework requirement";
const LOOKS: &str = "engagement engagement_item check_result";
const TEXTS: &str = "document procedure";
const OUTSIDE: &str = "party agreement service_level bid";
const GUARDING: &str = "place rota shift";
const LEARNING: &str = "credential course completion";
const TALK: &str = "report meeting message survey";
const ACCESS: &str = "role role_assignment scope_tag";

/// Where things are, who is who, and who holds which duty.
const AROUND: &str = "site place person function duty held_duty";

/// What everybody has who signs in and works here: own views, comments, receipts, and what is meant for all to read.
macro_rules! with_desk {
    ($($line:expr),* $(,)?) => {
        &[$($line,)* ("document", "r"), ("receipt", "cr"), ("comment", "cru"), ("attachment", "cr"), ("saved_view", "*")]
    };
}

pub const ROLES: &[BuiltInRole] = &[
    BuiltInRole { name: "Administrator", help: "Everything, settings and roles included.", holds: &[("*", "*")] },
    BuiltInRole {
        name: "Role Administrator",
        help: "Creates, edits and assigns roles, groups and tags.",
        holds: &[("role role_assignment group scope_tag", "*"), ("person", "ru"), ("site asset", "r")],
    },
    BuiltInRole {
        name: "Security Manager",
        help: "Runs the programme: sees and changes everything but roles.",
        holds: &[
            (WATCH, "*"),
            (INTEL, "*"),
            (RESPOND, "*"),
            (DUTIES, "*"),
            (RISKS, "*"),
            (RULES, "*"),
            (LOOKS, "*"),
            (TEXTS, "*"),
            ("decision waiver authority", "*"),
            ("receipt", "crx"),
            ("procedure_run", "*"),
            (OUTSIDE, "*"),
            ("money_line", "*"),
            (GUARDING, "*"),
            (LEARNING, "*"),
            ("review", "*"),
            (TALK, "*"),
            ("asset finding site function", "*"),
            ("person", "cruo"),
            ("organisation", "ru"),
            ("group event", "r"),
            ("comment attachment saved_view", "*"),
            (ACCESS, "r"),
        ],
    },
    BuiltInRole {
        name: "CISO",
        help: "Answers for the programme: reads all of it, decides, approves and signs.",
        holds: with_desk![
            (WATCH, "rx"),
            (INTEL, "rx"),
            (RESPOND, "rx"),
            ("task", "cu"),
            (DUTIES, "rx"),
            ("held_duty", "u"),
            ("duty_run", "p"),
            (RISKS, "crux"),
            (RULES, "crux"),
            (LOOKS, "rpx"),
            (TEXTS, "crupx"),
            ("decision waiver authority", "crupx"),
            ("receipt procedure_run", "rx"),
            (OUTSIDE, "rpx"),
            ("money_line", "rpx"),
            (GUARDING, "r"),
            (LEARNING, "rpx"),
            ("review", "cru"),
            (TALK, "crupx"),
            ("asset finding site person function group event organisation", "r"),
            (ACCESS, "r"),
        ],
    },
    BuiltInRole {
        name: "SOC Manager",
        help: "Commands the SOC: every alert, incident, rule and source.",
        holds: &[
            (WATCH, "*"),
            (INTEL, "*"),
            (RESPOND, "*"),
            ("finding", "cr"),
            ("asset", "ro"),
            ("duty held_duty", "r"),
            ("duty_run", "crp"),
            (RISKS, "r"),
            (RULES, "r"),
            ("engagement engagement_item", "ru"),
            ("check_result receipt", "cr"),
            ("document", "cru"),
            ("procedure", "crup"),
            ("procedure_run", "*"),
            ("decision waiver", "crup"),
            ("rota shift", "crud"),
            (LEARNING, "cru"),
            ("review", "cru"),
            (TALK, "crup"),
            ("party agreement service_level authority site place person function event", "r"),
            ("comment attachment saved_view", "*"),
        ],
    },
    BuiltInRole {
        name: "Analyst",
        help: "Triages alerts and works incidents.",
        holds: with_desk![
            ("alert incident task page", "cru"),
            ("indicator intelligence hunt", "cru"),
            ("feed", "r"),
            ("finding suppression duty_run waiver", "cr"),
            ("procedure_run", "cru"),
            ("message", "cru"),
            ("shift", "ru"),
            ("log_source detection_rule asset procedure rota event", "r"),
            (AROUND, "r"),
        ],
    },
    BuiltInRole {
        name: "Tier 1 Analyst",
        help: "Watches the queue: triages each alert, closes it or passes it on.",
        holds: with_desk![
            ("alert task page procedure_run", "cru"),
            ("incident finding duty_run", "cr"),
            ("shift", "ru"),
            ("log_source detection_rule suppression asset procedure rota event", "r"),
            (INTEL, "r"),
            (AROUND, "r"),
        ],
    },
    BuiltInRole {
        name: "Tier 2 Analyst",
        help: "Takes real threats over: analyses deeper, puts containment forward.",
        holds: with_desk![
            ("alert incident task page procedure_run", "cru"),
            ("decision message indicator intelligence", "cru"),
            ("finding suppression duty_run", "cr"),
            ("shift", "ru"),
            ("log_source detection_rule feed asset hunt risk control party procedure rota event", "r"),
            (AROUND, "r"),
        ],
    },
    BuiltInRole {
        name: "Tier 3 Analyst",
        help: "Senior analyst: manages critical incidents, hunts, tunes rules.",
        holds: with_desk![
            ("alert incident task page procedure_run", "cru"),
            ("detection_rule suppression finding", "cru"),
            (INTEL, "cru"),
            ("log_source shift", "ru"),
            ("asset", "ro"),
            ("decision", "crup"),
            ("message procedure", "cru"),
            ("duty_run", "cr"),
            ("risk control check check_result party authority rota event", "r"),
            (AROUND, "r"),
        ],
    },
    BuiltInRole {
        name: "Incident Manager",
        help: "Manages incidents and their tasks.",
        holds: &[
            (RESPOND, "*"),
            ("alert", "ru"),
            ("asset person", "ro"),
            ("finding duty_run receipt waiver", "cr"),
            ("decision", "crup"),
            ("message", "crup"),
            ("meeting procedure_run", "cru"),
            ("indicator feed intelligence party document procedure authority rota shift event", "r"),
            (AROUND, "r"),
            ("comment attachment saved_view", "*"),
        ],
    },
    BuiltInRole {
        name: "Communications",
        help: "Speaks for an incident, inside and outside.",
        holds: with_desk![
            ("incident page", "ru"),
            ("task message meeting survey", "cru"),
            ("party report", "r"),
            (AROUND, "r"),
        ],
    },
    BuiltInRole {
        name: "Site Manager",
        help: "Sites, doors, physical incidents.",
        holds: &[
            ("site", "ru"),
            ("asset", "cruo"),
            ("alert incident page", "cru"),
            ("task finding", "*"),
            ("risk document procedure check", "cru"),
            ("check_result receipt duty_run waiver", "cr"),
            ("duty_run", "p"),
            ("procedure_run engagement engagement_item decision", "cru"),
            (GUARDING, "crudx"),
            (LEARNING, "cru"),
            ("review", "cru"),
            (TALK, "cru"),
            ("report", "p"),
            ("party agreement service_level control requirement framework", "r"),
            ("person function duty held_duty", "r"),
            ("comment attachment saved_view", "*"),
        ],
    },
    BuiltInRole {
        name: "Guard Supervisor",
        help: "Leads the guards of a site: posts, orders, checks, reports.",
        holds: with_desk![
            ("alert incident task page procedure_run shift", "cru"),
            ("report meeting message", "cru"),
            ("report", "p"),
            ("finding check_result duty_run", "cr"),
            ("asset completion", "ru"),
            ("document", "cu"),
            ("check procedure rota credential course", "r"),
            (AROUND, "r"),
        ],
    },
    BuiltInRole {
        name: "Guard",
        help: "Stands a post: reads orders, walks rounds, reports what is seen.",
        holds: with_desk![
            ("alert check_result", "cr"),
            ("task shift page procedure_run", "ru"),
            ("check procedure asset site place person", "r"),
        ],
    },
    BuiltInRole {
        name: "Control Room",
        help: "Watches alarms and cameras, sends guards, keeps the log.",
        holds: with_desk![
            ("alert incident task page procedure_run report", "cru"),
            ("asset", "ro"),
            ("shift", "ru"),
            ("check_result duty_run", "cr"),
            ("log_source check procedure rota party event", "r"),
            (AROUND, "r"),
        ],
    },
    BuiltInRole {
        name: "Risk Owner",
        help: "Owns risks: treats them, or accepts what is left of them.",
        holds: with_desk![
            ("risk", "ru"),
            ("decision task finding", "cru"),
            ("control check check_result requirement framework asset party", "r"),
            (AROUND, "r"),
        ],
    },
    BuiltInRole {
        name: "System Owner",
        help: "Answers for systems: their findings, controls, reviews and documents.",
        holds: with_desk![
            ("asset finding control engagement_item", "ru"),
            ("task decision", "cru"),
            ("document", "cu"),
            ("check_result", "cr"),
            ("risk check engagement requirement framework mapping party agreement", "r"),
            (AROUND, "r"),
        ],
    },
    BuiltInRole {
        name: "Asset Owner",
        help: "Sees and keeps their assets and findings.",
        holds: &[
            ("asset finding task", "ru"),
            ("person site document", "r"),
            ("receipt", "cr"),
            ("comment", "cr"),
            ("attachment", "r"),
            ("saved_view", "*"),
        ],
    },
    BuiltInRole { name: "Auditor", help: "Reads all, changes nothing.", holds: &[("*", "r")] },
    BuiltInRole {
        name: "Vendor Manager",
        help: "Looks after vendors: contracts, service, assessments.",
        holds: with_desk![
            (OUTSIDE, "crux"),
            ("agreement", "p"),
            ("engagement engagement_item risk decision task finding meeting", "cru"),
            ("money_line", "r"),
            ("framework requirement control asset", "r"),
            (AROUND, "r"),
        ],
    },
    BuiltInRole {
        name: "Finance",
        help: "Keeps budget, commitments and actuals; sees what they are for.",
        holds: with_desk![
            ("money_line", "crupx"),
            ("organisation", "rp"),
            ("asset risk", "r"),
            ("party agreement bid decision engagement site person function", "r"),
        ],
    },
    BuiltInRole {
        name: "Department Head",
        help: "Leads a department: its tasks, needs, findings and approvals.",
        holds: with_desk![
            ("task meeting message", "cru"),
            ("decision", "crup"),
            ("duty_run", "rp"),
            ("finding engagement_item", "ru"),
            ("risk asset authority report", "r"),
            (AROUND, "r"),
        ],
    },
    BuiltInRole {
        name: "Employee",
        help: "Reads what is meant for everybody, attests it, comments, keeps own views.",
        holds: &[
            ("document site person", "r"),
            ("receipt", "cr"),
            ("comment", "cru"),
            ("attachment", "r"),
            ("saved_view", "*"),
        ],
    },
    BuiltInRole {
        name: "Reader",
        help: "Reads how the programme stands, without access, persons' files or events.",
        holds: &[
            (RESPOND, "r"),
            (DUTIES, "r"),
            (RISKS, "r"),
            (RULES, "r"),
            (LOOKS, "r"),
            (TEXTS, "r"),
            (OUTSIDE, "r"),
            ("report meeting asset finding", "r"),
            (AROUND, "r"),
            ("receipt", "cr"),
            ("comment attachment", "r"),
            ("saved_view", "*"),
        ],
    },
];
