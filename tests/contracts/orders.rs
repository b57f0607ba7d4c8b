//! Pages from memory, by an index and from the database alone are the same ones: any filter, order and direction, both
//! databases, whatever was written in between and by whom.

use crate::facets::{every, step, take};
use crate::store::on_both;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use watchkeep_model::matches::matches;
use watchkeep_model::resolve::Test;
use watchkeep_model::{Actor, Record, Shape, Value};
use watchkeep_store::driver::Cell;
use watchkeep_store::{Cursor, List, Means, Store};
use watchkeep_tests::{Office, now};

const MEANS: [Means; 3] = [Means::Chosen, Means::IndexFirst, Means::Database];

fn filter() -> impl Strategy<Value = String> {
    let leaf = prop::sample::select(vec![
        "",
        "severity>=high",
        "state:new,open",
        "last_seen<2026-03-03T04:00:00Z",
        "last_seen>=2026-03-03T02:00:00Z",
        "last_seen:none",
        "created>=2026-03-03T08:30:00Z",
        "updated<2026-03-03T09:00:00Z",
        "first_seen:any",
        "closed:none",
        "triage_due>now",
        "count>1",
        "count:1..3",
        "entity:WS-1",
        "entity:ws-1*",
        "entity:*2,none",
        "technique:t2,t3",
        "technique:none",
        "group_key:any",
        "incident:none",
        "asset:AST-7",
        "number>=ALR-12",
        "ALR-7",
        "title:\"lamp\"",
        "lamp",
        "zebra",
        "owner:any",
        "owner.name:anna",
        "tags:\"tag 1\"",
        "source:s1,none",
    ]);
    leaf.prop_map(str::to_owned).prop_recursive(3, 8, 3, |inner| {
        prop_oneof![
            several(inner.clone(), " "),
            several(inner.clone(), " or "),
            inner.prop_map(|part| if part.is_empty() { part } else { format!("not ({part})") }),
        ]
    })
}

/// A few conditions in brackets; nothing at all where each of them is empty.
fn several(inner: impl Strategy<Value = String>, joint: &'static str) -> impl Strategy<Value = String> {
    prop::collection::vec(inner, 2..4).prop_map(move |mut parts| {
        parts.retain(|part| !part.is_empty());
        if parts.is_empty() { String::new() } else { format!("({})", parts.join(joint)) }
    })
}

/// Every order that a list may have.
fn sorts(office: &Office) -> Vec<&'static str> {
    let one =
        office.kind("alert").fields.iter().filter(|field| !matches!(field.shape, Shape::Links(_) | Shape::Rows(_)));
    ["number", "created", "updated"].into_iter().chain(one.map(|field| field.name)).collect()
}

#[test]
fn pages_are_the_same_from_memory_by_an_index_and_from_the_database() {
    on_both(|office| {
        let tags: Vec<i64> =
            (0..4).map(|n| office.make("scope_tag", &[("name", format!("tag {n}").into())]).id).collect();
        let analyst = office.holding("Anna", "Administrator");
        let few = office.holding_tags("Few", "Analyst", &tags[1..3]);
        let (other, sorts) = (office.again(), sorts(office));
        let mut runner = TestRunner::new(ProptestConfig {
            cases: 3,
            max_shrink_iters: 0,
            failure_persistence: None,
            ..ProptestConfig::default()
        });
        let histories = prop::collection::vec((step(), filter(), any::<u64>()), 25);
        runner
            .run(&histories, |steps| {
                for ((step, dice, elsewhere), filter, roll) in steps {
                    // Another process writes too: its store shares nothing with ours but the database.
                    let store = if elsewhere { &other } else { &office.desk.store };
                    take(office, store, &analyst, &tags, step, dice);
                    // In memory, references are followed whoever asks; only who sees everything is told the same.
                    let actor = if roll % 3 == 0 && !filter.contains("owner.name") { &few } else { &analyst };
                    let sort = sorts[(roll / 6) as usize % sorts.len()];
                    let question = Question::of(office, actor, &filter, (sort, roll % 2 == 0));
                    question.pages(&office.desk.store)?;
                    // A cursor outlives the values that it names.
                    let first = office.desk.store.list(actor, &question.list(7, None)).expect("a page");
                    take(office, store, &analyst, &tags, step, dice.rotate_left(17));
                    question.after(&office.desk.store, first.next)?;
                }
                // What was loaded from the rows says the same as what followed each commit.
                let loaded = office.again();
                loaded.warm().expect("warm");
                for sort in &sorts {
                    Question::of(office, &analyst, "", (sort, true)).pages(&loaded)?;
                }
                Ok(())
            })
            .expect("equal");
    });
}

/// What one person asks.
struct Question<'a> {
    office: &'a Office,
    actor: &'a Actor,
    filter: &'a str,
    test: Test,
    sort: &'a str,
    descending: bool,
}

/// A sort value and an id, as they are compared.
type Place = (Option<i64>, Option<String>, i64);

impl<'a> Question<'a> {
    fn of(office: &'a Office, actor: &'a Actor, filter: &'a str, (sort, descending): (&'a str, bool)) -> Self {
        let test = office.desk.filter(actor, office.kind("alert"), filter, now()).expect("a filter");
        Self { office, actor, filter, test, sort, descending }
    }

    fn list(&self, limit: usize, after: Option<Cursor>) -> List {
        let mut list = List::of(self.office.kind("alert")).filtered(self.test.clone()).limited(limit);
        (list.sort, list.descending, list.after) = (self.sort.to_owned(), self.descending, after);
        list
    }

    /// All that pass, in order, worked out from the records themselves.
    fn expected(&self) -> Vec<Place> {
        let look = self.office.desk.store.look();
        let seen = every(self.office, self.actor);
        let passing = seen.iter().filter(|record| matches(&self.test, record, &look));
        let mut all: Vec<Place> = passing.map(|record| self.place(record)).collect();
        all.sort();
        if self.descending {
            all.reverse();
        }
        all
    }

    fn place(&self, record: &Record) -> Place {
        let value = match self.sort {
            "number" => Value::Int(record.id),
            "created" => Value::Int(record.created.as_millisecond()),
            "updated" => Value::Int(record.updated.as_millisecond()),
            field => record.get(field).clone(),
        };
        (value.as_int(), value.as_text().map(str::to_owned), record.id)
    }

    /// Page after page, by all means.
    fn pages(&self, store: &Store) -> Result<(), TestCaseError> {
        let expected: Vec<i64> = self.expected().iter().map(|place| place.2).collect();
        for means in MEANS {
            let (mut ids, mut after) = (Vec::new(), None);
            loop {
                let page = store.list_by(self.actor, &self.list(7, after), means).expect("a page");
                ids.extend(page.records.iter().map(|record| record.id));
                after = page.next;
                if after.is_none() {
                    break;
                }
            }
            prop_assert_eq!(&ids, &expected, "`{}` by {} {}, {:?}", self.filter, self.sort, self.descending, means);
        }
        Ok(())
    }

    /// The page after a place that may be nobody's any more.
    fn after(&self, store: &Store, after: Option<Cursor>) -> Result<(), TestCaseError> {
        let Some(cursor) = after else { return Ok(()) };
        let at: Place = match &cursor.value {
            Cell::Int(number) => (Some(*number), None, cursor.id),
            Cell::Text(text) => (None, Some(text.clone()), cursor.id),
            _ => (None, None, cursor.id),
        };
        let beyond = |place: &Place| if self.descending { *place < at } else { *place > at };
        let expected: Vec<i64> =
            self.expected().iter().filter(|place| beyond(place)).map(|one| one.2).take(7).collect();
        for means in MEANS {
            let page = store.list_by(self.actor, &self.list(7, Some(cursor.clone())), means).expect("a page");
            let ids: Vec<i64> = page.records.iter().map(|record| record.id).collect();
            prop_assert_eq!(&ids, &expected, "`{}` by {} after {:?}, {:?}", self.filter, self.sort, at, means);
        }
        Ok(())
    }
}
