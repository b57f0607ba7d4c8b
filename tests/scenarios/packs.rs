//! Starter packs: a newcomer begins with duties that somebody holds, in one step that is whole or not done.

use watchkeep_desk::packs::{Beginning, Begun, Pack, packs};
use watchkeep_model::Record;
use watchkeep_tests::{Office, now};

fn pack(key: &str) -> Pack {
    packs().into_iter().find(|pack| pack.key == key).expect("a pack")
}

/// Sam runs the firm's security, Dana directs it.
fn sam_and_dana() -> Beginning {
    let holder = |function: &str, name: &str, email: &str| (function.to_owned(), name.to_owned(), email.to_owned());
    Beginning {
        organisation: "Harbour Works".to_owned(),
        sites: Vec::new(),
        holders: vec![
            holder("Director", "Dana Holm", "dana@harbour.example"),
            holder("Security manager", "Sam Reyes", "Sam@Harbour.example"),
        ],
    }
}

fn held(office: &Office) -> Vec<Record> {
    office.desk.all("held_duty").expect("held duties")
}

#[test]
fn packs_name_duties_of_the_catalogue_and_functions_of_their_own() {
    let sizes: Vec<(&str, usize)> = packs().iter().map(|pack| (pack.key, pack.held(1))).collect();
    assert_eq!(sizes, [("small", 45), ("soc", 60), ("sites", 55), ("enterprise", 196)]);
    let roles: Vec<&str> = watchkeep_records::builtin::ROLES.iter().map(|role| role.name).collect();
    for pack in packs() {
        let named: Vec<&str> = pack.functions.iter().map(|post| post.name).collect();
        for post in &pack.functions {
            assert!(roles.contains(&post.role), "{}: {} has no role `{}`", pack.key, post.name, post.role);
            assert!(post.reports_to.is_none_or(|above| named.contains(&above)), "{}: {}", pack.key, post.name);
        }
        let mut codes: Vec<&String> = pack.lines.iter().flat_map(|line| &line.duties).collect();
        for line in &pack.lines {
            let all = [line.responsible, line.accountable]
                .into_iter()
                .chain(line.consulted.clone())
                .chain(line.informed.clone());
            all.for_each(|name| assert!(named.contains(&name), "{}: nobody is called `{name}`", pack.key));
        }
        let total = codes.len();
        codes.sort();
        codes.dedup();
        assert_eq!(codes.len(), total, "{}: a duty stands twice", pack.key);
    }
}

#[test]
fn a_small_company_begins_with_45_duties_that_two_people_hold() {
    let office = Office::open();
    let admin = office.holding("Sam", "Administrator");
    office
        .update(
            &admin,
            &office.desk.person_by_email("sam@demo.example").expect("found").expect("Sam"),
            &[("email", "sam@harbour.example".into())],
        )
        .expect("changed");
    let begun = office.desk.begin(&admin, &pack("small"), &sam_and_dana(), now()).expect("begun");
    assert_eq!(begun, Begun { functions: 2, people: 1, sites: 0, held: 45 });

    let sam = office.desk.person_by_email("sam@harbour.example").expect("found").expect("Sam");
    assert_eq!(sam.title(), "Sam Reyes", "whoever begins may say their own name");
    let holding = office.desk.holding(now()).expect("holders");
    let does =
        |person: i64| held(&office).iter().filter(|one| holding.holder(one, "responsible") == Some(person)).count();
    let dana = office.desk.person_by_email("dana@harbour.example").expect("found").expect("Dana");
    assert_eq!((does(sam.id), does(dana.id)), (43, 2));
    assert!(office.actor(&dana).access.may("document", "approve"), "the director decides");
    let grey =
        held(&office).iter().filter(|one| one.state() == Some("grey") || one.choice("state") == Some("grey")).count();
    assert!(grey >= 35, "almost all is grey at first, {grey} of 45");

    let again = office.desk.begin(&admin, &pack("small"), &sam_and_dana(), now()).expect("begun again");
    assert_eq!(again, Begun::default(), "taking a pack twice doubles nothing");
    let more = office.desk.begin(&admin, &pack("enterprise"), &Beginning::default(), now()).expect("joined");
    assert_eq!((more.held, held(&office).len()), (151, 196), "what is held stays as it is");
}

#[test]
fn guarding_duties_are_held_once_at_each_site() {
    let office = Office::open();
    let admin = office.holding("Piet", "Administrator");
    office.make("site", &[("name", "Berlin".into())]);
    let sites = ["Berlin", "Lyon", "Gdansk"].map(str::to_owned).to_vec();
    let begun =
        office.desk.begin(&admin, &pack("sites"), &Beginning { sites, ..Beginning::default() }, now()).expect("begun");
    assert_eq!((begun.sites, begun.held), (2, 40 + 15 * 3));
    let at = |site: i64| held(&office).iter().filter(|one| one.get("site").as_int() == Some(site)).count();
    assert_eq!([at(1), at(2), at(3)], [15, 15, 15]);
}

#[test]
fn a_beginning_is_whole_or_nothing() {
    let office = Office::open();
    let mut given = sam_and_dana();
    given.holders[0].2 = String::new();
    let admin = office.holding("Sam", "Administrator");
    let error = office.desk.begin(&admin, &pack("small"), &given, now()).expect_err("refused");
    assert_eq!(error.to_string(), "Director: Dana Holm needs an e-mail address to sign in with");

    let reader = office.holding("Rita", "Reader");
    let groups = office.desk.all("group").expect("groups").len();
    office.desk.begin(&reader, &pack("small"), &sam_and_dana(), now()).expect_err("a reader makes nothing");
    let risks = office.holding("Rob", "Security Manager");
    office.desk.begin(&risks, &pack("small"), &sam_and_dana(), now()).expect_err("gives no roles away");
    assert!(held(&office).is_empty(), "nothing was half-written");
    assert!(office.desk.all("function").expect("functions").is_empty());
    assert_eq!(office.desk.all("group").expect("groups").len(), groups + 1, "only Rob's own");
}
