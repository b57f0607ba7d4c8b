//! Who may see and do what: roles, assignments, and the one predicate made from them (RU-62 to RU-75).

use crate::kind::{Kind, Subject};
use crate::record::Record;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Everything one person holds, read afresh for each request (RU-64).
#[derive(Debug, Clone, Default)]
pub struct Access {
    pub assignments: Vec<Assignment>,
    /// Changing a record needs its tag in the very assignment that grants the change: the organisation's choice (RU-71).
    pub strict: bool,
}

/// One role given to the person: what it permits, what it shows, on whom it may operate (RU-66).
#[derive(Debug, Clone)]
pub struct Assignment {
    /// Id of the role assignment record, for explanations.
    pub id: i64,
    pub role: String,
    pub permissions: Permissions,
    /// The whole organisation: every tag, untagged records, and everybody as scope.
    pub organisation_wide: bool,
    pub tags: BTreeSet<i64>,
    /// People, assets and sites that may be operated on, as (kind, id).
    pub scope: BTreeSet<(String, i64)>,
}

/// A set of `kind:action`; `*` stands for every kind or every action.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Permissions(BTreeSet<String>);

impl Permissions {
    pub fn new(words: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self(words.into_iter().map(Into::into).collect())
    }

    pub fn grants(&self, kind: &str, action: &str) -> bool {
        let has = |word: &str| self.0.contains(word);
        has(&format!("{kind}:{action}")) || has(&format!("{kind}:*")) || has(&format!("*:{action}")) || has("*:*")
    }

    /// What these permissions and `scopes` both grant: how a token holds less than its person.
    #[must_use]
    pub fn within(&self, scopes: &Permissions) -> Self {
        let both = |word: &String| scopes.0.iter().filter_map(|scope| common(word, scope)).collect::<Vec<_>>();
        Self(self.0.iter().flat_map(both).collect())
    }

    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }
}

/// The permission that two permissions share: `alert:*` and `*:read` share `alert:read`.
fn common(one: &str, other: &str) -> Option<String> {
    let narrower = |a: &str, b: &str| match (a, b) {
        ("*", b) => Some(b.to_owned()),
        (a, "*") => Some(a.to_owned()),
        (a, b) => (a == b).then(|| a.to_owned()),
    };
    let ((kind, action), (other_kind, other_action)) = (one.split_once(':')?, other.split_once(':')?);
    Some(format!("{}:{}", narrower(kind, other_kind)?, narrower(action, other_action)?))
}

/// What a person sees of one kind. The same value becomes SQL and is evaluated in memory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sight {
    All,
    /// Records that carry at least one of these tags (RU-67).
    Tags(BTreeSet<i64>),
    /// Records that this person owns.
    Own(i64),
    /// Records that hang on a record of a kind seen like this.
    Following(Vec<(&'static str, Sight)>),
    Nothing,
}

impl Sight {
    pub fn tags(&self, tags: &[i64]) -> bool {
        match self {
            Self::All => true,
            Self::Tags(held) => tags.iter().any(|tag| held.contains(tag)),
            _ => false,
        }
    }

    /// Whether a record is seen.
    pub fn shows(&self, record: &Record) -> bool {
        match self {
            Self::Own(person) => record.get("owner").as_int() == Some(*person),
            Self::Following(kinds) => record
                .parent()
                .is_some_and(|(kind, _)| kinds.iter().any(|(name, sight)| *name == kind && sight.tags(&record.tags))),
            _ => self.tags(&record.tags),
        }
    }
}

impl Assignment {
    /// Whether it shows something that carries these tags.
    pub fn shares(&self, tags: &[i64]) -> bool {
        tags.iter().any(|tag| self.tags.contains(tag))
    }
}

impl Access {
    /// Everything, for the system's own jobs and the first administrator.
    pub fn everything() -> Self {
        Self {
            strict: false,
            assignments: vec![Assignment {
                id: 0,
                role: "Watchkeep".to_owned(),
                permissions: Permissions::new(["*:*"]),
                organisation_wide: true,
                tags: BTreeSet::new(),
                scope: BTreeSet::new(),
            }],
        }
    }

    /// Whether nothing lies beyond this access: every permission over the whole organisation.
    pub fn holds_everything(&self) -> bool {
        self.assignments.iter().any(|held| held.organisation_wide && held.permissions.grants("*", "*"))
    }

    fn granting(&self, kind: &str, action: &str) -> impl Iterator<Item = &Assignment> {
        self.assignments.iter().filter(move |held| held.permissions.grants(kind, action))
    }

    /// Whether any role grants the action on the kind; says nothing of single records.
    pub fn may(&self, kind: &str, action: &str) -> bool {
        self.granting(kind, action).next().is_some()
    }

    /// What of a plain kind is seen: the tags of every assignment that grants read add up (RU-69).
    fn sees_plain(&self, kind: &str) -> Sight {
        let mut tags = BTreeSet::new();
        for held in self.granting(kind, "read") {
            if held.organisation_wide {
                return Sight::All;
            }
            tags.extend(&held.tags);
        }
        if tags.is_empty() { Sight::Nothing } else { Sight::Tags(tags) }
    }

    /// What of a kind is seen. `kinds` are all kinds, for those that follow others.
    pub fn sees(&self, kind: &Kind, kinds: &[&'static Kind], person: Option<i64>) -> Sight {
        if (kind.private || kind.follows) && !self.may(kind.name, "read") {
            return Sight::Nothing;
        }
        if kind.private {
            return person.map_or(Sight::Nothing, Sight::Own);
        }
        if kind.follows {
            let seen = kinds.iter().filter(|other| !other.follows && !other.private).filter_map(|other| {
                let sight = self.sees_plain(other.name);
                (sight != Sight::Nothing).then_some((other.name, sight))
            });
            let seen: Vec<_> = seen.collect();
            return if seen.is_empty() { Sight::Nothing } else { Sight::Following(seen) };
        }
        self.sees_plain(kind.name)
    }

    /// Whether the action may be done on a record that is already known to be seen (RU-67, RU-70, RU-71).
    ///
    /// For `assign` this says only whether there may be a target; [`Access::may_assign`] asks for one.
    pub fn may_on(&self, kind: &Kind, action: &str, record: &Record) -> bool {
        self.granting(kind.name, action).any(|held| {
            held.organisation_wide
                || match action {
                    "operate" if kind.subject != Subject::None => {
                        held.scope.contains(&(kind.name.to_owned(), record.id))
                    }
                    "assign" => held.shares(&record.tags),
                    _ => !self.strict || kind.private || held.shares(&record.tags),
                }
        })
    }

    /// Tags the person may put on or take off records of a kind (RU-72); `None` means any.
    pub fn tags_for(&self, kind: &str) -> Option<BTreeSet<i64>> {
        match self.sees_plain(kind) {
            Sight::All => None,
            Sight::Tags(tags) => Some(tags),
            _ => Some(BTreeSet::new()),
        }
    }

    /// `assign`: the target must lie in the scope of the very assignment that grants it and shares a tag (RU-70).
    pub fn may_assign(&self, kind: &str, tags: &[i64], target: (&str, i64)) -> bool {
        self.granting(kind, "assign").any(|held| {
            held.organisation_wide || (held.shares(tags) && held.scope.contains(&(target.0.to_owned(), target.1)))
        })
    }
}

/// Who acts, through what, with which rights.
#[derive(Debug, Clone)]
pub struct Actor {
    /// Id of the person record; `None` for the system itself.
    pub person: Option<i64>,
    pub name: String,
    pub via: Via,
    pub access: Arc<Access>,
}

impl Actor {
    /// The system's own jobs: intake, timers, first start.
    pub fn system() -> Self {
        Self { person: None, name: "Watchkeep".to_owned(), via: Via::Job, access: Arc::new(Access::everything()) }
    }
}

/// Where a change came in. Every way goes through the same predicate and the same write path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Via {
    Screen,
    Api,
    Import,
    Job,
    Command,
    /// A signed link, without signing in.
    Link,
}

impl Via {
    pub fn name(self) -> &'static str {
        match self {
            Self::Screen => "screen",
            Self::Api => "api",
            Self::Import => "import",
            Self::Job => "job",
            Self::Command => "command",
            Self::Link => "link",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Permissions;

    #[test]
    fn a_token_holds_what_its_person_and_its_scopes_both_grant() {
        let check = |held: &[&str], scopes: &[&str], expected: &[&str]| {
            let both = Permissions::new(held.iter().copied()).within(&Permissions::new(scopes.iter().copied()));
            assert_eq!(both, Permissions::new(expected.iter().copied()), "{held:?} within {scopes:?}");
        };
        check(&["*:*"], &["event:create"], &["event:create"]);
        check(&["*:read"], &["alert:*"], &["alert:read"]);
        check(&["alert:*", "task:read"], &["*:read"], &["alert:read", "task:read"]);
        check(&["alert:read"], &["alert:update", "task:*"], &[]);
        check(&["alert:read"], &["*:*"], &["alert:read"]);
        check(&["alert:read"], &["nonsense"], &[]);
    }
}
