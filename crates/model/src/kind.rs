//! A kind's description: fields, list, states, moves and the checks that always hold.

use crate::access::Actor;
use crate::clock::Clock;
use crate::field::{Choice, Field, Shape};
use crate::measure::Measure;
use crate::record::Record;
use crate::refusal::Refusal;
use crate::value::Value;
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// One kind of record, as its derive describes it. The engine reads nothing else.
#[derive(Debug)]
pub struct Kind {
    /// Lower case, singular: `alert`. Table, URL and filter use it.
    pub name: &'static str,
    /// `ALR` in `ALR-42`.
    pub prefix: &'static str,
    pub label: &'static str,
    pub plural: &'static str,
    /// Group among all records: watch, intel, respond, assure, govern, work, assets, places, people, outside, talk, setup.
    pub area: &'static str,
    /// The declaration's doc comment.
    pub help: &'static str,
    pub fields: &'static [Field],
    /// The field that names a record to people.
    pub title: &'static str,
    /// Columns of the generic list, in order.
    pub list: &'static [&'static str],
    /// Default order: a field, `-` in front for descending.
    pub sort: &'static str,
    /// The choice field that only moves change.
    pub state: Option<&'static str>,
    /// The date or instant the calendar shows.
    pub calendar: Option<&'static str>,
    /// Can be in a scope group, so operating on it needs one (RU-67).
    pub subject: Subject,
    /// Seen exactly by who sees the record it hangs on (fields `on_kind`, `on_id`).
    pub follows: bool,
    /// Seen and changed by the person in its `owner` field only.
    pub private: bool,
    pub moves: &'static [Move],
    /// What duties ask of records of this kind.
    pub measures: &'static [Measure],
    /// Targets that run on records of this kind.
    pub clocks: &'static [Clock],
    /// Fills in what follows from the other fields, before checks.
    pub prepare: fn(&mut Record, &Moving<'_>),
    /// Fields that decisions about a record rest on; none named: all that people fill in.
    pub material: &'static [&'static str],
    /// Written again with every change of the record that one of its fields names.
    pub recheck: Option<Recheck>,
    /// What happens to records that a complete list from elsewhere names no more, or again.
    pub gone: Option<Gone>,
    /// Must hold after every change, whoever makes it.
    pub check: fn(&Moving<'_>) -> Result<(), Refusal>,
    /// What a change brings about in other records, whoever makes it.
    pub effects: fn(&Moving<'_>) -> Vec<Effect>,
    /// Says why a record stays when somebody would delete it.
    pub keep: fn(&Moving<'_>) -> Result<(), Refusal>,
}

/// How records follow the record that one of their fields names by number.
#[derive(Debug, Clone, Copy)]
pub struct Recheck {
    /// A text field such as `about`, holding `RSK-3`.
    pub field: &'static str,
    /// Sets what follows from the named record; none where it is gone.
    pub with: fn(&mut Record, Option<&Record>),
}

/// What a change brings about, written by Watchkeep in the same transaction: all of it or none.
#[derive(Debug, Clone)]
pub enum Effect {
    /// A record made once: `key` is its external id, and one that has it already is taken as it stands. It carries the
    /// tags of the record that brings it about, whose field `link` then names it too: among its links, as its reference, or by its number.
    Make { kind: &'static str, key: String, values: Vec<(&'static str, Value)>, link: Option<&'static str> },
    /// Fields of another record, written as Watchkeep keeps its own.
    Set { kind: &'static str, id: i64, values: Vec<(&'static str, Value)> },
    /// Bytes kept under their SHA-256, in hex, with the record that names it.
    Keep { sha256: String, bytes: Vec<u8> },
    /// A move of another record, as its guard allows it.
    Move { kind: &'static str, id: i64, act: &'static str, values: Vec<(&'static str, Value)>, reason: String },
}

/// Whether records of a kind are people, assets or sites: the things operated on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    None,
    Person,
    Asset,
    Site,
}

/// Moves that an import makes when its file is all that there is, such as a scan of everything.
#[derive(Debug, Clone, Copy)]
pub struct Gone {
    /// Of a record that the file names no more; it asks for `proof`.
    pub gone: &'static str,
    /// Of one that was gone and is named again; it asks for a reason.
    pub back: &'static str,
}

/// A named, guarded change of state.
#[derive(Debug)]
pub struct Move {
    /// `accept`, `close`: plain verbs.
    pub name: &'static str,
    pub label: &'static str,
    /// Names of states it starts from; of a kind without states, the empty one.
    pub from: &'static [&'static str],
    /// State it ends in; `None` stays.
    pub to: Option<&'static str>,
    /// The action of the permission it needs on its kind.
    pub action: &'static str,
    /// What must be given with it: fields of the record, of `inputs`, or `reason`.
    pub asks: &'static [&'static str],
    /// What may be given with it.
    pub takes: &'static [&'static str],
    /// Questions of its own, which are not fields of the record.
    pub inputs: &'static [Field],
    /// One key on the keyboard, where lists and pages offer it.
    pub key: Option<char>,
    pub guard: fn(&Moving<'_>) -> Result<(), Refusal>,
    /// Sets what follows from the move itself: who, when.
    pub apply: fn(&mut Record, &Moving<'_>),
}

impl Move {
    pub const PLAIN: Move = Move {
        name: "",
        label: "",
        from: &[],
        to: None,
        action: "update",
        asks: &[],
        takes: &[],
        inputs: &[],
        key: None,
        guard: always,
        apply: nothing,
    };
}

/// A change under way, as guards see it.
pub struct Moving<'a> {
    /// `None` when the record is being created.
    pub before: Option<&'a Record>,
    /// As it would be.
    pub record: &'a Record,
    pub actor: &'a Actor,
    pub now: Timestamp,
    /// Where days begin for the organisation.
    pub zone: &'a TimeZone,
    pub reason: Option<&'a str>,
    /// The move, when this is one.
    pub act: Option<&'static str>,
    /// Answers to the move's own questions.
    pub input: &'a [(&'static str, Value)],
    pub look: &'a dyn Look,
}

impl Moving<'_> {
    /// The answer to one of the move's own questions; nothing if not given.
    pub fn input<T: crate::typed::FieldType>(&self, name: &str) -> Option<T> {
        let (_, value) = self.input.iter().find(|(given, _)| *given == name)?;
        if value.is_empty() { None } else { T::read(value) }
    }

    /// Whether this changes the state, and from and to which.
    pub fn state_change(&self) -> Option<(Option<&'static str>, &'static str)> {
        let before = self.before.and_then(Record::state);
        let after = self.record.state()?;
        (before != Some(after)).then_some((before, after))
    }
}

/// What a guard may ask about other records: inside the same transaction, regardless of what the actor sees.
pub trait Look {
    fn record(&self, kind: &str, id: i64) -> Option<Record>;
    /// Up to `limit` records whose field equals the value.
    fn with(&self, kind: &str, field: &str, value: &Value, limit: usize) -> Vec<Record>;
    /// All records whose links in this field hold the id.
    fn linking(&self, kind: &str, field: &str, id: i64) -> Vec<Record>;
    /// How many records of all kinds carry a scope tag; `u64::MAX` where that cannot be known.
    fn tagged(&self, tag: i64) -> u64;
}

/// The guard of moves that have none of their own.
pub fn always(_: &Moving<'_>) -> Result<(), Refusal> {
    Ok(())
}

/// The effect of moves that only change the state.
pub fn nothing(_: &mut Record, _: &Moving<'_>) {}

/// The effects of kinds that bring nothing about.
pub fn alone(_: &Moving<'_>) -> Vec<Effect> {
    Vec::new()
}

impl Move {
    /// For `assign`: the question whose answer is what the record is assigned to.
    pub fn target(&self, kind: &'static Kind) -> Option<&'static Field> {
        let asked = self.asks.iter().filter_map(|name| self.question(kind, name));
        asked.into_iter().find(|field| matches!(field.shape, Shape::Ref(_)))
    }

    /// The description of a question: the move's own, or the record's field.
    pub fn question(&self, kind: &'static Kind, name: &str) -> Option<&'static Field> {
        self.inputs.iter().find(|field| field.name == name).or_else(|| kind.field(name))
    }
}

impl Kind {
    /// What every description starts from.
    pub const EMPTY: Kind = Kind {
        name: "",
        prefix: "",
        label: "",
        plural: "",
        area: "setup",
        help: "",
        fields: &[],
        title: "title",
        list: &[],
        sort: "",
        state: None,
        calendar: None,
        subject: Subject::None,
        follows: false,
        private: false,
        moves: &[],
        measures: &[],
        clocks: &[],
        material: &[],
        recheck: None,
        gone: None,
        prepare: nothing,
        check: always,
        effects: alone,
        keep: always,
    };

    pub fn field(&self, name: &str) -> Option<&'static Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    pub fn position(&self, name: &str) -> Option<usize> {
        self.fields.iter().position(|field| field.name == name)
    }

    pub fn moves_from(&self, state: &str) -> impl Iterator<Item = &'static Move> {
        self.moves.iter().filter(move |act| act.from.contains(&state))
    }

    pub fn act(&self, name: &str) -> Option<&'static Move> {
        self.moves.iter().find(|act| act.name == name)
    }

    pub fn states(&self) -> &'static [Choice] {
        self.state.and_then(|name| self.field(name)).map_or(&[], Field::choices)
    }

    /// The stored value of a choice by its name; nothing if there is no such choice.
    pub fn choice_value(&self, field: &str, name: &str) -> Value {
        let choices = self.field(field).map_or(&[][..], Field::choices);
        choices.iter().find(|choice| choice.name == name).map_or(Value::Null, |choice| Value::Int(choice.code))
    }

    /// The default order: field name and whether it descends.
    pub fn order(&self) -> (&'static str, bool) {
        match self.sort.strip_prefix('-') {
            Some(field) => (field, true),
            None => (self.sort, false),
        }
    }

    /// Fields that a form offers.
    pub fn editable(&self) -> impl Iterator<Item = &'static Field> {
        let state = self.state;
        self.fields.iter().filter(move |field| !field.managed && Some(field.name) != state)
    }

    /// Names of the fields that decisions about a record rest on.
    pub fn material(&self) -> impl Iterator<Item = &'static str> {
        let all = self.material.is_empty();
        let filled = self.editable().filter(move |_| all).map(|field| field.name);
        self.material.iter().copied().chain(filled)
    }

    /// True if this kind's records may be moved on a board.
    pub fn has_board(&self) -> bool {
        self.states().len() > 2 && self.moves.iter().any(|act| act.to.is_some())
    }

    pub fn rows(&self, field: &str) -> Option<&'static [Field]> {
        match self.field(field)?.shape {
            Shape::Rows(fields) => Some(fields),
            _ => None,
        }
    }
}
