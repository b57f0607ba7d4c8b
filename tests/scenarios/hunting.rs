//! Hunting: event queries with steps over the API, whole answers as files, and nothing of what one may not see.

use serde_json::{Value as Json, json};
use std::collections::HashSet;
use watchkeep_ingest::{Source, bulk};
use watchkeep_model::{Actor, Record, Value};
use watchkeep_store::Change;
use watchkeep_tests::requests::{Answer, Site};
use watchkeep_tests::{Office, now};

/// `count` events of a source, a second apart up to now: users in turn, each third of host `dc`, bytes 0, 10, 20, …
pub fn events(office: &Office, source: &str, count: i64) {
    let line = |n: i64| {
        let time = now() - jiff::SignedDuration::from_secs(n);
        let (user, host) = (["anna", "ben"][(n % 2) as usize], if n % 3 == 0 { "dc" } else { "web" });
        json!({"time": time.to_string(), "message": format!("mark {n}"), "host": host, "user": user, "bytes": n * 10})
            .to_string()
            + "\n"
    };
    let body: String = (0..count).map(line).collect();
    let batch = bulk::ndjson(&Source::named(source), &body.into(), 0, now());
    office.desk.lake.append(&batch.events).expect("taken in");
}

pub fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

fn tagged(office: &Office, kind: &str, values: &[(&str, Value)], tag: i64) -> Record {
    let values = values.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    let change = Change::Create { kind: office.kind(kind), values, tags: Some(vec![tag]), external_id: None };
    office.desk.store.write_one(&Actor::system(), now(), change).expect("made").record
}

struct House {
    office: Office,
    site: Site,
    /// Sees everything.
    mara: String,
    /// Sees the events of Lyon's sources only.
    lyon: String,
    /// Has a scope that names alerts only.
    narrow: String,
}

fn house() -> House {
    let office = Office::open();
    let tag = office.make("scope_tag", &[("name", "Lyon".into())]).id;
    tagged(&office, "log_source", &[("name", "dc-lyon".into())], tag);
    office.make("log_source", &[("name", "web-paris".into())]);
    events(&office, "dc-lyon", 30);
    office.desk.lake.flush().expect("files");
    events(&office, "web-paris", 30);
    office.holding("Mara", "Administrator");
    office.holding_tags("Sara", "Tier 1 Analyst", &[tag]);
    let expires = now() + jiff::SignedDuration::from_hours(1);
    let token = |mail: &str, scopes: &[String]| {
        let person = office.desk.person_by_email(mail).expect("found").expect("a person");
        office.desk.make_token(person.id, "test", scopes, expires).expect("a token")
    };
    let (mara, lyon) = (token("mara@demo.example", &[]), token("sara@demo.example", &[]));
    let narrow = token("mara@demo.example", &["alert:read".to_owned()]);
    House { site: Site::of(&office), office, mara, lyon, narrow }
}

impl House {
    fn ask(&self, token: &str, query: &str, more: &str) -> Answer {
        self.site.api(token, "GET", &format!("/api/events?q={}{more}", encoded(query)), "")
    }

    fn items(&self, token: &str, query: &str) -> Json {
        let answer = self.ask(token, query, "");
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.json()["items"].clone()
    }
}

#[test]
fn steps_count_what_the_asker_may_see_and_nothing_else() {
    let house = house();
    let by_source = "| stats count, sum(bytes) as total by source";
    let lyon = json!({"source": "dc-lyon", "count": 30, "total": 4350});
    let paris = json!({"source": "web-paris", "count": 30, "total": 4350});
    assert_eq!(house.items(&house.mara, by_source), json!([lyon, paris]));
    assert_eq!(house.items(&house.lyon, by_source), json!([lyon]));
    assert_eq!(house.items(&house.lyon, "source:web-paris"), json!([]));
    let joined = "| join by host within=1h (source:web-paris) | stats count";
    assert_eq!(house.items(&house.lyon, joined), json!([{"count": 0}]));
    for path in ["/api/events", "/events/export.csv", "/events/export.jsonl"] {
        for query in ["", "%7C%20stats", "host%3Adc"] {
            let answer = house.site.api(&house.narrow, "GET", &format!("{path}?q={query}"), "");
            assert_eq!(answer.status, 404, "{path}: {}", answer.body);
        }
    }
}

#[test]
fn pages_of_events_follow_one_another() {
    let house = house();
    let (mut seen, mut more, mut pages) = (Vec::new(), String::new(), 0);
    loop {
        let answer = house.ask(&house.mara, "host:dc | eval kb = bytes / 10", &format!("&limit=7{more}"));
        let page = answer.json();
        assert_eq!((page["of"].as_str(), page["columns"][0].as_str()), (Some("events"), Some("kb")), "{page}");
        seen.extend(page["items"].as_array().expect("events").clone());
        pages += 1;
        let Some(next) = page["next"].as_str() else { break };
        more = format!("&after={}", encoded(next));
    }
    let ids: HashSet<&str> = seen.iter().filter_map(|event| event["id"].as_str()).collect();
    assert_eq!((pages, seen.len(), ids.len()), (3, 20, 20));
    let first = &seen[0];
    assert_eq!((&first["fields"]["bytes"], &first["added"]["kb"]), (&json!("0"), &json!(0)), "{first}");
    assert!(first["raw"].as_str().expect("the line").contains("mark 0"));
}

#[test]
fn mistakes_are_answered_with_their_place_and_what_would_do() {
    let house = house();
    let wrong = |query: &str, more: &str| {
        let answer = house.ask(&house.mara, query, more);
        assert_eq!(answer.status, 400, "{query}{more}: {}", answer.body);
        answer.json()
    };
    let told = wrong("| count by host | where hst:x", "");
    assert_eq!(told["type"], "urn:watchkeep:problem:query");
    assert_eq!((&told["errors"][0]["at"], &told["errors"][0]["length"]), (&json!(24), &json!(3)));
    assert_eq!(told["errors"][0]["suggestion"], "host");
    assert!(told["detail"].as_str().expect("words").contains("which has host, count"), "{told}");
    assert_eq!(wrong("é:x | cuont", "")["errors"][0]["at"], 6, "characters, not bytes");
    assert!(wrong("| stats count", "&after=x")["detail"].as_str().expect("words").contains("cursor"));
    for (more, words) in [
        ("&last=soon", "such as 1h or 7d"),
        ("&from=2026-03-03T08:00:00Z", "`to` is missing"),
        ("&from=yesterday&to=2026-03-03T08:00:00Z", "an instant such as"),
        ("&limit=5000", "1 to 1000"),
        ("&lsat=1h", "there are: q, from, to, last, limit, after"),
    ] {
        let told = wrong("", more);
        assert!(told["detail"].as_str().expect("words").contains(words), "{told}");
    }
}

#[test]
fn a_whole_answer_leaves_as_csv_and_as_json_lines() {
    let house = house();
    let file = |token: &str, ending: &str, query: &str| {
        let answer = house.site.api(token, "GET", &format!("/events/export.{ending}?q={}", encoded(query)), "");
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer
    };
    let table = file(&house.mara, "csv", "| stats count by host | sort host");
    assert_eq!(table.body, "host,count\ndc,20\nweb,40\n");
    assert_eq!(table.header("content-disposition"), "attachment; filename=\"events.csv\"");
    let lines = file(&house.lyon, "jsonl", "| stats count by host | sort host");
    let rows: Vec<Json> = lines.body.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(rows, [json!({"host": "dc", "count": 10}), json!({"host": "web", "count": 20})]);
    // Events: every one that may be seen, the newest first, with what steps added.
    let query = "user:ben | eval user = \"=1+1\", kb = bytes / 10";
    let lines = file(&house.lyon, "jsonl", query);
    let events: Vec<Json> = lines.body.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(events.len(), 15);
    assert!(events.iter().all(|event| event["source"] == "dc-lyon" && event["user"] == "ben"));
    assert_eq!((&events[0]["added"]["kb"], &events[14]["added"]["kb"]), (&json!(1), &json!(29)));
    let csv = file(&house.lyon, "csv", query);
    let mut rows = csv.body.lines();
    let header = rows.next().expect("a header");
    assert!(header.starts_with("time,received,id,source,") && header.ends_with(",message,added.user,kb,fields,raw"));
    let first = rows.next().expect("a row");
    assert!(first.contains(",'=1+1,1,"), "no spreadsheet runs what a log says: {first}");
    assert_eq!(rows.count(), 14);
    let wrong = house.site.api(&house.mara, "GET", &format!("/events/export.csv?q={}", encoded("| where user")), "");
    assert_eq!((wrong.status.as_u16(), &wrong.json()["errors"][0]["at"]), (400, &json!(8)));
}

/// What was found for one is remembered, and never offered to another who may not see it.
#[test]
fn completion_offers_what_its_reader_may_see() {
    let house = house();
    let person = |mail: &str| house.office.desk.person_by_email(mail).expect("found").expect("a person");
    let nobody = house.office.person("Nobody");
    let [mara, lyon, nobody] = [person("mara@demo.example"), person("sara@demo.example"), nobody]
        .map(|person| house.site.sign_in(&house.office, &person).cookie);
    let offered = |cookie: &str, text: &str| {
        let answer =
            house.site.get(cookie, &format!("/complete/event?q={}&at={}", encoded(text), text.chars().count()));
        let options: Vec<Json> = serde_json::from_str(&answer.body).expect("options");
        let option = |option: &Json| {
            let word = |name: &str| option[name].as_str().unwrap_or_default().to_owned();
            format!("{} ({}) {}-{}", word("value"), word("hint"), option["from"], option["to"])
        };
        options.iter().map(option).collect::<Vec<_>>()
    };
    for _ in 0..2 {
        assert_eq!(offered(&mara, "source:"), ["dc-lyon (30) 7-7", "web-paris (30) 7-7"]);
        assert_eq!(offered(&lyon, "source:"), ["dc-lyon (30) 7-7"]);
        assert!(offered(&nobody, "source:").is_empty() && offered(&nobody, "").is_empty());
    }
    assert_eq!(offered(&lyon, "user:B"), ["ben (15) 5-6"]);
    assert_eq!(offered(&lyon, "x | where len(byt"), ["bytes (seen lately) 14-17"]);
    assert_eq!(offered(&lyon, "| where user:an"), ["anna (15) 13-15"]);
    assert_eq!(offered(&lyon, "| eval size = bytes | where siz"), ["size (made by a step) 28-31"]);
    assert_eq!(
        offered(&lyon, "| count by host | sort -"),
        ["host (made by a step) 24-24", "count (made by a step) 24-24"]
    );
    assert_eq!(offered(&lyon, "| timec"), ["timechart  (timechart span=1h count by host) 2-7"]);
    assert!(offered(&lyon, "\"free te").is_empty());
}

#[test]
fn d_048_the_queries_of_a_hunt_are_asked_live_as_their_reader_may_see() {
    let house = house();
    let query = "First:\n\n```query last=7d\nhost:dc\n| stats count by source\n```\n\nThen:\n\n```query\n| stats cuont\n```\n\n```query last=soon\nhost:dc\n```\n";
    let texts = [("title", "Old".into()), ("hypothesis", "**Somebody** stayed".into()), ("query", Value::text(query))];
    let tag = house.office.desk.all("scope_tag").expect("tags").into_iter().find(|tag| tag.title() == "Lyon");
    let hunt = tagged(&house.office, "hunt", &texts, tag.expect("Lyon").id);
    let reader = house.office.person("Reader");
    let role = house.office.make("role", &[("name", "Reads hunts".into()), ("permissions", "hunt:read".into())]);
    house.office.desk.grant(now(), "Readers", role.title(), &[reader.id]).expect("granted");
    let person = |mail: &str| house.office.desk.person_by_email(mail).expect("found").expect("a person");
    let [mara, lyon, reader] = [person("mara@demo.example"), person("sara@demo.example"), reader]
        .map(|person| house.site.sign_in(&house.office, &person).cookie);
    let page = house.site.get(&mara, &format!("/r/hunt/{}", hunt.id)).body;
    assert!(page.contains("<strong>Somebody</strong> stayed"), "{page}");
    assert!(page.contains("data-later=\"/hunts/1/found/1\"") && page.contains("data-later=\"/hunts/1/found/3\""));
    assert!(page.contains("/events?last=7d&amp;q=host%3Adc+%7C+stats+count+by+source"), "{page}");
    let found = |cookie: &str, place: u32| {
        let headers = [("cookie", cookie), ("hx-request", "true")];
        house.site.call("GET", &format!("/hunts/{}/found/{place}", hunt.id), &headers, "")
    };
    let all = found(&mara, 1);
    assert!(
        all.body.starts_with("<div id=\"found-1\">") && all.body.contains("dc-lyon") && all.body.contains("web-paris")
    );
    assert!(found(&mara, 2).body.contains("did you mean `count`"), "{}", found(&mara, 2).body);
    assert!(found(&mara, 3).body.contains("is not a duration such as 1h or 7d"));
    assert_eq!(found(&mara, 4).status, 404);
    // Who reads hunts and no events sees what is asked, not what it finds.
    let page = house.site.get(&reader, &format!("/r/hunt/{}", hunt.id)).body;
    assert!(page.contains("stats count by source") && !page.contains("data-later"), "{page}");
    assert_eq!(found(&reader, 1).status, 404);
    let own = found(&lyon, 1).body;
    assert!(own.contains("dc-lyon") && !own.contains("web-paris"), "{own}");
}

#[test]
fn an_entity_is_shown_across_sources_with_what_is_behind_it() {
    let house = house();
    let office = &house.office;
    let anna = office.person("Anna");
    office.make(
        "asset",
        &[("name", "dc".into()), ("identifiers", "dc.corp 10.9.9.9".into()), ("holder", anna.id.into())],
    );
    office.make("alert", &[("title", "Strange".into()), ("entity", "DC".into())]);
    let nobody = office.person("Nobody");
    let person = |mail: &str| office.desk.person_by_email(mail).expect("found").expect("a person");
    let [mara, lyon, nobody] = [person("mara@demo.example"), person("sara@demo.example"), nobody]
        .map(|person| house.site.sign_in(office, &person).cookie);
    let page = |cookie: &str, name: &str| house.site.get(cookie, &format!("/entity?name={}", encoded(name)));
    let all = page(&mara, "dc").body;
    for words in ["20 events", "dc-lyon", "web-paris", "Strange", ">AST-1<", ">Anna<", "mark 27"] {
        assert!(all.contains(words), "{words}: {all}");
    }
    assert!(all.contains("/entity?name=ben"), "users beside it lead on");
    let own = page(&lyon, "dc").body;
    assert!(own.contains("10 events") && !own.contains("web-paris") && !own.contains("Strange"), "{own}");
    let user = page(&mara, "anna").body;
    assert!(user.contains("30 events") && user.contains("/r/person/"), "{user}");
    assert!(page(&mara, "nowhere").body.contains("No event names it"));
    assert_eq!(page(&nobody, "dc").status, 404);
    assert_eq!(page(&mara, " ").status, 400);
    // An event leads there.
    let event = house.items(&house.mara, "host:dc user:anna | head 1")[0]["id"].as_str().expect("an id").to_owned();
    assert!(house.site.get(&mara, &format!("/events/{event}")).body.contains("href=\"/entity?name=dc\""));
}

#[test]
fn a_door_has_its_page_too() {
    let house = house();
    let office = &house.office;
    let class = office.kind("asset").choice_value("class", "door");
    office.make("asset", &[("name", "Dock 2".into()), ("class", class)]);
    let lines: String = [("Dock 2", "anna"), ("Dock 2", "ben"), ("Dock 2", "anna"), ("Main", "ben")]
        .map(|(door, who)| {
            format!("{{\"site\":\"Lyon\",\"door\":\"{door}\",\"user\":\"{who}\",\"result\":\"granted\",\"message\":\"{who} at {door}\"}}\n")
        })
        .concat();
    let source = watchkeep_ingest::Source::named("doors");
    let mut batch = watchkeep_ingest::bulk::ndjson(&source, &lines.into(), 1, now());
    office.desk.take_in("doors", &mut batch).expect("durable");
    let mara = office.desk.person_by_email("mara@demo.example").expect("found").expect("a person");
    let cookie = house.site.sign_in(office, &mara).cookie;
    let page = |path: &str| house.site.get(&cookie, path).body;
    // By its name where it is an asset, and by the word of whoever leads there.
    for path in ["/entity?name=Dock%202", "/entity?as=door&name=Dock%202"] {
        let dock = page(path);
        for words in ["3 events", ">AST-1<", "ben at Dock 2", "/entity?name=anna"] {
            assert!(dock.contains(words), "{words}: {dock}");
        }
        assert!(!dock.contains("ben at Main"), "{dock}");
    }
    let main = page("/entity?as=door&name=Main");
    assert!(main.contains(">1 event<") && main.contains("ben at Main"), "{main}");
    // An event leads to its door, and whoever used doors does.
    let event = house.items(&house.mara, "door:Main | head 1")[0]["id"].as_str().expect("an id").to_owned();
    assert!(page(&format!("/events/{event}")).contains("href=\"/entity?as=door&amp;name=Main\""));
    assert!(page("/entity?name=ben").contains("href=\"/entity?as=door&amp;name=Main\""));
}

#[test]
fn what_hardly_any_other_host_did_is_rare() {
    let office = Office::open();
    let line = |host: &str, process: &str| {
        format!("{{\"host\":\"{host}\",\"user\":\"anna\",\"Image\":\"{process}\",\"message\":\"m\"}}\n")
    };
    let path = r"C:\\Tools\\odd*.exe";
    let mut lines: String = ["a", "b", "c", "d", "e"].map(|host| line(host, "svchost.exe")).concat();
    lines += &[line("a", path), line("a", "tool.exe"), line("a", "tool.exe"), line("b", "tool.exe")].concat();
    lines += &["a", "b", "c"].map(|host| line(host, "psexec.exe")).concat();
    let source = watchkeep_ingest::Source::named("hosts");
    let mut batch = watchkeep_ingest::bulk::ndjson(&source, &lines.into(), 1, now());
    office.desk.take_in("hosts", &mut batch).expect("durable");
    let rare = |name: &str| office.desk.rare(&Actor::system(), name, now()).expect("asked");
    let a = rare("a").expect("its events");
    let things: Vec<_> = a.things.iter().map(|one| (one.value.as_str(), one.events, one.among)).collect();
    assert_eq!((a.role, a.peers), ("host", 5));
    assert_eq!(things, [(r"C:\Tools\odd*.exe", 1, 1), ("tool.exe", 2, 2)]);
    assert!(rare("c").is_some_and(|found| found.things.is_empty()), "three hosts are not few");
    assert!(rare("anna").is_some_and(|found| (found.role, found.peers, found.things.len()) == ("user", 1, 0)));
    assert_eq!(rare("nobody"), None);
}
