//! Money of a fiscal year: transfers come to zero, closed months stay, the budget adds up, ends of support are estimated.

use crate::case::Case;
use crate::ways::Try;
use serde_json::json;
use watchkeep_desk::money::written;
use watchkeep_model::{Actor, Money, Record, Value};
use watchkeep_tests::{Office, now, refused};

const EUR: [u8; 3] = *b"EUR";

/// Whole euros in cents.
const fn eur(whole: i64) -> i64 {
    whole * 100
}

fn line(office: &Office, class: &str, account: &str, on: &str, minor: i64) -> Record {
    let kind = office.kind("money_line");
    let values = [
        ("title", format!("{class} {account} {on}").into()),
        ("class", kind.choice_value("class", class)),
        ("fiscal_year", 2026.into()),
        ("account", account.into()),
        ("amount", Value::Money(minor, EUR)),
        ("on", on.into()),
        ("state", kind.choice_value("state", "approved")),
    ];
    office.make("money_line", &values)
}

fn leg(account: &str, minor: i64) -> serde_json::Value {
    json!({"account": account, "amount": {"minor": minor, "currency": "EUR"}})
}

fn transfer(legs: &[serde_json::Value]) -> String {
    json!({"title": "To guarding", "class": "transfer", "fiscal_year": 2026, "on": "2026-03-02", "legs": legs})
        .to_string()
}

fn manager() -> Case {
    let case = Case::new();
    case.give_tom("Money", "*:*", &[], &[1]);
    case
}

#[test]
fn d_112_a_transfer_comes_to_zero_or_is_refused_whole() {
    let case = manager();
    let office = &case.office;
    let post = |legs: &[serde_json::Value]| case.api("POST", "/api/money_line", &transfer(legs));
    for (legs, words) in [
        (vec![leg("tools", -50_000), leg("guarding", 70_000)], "these legs come to 200.00 EUR"),
        (vec![leg("tools", -70_000), leg("guarding", 50_000)], "these legs come to -200.00 EUR"),
        (vec![leg("tools", 0)], "two legs at least"),
        (vec![], "two legs at least"),
    ] {
        let answer = post(&legs);
        assert_eq!((answer.status.as_u16(), &answer.json()["rule"]), (422, &json!("D-112")), "{}", answer.body);
        assert!(answer.body.contains(words), "{}", answer.body);
    }
    assert!(office.desk.all("money_line").expect("lines").is_empty(), "nothing was half-written");
    let made = post(&[leg("tools", -50_000), leg("guarding", 30_000), leg("people", 20_000)]);
    assert_eq!(made.status, 201, "{}", made.body);
    let made = office.desk.all("money_line").expect("lines").remove(0);
    assert_eq!(made.read::<Money>("amount"), Some(Money { minor: 50_000, currency: EUR }), "what moves in all");
    let plain = "title=x&class=transfer&fiscal_year=2026&on=2026-03-02&amount=1.00&account=tools";
    let page = case.post("/r/money_line", plain);
    assert!(page.status == 422 && page.body.contains("D-112"), "{}", page.status);
    let file = case
        .import("money_line", "title,class,fiscal_year,on,amount,account\nx,transfer,2026,2026-03-02,1.00 EUR,tools\n");
    assert!(file.body.contains("D-112"), "an import makes no money either");
    let bulk = case.post("/r/money_line/bulk", &format!("act=set&set.class=yes&class=budget&id={}", made.id));
    assert!(bulk.body.contains("D-112"), "nor does a bulk action");
    assert_eq!(office.desk.all("money_line").expect("lines").len(), 1);
}

#[test]
fn d_113_closed_months_stay_as_they_are_on_every_way() {
    let case = manager();
    let office = &case.office;
    let (january, february) =
        (line(office, "actual", "tools", "2026-01-20", 10_000), line(office, "actual", "tools", "2026-02-20", 5_000));
    let close = |through: &str| {
        case.api("POST", "/api/organisation/1/moves/close_months", &json!({"through": through}).to_string())
    };
    for (through, words) in
        [("2026-01-30", "use 2026-01-31"), ("2026-03-31", "is not over"), ("2025-12-15", "use 2025-12-31")]
    {
        let answer = close(through);
        assert!(answer.status == 422 && answer.body.contains(words), "{}", answer.body);
    }
    assert_eq!(close("2026-01-31").status, 200);
    assert_eq!([&january, &february].map(|one| office.reload(one).state()), [Some("closed"), Some("approved")]);
    assert!(close("2025-12-31").body.contains("closed through 2026-01-31 already"));

    let said = "the books are closed through 2026-01-31";
    case.refused_everywhere(Some(&january), Try::Set(&[("title", "Other")]), "D-113", said);
    case.refused_everywhere(Some(&january), Try::Set(&[("on", "2026-02-20")]), "D-113", said);
    case.refused_everywhere(Some(&february), Try::Set(&[("on", "2026-01-31")]), "D-113", said);
    let late = [
        ("title", "Late"),
        ("class", "actual"),
        ("fiscal_year", "2026"),
        ("account", "tools"),
        ("amount", "1.00 EUR"),
        ("on", "2026-01-31"),
    ];
    case.refused_everywhere(None, Try::Make("money_line", &late), "D-113", said);
    let gone = case.api("DELETE", &format!("/api/money_line/{}", january.id), "");
    assert!(gone.status == 422 && gone.body.contains(said), "{}", gone.body);
    let first = [("title", "First"), ("on", "2026-02-01")];
    let open: Vec<_> =
        late.iter().map(|(name, value)| *first.iter().find(|(own, _)| own == name).unwrap_or(&(name, value))).collect();
    let form: Vec<String> =
        open.iter().map(|(name, value)| format!("{name}={}", value.trim_end_matches(" EUR"))).collect();
    assert_eq!(case.post("/r/money_line", &form.join("&")).status, 303, "the next day is open");
}

#[test]
fn a_month_with_an_undecided_budget_is_not_closed() {
    let case = manager();
    let office = &case.office;
    let kind = office.kind("money_line");
    let open = line(office, "budget", "tools", "2026-01-01", 100);
    office.act(&Actor::system(), &open, "return", &[], Some("too much")).expect("open again");
    let through = [("through", Value::text("2026-01-31"))];
    let organisation = office.desk.all("organisation").expect("one").remove(0);
    let vera = office.holding("Vera", "Finance");
    refused(office.act(&vera, &organisation, "close_months", &through, None), "D-113", "MNY-1 is not decided");
    office.act(&Actor::system(), &open, "approve", &[], None).expect("decided");
    office.act(&vera, &organisation, "close_months", &through, None).expect("finance closes the month");
    let paid = line(office, "commitment", "tools", "2026-02-01", 100);
    assert_eq!(office.reload(&paid).kind.name, kind.name);
    let reader = office.holding("Ron", "Reader");
    let through = [("through", Value::text("2026-02-28"))];
    assert!(office.act(&reader, &organisation, "close_months", &through, None).is_err(), "a reader closes nothing");
}

#[test]
fn the_budget_adds_up_by_account_with_transfers_commitments_and_months() {
    let case = manager();
    let office = &case.office;
    line(office, "budget", "guarding", "2026-01-01", eur(100_000));
    line(office, "budget", "tools", "2026-01-01", eur(20_000));
    line(office, "actual", "guarding", "2026-01-31", eur(8_000));
    line(office, "actual", "guarding", "2026-02-28", eur(8_500));
    let paid = line(office, "commitment", "guarding", "2026-02-01", eur(1));
    office.act(&Actor::system(), &paid, "close", &[], None).expect("paid");
    line(office, "commitment", "guarding", "2026-03-01", eur(80_000));
    line(office, "forecast", "guarding", "2026-12-01", eur(7_500));
    line(office, "estimate", "guarding", "2026-12-01", eur(9_999));
    let budget = || office.desk.budget(&Actor::system(), 2026).expect("added up");
    let of = |name: &str| budget().accounts.into_iter().find(|one| one.name == name).expect("the account");
    let guarding = of("guarding");
    assert_eq!(
        (guarding.budget, guarding.committed, guarding.actual, guarding.forecast(), guarding.percent()),
        (eur(100_000), eur(80_000), eur(16_500), eur(104_000), Some(104))
    );
    assert_eq!(guarding.months[..3], [eur(8_000), eur(8_500), 0]);

    assert_eq!(
        case.api("POST", "/api/money_line", &transfer(&[leg("tools", -eur(4_000)), leg("guarding", eur(4_000))]))
            .status,
        201
    );
    assert_eq!(
        (of("guarding").budget, of("guarding").waiting, of("tools").waiting),
        (eur(100_000), eur(4_000), -eur(4_000))
    );
    let asked = office.desk.all("money_line").expect("lines").pop().expect("the transfer");
    let tom = office.actor(&case.tom);
    refused(office.act(&tom, &asked, "approve", &[], None), "RU-38", "");
    office.act(&Actor::system(), &asked, "approve", &[], None).expect("approved");
    assert_eq!(
        (of("guarding").budget, of("tools").budget, of("guarding").percent()),
        (eur(104_000), eur(16_000), Some(100))
    );
    let whole: i64 = budget().accounts.iter().map(|one| one.budget).sum();
    assert_eq!(whole, eur(120_000), "a transfer makes no money");

    let page = case.site.get(&case.browser.cookie, "/money?year=2026").body;
    for words in ["Budget 2026", "guarding", "104\u{202f}000.00", "100 %", "Jan"] {
        assert!(page.contains(words), "the page lacks {words}");
    }
    assert_eq!(case.site.get(&case.browser.cookie, "/money?year=x").status, 400);
    assert_eq!(written(Money { minor: -1_234_567, currency: EUR }), "-12\u{202f}345.67 EUR");
}

#[test]
fn story_c_11_the_end_of_support_is_red_until_it_is_estimated_and_the_business_case_prints() {
    let case = manager();
    let office = &case.office;
    for at in 0..12 {
        line(office, "budget", &format!("line {at}"), "2026-01-01", eur(1_000));
    }
    assert_eq!(office.desk.budget(&Actor::system(), 2026).expect("added up").accounts.len(), 12);
    let wall = office.make(
        "asset",
        &[
            ("name", "Firewall".into()),
            ("class", office.kind("asset").choice_value("class", "network")),
            ("support_ends", "2026-12-03".into()),
        ],
    );
    office.make("asset", &[("name", "Far off".into()), ("support_ends", "2029-01-01".into())]);
    let figure = || office.desk.measure(&Actor::system(), "D-114", None, now()).expect("asked").expect("measured");
    assert_eq!((figure().figure().as_str(), figure().state.name()), ("0 of 1", "red"));
    let risk = office.make(
        "risk",
        &[
            ("title", "Firewall unpatched".into()),
            ("class", office.kind("risk").choice_value("class", "information")),
            ("likelihood", 4.into()),
            ("impact", 5.into()),
            ("likelihood_left", 1.into()),
            ("impact_left", 5.into()),
        ],
    );
    let asked = json!({"title": "New firewall", "class": "estimate", "fiscal_year": 2026, "account": "line 1",
        "amount": {"minor": eur(18_500), "currency": "EUR"}, "on": "2026-10-01", "asset": wall.number(), "risk": risk.number(),
        "grounds": "Support ends; other vendors cost more."});
    let made = case.api("POST", "/api/money_line", &asked.to_string());
    assert_eq!(made.status, 201, "{}", made.body);
    assert_eq!((figure().figure().as_str(), figure().state.name()), ("1 of 1", "green"));
    let uwe = office.person("Uwe").id;
    let party = office.make("party", &[("name", "Tools & Co".into()), ("overseer", uwe.into())]);
    let class = office.kind("agreement").choice_value("class", "software");
    let values = [
        ("title", "Scanner licence".into()),
        ("class", class),
        ("party", party.id.into()),
        ("ends", "2026-12-31".into()),
    ];
    let contract = office.make("agreement", &values);
    let signed = [("starts", "2026-01-01".into()), ("owner", uwe.into())];
    office.act(&Actor::system(), &contract, "sign", &signed, None).expect("in force");
    assert_eq!((figure().figure().as_str(), figure().state.name()), ("1 of 2", "red"), "a contract ends too");
    let asked = json!({"title": "Licence for another year", "class": "estimate", "fiscal_year": 2027, "account": "line 1",
        "amount": {"minor": eur(900), "currency": "EUR"}, "on": "2027-01-01", "agreement": contract.number(),
        "grounds": "Same as this year."});
    assert_eq!(case.api("POST", "/api/money_line", &asked.to_string()).status, 201);
    assert_eq!((figure().figure().as_str(), figure().state.name()), ("2 of 2", "green"));
    assert_eq!(office.reload(&wall).read::<Money>("estimate"), Some(Money { minor: eur(18_500), currency: EUR }));
    let number = made.json()["number"].as_str().expect("a number").to_owned();
    let id = number.trim_start_matches("MNY-").to_owned();
    let page = case.site.get(&case.browser.cookie, &format!("/r/money_line/{id}")).body;
    for words in ["Business case", "18\u{202f}500.00 EUR", "20 to 5 of 25, 15 less", "support ends 2026-12-03"] {
        assert!(page.contains(words), "the page lacks {words}");
    }
    let paper = case.site.get(&case.browser.cookie, &format!("/money/{id}/case.pdf"));
    assert_eq!(paper.status, 200, "the business case prints");
    let kept = case.api("DELETE", &format!("/api/money_line/{id}"), "");
    assert!(kept.body.contains("an asset or contract rests on this estimate"), "{}", kept.body);
    let moved = case.api("PATCH", &format!("/api/money_line/{id}"), r#"{"asset": null}"#);
    assert_eq!(moved.status, 200, "{}", moved.body);
    assert_eq!(figure().figure(), "1 of 2", "taken from it, the asset has none");
}
