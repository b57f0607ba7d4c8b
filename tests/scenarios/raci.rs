//! The RACI matrix: one R, one A, letters given through the page, and its gaps (RU-01 to RU-08).

use watchkeep_desk::raci::{Gaps, Letter};
use watchkeep_model::{Record, Value};
use watchkeep_tests::requests::{Browser, Site};
use watchkeep_tests::{Office, now};

struct Case {
    office: Office,
    site: Site,
    browser: Browser,
    held: Record,
    functions: Vec<i64>,
}

fn case() -> Case {
    let office = Office::open();
    let sam = office.holding("Sam", "Security Manager");
    let person = Value::from(sam.person.expect("a person"));
    let names = ["Desk", "Head", "Legal", "Press", "Board", "Sites", "Finance", "Staff"];
    let functions: Vec<i64> =
        names.map(|name| office.make("function", &[("name", name.into()), ("holder", person.clone())]).id).to_vec();
    let duty = office.desk.all("duty").expect("duties").remove(0).id;
    let held = office.make("held_duty", &[("title", "Watch".into()), ("duty", duty.into())]);
    let site = Site::of(&office);
    let record = office.desk.person_by_email("sam@demo.example").expect("found").expect("Sam");
    Case { browser: site.sign_in(&office, &record), site, held, functions, office }
}

impl Case {
    /// Sends the row's form; signs by the order of the functions.
    fn give(&self, signs: &[&str]) -> (u16, String) {
        let form: Vec<String> =
            self.functions.iter().zip(signs).map(|(function, sign)| format!("f{function}={sign}")).collect();
        let answer = self.site.post(&self.browser, &format!("/responsibilities/{}", self.held.id), &form.join("&"));
        (answer.status.as_u16(), answer.body)
    }

    fn letters(&self) -> String {
        let held = self.office.reload(&self.held);
        let signs = self.functions.iter().map(|function| Letter::of(&held, *function).map_or("-", Letter::sign));
        signs.collect::<Vec<_>>().join(" ")
    }

    fn gaps(&self) -> Gaps {
        let holding = self.office.desk.holding(now()).expect("read");
        Gaps::of(&[self.office.reload(&self.held)], &holding)
    }
}

#[test]
fn ru_01_cells_hold_r_a_c_i_or_ar_and_gaps_are_listed() {
    let case = case();
    let gaps = case.gaps();
    assert_eq!((gaps.no_responsible.len(), gaps.no_accountable.len()), (1, 1), "a task without R or A is a gap");
    let page = case.site.get(&case.browser.cookie, "/responsibilities").body;
    assert!(page.contains("without R (RU-02)") && page.contains("without A (RU-03)"), "the page lists them");
    assert_eq!(case.give(&["R", "A", "C", "I", "I"]).0, 303);
    assert_eq!(case.letters(), "R A C I I - - -");
    let softer = Gaps { no_deputy: vec![case.held.id], unconfirmed: vec![case.held.id], ..Gaps::default() };
    assert_eq!(case.gaps(), softer, "only a deputy and the holder's word are missing");
    assert_eq!(case.give(&["AR"]).0, 422, "Head is A already: what is not named keeps its letter");
    assert_eq!(case.give(&["AR", ""]).0, 303);
    assert_eq!(case.letters(), "AR - C I I - - -", "one function may be both, shown AR");
}

#[test]
fn ru_02_ru_03_a_second_r_or_a_is_refused_by_name_and_nothing_is_lost() {
    let case = case();
    assert_eq!(case.give(&["R", "A"]).0, 303);
    let (status, page) = case.give(&["R", "A", "R"]);
    assert_eq!(status, 422);
    assert!(page.contains("Desk and Legal would both be R") && page.contains("RU-02"), "names the present R");
    let row = page.split("name=\"f3\"").nth(1).and_then(|rest| rest.split("</select>").next()).expect("Legal's cell");
    assert!(row.contains("value=\"R\" selected"), "what was chosen is still there: {row}");
    let (status, page) = case.give(&["R", "A", "A"]);
    assert!(status == 422 && page.contains("Head and Legal would both be A") && page.contains("RU-03"));
    assert_eq!(case.letters(), "R A - - - - - -", "nothing was half-written");
    assert_eq!(case.give(&["", "A", "R"]).0, 303, "handing over is one act");
    assert_eq!(case.letters(), "- A R - - - - -");
}

#[test]
fn ru_07_more_than_five_informed_is_a_warning_and_no_refusal() {
    let case = case();
    assert_eq!(case.give(&["R", "A", "I", "I", "I", "I", "I"]).0, 303);
    assert!(case.gaps().many_informed.is_empty(), "five are few enough");
    assert_eq!(case.give(&["R", "A", "I", "I", "I", "I", "I", "I"]).0, 303);
    assert_eq!(case.gaps().many_informed, [case.held.id]);
    let page = case.site.get(&case.browser.cookie, "/responsibilities").body;
    assert!(page.contains("that inform more than five (RU-07)"));
}

#[test]
fn ru_08_ru_31_the_duty_shows_its_letters_and_the_table_its_functions() {
    let case = case();
    assert_eq!(case.give(&["R", "A", "C", "I"]).0, 303);
    let duty = case.site.get(&case.browser.cookie, &format!("/duty/{}", case.held.id)).body;
    for name in ["Desk", "Head", "Legal", "Press"] {
        assert!(duty.contains(name), "the duty's page names {name}");
    }
    let table = case.site.get(&case.browser.cookie, "/responsibilities/functions").body;
    assert!(table.contains("as of 2026-03-03") && table.contains("Organisation chart"), "dated, with its chart");
}

/// Whatever is sent, a duty never has two R or two A.
#[test]
fn ru_02_ru_03_random_edits_never_break_the_matrix() {
    let case = case();
    let signs = ["", "R", "A", "AR", "C", "I", "X"];
    let mut seed = 7_u64;
    let mut roll = || {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (seed >> 33) as usize % signs.len()
    };
    let (mut taken, mut refused) = (0, 0);
    for _ in 0..300 {
        let row: Vec<&str> = case.functions.iter().map(|_| signs[roll()]).collect();
        let count = |wanted: [&str; 2]| row.iter().filter(|sign| wanted.contains(sign)).count();
        let fits = count(["R", "AR"]) <= 1 && count(["A", "AR"]) <= 1;
        let before = case.letters();
        let (status, page) = case.give(&row);
        assert_eq!(status, if fits { 303 } else { 422 }, "{row:?}: {}", page.len());
        if fits {
            taken += 1;
            let expected: Vec<&str> =
                row.iter().map(|sign| if matches!(*sign, "" | "X") { "-" } else { sign }).collect();
            assert_eq!(case.letters(), expected.join(" "));
        } else {
            refused += 1;
            assert_eq!(case.letters(), before);
        }
    }
    assert!(taken > 20 && refused > 20, "both happened: {taken} {refused}");
}

#[test]
fn duties_held_at_sites_show_one_column_a_site_and_the_matrix_one_place_at_a_time() {
    let case = case();
    let duties: Vec<i64> = case.office.desk.all("duty").expect("duties").iter().take(2).map(|duty| duty.id).collect();
    let sites = ["Berlin", "Lyon", "Gdansk"].map(|name| case.office.make("site", &[("name", name.into())]).id);
    for (site, duty) in sites.iter().flat_map(|site| duties.iter().map(move |duty| (*site, *duty))) {
        let letters = [("responsible", case.functions[0].into()), ("accountable", case.functions[0].into())];
        let place = [("title", "There".into()), ("duty", duty.into()), ("site", site.into())];
        case.office.make("held_duty", &[&place[..], &letters[..]].concat());
    }
    let page = |path: &str| case.site.get(&case.browser.cookie, path).body;
    let home = page("/");
    let (_, table) = home.split_once("By site</h2>").expect("the table");
    let heads: Vec<&str> =
        table.split("<th scope=\"col\">").skip(1).filter_map(|rest| rest.split('<').next()).take(4).collect();
    assert_eq!(heads, ["Duty", "Berlin", "Gdansk", "Lyon"], "what is not Sam's, the organisation's, has no column");
    assert_eq!(
        table.split("</table>").next().unwrap_or("").matches("href=\"/duty/").count(),
        6,
        "two duties, three states each"
    );
    let matrix = page("/responsibilities?site=Lyon");
    assert!(matrix.contains("7 duties") && matrix.matches("id=\"HLD-").count() == 2, "the matrix of Lyon alone");
    assert_eq!(page("/responsibilities").matches("id=\"HLD-").count(), 1, "the organisation first");
}
