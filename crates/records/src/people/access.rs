//! Roles, their assignments and scope tags: the records that access is made of (RU-62 to RU-75).

use crate::people::Group;
use std::collections::BTreeSet;
use watchkeep_model::{Links, Markdown, Moving, Record, RecordKind, Ref, Refusal, Value};

/// A named set of permissions, `kind:action` each.
#[derive(RecordKind)]
#[record(prefix = "ROL", area = "people", title = "name", sort = "name", list = ["name", "built_in", "permissions"], check = kept, keep = shipped)]
pub struct Role {
    #[field(search, unique, index, len = 100)]
    pub name: String,
    pub description: Option<Markdown>,
    /// One `kind:action` a line; `*` stands for all.
    #[field(optional)]
    pub permissions: Markdown,
    /// Comes with Watchkeep: assigned as it is, never edited (RU-63).
    #[field(managed)]
    pub built_in: bool,
}

/// Built-in roles stay as they are; nobody grants what they do not hold; update needs read (RU-63, RU-65, RU-75).
fn kept(moving: &Moving<'_>) -> Result<(), Refusal> {
    let record = moving.record;
    let changed = |field: &str| moving.before.is_some_and(|before| before.get(field) != record.get(field));
    let built_in = moving.before.is_some_and(|before| before.read::<bool>("built_in") == Some(true));
    if built_in && moving.actor.person.is_some() && ["name", "description", "permissions"].iter().any(|f| changed(f)) {
        return Err(Refusal::rule("RU-63", "a built-in role cannot be edited; copy it to a custom role"));
    }
    let words = permission_words(record.get("permissions").as_text().unwrap_or_default());
    for word in &words {
        let Some((kind, action)) = word.split_once(':').filter(|(kind, action)| !kind.is_empty() && !action.is_empty())
        else {
            let message = format!("`{word}` is not a permission; write kind:action, such as alert:read");
            return Err(Refusal::rule("RU-62", message).at("permissions"));
        };
        if moving.actor.person.is_some() && !grants(moving, kind, action) {
            return Err(Refusal::rule("RU-65", format!("you cannot give {word}: you do not hold it")).at("permissions"));
        }
    }
    if changed("permissions") {
        for assignment in moving.look.with("role_assignment", "role", &Value::Int(record.id), EVERY) {
            may_give(moving, &assignment, &words).map_err(|refusal| {
                let message = format!("this role is given where you cannot give it: {}", refusal.message);
                Refusal::rule("RU-65", message).at("permissions")
            })?;
        }
    }
    let reads = |kind: &str| {
        words
            .iter()
            .any(|w| matches!(w.split_once(':'), Some((k, a)) if (k == kind || k == "*") && (a == "read" || a == "*")))
    };
    for word in &words {
        if let Some((kind, "update")) = word.split_once(':')
            && !reads(kind)
        {
            return Err(
                Refusal::rule("RU-75", format!("update without read is refused: add {kind}:read")).at("permissions")
            );
        }
    }
    Ok(())
}

/// Built-in roles are not deleted (RU-63).
fn shipped(moving: &Moving<'_>) -> Result<(), Refusal> {
    if moving.record.read::<bool>("built_in") == Some(true) {
        let message = "a built-in role cannot be deleted; take it out of its assignments instead";
        return Err(Refusal::rule("RU-63", message));
    }
    Ok(())
}

/// Whether the actor holds a permission, `*` only where they hold all of it.
fn grants(moving: &Moving<'_>, kind: &str, action: &str) -> bool {
    moving.actor.access.assignments.iter().any(|held| held.permissions.grants(kind, action))
}

/// Whether what the actor holds for a kind reaches records with any of these tags: kinds never mix (RU-71).
fn reaches(moving: &Moving<'_>, kind: &str, action: &str, tags: &[i64]) -> bool {
    let held = || {
        let all = moving.actor.access.assignments.iter();
        all.filter(|held| held.permissions.grants(kind, "read") || held.permissions.grants(kind, action))
    };
    held().any(|held| held.organisation_wide) || tags.iter().all(|tag| held().any(|held| held.tags.contains(tag)))
}

/// The permissions of a role's text, one a line.
pub fn permission_words(text: &str) -> Vec<String> {
    text.split([',', '\n', ' ']).map(str::trim).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// A role given to groups: whom, on whom, and what they see (RU-66).
#[derive(RecordKind)]
#[record(
    prefix = "ASN", label = "Role assignment", kind = "role_assignment", plural = "Role assignments", area = "people",
    title = "name", sort = "name", list = ["name", "role", "members", "scope", "shows", "organisation_wide"], check = given
)]
pub struct RoleAssignment {
    #[field(search, len = 200, index)]
    pub name: String,
    #[field(index)]
    pub role: Ref<Role>,
    /// Groups of people who get the role.
    pub members: Links<Group>,
    /// Groups of people, assets and sites that may be operated on.
    pub scope: Links<Group>,
    /// Scope tags: what may be seen. Without any, nothing is (RU-72).
    pub shows: Links<ScopeTag>,
    /// Everything of the organisation, untagged records included.
    pub organisation_wide: bool,
}

/// A scoped administrator cannot give more than they hold (RU-65).
fn given(moving: &Moving<'_>) -> Result<(), Refusal> {
    may_give(moving, moving.record, &role_words(moving, moving.record))
}

/// More assignments of one role than there can be.
const EVERY: usize = 1_000_000;

/// Whether the actor could make this assignment of a role that holds `words` (RU-65). Whoever changes what an
/// assignment gives, or to whom, must be able to: its role's permissions, and the people in its groups.
fn may_give(moving: &Moving<'_>, assignment: &Record, words: &[String]) -> Result<(), Refusal> {
    let actor = moving.actor;
    let wide = actor.person.is_none()
        || actor
            .access
            .assignments
            .iter()
            .any(|held| held.organisation_wide && held.permissions.grants("role_assignment", "create"));
    if wide {
        return Ok(());
    }
    if assignment.read::<bool>("organisation_wide") == Some(true) {
        return Err(Refusal::rule("RU-65", "only an organisation-wide administrator gives organisation-wide roles")
            .at("organisation_wide"));
    }
    let held = actor.access.tags_for("role_assignment").unwrap_or_default();
    if assignment.get("shows").ids().iter().any(|tag| !held.contains(tag)) {
        return Err(
            Refusal::rule("RU-65", "you can only show what you see yourself: choose among your own tags").at("shows")
        );
    }
    for word in words {
        if let Some((kind, action)) = word.split_once(':')
            && !grants(moving, kind, action)
        {
            return Err(Refusal::rule("RU-65", format!("this role holds {word}, which you do not hold")).at("role"));
        }
        if let Some((kind, action)) = word.split_once(':')
            && !reaches(moving, kind, action, assignment.get("shows").ids())
        {
            let message = format!("this role holds {word}, which you do not hold for all of these tags");
            return Err(Refusal::rule("RU-65", message).at("shows"));
        }
    }
    Ok(())
}

/// The permissions of an assignment's role, as they stand.
fn role_words(moving: &Moving<'_>, assignment: &Record) -> Vec<String> {
    let role = assignment.get("role").as_int().and_then(|id| moving.look.record("role", id));
    permission_words(role.as_ref().and_then(|role| role.get("permissions").as_text()).unwrap_or_default())
}

/// Who is in a group holds what is given to it and to the groups around it: its people and nested groups are changed
/// only by who could give all of that (RU-65).
pub(super) fn may_change_members(moving: &Moving<'_>) -> Result<(), Refusal> {
    let members = |record: &Record, field: &str| record.get(field).ids().iter().copied().collect::<BTreeSet<_>>();
    let changed = ["people", "groups"]
        .into_iter()
        .find(|field| moving.before.is_some_and(|before| members(before, field) != members(moving.record, field)));
    let Some(field) = changed else { return Ok(()) };
    let mut waiting = vec![moving.record.id];
    let mut seen = BTreeSet::new();
    while let Some(group) = waiting.pop() {
        if !seen.insert(group) {
            continue;
        }
        for assignment in moving.look.linking("role_assignment", "members", group) {
            may_give(moving, &assignment, &role_words(moving, &assignment)).map_err(|refusal| {
                let message = format!("members of this group hold a role that you cannot give: {}", refusal.message);
                Refusal::rule("RU-65", message).at(field)
            })?;
        }
        waiting.extend(moving.look.linking("group", "groups", group).iter().map(|around| around.id));
    }
    Ok(())
}

/// A tag that decides who sees a record. Names are unique after case folding (RU-72).
#[derive(RecordKind)]
#[record(prefix = "TAG", label = "Scope tag", kind = "scope_tag", plural = "Scope tags", area = "people", title = "name", sort = "name", list = ["name", "description"], keep = unused)]
pub struct ScopeTag {
    #[field(search, unique, index, len = 60)]
    pub name: String,
    pub description: Option<Markdown>,
}

/// The organisation's default tag, made at first start: what new records carry whose creator chose no other.
const DEFAULT_TAG: i64 = 1;

/// A tag that something carries decides who sees it, and stays (RU-72).
fn unused(moving: &Moving<'_>) -> Result<(), Refusal> {
    let (tag, number) = (moving.record.id, moving.record.number());
    if tag == DEFAULT_TAG {
        return Err(Refusal::rule("RU-72", format!("{number} is the default for new records; rename it instead")));
    }
    // What it says of itself ends with it.
    let own = u64::from(moving.record.tags.contains(&tag));
    let counted = |count: u64, what: &str| format!("{count} {what}{}", if count == 1 { "" } else { "s" });
    let carrying = moving.look.tagged(tag).saturating_sub(own);
    if carrying > 0 {
        let message =
            format!("{number} is on {}; give them another tag before it is deleted", counted(carrying, "record"));
        return Err(Refusal::rule("RU-72", message));
    }
    let showing = moving.look.linking("role_assignment", "shows", tag).len() as u64;
    if showing > 0 {
        let message =
            format!("{number} is shown by {}; take it out before it is deleted", counted(showing, "role assignment"));
        return Err(Refusal::rule("RU-72", message));
    }
    Ok(())
}
