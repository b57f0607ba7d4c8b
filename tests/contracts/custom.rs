//! Fields that an organisation adds: described, checked, filtered, exported and imported like the kind's own.

use crate::store::on_both;
use watchkeep_desk::import::Format;
use watchkeep_model::matches::matches;
use watchkeep_model::resolve::Test;
use watchkeep_model::{Actor, Record, Value};
use watchkeep_store::List;
use watchkeep_tests::{Office, now, refused};

fn add(office: &Office, name: &str, holds: &str, more: &[(&str, Value)]) -> Record {
    let holds = office.kind("custom_field").choice_value("holds", holds);
    let mut values = vec![
        ("label", Value::text(format!("My {name}"))),
        ("of_kind", "asset".into()),
        ("name", name.into()),
        ("holds", holds),
    ];
    values.extend(more.iter().cloned());
    office.make("custom_field", &values)
}

fn office_with_fields(office: &Office) -> Actor {
    add(office, "rack", "text", &[("options", "A1\nA2\nB7".into()), ("class", "server".into())]);
    add(office, "units", "number", &[]);
    add(office, "bought", "date", &[]);
    add(office, "leased", "flag", &[]);
    office.holding("Sam", "Administrator")
}

#[test]
fn a_definition_that_cannot_work_is_refused_with_the_way_out() {
    let office = Office::open();
    let sam = office.holding("Sam", "Administrator");
    let field = |name: &str, kind: &str, class: &str| {
        let values =
            [("label", "X".into()), ("name", name.into()), ("of_kind", kind.into()), ("class", Value::text(class))];
        office.create(&sam, "custom_field", &values)
    };
    refused(field("Rack Unit", "asset", ""), "-", "use lower-case letters, digits and _");
    refused(field("rack", "rocket", ""), "-", "`rocket` is not a kind; use one of alert");
    refused(field("rack", "comment", ""), "-", "`comment` is not a kind");
    refused(field("rack", "asset", "toaster"), "-", "`toaster` is not a class of assets; use server");
    refused(field("rack", "site", "server"), "-", "sites have no classes");
    let made = field("rack", "asset", "server").expect("made").record;
    refused(field("rack", "asset", ""), "-", "taken");
    refused(office.update(&sam, &made, &[("name", "shelf".into())]), "-", "add a new field");
}

#[test]
fn values_are_held_to_their_definition() {
    let office = Office::open();
    let sam = office_with_fields(&office);
    let server = office.make("asset", &[("name", "dc01".into())]);
    let set = |name: &str, value: Value| office.update(&sam, &server, &[(name, value)]);
    refused(set("custom.shelf", "A1".into()), "-", "assets have no added field `shelf`");
    refused(set("custom.rack", "Z9".into()), "-", "`Z9` is not a choice; use A1, A2, B7");
    refused(set("custom.units", "many".into()), "-", "use a number");
    refused(set("custom.bought", "soon".into()), "-", "use a date");
    set("custom.rack", "A2".into()).expect("kept");
    let camera = office.kind("asset").choice_value("class", "camera");
    let camera = office.make("asset", &[("name", "cam".into()), ("class", camera)]);
    refused(office.update(&sam, &camera, &[("custom.rack", "A1".into())]), "-", "only for class server");
    add(&office, "keeper", "text", &[("required", 1.into())]);
    refused(office.create(&sam, "asset", &[("name", "new".into())]), "-", "my keeper is missing");
    office.make("asset", &[("name", "what a job finds".into())]);
    let entry = office.desk.store.history(&sam, server.kind, server.id, None, 1).expect("a history").remove(0);
    assert_eq!(entry.change["custom"][1]["rack"], "A2", "the history tells before and after");
}

#[test]
fn filters_over_added_fields_agree_in_sql_and_memory() {
    on_both(|office| {
        let sam = office_with_fields(office);
        for n in 0..40i64 {
            let mut values = vec![("name".into(), Value::text(format!("asset {n}")))];
            let mut put = |name: &str, value: Value| values.push((format!("custom.{name}"), value));
            if n % 3 == 0 {
                put("rack", ["A1", "A2", "B7"][(n % 9 / 3) as usize].into());
            }
            if n % 4 != 0 {
                put("units", Value::Real(n as f64 / 2.0));
            }
            if n % 5 != 0 {
                put("bought", Value::text(format!("2026-03-{:02}", 1 + n % 28)));
            }
            put("leased", Value::Int(n % 2));
            let values: Vec<(&str, Value)> =
                values.iter().map(|(name, v): &(String, Value)| (name.as_str(), v.clone())).collect();
            office.make("asset", &values);
        }
        let kind = office.kind("asset");
        let all = office.desk.all("asset").expect("all");
        for (text, some) in [
            ("custom.rack:A1", true),
            ("custom.rack:a*", true),
            ("custom.rack:none", true),
            ("-custom.rack:any", true),
            ("custom.units>=10 custom.units<12.5", true),
            ("custom.units:none", true),
            ("custom.units:3", true),
            ("custom.bought:2026-03-05", true),
            ("custom.bought<2026-03-05", true),
            ("custom.bought:none or custom.leased:yes", true),
            ("custom.leased:no", false),
            ("number>=AST-30 number<AST-33", true),
            ("number>AST-38 or number<=AST-1", true),
        ] {
            let test = office.desk.filter(&sam, kind, text, now()).expect(text);
            let wanted: Vec<i64> =
                all.iter().filter(|one| matches(&test, one, &office.desk.store.look())).map(|one| one.id).collect();
            let mut list = List::of(kind).filtered(test).limited(200);
            (list.sort, list.descending) = ("number".to_owned(), false);
            let found: Vec<i64> =
                office.desk.store.list(&sam, &list).expect(text).records.iter().map(|one| one.id).collect();
            assert_eq!(found, wanted, "{text}");
            assert_eq!(!found.is_empty(), some, "{text}");
        }
        let wrong = office.desk.filter(&sam, kind, "custom.rak:A1", now()).expect_err("refused").to_string();
        assert!(wrong.contains("no added field `rak`") && wrong.contains("custom.rack"), "{wrong}");
    });
}

#[test]
fn import_after_export_changes_nothing_of_them() {
    let office = Office::open();
    let sam = office_with_fields(&office);
    let kind = office.kind("asset");
    let filled = [("name", "dc01".into()), ("custom.rack", "B7".into()), ("custom.units", Value::Real(2.5))];
    office.make("asset", &filled);
    office.make("asset", &[("name", "dc02".into()), ("custom.leased", 1.into())]);
    for format in [Format::Csv, Format::Xlsx] {
        let mut bytes = Vec::new();
        office.desk.export(&sam, kind, Test::All, format, &mut bytes).expect("exported");
        let report = office.desk.import(&sam, kind, format, &bytes, false, now()).expect("read");
        assert_eq!((report.unchanged, report.problems.len()), (2, 0), "{format:?} {report:?}");
    }
    let sheet = "number,custom.rack,My units\nAST-1,A1,\nAST-2,,7\n";
    let report = office.desk.import(&sam, kind, Format::Csv, sheet.as_bytes(), false, now()).expect("read");
    assert_eq!(report.updated, 2, "{report:?}");
    let custom = |id| office.desk.store.get(&sam, kind, id).expect("there").custom;
    assert_eq!(serde_json::Value::from(custom(1)), serde_json::json!({"rack": "A1"}));
    assert_eq!(serde_json::Value::from(custom(2)), serde_json::json!({"leased": 1, "units": 7.0}));
}
