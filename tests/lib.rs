//! What the whole-product tests share: stores on both databases, a desk, people with roles, requests.

pub mod postgres;
pub mod requests;
pub mod s3;

use jiff::Timestamp;
use std::sync::Arc;
use tempfile::TempDir;
use watchkeep_desk::Desk;
use watchkeep_lake::{Lake, LakeConfig};
use watchkeep_model::{Actor, Catalog, Kind, Record, Value, Via};
use watchkeep_store::{Change, Location, Store, StoreError, Written};

/// Tuesday 3 March 2026, 08:00 in Berlin: the day of the stories.
pub fn now() -> Timestamp {
    "2026-03-03T07:00:00Z".parse().expect("an instant")
}

pub fn catalog() -> Arc<Catalog> {
    Arc::new(Catalog::new(watchkeep_records::all()).expect("declarations that hold"))
}

/// A desk over a fresh folder, with everything a first start makes.
pub struct Office {
    pub desk: Desk,
    pub folder: TempDir,
    location: Location,
}

impl Office {
    pub fn open() -> Self {
        let folder = TempDir::new().expect("a folder");
        let location = Location::File(folder.path().join("watchkeep.sqlite"));
        Self::at(&location, folder)
    }

    pub fn at(location: &Location, folder: TempDir) -> Self {
        let store = Store::open(location, catalog()).expect("a store");
        let lake = Lake::open(LakeConfig::in_folder(&folder.path().join("lake"))).expect("a lake");
        let desk = Desk::new(store, lake, jiff::tz::TimeZone::get("Europe/Berlin").expect("a zone"));
        desk.first_start(now()).expect("a first start");
        Self { desk, folder, location: location.clone() }
    }

    /// Closed and started again over the same folder and database.
    #[must_use]
    pub fn started_again(self) -> Self {
        let Self { desk, folder, location } = self;
        drop(desk);
        Self::at(&location, folder)
    }

    /// A second store over the same database, as another process would have.
    pub fn again(&self) -> Store {
        Store::open(&self.location, catalog()).expect("a store")
    }

    pub fn kind(&self, name: &str) -> &'static Kind {
        self.desk.kind(name).expect("a kind")
    }

    /// A record made by the system.
    pub fn make(&self, kind: &str, values: &[(&str, Value)]) -> Record {
        self.desk.make(now(), kind, values.to_vec()).expect("made").record
    }

    pub fn person(&self, name: &str) -> Record {
        self.make("person", &[("name", name.into()), ("email", format!("{}@demo.example", name.to_lowercase()).into())])
    }

    /// A person with a built-in role over the whole organisation.
    pub fn holding(&self, name: &str, role: &str) -> Actor {
        let person = self.person(name);
        self.desk.grant(now(), &format!("{role}: {name}"), role, &[person.id]).expect("granted");
        self.actor(&person)
    }

    /// A person whose role shows only these tags.
    pub fn holding_tags(&self, name: &str, role: &str, tags: &[i64]) -> Actor {
        let person = self.person(name);
        let role =
            self.desk.all("role").expect("roles").into_iter().find(|known| known.title() == role).expect("the role");
        let group =
            self.make("group", &[("name", format!("only {name}").into()), ("people", Value::List(vec![person.id]))]);
        self.make(
            "role_assignment",
            &[
                ("name", format!("{} for {name}", role.title()).into()),
                ("role", role.id.into()),
                ("members", Value::List(vec![group.id])),
                ("shows", Value::List(tags.to_vec())),
            ],
        );
        self.actor(&person)
    }

    /// The person with what they hold now.
    pub fn actor(&self, person: &Record) -> Actor {
        self.desk.actor(person, Via::Screen).expect("an actor")
    }

    pub fn create(&self, by: &Actor, kind: &str, values: &[(&str, Value)]) -> Result<Written, StoreError> {
        let change = self.desk.creating(kind, values.to_vec()).expect("a kind");
        self.desk.store.write_one(by, now(), change)
    }

    pub fn update(&self, by: &Actor, record: &Record, values: &[(&str, Value)]) -> Result<Written, StoreError> {
        let values = values.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        let change = Change::Update { kind: record.kind, id: record.id, version: None, values };
        self.desk.store.write_one(by, now(), change)
    }

    pub fn act(
        &self,
        by: &Actor,
        record: &Record,
        act: &str,
        values: &[(&str, Value)],
        reason: Option<&str>,
    ) -> Result<Written, StoreError> {
        let values = values.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        let (act, reason) = (act.to_owned(), reason.map(str::to_owned));
        let change = Change::Move { kind: record.kind, id: record.id, version: None, act, values, reason };
        self.desk.store.write_one(by, now(), change)
    }

    /// A move at another time than now, without a reason.
    pub fn act_at(
        &self,
        by: &Actor,
        record: &Record,
        act: &str,
        values: &[(&str, Value)],
        when: Timestamp,
    ) -> Result<Written, StoreError> {
        let values = values.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        let (act, kind) = (act.to_owned(), record.kind);
        let change = Change::Move { kind, id: record.id, version: None, act, values, reason: None };
        self.desk.store.write_one(by, when, change)
    }

    pub fn reload(&self, record: &Record) -> Record {
        self.desk.store.get(&Actor::system(), record.kind, record.id).expect("still there")
    }
}

/// The refusal names this rule and says these words.
pub fn refused<T: std::fmt::Debug>(result: Result<T, StoreError>, rule: &str, words: &str) {
    match result {
        Err(StoreError::Refused(refusal)) => {
            assert_eq!(refusal.rule.unwrap_or("-"), rule, "{}", refusal.message);
            assert!(refusal.message.contains(words), "`{}` does not say `{words}`", refusal.message);
        }
        other => panic!("not refused: {other:?}"),
    }
}
