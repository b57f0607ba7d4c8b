//! One change tried on every way: page, API, import and bulk action. What a rule refuses is refused on all of them.

use crate::case::Case;
use serde_json::{Map, Value as Json, json};
use watchkeep_model::{Field, Kind, Record, Shape, Value, text};
use watchkeep_tests::now;
use watchkeep_tests::requests::Answer;

/// What is tried, as it would be typed.
#[derive(Clone, Copy)]
pub enum Try<'a> {
    /// Fields of a record that is there.
    Set(&'a [(&'a str, &'a str)]),
    /// A move with its answers.
    Act(&'a str, &'a [(&'a str, &'a str)]),
    /// A new record.
    Make(&'static str, &'a [(&'a str, &'a str)]),
    /// These scope tags in place of those that a record has.
    Tag(&'a [i64]),
}

/// Does it on one way.
type Ask<'a> = Box<dyn Fn() -> Answer + 'a>;

impl Case {
    /// Tom tries it on each way; each refuses with the rule and the words, and nothing is written on any.
    pub fn refused_everywhere(&self, record: Option<&Record>, attempt: Try<'_>, rule: &str, words: &str) {
        let before = self.stands(record, attempt);
        for (way, ask) in self.every_way(record, attempt) {
            let answer = ask();
            let said = plain(&answer.body);
            assert!(said.contains(words), "{way} does not say `{words}` but {}: {}", answer.status, brief(&said));
            match way {
                "API" => {
                    assert_eq!(answer.json()["rule"], rule, "the API names the rule: {}", answer.body);
                    assert!([403, 422].contains(&answer.status.as_u16()), "{}", answer.status);
                }
                _ => assert!(said.contains(rule), "{way} names {rule}: {}", brief(&said)),
            }
            assert_eq!(self.stands(record, attempt), before, "{way} wrote something");
        }
        if let (Try::Act(..), Some(record)) = (attempt, record) {
            self.no_import_moves(record, attempt);
        }
    }

    /// A row of a file cannot do what only a move does.
    fn no_import_moves(&self, record: &Record, attempt: Try<'_>) {
        let Try::Act(act, _) = attempt else { return };
        let to = record.kind.act(act).and_then(|act| act.to);
        let (Some(to), Some(state)) = (to, record.kind.state) else { return };
        let before = self.stands(Some(record), attempt);
        let answer = self.import(record.kind.name, &format!("number,{state}\n{},{to}\n", record.number()));
        assert!(!answer.body.contains("1 updated"), "an import moved it");
        assert_eq!(self.stands(Some(record), attempt), before, "an import wrote something");
    }

    /// What Tom does not see is a missing record on each way: not even its title is told, and nothing is written.
    pub fn unseen_everywhere(&self, record: &Record, attempt: Try<'_>) {
        let before = self.stands(Some(record), attempt);
        for (way, ask) in self.every_way(Some(record), attempt) {
            let answer = ask();
            let refused = [403, 404, 422].contains(&answer.status.as_u16());
            let none =
                ["0 done", "0 updated", "nothing that you may see"].iter().any(|words| answer.body.contains(words));
            assert!(refused || none, "{way}: {} {}", answer.status, brief(&answer.body));
            assert!(!answer.body.contains(record.title()), "{way} tells its title");
            assert_eq!(self.stands(Some(record), attempt), before, "{way} wrote something");
        }
    }

    /// What nobody refuses: on each way Tom does it to a record of its own, which then `holds`.
    pub fn taken_everywhere(&self, make: &dyn Fn() -> Record, attempt: Try<'_>, holds: &dyn Fn(&Record) -> bool) {
        let mut n = 0;
        loop {
            let record = make();
            let ways = self.every_way(Some(&record), attempt);
            let Some((way, ask)) = ways.get(n) else { return };
            let answer = ask();
            assert!([200, 303].contains(&answer.status.as_u16()), "{way}: {} {}", answer.status, brief(&answer.body));
            assert!(holds(&self.office.reload(&record)), "{way} did not do it: {}", brief(&plain(&answer.body)));
            n += 1;
        }
    }

    fn every_way<'a>(&'a self, record: Option<&'a Record>, attempt: Try<'a>) -> Vec<(&'static str, Ask<'a>)> {
        let (kind, at) = self.target(record, attempt);
        match attempt {
            Try::Make(_, values) => vec![
                ("the page", Box::new(move || self.post(&format!("/r/{}", kind.name), &form(&typed(kind, values))))),
                ("API", Box::new(move || self.api("POST", &format!("/api/{}", kind.name), &body(kind, values)))),
                ("the import", Box::new(move || self.import(kind.name, &csv(None, values)))),
            ],
            Try::Set(values) => {
                let record = record.expect("a record to change");
                let ticked: Vec<(String, &str)> =
                    values.iter().map(|(name, _)| (format!("set.{name}"), "yes")).collect();
                let ticked: Vec<(&str, &str)> = ticked.iter().map(|(name, value)| (name.as_str(), *value)).collect();
                let (id, entered) = (record.id.to_string(), typed(kind, values));
                let bulk = form(&[&ticked[..], &entered, &[("act", "set"), ("id", &id)]].concat());
                let (page, api) = (format!("/r/{at}"), format!("/api/{at}"));
                vec![
                    ("the page", Box::new(move || self.post(&page, &form(&typed(kind, &self.filled(record, values)))))),
                    ("API", Box::new(move || self.api("PATCH", &api, &body(kind, values)))),
                    ("the import", Box::new(move || self.import(kind.name, &csv(Some(record), values)))),
                    ("the bulk action", Box::new(move || self.post(&format!("/r/{}/bulk", kind.name), &bulk))),
                ]
            }
            Try::Tag(tags) => {
                let record = record.expect("a record to tag");
                let boxes: Vec<(&str, String)> = tags.iter().map(|tag| ("tag", tag.to_string())).collect();
                let numbers: Vec<String> = tags.iter().map(|tag| format!("TAG-{tag}")).collect();
                let sent: Vec<(&str, &str)> = boxes.iter().map(|(name, tag)| (*name, tag.as_str())).collect();
                let bulk = form(&[&sent[..], &[("act", "tags"), ("id", &record.id.to_string())]].concat());
                let (page, patch) = (form(&sent), json!({ "tags": numbers }).to_string());
                let file = csv(Some(record), &[("tags", &numbers.join(";"))]);
                let (at, api) = (format!("/r/{at}/tags"), format!("/api/{at}"));
                vec![
                    ("the page", Box::new(move || self.post(&at, &page))),
                    ("API", Box::new(move || self.api("PATCH", &api, &patch))),
                    ("the import", Box::new(move || self.import(kind.name, &file))),
                    ("the bulk action", Box::new(move || self.post(&format!("/r/{}/bulk", kind.name), &bulk))),
                ]
            }
            Try::Act(act, values) => {
                let record = record.expect("a record to move");
                let bulk = form(&[values, &[("act", act), ("id", &record.id.to_string())]].concat());
                let (page, api) = (format!("/r/{at}/move/{act}"), format!("/api/{at}/moves/{act}"));
                vec![
                    ("the page", Box::new(move || self.post(&page, &form(values)))),
                    ("API", Box::new(move || self.api("POST", &api, &body(kind, values)))),
                    ("the bulk action", Box::new(move || self.post(&format!("/r/{}/bulk", kind.name), &bulk))),
                ]
            }
        }
    }

    /// A form sends every link and every row, also those that stay.
    fn filled<'a>(&self, record: &Record, values: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
        let mut all = values.to_vec();
        let catalog = self.office.desk.catalog();
        for field in record.kind.editable().filter(|field| !values.iter().any(|(name, _)| *name == field.name)) {
            match field.shape {
                Shape::Links(kind) => {
                    let numbers = record.get(field.name).ids().iter().map(|id| text::number(catalog, kind, *id));
                    all.extend(numbers.map(|number| (field.name, leaked(number))));
                }
                Shape::Rows(_) => all.push((field.name, leaked(text::show(catalog, field, record.get(field.name))))),
                _ => (),
            }
        }
        all
    }

    fn target(&self, record: Option<&Record>, attempt: Try<'_>) -> (&'static Kind, String) {
        match (record, attempt) {
            (_, Try::Make(kind, _)) => (self.office.kind(kind), kind.to_owned()),
            (Some(record), _) => (record.kind, format!("{}/{}", record.kind.name, record.id)),
            (None, _) => panic!("nothing to try it on"),
        }
    }

    /// The version of the record, or how many there are.
    fn stands(&self, record: Option<&Record>, attempt: Try<'_>) -> i64 {
        match (record, attempt) {
            (Some(record), _) => self.office.reload(record).version,
            (None, Try::Make(kind, _)) => {
                i64::try_from(self.office.desk.all(kind).expect("read").len()).expect("a number")
            }
            (None, _) => panic!("nothing to try it on"),
        }
    }
}

/// As a page sends it: an amount apart from its currency, and a cell of a row by its place.
fn typed<'a>(kind: &Kind, values: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let one = |(name, value): &(&'a str, &'a str)| match field(kind, name).map(|field| field.shape) {
        Some(Shape::Money) => vec![(*name, value.split(' ').next().unwrap_or(""))],
        Some(Shape::Rows(_)) => rows(value).iter().enumerate().flat_map(|(at, row)| cells(name, at, row)).collect(),
        _ => vec![(*name, *value)],
    };
    values.iter().flat_map(one).collect()
}

/// A list of rows as a file holds it.
fn rows(value: &str) -> Vec<Map<String, Json>> {
    if value.is_empty() { Vec::new() } else { serde_json::from_str(value).expect("a list of rows") }
}

fn cells<'a>(name: &str, at: usize, row: &Map<String, Json>) -> Vec<(&'a str, &'a str)> {
    let cell = |(child, value): (&String, &Json)| {
        let value = match value {
            Json::Null => String::new(),
            Json::Bool(on) => if *on { "yes" } else { "no" }.to_owned(),
            Json::String(text) => text.clone(),
            other => other.to_string(),
        };
        (leaked(format!("{name}[{at}].{child}")), leaked(value))
    };
    row.iter().map(cell).collect()
}

fn leaked(text: String) -> &'static str {
    Box::leak(text.into_boxed_str())
}

fn field(kind: &Kind, name: &str) -> Option<&'static Field> {
    let of_moves = kind.moves.iter().flat_map(|act| act.inputs).find(|field| field.name == name);
    kind.field(name).or(of_moves)
}

fn body(kind: &Kind, values: &[(&str, &str)]) -> String {
    let typed = |(name, value): &(&str, &str)| {
        let value: Json = match field(kind, name).filter(|_| !value.is_empty()).map(|field| field.shape) {
            Some(Shape::Int) => value.parse::<i64>().map_or(json!(value), |number| json!(number)),
            Some(Shape::Flag) => json!(*value == "yes"),
            Some(Shape::Rows(_)) => json!(rows(value)),
            Some(Shape::Duration) => json!(value.trim_end_matches('m').parse::<i64>().expect("minutes") * 60),
            Some(Shape::Links(_)) => value.split(';').filter(|one| !one.is_empty()).collect::<Vec<_>>().into(),
            Some(Shape::Money) => {
                let (amount, currency) = value.split_once(' ').expect("an amount and a currency");
                let minor = amount.replace('.', "").parse::<i64>().expect("an amount with two places");
                json!({ "minor": minor, "currency": currency })
            }
            _ if value.is_empty() => Json::Null,
            _ => json!(value),
        };
        ((*name).to_owned(), value)
    };
    Json::Object(values.iter().map(typed).collect::<Map<_, _>>()).to_string()
}

fn form(values: &[(&str, &str)]) -> String {
    let pair = |(name, value): &(&str, &str)| format!("{}={}", encoded(name), encoded(value));
    values.iter().map(pair).collect::<Vec<_>>().join("&")
}

fn encoded(text: &str) -> String {
    let byte = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'_' => char::from(byte).to_string(),
        other => format!("%{other:02X}"),
    };
    text.bytes().map(byte).collect()
}

fn csv(record: Option<&Record>, values: &[(&str, &str)]) -> String {
    let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    let names = values.iter().map(|(name, _)| quoted(name)).collect::<Vec<_>>().join(",");
    let cells = values.iter().map(|(_, value)| quoted(value)).collect::<Vec<_>>().join(",");
    match record {
        Some(record) => format!("number,{names}\n{},{cells}\n", record.number()),
        None => format!("{names}\n{cells}\n"),
    }
}

/// A page's text with its quotes as written.
fn plain(body: &str) -> String {
    body.replace("&quot;", "\"").replace("&#39;", "'").replace("&amp;", "&")
}

fn brief(text: &str) -> String {
    let main = text.split("<main").nth(1).unwrap_or(text);
    main.chars().take(1500).collect()
}

/// Tom holds this role; the function `Desk` is his, `Head` is Mara's.
pub fn as_role(role: &str) -> Case {
    let case = Case::new();
    case.office.desk.grant(now(), "Tom's role", role, &[case.tom.id]).expect("granted");
    case
}

pub fn mara(case: &Case) -> Record {
    case.office.desk.person_by_email("mara@demo.example").expect("found").expect("Mara")
}

pub fn functions(case: &Case) -> [Record; 2] {
    [("Desk", case.tom.id), ("Head", mara(case).id)]
        .map(|(name, holder)| case.office.make("function", &[("name", name.into()), ("holder", holder.into())]))
}

pub fn held(case: &Case, duty: usize, letters: &[(&str, i64)]) -> Record {
    let duty = case.office.desk.all("duty").expect("duties")[duty].id;
    let mut values = vec![("title", Value::text("Watch")), ("duty", duty.into())];
    values.extend(letters.iter().map(|(name, id)| (*name, Value::Int(*id))));
    case.office.make("held_duty", &values)
}
