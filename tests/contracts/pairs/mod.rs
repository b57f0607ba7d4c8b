//! 10,000 person x object pairs over everything that shows records: nothing is shown that the oracle hides, and nothing
//! hidden that it shows.

mod world;

use std::collections::{BTreeMap, BTreeSet};
use watchkeep_model::{Actor, Kind};
use watchkeep_store::List;
use watchkeep_tests::postgres::Postgres;
use watchkeep_tests::requests::{Browser, Site};
use watchkeep_tests::{Office, now};
use world::{Thing, World};

type Tokens = BTreeSet<String>;

/// The tokens of objects that a text shows.
fn shown(text: &str) -> Tokens {
    let token = |at: (usize, &str)| text.get(at.0..at.0 + 7).filter(|token| token.ends_with('x')).map(str::to_owned);
    text.match_indices("zq").filter_map(token).collect()
}

/// One person with every way to ask.
struct Asker<'a> {
    world: &'a World,
    site: &'a Site,
    browser: Browser,
    token: String,
    actor: Actor,
    /// Everything the oracle lets them see.
    seen: Tokens,
    name: String,
}

impl<'a> Asker<'a> {
    fn of(world: &'a World, site: &'a Site, at: usize) -> Self {
        let person = &world.people[at];
        let expires = now() + jiff::SignedDuration::from_hours(1);
        let seen = world.things.iter().filter(|thing| world.sees(at, thing)).map(|thing| thing.token.clone());
        Self {
            token: world.office.desk.make_token(person.id, "test", &[], expires).expect("a token"),
            browser: site.sign_in(&world.office, person),
            actor: world.office.actor(person),
            seen: seen.collect(),
            name: person.title().to_owned(),
            world,
            site,
        }
    }

    /// An API answer's text; its status must be 200, or 404 where the person sees nothing of the kind.
    fn api(&self, path: &str) -> String {
        let answer = self.site.api(&self.token, "GET", path, "");
        assert!([200, 404].contains(&answer.status.as_u16()), "{path}: {}", answer.body);
        if answer.status == 200 { answer.body } else { String::new() }
    }

    /// A page's text, which must show nothing unseen.
    fn page(&self, path: &str) -> String {
        let answer = self.site.get(&self.browser.cookie, path);
        assert!([200, 404].contains(&answer.status.as_u16()), "{path}: {} {}", answer.status, answer.body);
        let leaked: Vec<_> = shown(&answer.body).difference(&self.seen).cloned().collect();
        assert!(leaked.is_empty(), "{path} shows {} {leaked:?}", self.name);
        answer.body
    }

    fn expect(&self, what: &str, found: &Tokens, expected: &Tokens) {
        let leaked: Vec<_> = found.difference(expected).collect();
        let lacking: Vec<_> = expected.difference(found).collect();
        assert!(
            leaked.is_empty() && lacking.is_empty(),
            "{what} for {}: leaked {leaked:?}, lacking {lacking:?}",
            self.name
        );
    }

    fn things(&self, kind: &str) -> impl Iterator<Item = &'a Thing> {
        self.world.things.iter().filter(move |thing| thing.record.kind.name == kind)
    }

    fn kind(&self, kind: &'static Kind) {
        let name = kind.name;
        let all: Tokens = self.things(name).map(|thing| thing.token.clone()).collect();
        let expected: Tokens = all.intersection(&self.seen).cloned().collect();
        self.expect(&format!("list of {name}"), &self.listed(name), &expected);
        self.expect(&format!("page of {name}"), &self.paged(name), &expected);
        for format in ["csv", "json"] {
            let file = self.api(&format!("/r/{name}/export.{format}"));
            // A site named beside an asset stands there as a number.
            self.expect(&format!("{format} of {name}"), &shown(&file), &expected);
        }
        if kind.fields.iter().any(|field| field.search) {
            let found = self.api(&format!("/api/{name}?q=quarz&limit=500"));
            self.expect(&format!("search of {name}"), &shown(&found), &expected);
            let picked = shown(&self.page(&format!("/pick/{name}?q=quarz")));
            assert_eq!(picked.len(), expected.len().min(12), "picker of {name} for {}", self.name);
        }
        self.counted(kind, &expected);
        for (at, thing) in self.things(name).enumerate() {
            self.single(thing, at % 12 == 0);
        }
    }

    /// All pages of the API's list by its cursor.
    fn listed(&self, kind: &str) -> Tokens {
        let (mut found, mut after) = (Tokens::new(), String::new());
        loop {
            let text = self.api(&format!("/api/{kind}?limit=37{after}"));
            found.extend(shown(&text));
            let json: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
            match json["next"].as_str() {
                Some(next) => {
                    after = format!("&after={}", next.replace('%', "%25").replace(' ', "%20").replace('+', "%2B"))
                }
                None => return found,
            }
        }
    }

    /// The list's page, and what a board and a calendar show.
    fn paged(&self, kind: &str) -> Tokens {
        let own: Tokens = self.things(kind).map(|thing| thing.token.clone()).collect();
        for view in ["board", "calendar"] {
            self.page(&format!("/r/{kind}/{view}"));
        }
        let (mut found, mut path) = (Tokens::new(), format!("/r/{kind}"));
        loop {
            let text = self.page(&path);
            found.extend(shown(&text).intersection(&own).cloned());
            let next =
                text.split("href=\"").filter_map(|rest| rest.split('"').next()).find(|href| href.contains("after="));
            match next {
                Some(next) => path = next.replace("&amp;", "&"),
                None => return found,
            }
        }
    }

    /// The count, and for each facet the counts of its values, worked out from the objects themselves.
    fn counted(&self, kind: &'static Kind, expected: &Tokens) {
        let store = &self.world.office.desk.store;
        let count = store.count(&self.actor, &List::of(kind)).expect("counted");
        assert_eq!(count, expected.len() as i64, "count of {} for {}", kind.name, self.name);
        for facet in store.facets(&self.actor, &List::of(kind)).expect("facets") {
            let mut wanted: BTreeMap<String, i64> = BTreeMap::new();
            for thing in self.things(kind.name).filter(|thing| expected.contains(&thing.token)) {
                *wanted.entry(format!("{:?}", thing.record.get(facet.field.name))).or_default() += 1;
            }
            let found: BTreeMap<String, i64> =
                facet.counts.iter().map(|(value, n)| (format!("{value:?}"), *n)).collect();
            // A facet names its twelve most frequent values.
            assert!(
                found.iter().all(|(value, n)| wanted.get(value) == Some(n)),
                "{}: {found:?} {wanted:?}",
                facet.field.name
            );
            assert_eq!(found.len(), wanted.len().min(12), "{} of {} for {}", facet.field.name, kind.name, self.name);
        }
    }

    /// One object by its address: as the API has it, its history, and for some its pages; an unseen one is a missing one.
    fn single(&self, thing: &Thing, pages: bool) {
        let (kind, id) = (thing.record.kind.name, thing.record.id);
        let seen = self.seen.contains(&thing.token);
        let pair = format!("{} and {}", self.name, thing.record.number());
        let answer = self.site.api(&self.token, "GET", &format!("/api/{kind}/{id}"), "");
        assert_eq!(answer.status == 200, seen, "{pair}");
        let missing = self.site.api(&self.token, "GET", &format!("/api/{kind}/999999"), "");
        assert!(seen || answer == missing, "{pair}: {answer:?} {missing:?}");
        let known = self.world.office.desk.store.history(&self.actor, thing.record.kind, id, None, 10).is_ok();
        assert_eq!(known, seen, "history of {pair}");
        if pages {
            let history = self.site.api(&self.token, "GET", &format!("/api/{kind}/{id}/history"), "");
            assert_eq!(history.status == 200, seen, "history of {pair}");
            let page = self.page(&format!("/r/{kind}/{id}"));
            assert_eq!(shown(&page).contains(&thing.token), seen, "page of {pair}");
            assert!(
                seen || page == self.page(&format!("/r/{kind}/999999")),
                "{pair}: the refusal tells it from a missing one"
            );
            let found = shown(&self.api(&format!("/api/{kind}?q={}", thing.token)));
            assert!(seen || found.is_empty(), "search of {pair}");
            assert!(
                seen || !self.page(&format!("/pick/{kind}?q={}", thing.record.number())).contains("zq"),
                "picker of {pair}"
            );
        }
    }

    /// A place that the person does not see is not found through what stands in it, by name or by path.
    fn through(&self) {
        let Some(site) = self.things("site").find(|thing| !self.seen.contains(&thing.token)) else { return };
        let title = site.record.title().replace(' ', "%20");
        for kind in ["alert", "asset", "finding"] {
            let path = self.site.api(&self.token, "GET", &format!("/api/{kind}?q=site.name:{}*", site.token), "");
            assert!(!path.body.contains("zq"), "{}: {}", self.name, path.body);
            let ask = |name: &str| self.site.api(&self.token, "GET", &format!("/api/{kind}?q=site:%22{name}%22"), "");
            let (named, nonsense) = (ask(&title), ask("zq9999y%20quarz"));
            assert_eq!(named.status, nonsense.status);
            assert_eq!(named.body.replace(&site.token, "zq9999y"), nonsense.body, "{}", self.name);
        }
    }

    /// The newest entries of the history, the home page and the palette.
    fn feeds(&self) {
        let store = &self.world.office.desk.store;
        let since = now() - jiff::SignedDuration::from_hours(1);
        let all: Tokens = store
            .recent(&Actor::system(), since, 500)
            .expect("all")
            .iter()
            .flat_map(|(_, record)| shown(&format!("{:?}", record.values)))
            .collect();
        let mine: Tokens = store
            .recent(&self.actor, since, 500)
            .expect("mine")
            .iter()
            .flat_map(|(_, record)| shown(&format!("{:?}", record.values)))
            .collect();
        let views = self.things("saved_view").map(|thing| thing.token.clone()).collect::<Tokens>();
        let newest: Tokens = all.union(&views).filter(|token| self.seen.contains(*token)).cloned().collect();
        self.expect("recent changes", &mine, &newest);
        for path in
            ["/", "/home/body", "/palette?q=quarz", "/alerts", "/alerts?q=quarz", "/duties", "/events", "/admin"]
        {
            self.page(path);
        }
    }
}

#[test]
fn ten_thousand_pairs_leak_nothing() {
    let world = World::of(75);
    let site = Site::of(&world.office);
    let pairs = world.people.len() * world.things.len();
    let mut visible = 0;
    for at in 0..world.people.len() {
        let asker = Asker::of(&world, &site, at);
        visible += asker.seen.len();
        for kind in World::kinds() {
            asker.kind(world.office.kind(kind));
        }
        asker.through();
        asker.feeds();
    }
    assert!(pairs >= 10_000, "{pairs} pairs");
    // Neither everything nor nothing, or the test would prove little.
    assert!(visible * 10 > pairs && visible * 10 < pairs * 6, "{visible} of {pairs} pairs are seen");
    println!("{pairs} pairs, {visible} seen");
}

/// Every change tells exactly those who see it. After each one everybody changes a view of their own and reads their
/// stream up to it, so silence is proved without waiting.
#[test]
fn live_updates_reach_exactly_those_who_see() {
    let world = World::of(75);
    let site = Site::of(&world.office);
    let mut streams = Vec::new();
    for at in 0..world.people.len() - 2 {
        let actor = world.office.actor(&world.people[at]);
        let view = world.office.create(&actor, "saved_view", &[("name", "fence".into()), ("of_kind", "alert".into())]);
        let browser = site.sign_in(&world.office, &world.people[at]);
        streams.push((at, actor, view.expect("a view").record, site.live(&browser.cookie)));
    }
    let mut told = 0;
    for thing in
        world.things.iter().filter(|thing| thing.owner.is_none() && thing.record.kind.name != "attachment").step_by(6)
    {
        let kind = thing.record.kind;
        let field = if kind.name == "comment" { "text" } else { kind.title };
        world
            .office
            .update(&Actor::system(), &thing.record, &[(field, format!("{} again", thing.token).into())])
            .expect("changed");
        for (at, actor, view, stream) in &mut streams {
            *view = world
                .office
                .update(actor, view, &[("name", format!("fence {}", thing.token).into())])
                .expect("changed")
                .record;
            let mut heard = Vec::new();
            loop {
                match site.next(stream).as_str() {
                    "saved_view" => break,
                    other => heard.push(other.to_owned()),
                }
            }
            let expected = if world.sees(*at, thing) { vec![kind.name.to_owned()] } else { Vec::new() };
            told += expected.len();
            assert_eq!(heard, expected, "{} and person {at}", thing.record.number());
        }
    }
    assert!(told > 50, "{told} updates were told");
}

/// The same people and objects on PostgreSQL: lists, searches and counts are what the oracle says there too.
#[test]
fn postgresql_shows_the_same() {
    let Some(server) = Postgres::start() else { return };
    let folder = tempfile::TempDir::new().expect("a folder");
    let world = World::on(Office::at(&server.location(), folder), 75);
    let store = &world.office.desk.store;
    for at in 0..world.people.len() {
        let actor = world.office.actor(&world.people[at]);
        for kind in World::kinds().map(|kind| world.office.kind(kind)) {
            let all = world.things.iter().filter(|thing| thing.record.kind.name == kind.name);
            let expected: BTreeSet<i64> =
                all.filter(|thing| world.sees(at, thing)).map(|thing| thing.record.id).collect();
            let list = List::of(kind).limited(500);
            let ids = |list: &List| -> BTreeSet<i64> {
                store.list(&actor, list).expect("a page").records.iter().map(|record| record.id).collect()
            };
            assert_eq!(ids(&list), expected, "{} for person {at}", kind.name);
            assert_eq!(
                store.count(&actor, &list).expect("counted"),
                expected.len() as i64,
                "{} for person {at}",
                kind.name
            );
            if kind.fields.iter().any(|field| field.search) {
                let words = world.office.desk.filter(&actor, kind, "quarz", now()).expect("a filter");
                assert_eq!(ids(&list.filtered(words)), expected, "search of {} for person {at}", kind.name);
            }
        }
    }
}
