//! Documents that people must have read: publication, confirmation without any role, reminders, later issues, vendors.

use jiff::{SignedDuration, Timestamp};
use watchkeep_desk::DeskError;
use watchkeep_desk::duties::State;
use watchkeep_desk::reading::Confirmed;
use watchkeep_model::{Actor, Record, Value};
use watchkeep_store::StoreError;
use watchkeep_tests::{Office, now, refused};

/// A firm of sixty with a security manager and a director.
struct Firm {
    office: Office,
    sam: Actor,
    dana: Actor,
    staff: Vec<Record>,
    policy: Record,
}

fn days(count: i64) -> Timestamp {
    now() + SignedDuration::from_hours(24 * count)
}

fn list(records: &[Record]) -> Value {
    Value::List(records.iter().map(|record| record.id).collect())
}

impl Firm {
    /// `size` people, half of them in a group inside the other, and a policy for all of them that is put forward.
    fn of(size: usize) -> Self {
        let office = Office::open();
        let (sam, dana) = (office.holding("Sam", "Security Manager"), office.holding("Dana", "Administrator"));
        let staff: Vec<Record> = (1..=size).map(|at| office.person(&format!("Employee{at:02}"))).collect();
        let (field, desk) = staff.split_at(size / 2);
        let inner = office.make("group", &[("name", "Field".into()), ("people", list(field))]);
        let outer =
            [("name", "Everybody here".into()), ("people", list(desk)), ("groups", Value::List(vec![inner.id]))];
        let audience = office.make("group", &outer);
        let values = [
            ("title", "Information security policy".into()),
            ("text", "# Purpose\nWe keep what is entrusted to us.\n\n## Devices\nLock them.".into()),
            ("audience", Value::List(vec![audience.id])),
        ];
        let policy = office.create(&sam, "document", &values).expect("written").record;
        let firm = Self { office, sam, dana, staff, policy };
        firm.act(&firm.sam, "submit", &[]);
        firm
    }

    fn act(&self, by: &Actor, act: &str, values: &[(&str, Value)]) -> Record {
        let reason = matches!(act, "revise" | "retire").then_some("it changed");
        self.office.act(by, &self.policy, act, values, reason).expect("done").record
    }

    fn approve(&self, minor: bool) {
        self.act(&self.dana, "approve", &[("review_due", "2027-03-03".into()), ("minor", minor.into())]);
    }

    fn publish(&self) {
        self.act(&self.sam, "publish", &[]);
        self.settle(now());
    }

    fn settle(&self, at: Timestamp) {
        self.office.desk.owe_receipts(at).expect("settled");
    }

    /// Everybody's receipts in a state, with the names of who owes or gave them.
    fn receipts(&self, state: &str) -> Vec<Record> {
        let mut all = self.office.desk.all("receipt").expect("receipts");
        all.retain(|receipt| receipt.state() == Some(state));
        all
    }

    fn owing(&self, person: &Record) -> Vec<Record> {
        self.office.desk.my_receipts(&self.office.actor(person), "owed").expect("theirs")
    }

    fn confirm(&self, person: &Record, at: Timestamp) -> Confirmed {
        let actor = self.office.actor(person);
        let owed = self.owing(person).remove(0);
        let issue = owed.get("issue").as_int().expect("an issue");
        self.office.desk.confirm(&actor, owed.id, issue, &Vec::new(), at).expect("confirmed")
    }

    fn measured(&self, at: Timestamp) -> (i64, i64, State) {
        let found =
            self.office.desk.measure(&Actor::system(), "D-080", None, at).expect("measured").expect("a measure");
        (found.numerator, found.denominator, found.state)
    }
}

#[test]
fn story_c_6_a_policy_goes_to_sixty_people_and_the_six_who_have_not_read_it_are_named() {
    let firm = Firm::of(60);
    let again = firm.office.act(&firm.sam, &firm.policy, "approve", &[("review_due", "2027-03-03".into())], None);
    refused(again, "RU-38", "whoever asks does not decide");
    refused(firm.office.act(&firm.sam, &firm.policy, "publish", &[], None), "-", "starts from approved");
    firm.approve(false);
    assert!(firm.receipts("owed").is_empty(), "approval alone asks nobody");
    firm.publish();
    firm.settle(now());
    assert_eq!(firm.receipts("owed").len(), 60, "one each, however often the job runs");
    assert_eq!(firm.measured(now()), (0, 60, State::Red));

    for person in &firm.staff[..54] {
        assert!(firm.office.actor(person).access.assignments.is_empty(), "without any role");
        assert!(matches!(firm.confirm(person, days(1)), Confirmed::Given(_)));
    }
    let [given, owed] = ["given", "owed"].map(|state| firm.receipts(state));
    assert_eq!((given.len(), owed.len()), (54, 6));
    assert_eq!(firm.measured(days(1)), (54, 60, State::Amber), "nine in ten");
    let digest = firm.office.reload(&firm.policy).get("digest").as_text().map(str::to_owned);
    assert!(digest.is_some() && given.iter().all(|one| one.get("digest").as_text() == digest.as_deref()));
    let late: Vec<i64> = owed.iter().filter_map(|one| one.get("person").as_int()).collect();
    assert_eq!(late, firm.staff[54..].iter().map(|person| person.id).collect::<Vec<_>>());

    for day in [1, 7, 8, 13, 14, 15, 16, 22, 29] {
        firm.office.desk.remind_readers(days(day)).expect("reminded");
    }
    for one in firm.receipts("owed") {
        let Value::Rows(rows) = one.get("reminders") else { panic!("no reminder") };
        let steps: Vec<_> = rows.iter().filter_map(|row| row[1].as_text()).collect();
        assert_eq!(steps, ["a week left", "a day left", "overdue", "a week overdue", "2 weeks overdue"]);
    }
    assert!(firm.receipts("given").iter().all(|one| one.get("reminders").is_empty()), "who has read it is left alone");
}

#[test]
fn a_reader_opens_only_what_they_owe_and_gives_only_their_own() {
    let firm = Firm::of(4);
    firm.approve(false);
    firm.publish();
    let [ann, ben] = [&firm.staff[0], &firm.staff[1]];
    let (anns, hers) = (firm.office.actor(ann), firm.owing(ann).remove(0));
    let unseen = firm.office.desk.store.get(&anns, firm.policy.kind, firm.policy.id);
    assert!(matches!(unseen, Err(StoreError::Missing { .. })), "the document itself stays closed");
    let read = firm.office.desk.reading(&anns, hers.id).expect("hers to read");
    assert_eq!(read.text.get("text"), firm.office.reload(&firm.policy).get("text"));
    let bens = firm.owing(ben).remove(0);
    let other = firm.office.desk.reading(&anns, bens.id);
    assert!(matches!(other, Err(DeskError::Store(StoreError::Missing { .. }))), "another's is missing");
    assert!(firm.office.desk.confirm(&anns, bens.id, 1, &Vec::new(), now()).is_err());
    refused(firm.office.act(&firm.dana, &bens, "give", &[], None), "-", "only whoever owes");
    let mine = [("document", firm.policy.id.into()), ("grade", Value::Int(20))];
    firm.office.create(&firm.sam, "receipt", &mine).expect("Sam was not asked, and reads it all the same");
    refused(firm.office.create(&firm.sam, "receipt", &mine), "-", "already");
}

#[test]
fn who_joins_owes_it_too_and_who_leaves_owes_none() {
    let firm = Firm::of(4);
    firm.approve(false);
    firm.publish();
    let groups = firm.office.desk.all("group").expect("groups");
    let inner = groups.iter().find(|group| group.title() == "Field").expect("a group");
    let new = firm.office.person("Newcomer");
    let mut people = firm.staff[..2].to_vec();
    people.push(new.clone());
    firm.office.update(&firm.dana, inner, &[("people", list(&people))]).expect("joined");
    firm.settle(now());
    assert_eq!(firm.owing(&new).len(), 1);
    firm.office.update(&firm.dana, &new, &[("leaves", "2026-03-05".into())]).expect("leaves");
    firm.settle(days(2));
    assert_eq!(firm.receipts("owed").len(), 5, "the last day is a day of work");
    firm.settle(days(3));
    assert!(firm.owing(&new).is_empty());
    assert_eq!(firm.receipts("dropped").len(), 1);
    firm.office.update(&firm.dana, &new, &[("leaves", Value::Null)]).expect("stays after all");
    firm.settle(days(3));
    assert_eq!(firm.owing(&new).len(), 1, "the same receipt again, not another");
    assert_eq!(firm.office.desk.all("receipt").expect("all").len(), 5);
    firm.act(&firm.dana, "retire", &[]);
    firm.settle(days(3));
    assert!(firm.receipts("owed").is_empty(), "nobody reads what no longer counts");
}

#[test]
fn a_new_issue_is_read_again_unless_its_approver_says_it_is_a_small_change() {
    let firm = Firm::of(4);
    firm.approve(false);
    firm.publish();
    firm.confirm(&firm.staff[0], now());
    let first = firm.owing(&firm.staff[1]).remove(0);
    let revise = |text: &str, minor: bool| {
        firm.act(&firm.sam, "revise", &[]);
        firm.office.update(&firm.sam, &firm.policy, &[("text", text.into())]).expect("written");
        firm.act(&firm.sam, "submit", &[]);
        firm.approve(minor);
    };
    revise("A comma more.", true);
    firm.settle(now());
    let text = |receipt: &Record| {
        let reading = firm.office.desk.reading(&firm.office.actor(&firm.staff[1]), receipt.id).expect("to read");
        reading.text.get("text").as_text().unwrap_or_default().to_owned()
    };
    assert!(text(&first).contains("# Purpose"), "until it is published, the issue before is read");
    firm.publish();
    assert_eq!((firm.receipts("given").len(), firm.receipts("owed").len()), (1, 3), "a small change keeps receipts");
    assert_eq!(text(&first), "A comma more.", "who still owes it reads the newest");
    let stale = firm.office.desk.confirm(&firm.office.actor(&firm.staff[1]), first.id, 1, &Vec::new(), now());
    assert!(stale.is_err_and(|error| error.to_string().contains("another issue was published")));

    revise("Everything is new.", false);
    firm.publish();
    assert_eq!((firm.receipts("given").len(), firm.receipts("owed").len()), (0, 4));
    assert_eq!((firm.receipts("past").len(), firm.receipts("dropped").len()), (1, 3), "what was given stays as proof");
    let old = firm.receipts("past").remove(0);
    let kept = firm.office.desk.reading(&firm.office.actor(&firm.staff[0]), old.id).expect("still to be read");
    assert!(kept.text.get("text").as_text().is_some_and(|text| text.contains("# Purpose")), "as it was then");
    assert_eq!(kept.text.get("digest"), old.get("digest"));
    firm.office.desk.store.verify().expect("readable").expect("nothing was tampered with");
}

#[test]
fn questions_are_answered_before_a_receipt_is_given() {
    let firm = Firm::of(2);
    let row = |words: [&str; 3]| words.map(Value::from).to_vec();
    firm.office.act(&firm.dana, &firm.policy, "return", &[], Some("ask what it says")).expect("returned");
    let ask = |right: &str| {
        let rows =
            vec![row(["Who locks devices?", "Nobody\nEverybody", right]), row(["Why?", "Trust\nFun\nLaw", "1, 3"])];
        firm.office.update(&firm.sam, &firm.policy, &[("questions", Value::Rows(rows))])
    };
    refused(ask("3"), "-", "from 1 to 2");
    ask("2").expect("asked");
    firm.act(&firm.sam, "submit", &[]);
    firm.approve(false);
    firm.publish();
    let ann = firm.office.actor(&firm.staff[0]);
    let owed = firm.owing(&firm.staff[0]).remove(0);
    let lent = Actor { access: firm.dana.access.clone(), ..ann.clone() };
    refused(firm.office.act(&lent, &owed, "give", &[], None), "-", "answer its questions first");
    let answer = |answers: &[&[usize]]| {
        let answers = answers.iter().map(|chosen| chosen.to_vec()).collect();
        firm.office.desk.confirm(&ann, owed.id, 1, &answers, now()).expect("answered")
    };
    assert!(matches!(answer(&[&[2], &[1]]), Confirmed::TryAgain { wrong, right: 1, of: 2 } if wrong == [1]));
    assert!(matches!(answer(&[]), Confirmed::TryAgain { right: 0, .. }));
    assert!(matches!(answer(&[&[2], &[3, 1]]), Confirmed::Given(_)));
    let Value::Rows(attempts) = firm.office.reload(&owed).get("attempts").clone() else { panic!("no attempts") };
    let right: Vec<_> = attempts.iter().filter_map(|row| row[1].as_int()).collect();
    assert_eq!(right, [1, 0, 2], "each attempt is kept");
}

#[test]
fn ru_47_vendors_attest_through_somebody_who_is_named() {
    let firm = Firm::of(2);
    let carla = firm.office.person("Carla");
    let party =
        |name: &str, attests: Value| firm.office.make("party", &[("name", name.into()), ("attests", attests)]).id;
    let (acme, nobody) = (party("Acme Guards", carla.id.into()), party("Nobody Ltd", Value::Null));
    let parties = [("parties", Value::List(vec![acme, nobody]))];
    firm.office.update(&firm.sam, &firm.policy, &parties).expect("for vendors too");
    firm.approve(false);
    firm.publish();
    assert_eq!(firm.measured(now()), (0, 4, State::Red), "two people and two vendors");
    assert!(
        matches!(firm.confirm(&carla, now()), Confirmed::Given(receipt) if receipt.get("party").as_int() == Some(acme))
    );
    firm.staff.iter().for_each(|person| drop(firm.confirm(person, now())));
    assert_eq!(firm.measured(now()), (3, 4, State::Red), "a vendor for which nobody attests is not covered");
    let left = firm.receipts("owed").remove(0);
    assert_eq!((left.get("party").as_int(), left.get("person").as_int()), (Some(nobody), None));
    let vendor = firm.office.desk.all("party").expect("parties").into_iter().find(|one| one.id == nobody).expect("it");
    firm.office.update(&firm.sam, &vendor, &[("attests", carla.id.into())]).expect("named");
    firm.settle(now());
    firm.confirm(&carla, now());
    assert_eq!(firm.measured(now()), (4, 4, State::Green));
}
