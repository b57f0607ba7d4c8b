//! What comes with Watchkeep: built-in roles.

/// A role as shipped: name, what it is for, permissions.
pub struct BuiltInRole {
    pub name: &'static str,
    pub help: &'static str,
    pub permissions: &'static [&'static str],
}

/// What everybody who signs in has: their own views, comments on what they see.
const COMMON: &[&str] = &["saved_view:*", "comment:read", "comment:create", "comment:update", "attachment:read", "site:read", "person:read"];

pub const ROLES: &[BuiltInRole] = &[
    BuiltInRole { name: "Administrator", help: "Everything, settings and roles included.", permissions: &["*:*"] },
    BuiltInRole {
        name: "Role Administrator",
        help: "Creates, edits and assigns roles, groups and tags.",
        permissions: &["role:*", "role_assignment:*", "group:*", "scope_tag:*", "person:read", "person:update", "site:read", "asset:read"],
    },
    BuiltInRole {
        name: "Security Manager",
        help: "Runs the programme: sees and changes everything but roles.",
        permissions: &[
            "alert:*", "incident:*", "task:*", "finding:*", "asset:*", "site:*", "log_source:*", "detection_rule:*",
            "suppression:*", "duty:*", "held_duty:*", "person:read", "person:create", "person:update", "group:read",
            "function:*", "event:read", "comment:*", "attachment:*", "saved_view:*", "role:read", "scope_tag:read",
            "role_assignment:read",
        ],
    },
    BuiltInRole {
        name: "SOC Manager",
        help: "Commands the SOC: every alert, incident, rule and source.",
        permissions: &[
            "alert:*", "incident:*", "task:*", "finding:read", "finding:create", "asset:read", "site:read", "log_source:*",
            "detection_rule:*", "suppression:*", "duty:read", "held_duty:read", "person:read", "function:read",
            "event:read", "comment:*", "attachment:*", "saved_view:*",
        ],
    },
    BuiltInRole { name: "Analyst", help: "Triages alerts and works incidents.", permissions: &[
        "alert:read", "alert:create", "alert:update", "incident:read", "incident:create", "incident:update", "task:read",
        "task:create", "task:update", "finding:read", "finding:create", "asset:read", "site:read", "log_source:read",
        "detection_rule:read", "suppression:read", "suppression:create", "person:read", "duty:read", "held_duty:read",
        "function:read", "event:read", "comment:read", "comment:create", "comment:update", "attachment:read",
        "attachment:create", "saved_view:*",
    ] },
    BuiltInRole { name: "Incident Manager", help: "Manages incidents and their tasks.", permissions: &[
        "incident:*", "task:*", "alert:read", "alert:update", "asset:read", "site:read", "person:read", "function:read",
        "finding:read", "finding:create", "event:read", "comment:*", "attachment:*", "saved_view:*", "duty:read", "held_duty:read",
    ] },
    BuiltInRole { name: "Site Manager", help: "Sites, doors, physical incidents.", permissions: &[
        "site:read", "site:update", "asset:read", "asset:update", "asset:create", "alert:read", "alert:create", "alert:update",
        "incident:read", "incident:create", "incident:update", "task:*", "finding:*", "person:read", "function:read",
        "duty:read", "held_duty:read", "comment:*", "attachment:*", "saved_view:*",
    ] },
    BuiltInRole { name: "Asset Owner", help: "Sees and keeps their assets and findings.", permissions: &[
        "asset:read", "asset:update", "finding:read", "finding:update", "task:read", "task:update", "person:read",
        "site:read", "comment:read", "comment:create", "attachment:read", "saved_view:*",
    ] },
    BuiltInRole { name: "Auditor", help: "Reads all, changes nothing.", permissions: &["*:read"] },
    BuiltInRole { name: "Employee", help: "Sees people and sites, comments, keeps own views.", permissions: COMMON },
];
