//! The office in which roles are tried: Tom holds nothing yet, and an administrator may ask why.

use jiff::SignedDuration;
use watchkeep_model::{Actor, Record, Value};
use watchkeep_store::Change;
use watchkeep_tests::requests::{Answer, Browser, Site};
use watchkeep_tests::{Office, now};

/// An office with one person, Tom, who holds nothing yet, and an administrator who may ask why.
pub struct Case {
    pub office: Office,
    pub site: Site,
    pub tom: Record,
    pub browser: Browser,
    token: String,
    pub asks: String,
    pub berlin: i64,
    pub lyon: i64,
}

impl Case {
    pub fn new() -> Self {
        let office = Office::open();
        let [berlin, lyon] = ["Berlin", "Lyon"].map(|name| office.make("scope_tag", &[("name", name.into())]).id);
        let tom = office.person("Tom");
        let mara = office.holding("Mara", "Administrator").person.expect("a person");
        let site = Site::of(&office);
        let expires = now() + SignedDuration::from_hours(1);
        let token = |person| office.desk.make_token(person, "test", &[], expires).expect("a token");
        let (token, asks) = (token(tom.id), token(mara));
        Self { browser: site.sign_in(&office, &tom), token, asks, office, site, tom, berlin, lyon }
    }

    pub fn group(&self, name: &str, field: &str, ids: &[i64]) -> i64 {
        self.office.make("group", &[("name", name.into()), (field, Value::List(ids.to_vec()))]).id
    }

    /// Gives a new role with these permissions to groups; returns the number of the assignment.
    pub fn give(&self, name: &str, permissions: &str, members: &[i64], scope: &[i64], shows: &[i64]) -> String {
        let role = self.office.make("role", &[("name", name.into()), ("permissions", permissions.into())]);
        let list = |ids: &[i64]| Value::List(ids.to_vec());
        let values = [
            ("name", format!("{name} given").into()),
            ("role", role.id.into()),
            ("members", list(members)),
            ("scope", list(scope)),
            ("shows", list(shows)),
        ];
        self.office.make("role_assignment", &values).number()
    }

    /// The same, to Tom alone.
    pub fn give_tom(&self, name: &str, permissions: &str, scope: &[i64], shows: &[i64]) -> String {
        let members = self.group(&format!("{name} members"), "people", &[self.tom.id]);
        self.give(name, permissions, &[members], scope, shows)
    }

    pub fn tagged(&self, kind: &str, title: &str, tag: i64) -> Record {
        let kind = self.office.kind(kind);
        let values = vec![(kind.title.to_owned(), title.into())];
        let change = Change::Create { kind, values, tags: Some(vec![tag]), external_id: None };
        self.office.desk.store.write_one(&Actor::system(), now(), change).expect("made").record
    }

    pub fn api(&self, method: &str, path: &str, body: &str) -> Answer {
        self.site.api(&self.token, method, path, body)
    }

    pub fn page(&self, path: &str) -> u16 {
        self.site.get(&self.browser.cookie, path).status.as_u16()
    }

    pub fn post(&self, path: &str, form: &str) -> Answer {
        self.site.post(&self.browser, path, form)
    }

    /// A CSV file through the import page; what the page says.
    pub fn import(&self, kind: &str, csv: &str) -> Answer {
        let body = format!(
            "--x\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\n{csv}\r\n--x\r\n\
             content-disposition: form-data; name=\"mode\"\r\n\r\nreal\r\n--x--\r\n"
        );
        let headers = [
            ("cookie", self.browser.cookie.as_str()),
            ("x-csrf-token", self.browser.csrf.as_str()),
            ("content-type", "multipart/form-data; boundary=x"),
        ];
        self.site.call("POST", &format!("/r/{kind}/import"), &headers, &body)
    }

    /// Asks the administrator's "why can, why cannot" by API, and holds the page to the same answer.
    pub fn why(&self, action: &str, record: &Record) -> (bool, String) {
        let asked = format!("person={}&action={action}&record={}", self.tom.number(), record.number());
        let answer = self.site.api(&self.asks, "GET", &format!("/api/why?{asked}"), "");
        assert_eq!(answer.status, 200, "{}", answer.body);
        let json = answer.json();
        let mara = self.office.desk.person_by_email("mara@demo.example").expect("found").expect("Mara");
        let page = self.site.get(&self.site.sign_in(&self.office, &mara).cookie, &format!("/admin/why?{asked}")).body;
        for reason in json["reasons"].as_array().expect("reasons") {
            let (text, from) = (reason["text"].as_str().expect("a text"), reason["assignment"].as_str().expect("one"));
            assert!(page.contains(text) && page.contains(from), "the page lacks `{text}`");
        }
        (json["yes"] == true, json["reasons"].to_string())
    }
}
