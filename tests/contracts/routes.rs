//! Every route with who may call it: tried as a stranger, as a person without roles, as a token that grants nothing,
//! and without the session's token against forged requests. A new route without an entry here fails.

use axum::routing::MethodFilter;
use watchkeep_model::Value;
use watchkeep_tests::requests::{Answer, Browser, Site};
use watchkeep_tests::{Office, now};
use watchkeep_web::Who::{self, Anyone, Api, Person};

/// Method, path, who may call it, the answer to a person without roles, the answer to a token that grants nothing
/// (pages know sessions only and send it to the sign-in page).
type Entry = (&'static str, &'static str, Who, u16, u16);

const ROUTES: &[Entry] = &[
    ("GET", "/answer/{link}", Anyone, 404, 404),
    ("POST", "/answer/{link}/{item}", Anyone, 404, 404),
    ("GET", "/design", Anyone, 200, 200),
    ("GET", "/healthz", Anyone, 200, 200),
    ("GET", "/once/{key}", Anyone, 200, 200),
    ("POST", "/once/{key}", Anyone, 200, 200),
    ("GET", "/sign-in", Anyone, 303, 200),
    ("POST", "/sign-in", Anyone, 401, 401),
    ("GET", "/", Person, 200, 303),
    ("GET", "/admin", Person, 200, 303),
    ("GET", "/admin/tokens", Person, 200, 303),
    ("POST", "/admin/tokens", Person, 200, 303),
    ("POST", "/admin/tokens/{key}/revoke", Person, 404, 303),
    ("GET", "/admin/why", Person, 404, 303),
    ("GET", "/alerts", Person, 404, 303),
    ("POST", "/alerts/bulk", Person, 404, 303),
    ("GET", "/alerts/{id}/exception", Person, 404, 303),
    ("POST", "/alerts/{id}/exception", Person, 404, 303),
    ("POST", "/alerts/{id}/incident", Person, 404, 303),
    ("GET", "/alerts/{id}/preview", Person, 404, 303),
    ("GET", "/complete/{kind}", Person, 200, 303),
    ("GET", "/attack", Person, 404, 303),
    ("GET", "/attack/import", Person, 404, 303),
    ("POST", "/attack/import", Person, 404, 303),
    ("GET", "/attack/{technique}", Person, 404, 303),
    ("GET", "/coverage", Person, 404, 303),
    ("GET", "/sources", Person, 404, 303),
    ("GET", "/coverage/{id}", Person, 404, 303),
    ("GET", "/duties", Person, 404, 303),
    ("GET", "/duty/{id}", Person, 404, 303),
    ("GET", "/duty/{id}/body", Person, 404, 303),
    ("POST", "/duty/{id}/run", Person, 404, 303),
    ("GET", "/engagements/new", Person, 404, 303),
    ("POST", "/engagements/new", Person, 404, 303),
    ("POST", "/engagements/{id}/put", Person, 404, 303),
    ("GET", "/entity", Person, 404, 303),
    ("GET", "/events", Person, 404, 303),
    ("POST", "/events/upload", Person, 403, 303),
    ("GET", "/events/{id}", Person, 404, 303),
    ("GET", "/file/{id}", Person, 404, 303),
    ("GET", "/hunts/{id}/found/{place}", Person, 404, 303),
    ("GET", "/feeds/{id}/entries", Person, 404, 303),
    ("GET", "/feeds/{id}/entry", Person, 404, 303),
    ("GET", "/feeds/{id}/look", Person, 404, 303),
    ("POST", "/feeds/{id}/look", Person, 404, 303),
    ("POST", "/feeds/{id}/again", Person, 404, 303),
    ("GET", "/frameworks/import", Person, 404, 303),
    ("POST", "/frameworks/import", Person, 404, 303),
    ("POST", "/frameworks/starters/{key}", Person, 404, 303),
    ("GET", "/go/{number}", Person, 303, 303),
    ("GET", "/home/body", Person, 200, 303),
    ("GET", "/home/act/{kind}/{id}", Person, 404, 303),
    ("GET", "/live", Person, 200, 303),
    ("GET", "/me", Person, 200, 303),
    ("POST", "/me/password", Person, 422, 303),
    ("POST", "/me/second-factor", Person, 200, 303),
    ("GET", "/palette", Person, 200, 303),
    ("GET", "/pick/{kind}", Person, 404, 303),
    ("GET", "/records", Person, 200, 303),
    ("GET", "/sites/{id}/present", Person, 404, 303),
    ("GET", "/soc", Person, 404, 303),
    ("POST", "/soc/reviewed", Person, 404, 303),
    ("GET", "/reports", Person, 404, 303),
    ("POST", "/reports/draft", Person, 404, 303),
    ("POST", "/reports/{id}/again", Person, 404, 303),
    ("GET", "/reports/{id}/figures.xlsx", Person, 404, 303),
    ("GET", "/reports/{id}/report.pdf", Person, 404, 303),
    ("GET", "/responsibilities", Person, 404, 303),
    ("GET", "/responsibilities/functions", Person, 404, 303),
    ("POST", "/responsibilities/functions", Person, 404, 303),
    ("GET", "/responsibilities/work-role", Person, 404, 303),
    ("POST", "/responsibilities/{id}", Person, 404, 303),
    ("POST", "/r/incident/{id}/evidence", Person, 404, 303),
    ("POST", "/r/incident/{id}/say", Person, 404, 303),
    ("GET", "/r/{kind}", Person, 404, 303),
    ("POST", "/r/{kind}", Person, 404, 303),
    ("GET", "/r/{kind}/board", Person, 404, 303),
    ("POST", "/r/{kind}/bulk", Person, 404, 303),
    ("GET", "/r/{kind}/calendar", Person, 404, 303),
    ("GET", "/r/{kind}/facets", Person, 404, 303),
    ("GET", "/r/{kind}/import", Person, 404, 303),
    ("POST", "/r/{kind}/import", Person, 404, 303),
    ("GET", "/r/{kind}/new", Person, 404, 303),
    ("POST", "/r/{kind}/undo", Person, 404, 303),
    ("POST", "/r/{kind}/view", Person, 404, 303),
    ("POST", "/r/{kind}/view/{id}/delete", Person, 404, 303),
    ("GET", "/r/{kind}/{id}", Person, 404, 303),
    ("POST", "/r/{kind}/{id}", Person, 404, 303),
    ("POST", "/r/{kind}/{id}/attach", Person, 404, 303),
    ("GET", "/r/{kind}/{id}/cell/{field}", Person, 404, 303),
    ("POST", "/r/{kind}/{id}/cell/{field}", Person, 404, 303),
    ("GET", "/r/{kind}/{id}/cell/{field}/shut", Person, 404, 303),
    ("POST", "/r/{kind}/{id}/comment", Person, 404, 303),
    ("POST", "/r/{kind}/{id}/delete", Person, 404, 303),
    ("GET", "/r/{kind}/{id}/edit", Person, 404, 303),
    ("POST", "/r/{kind}/{id}/move/{move}", Person, 404, 303),
    ("POST", "/r/{kind}/{id}/tags", Person, 404, 303),
    ("POST", "/r/person/{id}/sign-in-link", Person, 404, 303),
    ("POST", "/r/person/{id}/second-factor-off", Person, 404, 303),
    ("POST", "/r/role/{id}/permissions", Person, 404, 303),
    ("GET", "/reading", Person, 200, 303),
    ("GET", "/reading/{id}", Person, 404, 303),
    ("POST", "/reading/{id}", Person, 404, 303),
    ("GET", "/reading/{id}/file", Person, 404, 303),
    ("GET", "/survey/{id}", Person, 404, 303),
    ("POST", "/survey/{id}", Person, 404, 303),
    ("GET", "/report", Person, 200, 303),
    ("POST", "/report", Person, 422, 303),
    ("GET", "/run/mine", Person, 404, 303),
    ("GET", "/run/worker.js", Anyone, 200, 200),
    ("GET", "/run/{id}", Person, 404, 303),
    ("POST", "/run/{id}/file", Person, 404, 303),
    ("GET", "/run/{id}/state", Person, 404, 303),
    ("GET", "/rules/test", Person, 404, 303),
    ("GET", "/rules/{id}/learnt", Person, 404, 303),
    ("POST", "/rules/{id}/learnt", Person, 404, 303),
    ("GET", "/search", Person, 200, 303),
    ("GET", "/start", Person, 404, 303),
    ("GET", "/start/{pack}", Person, 404, 303),
    ("POST", "/start/{pack}", Person, 404, 303),
    ("POST", "/sign-out", Person, 303, 303),
    ("GET", "/inbox", Person, 404, 303),
    ("GET", "/inbox/{id}/preview", Person, 404, 303),
    ("GET", "/money", Person, 404, 303),
    ("GET", "/money/{id}/case.pdf", Person, 404, 303),
    ("GET", "/sources/{id}/mapping", Person, 404, 303),
    ("POST", "/sources/{id}/mapping", Person, 404, 303),
    ("POST", "/sources/{id}/mapping/file", Person, 404, 303),
    ("GET", "/tasks", Person, 404, 303),
    ("GET", "/tasks/{id}/preview", Person, 404, 303),
    ("POST", "/intake/mail", Api, 403, 403),
    ("POST", "/_bulk", Api, 403, 403),
    ("PUT", "/_bulk", Api, 403, 403),
    ("GET", "/services/collector/health", Anyone, 200, 200),
    ("GET", "/services/collector/health/1.0", Anyone, 200, 200),
    ("POST", "/services/collector", Api, 403, 403),
    ("POST", "/services/collector/event", Api, 403, 403),
    ("POST", "/services/collector/event/1.0", Api, 403, 403),
    ("POST", "/services/collector/raw", Api, 403, 403),
    ("POST", "/services/collector/raw/1.0", Api, 403, 403),
    ("POST", "/loki/api/v1/push", Api, 403, 403),
    ("POST", "/v1/logs", Api, 403, 403),
    ("GET", "/api/openapi.json", Api, 200, 200),
    ("GET", "/api/why", Api, 404, 404),
    ("GET", "/api/events", Api, 404, 404),
    ("GET", "/events/export.csv", Api, 404, 404),
    ("GET", "/events/export.jsonl", Api, 404, 404),
    ("GET", "/api/{kind}", Api, 404, 404),
    ("POST", "/api/{kind}", Api, 404, 404),
    ("DELETE", "/api/{kind}/{id}", Api, 404, 404),
    ("GET", "/api/{kind}/{id}", Api, 404, 404),
    ("PATCH", "/api/{kind}/{id}", Api, 404, 404),
    ("GET", "/api/{kind}/{id}/history", Api, 404, 404),
    ("POST", "/api/{kind}/{id}/moves/{move}", Api, 404, 404),
    ("GET", "/api/attack", Api, 404, 404),
    ("POST", "/api/import/attack", Api, 404, 404),
    ("GET", "/attack/layer.json", Api, 404, 404),
    ("GET", "/attack/techniques.csv", Api, 404, 404),
    ("GET", "/api/coverage/{id}", Api, 404, 404),
    ("GET", "/api/sources/health", Api, 404, 404),
    ("GET", "/engagements/{id}/package.zip", Api, 404, 404),
    ("POST", "/api/import/framework", Api, 404, 404),
    ("GET", "/coverage/{id}/export.csv", Api, 404, 404),
    ("GET", "/coverage/{id}/export.xlsx", Api, 404, 404),
    ("GET", "/feeds/{id}/entries.json", Api, 404, 404),
    ("GET", "/feeds/{id}/original", Api, 404, 404),
    ("POST", "/feeds/{id}/fetch", Api, 404, 404),
    ("POST", "/feeds/{id}/secret", Api, 404, 404),
    ("POST", "/feeds/{id}/file", Api, 404, 404),
    ("GET", "/ingest/{source}", Api, 403, 403),
    ("GET", "/ingest/{source}/", Api, 403, 403),
    ("GET", "/ingest/{source}/_license", Api, 403, 403),
    ("GET", "/ingest/{source}/_cluster/health", Api, 403, 403),
    ("POST", "/ingest/{source}", Api, 403, 403),
    ("POST", "/ingest/{source}/_bulk", Api, 403, 403),
    ("PUT", "/ingest/{source}/_bulk", Api, 403, 403),
    ("POST", "/ingest/{source}/{index}/_bulk", Api, 403, 403),
    ("PUT", "/ingest/{source}/{index}/_bulk", Api, 403, 403),
    ("GET", "/r/{kind}/export.csv", Api, 404, 404),
    ("GET", "/r/{kind}/export.json", Api, 404, 404),
    ("GET", "/r/{kind}/export.xlsx", Api, 404, 404),
];

fn method(filter: MethodFilter) -> &'static str {
    let known = [
        (MethodFilter::GET, "GET"),
        (MethodFilter::POST, "POST"),
        (MethodFilter::PUT, "PUT"),
        (MethodFilter::PATCH, "PATCH"),
        (MethodFilter::DELETE, "DELETE"),
    ];
    known.iter().find(|(known, _)| *known == filter).map(|(_, name)| *name).expect("a method that the table knows")
}

#[test]
fn every_route_has_an_entry_and_every_entry_a_route() {
    let routes: Vec<_> = watchkeep_web::routes().iter().map(|one| (method(one.method), one.path, one.who)).collect();
    for route in &routes {
        let entry = ROUTES.iter().find(|entry| (entry.0, entry.1) == (route.0, route.1));
        let entry = entry.unwrap_or_else(|| panic!("{} {} has no authorisation test", route.0, route.1));
        assert_eq!(entry.2, route.2, "{} {}", route.0, route.1);
    }
    for entry in ROUTES {
        assert!(routes.contains(&(entry.0, entry.1, entry.2)), "{} {} is no route any more", entry.0, entry.1);
    }
}

/// A word that stands in records which none of the callers may see.
const SECRET: &str = "Kormoran";

struct House {
    office: Office,
    site: Site,
    roleless: Browser,
    mara: Browser,
    /// Acts as an administrator, but its scope names no kind there is.
    narrow: String,
}

/// One record of each kind that a route names by number 1, all with the secret word.
fn house() -> House {
    let office = Office::open();
    let mara = office.holding("Mara", "Administrator");
    let file = "a".repeat(64);
    let on = [("on_kind", Value::from("alert")), ("on_id", 1.into())];
    let manager = Value::from(mara.person.expect("a person"));
    office.make("alert", &[("title", SECRET.into())]);
    office.make("incident", &[("title", SECRET.into()), ("manager", manager)]);
    office.make("comment", &[&on[..], &[("text", SECRET.into())]].concat());
    office
        .make("attachment", &[&on[..], &[("name", SECRET.into()), ("size", 1.into()), ("file", file.into())]].concat());
    office.create(&mara, "saved_view", &[("name", SECRET.into()), ("of_kind", "alert".into())]).expect("a view");
    let duty = office.desk.all("duty").expect("duties")[0].id;
    office.make("held_duty", &[("title", SECRET.into()), ("duty", duty.into())]);
    let person = office.desk.person_by_email("mara@demo.example").expect("found").expect("Mara");
    let nobody = office.person("Nobody");
    let site = Site::of(&office);
    let expires = now() + jiff::SignedDuration::from_hours(1);
    let narrow = office.desk.make_token(person.id, "narrow", &["nothing:none".to_owned()], expires).expect("a token");
    let (roleless, mara) = (site.sign_in(&office, &nobody), site.sign_in(&office, &person));
    House { office, site, roleless, mara, narrow }
}

impl House {
    /// Position of the newest history entry: it moves with every write.
    fn written(&self) -> i64 {
        let recent = self.office.desk.store.recent(
            &watchkeep_model::Actor::system(),
            now() - jiff::SignedDuration::from_hours(1),
            1,
        );
        recent.expect("the newest").first().map_or(0, |(entry, _)| entry.seq)
    }

    fn call(&self, entry: &Entry, headers: &[(&str, &str)]) -> Answer {
        self.call_at(entry, headers, "1")
    }

    /// The route's call for the record with this id.
    fn call_at(&self, entry: &Entry, headers: &[(&str, &str)], id: &str) -> Answer {
        let path = [
            &format!("{{id}}={id}"),
            "{kind}=alert",
            "{source}=x",
            "{key}=x",
            "{move}=claim",
            &format!("{{number}}=ALR-{id}"),
        ]
        .iter()
        .filter_map(|pair| pair.split_once('='))
        .fold(entry.1.to_owned(), |path, (name, value)| path.replace(name, value));
        let json = entry.1.starts_with("/api/") && entry.0 != "GET";
        let body = if json { r#"{"title":"x"}"# } else { "title=x&act=claim&id=1&text=x&name=x&days=1" };
        let kind = if json { "application/json" } else { "application/x-www-form-urlencoded" };
        self.site.call(entry.0, &path, &[&[("content-type", kind)], headers].concat(), body)
    }

    fn closed(&self, entry: &Entry, answer: &Answer) {
        let asked = format!("{} {}: {} {}", entry.0, entry.1, answer.status, answer.body);
        match entry.2 {
            Anyone => assert!([200, 303, 401, 404].contains(&answer.status.as_u16()), "{asked}"),
            Person => {
                assert_eq!((answer.status.as_u16(), answer.location.as_deref()), (303, Some("/sign-in")), "{asked}")
            }
            Api => {
                // In the words of the system whose address it is.
                let words = match entry.1 {
                    path if path.starts_with("/services/collector") => r#"{"text":"Invalid token","code":4}"#,
                    path if path.ends_with("_bulk") || path.starts_with("/ingest/") && entry.0 == "GET" => {
                        r#""type":"sign_in","reason""#
                    }
                    _ => "urn:watchkeep:problem:sign_in",
                };
                assert!(answer.status == 401 && answer.body.contains(words), "{asked}");
            }
        }
        assert!(!answer.body.contains(SECRET), "{asked}");
    }
}

#[test]
fn strangers_are_sent_away_from_every_route() {
    let house = house();
    let before = house.written();
    for entry in ROUTES {
        house.closed(entry, &house.call(entry, &[]));
        house.closed(entry, &house.call(entry, &[("cookie", "wk_session=0000"), ("x-csrf-token", "0000")]));
        house.closed(entry, &house.call(entry, &[("authorization", "Bearer wk_0000")]));
    }
    assert_eq!(house.written(), before, "a stranger changed something");
}

#[test]
fn without_roles_nothing_is_seen_or_changed_on_any_route() {
    let house = house();
    let before = house.written();
    let mut wrong = Vec::new();
    // Signing out ends what the others need.
    let (last, first): (Vec<&Entry>, Vec<&Entry>) = ROUTES.iter().partition(|entry| entry.1 == "/sign-out");
    for entry in first.into_iter().chain(last) {
        let by = [("cookie", house.roleless.cookie.as_str()), ("x-csrf-token", house.roleless.csrf.as_str())];
        let answer = house.call(entry, &by);
        assert!(!answer.body.contains(SECRET), "{} {}: {}", entry.0, entry.1, answer.body);
        if answer.status.as_u16() != entry.3 {
            wrong.push((entry.0, entry.1, entry.3, answer));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert_eq!(house.written(), before, "somebody without roles changed something");
}

#[test]
fn a_token_that_grants_nothing_opens_nothing() {
    let house = house();
    let before = house.written();
    let mut wrong = Vec::new();
    for entry in ROUTES {
        let answer = house.call(entry, &[("authorization", &format!("Bearer {}", house.narrow))]);
        if answer.status.as_u16() != entry.4 {
            wrong.push((entry.0, entry.1, entry.4, answer.clone()));
        }
        assert!(!answer.body.contains(SECRET), "{} {}: {}", entry.0, entry.1, answer.body);
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert_eq!(house.written(), before, "a token that grants nothing changed something");
}

/// To whoever sees other records of the kind, an unseen one is a missing one on every route that names a record.
#[test]
fn an_unseen_record_is_a_missing_one_on_every_route() {
    let house = house();
    let tag = house.office.make("scope_tag", &[("name", "Lyon".into())]).id;
    let sara = house.office.holding_tags("Sara", "Security Manager", &[tag]);
    let person = house.office.desk.person_by_email("sara@demo.example").expect("found").expect("Sara");
    let own = [("title", "own".into())];
    let seen = house.office.create(&sara, "alert", &own).expect("made").record;
    let browser = house.site.sign_in(&house.office, &person);
    let by = [("cookie", browser.cookie.as_str()), ("x-csrf-token", browser.csrf.as_str())];
    let before = house.written();
    let (mut routes, mut told) = (0, 0);
    for entry in ROUTES.iter().filter(|entry| entry.1.contains("{id}") || entry.1.contains("{number}")) {
        // A redirect and an echo of the number say what was asked, not what is there.
        let call = |id: &str| {
            let mut answer = house.call_at(entry, &by, id);
            for kind in house.office.desk.catalog().kinds() {
                answer.body = answer.body.replace(&format!("{}-{id}", kind.prefix), "NUMBER");
            }
            answer.body = answer.body.replace(&format!("/alert/{id}"), "/alert/ID");
            answer.location = answer.location.map(|to| to.replace(&format!("/{id}"), "/ID"));
            answer.headers.remove("location");
            answer.headers.remove("content-length");
            answer
        };
        let (unseen, missing) = (call("1"), call("99"));
        assert_eq!(unseen, missing, "{} {}", entry.0, entry.1);
        assert!(!unseen.body.contains(SECRET), "{} {}", entry.0, entry.1);
        routes += 1;
        let reads = entry.0 == "GET" && entry.1.contains("{kind}") && !entry.1.contains("export");
        told += usize::from(reads && call(&seen.id.to_string()) != missing);
    }
    assert_eq!(house.written(), before, "an unseen record was changed");
    assert!(routes > 20 && told > 2, "{routes} routes; {told} tell a seen record from a missing one");
}

/// Even for somebody who may do everything: no change without the session's token, no change by reading.
#[test]
fn forged_requests_and_plain_reading_change_nothing() {
    let house = house();
    let before = house.written();
    for entry in ROUTES.iter().filter(|entry| entry.2 != Anyone) {
        for forged in ["", "0000", house.roleless.csrf.as_str()] {
            let by = [("cookie", house.mara.cookie.as_str()), ("x-csrf-token", forged)];
            let answer = house.call(entry, &by);
            let status = answer.status.as_u16();
            assert!(entry.0 == "GET" || status == 400, "{} {}: {status} {}", entry.0, entry.1, answer.body);
        }
    }
    assert_eq!(house.written(), before);
    assert!(house.site.get(&house.mara.cookie, "/me").status == 200, "still signed in");
}
