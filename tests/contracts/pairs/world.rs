//! People, nested groups, roles, assignments and objects at random from one seed, and the oracle over them: who sees
//! what by RU-62 to RU-73, worked out from plain lists by a way of its own.

use std::collections::BTreeSet;
use watchkeep_model::{Actor, Record, Value};
use watchkeep_store::Change;
use watchkeep_tests::{Office, now};

/// Numbers that look random and are the same in every run (splitmix64).
pub struct Dice(pub u64);

impl Dice {
    pub fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) % most as u64) as usize
    }

    fn some(&mut self, of: usize, most: usize) -> Vec<usize> {
        let count = self.below(most + 1);
        (0..count).map(|_| self.below(of)).collect()
    }
}

/// An object. Its token stands in its title or text and nowhere else, so whatever shows it betrays it.
pub struct Thing {
    pub record: Record,
    pub token: String,
    pub tags: Vec<usize>,
    /// The kind it hangs on, for those that follow.
    pub on: Option<&'static str>,
    /// The only person who sees it, for private ones.
    pub owner: Option<usize>,
}

struct Role {
    id: i64,
    words: Vec<String>,
}

struct Grant {
    role: usize,
    members: Vec<usize>,
    tags: Vec<usize>,
    wide: bool,
}

/// The people and the groups inside each group.
type Circle = (Vec<usize>, Vec<usize>);

pub struct World {
    pub office: Office,
    pub people: Vec<Record>,
    pub things: Vec<Thing>,
    tags: Vec<i64>,
    circles: Vec<Circle>,
    roles: Vec<Role>,
    grants: Vec<Grant>,
}

pub const PEOPLE: usize = 24;
/// Kind and how many: plain ones first, then what hangs on them, then private ones.
const KINDS: [(&str, usize); 10] = [
    ("site", 40),
    ("alert", 80),
    ("asset", 80),
    ("task", 60),
    ("finding", 50),
    ("incident", 20),
    ("function", 30),
    ("comment", 50),
    ("attachment", 20),
    ("saved_view", 30),
];

impl World {
    /// On SQLite, where some objects then lose their tags.
    pub fn of(seed: u64) -> Self {
        let mut world = Self::on(Office::open(), seed);
        world.untag();
        world
    }

    pub fn on(office: Office, seed: u64) -> Self {
        let mut dice = Dice(seed);
        let people = (0..PEOPLE).map(|n| office.person(&format!("Person{n}"))).collect();
        let tags = (0..8).map(|n| office.make("scope_tag", &[("name", format!("scope {n}").into())]).id).collect();
        let mut world = Self {
            office,
            people,
            tags,
            things: Vec::new(),
            circles: Vec::new(),
            roles: Vec::new(),
            grants: Vec::new(),
        };
        world.assign(&mut dice);
        for (kind, count) in KINDS {
            for _ in 0..count {
                world.add(&mut dice, kind);
            }
        }
        world
    }

    /// Groups inside groups, roles of any permissions, assignments with any tags, some of them none.
    fn assign(&mut self, dice: &mut Dice) {
        let mut groups = Vec::new();
        for n in 0..20 {
            let circle = (dice.some(PEOPLE, 4), if n == 0 { Vec::new() } else { dice.some(n, 2) });
            let ids = |list: &[usize], of: &dyn Fn(usize) -> i64| {
                Value::List(sorted(list.iter().map(|at| of(*at)).collect()))
            };
            let values = [
                ("name", format!("circle {n}").into()),
                ("people", ids(&circle.0, &|at| self.people[at].id)),
                ("groups", ids(&circle.1, &|at| groups[at])),
            ];
            groups.push(self.office.make("group", &values).id);
            self.circles.push(circle);
        }
        for n in 0..12 {
            let mut words: Vec<String> = Vec::new();
            for (kind, _) in KINDS {
                words.extend(
                    ["read", "create", "delete", "operate"]
                        .iter()
                        .filter(|_| dice.below(3) == 0)
                        .map(|action| format!("{kind}:{action}")),
                );
            }
            match n {
                9 => words.push("*:read".to_owned()),
                10 => words.push("asset:*".to_owned()),
                _ => {}
            }
            // Everybody but two keeps views: what the live test waits for.
            let values = [("name", format!("role {n}").into()), ("permissions", words.join("\n").into())];
            self.roles.push(Role { id: self.office.make("role", &values).id, words });
        }
        for n in 0..30 {
            let mut members = dice.some(groups.len(), 2);
            members.push(dice.below(groups.len()));
            let grant =
                Grant { role: dice.below(self.roles.len()), members, tags: dice.some(8, 3), wide: n % 11 == 10 };
            self.grant(&format!("grant {n}"), grant, &groups);
        }
        self.views(&mut groups);
    }

    /// All but the last two people may keep views of their own, which shows them nothing else.
    fn views(&mut self, groups: &mut Vec<i64>) {
        let everybody: Vec<usize> = (0..PEOPLE - 2).collect();
        let ids = Value::List(sorted(everybody.iter().map(|at| self.people[*at].id).collect()));
        groups.push(self.office.make("group", &[("name", "keepers".into()), ("people", ids)]).id);
        self.circles.push((everybody, Vec::new()));
        let words = vec!["saved_view:*".to_owned()];
        let values = [("name", "keeper".into()), ("permissions", words.join("\n").into())];
        self.roles.push(Role { id: self.office.make("role", &values).id, words });
        let grant =
            Grant { role: self.roles.len() - 1, members: vec![groups.len() - 1], tags: Vec::new(), wide: false };
        self.grant("views", grant, groups);
    }

    fn grant(&mut self, name: &str, grant: Grant, groups: &[i64]) {
        let values = [
            ("name", name.into()),
            ("role", self.roles[grant.role].id.into()),
            ("members", Value::List(sorted(grant.members.iter().map(|at| groups[*at]).collect()))),
            ("shows", Value::List(sorted(grant.tags.iter().map(|at| self.tags[*at]).collect()))),
            ("organisation_wide", grant.wide.into()),
        ];
        self.office.make("role_assignment", &values);
        self.grants.push(grant);
    }

    fn add(&mut self, dice: &mut Dice, kind: &'static str) {
        let token = format!("zq{:04}x", self.things.len());
        let text = Value::from(format!("{token} quarz"));
        let mut tags: Vec<usize> = dice.some(8, 2);
        tags.push(dice.below(8));
        let (mut on, mut owner, mut by) = (None, None, Actor::system());
        let site = || self.things.iter().filter(|thing| thing.record.kind.name == "site").map(|thing| thing.record.id);
        let somewhere = |dice: &mut Dice| site().nth(dice.below(40)).map_or(Value::Null, Value::from);
        let parent = |dice: &mut Dice| &self.things[40 + dice.below(260)];
        let mut values: Vec<(&str, Value)> = match kind {
            "site" | "function" => vec![("name", text)],
            "asset" => {
                vec![("name", text), ("site", somewhere(dice)), ("criticality", Value::Int(1 + dice.below(5) as i64))]
            }
            "task" => vec![("title", text)],
            "alert" | "finding" => vec![("title", text), ("site", somewhere(dice))],
            "incident" => vec![("title", text), ("manager", self.people[dice.below(PEOPLE)].id.into())],
            "saved_view" => {
                let mine = dice.below(PEOPLE - 2);
                by = self.office.actor(&self.people[mine]);
                (owner, tags) = (Some(mine), Vec::new());
                vec![("name", text), ("of_kind", "alert".into())]
            }
            _ => {
                let parent = parent(dice);
                (on, tags) = (Some(parent.record.kind.name), parent.tags.clone());
                vec![
                    ("on_kind", parent.record.kind.name.into()),
                    ("on_id", parent.record.id.into()),
                    if kind == "comment" { ("text", text.clone()) } else { ("name", text.clone()) },
                ]
            }
        };
        if kind == "attachment" {
            values.extend([("size", 1.into()), ("file", "b".repeat(64).into())]);
        }
        let ids = sorted(tags.iter().map(|at| self.tags[*at]).collect());
        let values = values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        let change = Change::Create { kind: self.office.kind(kind), values, tags: Some(ids), external_id: None };
        let record = self.office.desk.store.write_one(&by, now(), change).expect("made").record;
        self.things.push(Thing { record, token, tags, on, owner });
    }

    /// Every ninth plain object loses its tags the way no screen allows, as after a repair by hand; what hangs on it too.
    fn untag(&mut self) {
        let file = rusqlite::Connection::open(self.office.folder.path().join("watchkeep.sqlite")).expect("the file");
        let bare: i64 =
            file.query_row("SELECT id FROM tag_set WHERE tags = ''", [], |row| row.get(0)).expect("the empty set");
        let strip = |thing: &mut Thing| {
            let sql = format!("UPDATE r_{} SET tagset = ?1 WHERE id = ?2", thing.record.kind.name);
            assert_eq!(file.execute(&sql, [bare, thing.record.id]).expect("changed"), 1);
            thing.tags.clear();
            thing.record.tags = Vec::new().into();
        };
        let mut stripped = BTreeSet::new();
        for thing in self.things.iter_mut().filter(|thing| thing.on.is_none() && thing.owner.is_none()).step_by(9) {
            strip(thing);
            stripped.insert((thing.record.kind.name, thing.record.id));
        }
        for thing in self.things.iter_mut().filter(|thing| thing.on.is_some()) {
            if thing.record.parent().is_some_and(|(kind, id)| stripped.iter().any(|bare| *bare == (kind, id))) {
                strip(thing);
            }
        }
    }

    /// Whether the person is in the group, through any group inside it.
    fn inside(&self, circle: usize, person: usize) -> bool {
        let (people, groups) = &self.circles[circle];
        people.contains(&person) || groups.iter().any(|inner| self.inside(*inner, person))
    }

    /// The assignments through which the person may do this to the kind.
    fn granting(&self, person: usize, kind: &str, action: &str) -> Vec<&Grant> {
        let means = |word: &String| {
            let (kinds, actions) = word.split_once(':').expect("kind:action");
            ["*", kind].contains(&kinds) && ["*", action].contains(&actions)
        };
        let held = self.grants.iter().filter(|grant| grant.members.iter().any(|circle| self.inside(*circle, person)));
        held.filter(|grant| self.roles[grant.role].words.iter().any(means)).collect()
    }

    /// The oracle.
    pub fn sees(&self, person: usize, thing: &Thing) -> bool {
        let reading = self.granting(person, thing.record.kind.name, "read");
        if let Some(owner) = thing.owner {
            return owner == person && !reading.is_empty();
        }
        let shown_by = |grants: &[&Grant]| {
            grants.iter().any(|one| one.wide || one.tags.iter().any(|tag| thing.tags.contains(tag)))
        };
        match thing.on {
            Some(parent) => !reading.is_empty() && shown_by(&self.granting(person, parent, "read")),
            None => shown_by(&reading),
        }
    }

    pub fn kinds() -> impl Iterator<Item = &'static str> {
        KINDS.iter().map(|(kind, _)| *kind)
    }
}

fn sorted(mut ids: Vec<i64>) -> Vec<i64> {
    ids.sort_unstable();
    ids.dedup();
    ids
}
