//! The official catalogs and baselines with their known counts, and small profiles for each directive.

use super::*;
use std::collections::BTreeSet;

/// A file of the official samples; nothing where they are not at hand.
fn official(name: &str) -> Option<Source> {
    let path = format!("{}/../../../shared/data/grc/oscal/{name}", env!("CARGO_MANIFEST_DIR"));
    match std::fs::read(&path) {
        Ok(bytes) => Some(parse(name, &bytes).expect("an OSCAL file")),
        Err(_) => {
            eprintln!("skipped: {path} is not there");
            None
        }
    }
}

const NIST: &str = "NIST_SP-800-53_rev5_catalog-min.2021-06-08.json";

fn ids(catalog: &Catalog) -> BTreeSet<String> {
    catalog.controls().map(|control| control.id.clone()).collect()
}

#[test]
fn the_whole_of_800_53_is_laid_out() {
    let Some(source) = official(NIST) else { return };
    let Document::Catalog(catalog) = &source.document else { panic!("a catalog") };
    let lines = lines(catalog);
    let count = |test: &dyn Fn(&&Line) -> bool| lines.iter().filter(test).count();
    assert_eq!(count(&|line| line.chapter), 20);
    assert_eq!(count(&|line| !line.chapter), 1189);
    assert_eq!(count(&|line| line.withdrawn), 182);
    assert_eq!(catalog.controls().map(|control| control.params.len()).sum::<usize>(), 1258);
    let line = |id: &str| lines.iter().find(|line| line.id == id).expect("a line");
    assert_eq!(line("ac-2.2").code, "AC-2(2)");
    assert_eq!(line("ac-2.2").parent.as_deref(), Some("ac-2"));
    assert_eq!(line("ac-2").parent.as_deref(), Some("ac"));
    assert!(
        line("ac-2.2").text.starts_with(
            "Automatically [Selection: remove; disable] temporary and emergency accounts after [Assignment: organization-defined time period for each type of account]."
        ),
        "{}",
        line("ac-2.2").text
    );
    assert_eq!(line("ac-2.10").text, "Withdrawn: incorporated into AC-2.");
    assert!(!lines.iter().any(|line| line.text.contains("{{")), "every parameter is put in");
    for (at, line) in lines.iter().enumerate() {
        let before = |parent: &String| lines.iter().take(at).any(|other| other.id == *parent);
        assert!(line.parent.as_ref().is_none_or(before), "{} stands before what it belongs to", line.id);
    }
}

#[test]
fn the_four_baselines_resolve_to_exactly_their_controls() {
    let Some(catalog) = official(NIST) else { return };
    for (name, count) in [("LOW", 149), ("MODERATE", 287), ("HIGH", 370), ("PRIVACY", 96)] {
        let profile = official(&format!("NIST_SP-800-53_rev5_{name}-baseline_profile.json")).expect("beside it");
        let Document::Profile(inner) = &profile.document else { panic!("a profile") };
        let named: BTreeSet<String> =
            inner.imports[0].include_controls.iter().flat_map(|select| select.with_ids.clone()).collect();
        let resolved = resolve(&profile, std::slice::from_ref(&catalog)).expect("resolved");
        assert_eq!(ids(&resolved.catalog).len(), count, "{name}");
        assert_eq!(ids(&resolved.catalog), named, "{name}");
        assert_eq!(resolved.catalog.controls().count(), count, "{name}: none twice");
        assert!(resolved.catalog.groups.iter().all(|group| group.id.is_some()), "as-is keeps the families");
        assert_eq!(resolved.notes.len(), 1, "only that the catalog has another name: {:?}", resolved.notes);
    }
}

#[test]
fn a_baseline_resolved_here_is_the_one_resolved_by_its_issuer() {
    for name in ["LOW", "MODERATE", "HIGH"] {
        let Some(official_one) = official(&format!("NIST_SP-800-53_rev5_{name}-resolved-min.json")) else { return };
        let profile = official(&format!("NIST_SP-800-53_rev5_{name}-baseline_profile.json")).expect("beside it");
        let ours = resolve(&profile, std::slice::from_ref(&official_one)).expect("resolved").catalog;
        let Document::Catalog(theirs) = &official_one.document else { panic!("a catalog") };
        assert_eq!(ours.groups, theirs.groups, "{name}: groups, controls, parameters and parts");
        assert_eq!(lines(&ours), lines(theirs), "{name}");
    }
}

#[test]
fn the_cybersecurity_framework_has_22_categories_and_106_subcategories_today() {
    let Some(source) = official("NIST_CSF_v2.0_catalog.derived.json") else { return };
    let Document::Catalog(catalog) = &source.document else { panic!("a catalog") };
    let class = |id: &str| catalog.controls().find(|control| control.id == id).and_then(|one| one.class.clone());
    let lines = lines(catalog);
    let now = |wanted: &str| {
        let current = lines.iter().filter(|line| !line.chapter && !line.withdrawn);
        current.filter(|line| class(&line.id).as_deref() == Some(wanted)).count()
    };
    assert_eq!((now("category"), now("subcategory")), (22, 106));
    assert_eq!(lines.iter().filter(|line| line.chapter).count(), 6);
    assert_eq!(lines.len(), 6 + 34 + 185, "older entries stay, as withdrawn");
}

#[test]
fn examples_of_other_kinds_are_named_and_refused() {
    let path = format!("{}/../../../shared/data/grc/oscal/examples/ifa_ssp-example.json", env!("CARGO_MANIFEST_DIR"));
    let Ok(bytes) = std::fs::read(&path) else { return };
    let error = parse("ssp.json", &bytes).expect_err("no catalog").to_string();
    assert_eq!(error, "ssp.json is an OSCAL system security plan; a catalog or a profile is accepted");
    let basic = official("examples/basic-catalog.json").expect("beside it");
    let Document::Catalog(catalog) = &basic.document else { panic!("a catalog") };
    let line = lines(catalog).into_iter().find(|line| line.id == "s1.1.1").expect("a line");
    assert_eq!(line.code, "1.1.1");
    assert!(line.text.contains("[Selection (one or more): initiating a device lock after [Assignment: a duration]"));
}

/// A catalog with two groups, a nested control and a parameter.
fn small() -> Source {
    let json = r#"{"catalog":{"uuid":"c1","metadata":{"title":"Small","version":"1","oscal-version":"1.1.2"},
      "groups":[{"id":"a","title":"A","controls":[
         {"id":"a-1","title":"One","params":[{"id":"p","label":"days"}],"parts":[{"id":"a-1_smt","name":"statement","prose":"Every {{ insert: param, p }}.","parts":[{"id":"a-1_smt.x","name":"item","prose":"x"}]}],
          "controls":[{"id":"a-1.1","title":"Inner"},{"id":"a-1.2","title":"Other"}]},
         {"id":"a-2","title":"Two"}]},
       {"id":"b","title":"B","controls":[{"id":"b-1","title":"B one"}]}]}}"#;
    parse("small.json", json.as_bytes()).expect("a catalog")
}

fn profile(name: &str, body: &str) -> Source {
    let json = format!(
        r#"{{"profile":{{"uuid":"{name}","metadata":{{"title":"{name}","version":"1","oscal-version":"1.0.4"}},{body}}}}}"#
    );
    parse(name, json.as_bytes()).expect("a profile")
}

/// Lays a profile of the small catalog out as `id` or `parent/id`, and its notes.
fn check(body: &str, expected: &[&str]) -> Vec<String> {
    let resolved = resolve(&profile("p.json", body), &[small()]).expect("resolved");
    let shown = |line: &Line| match &line.parent {
        Some(parent) => format!("{parent}/{}", line.id),
        None => line.id.clone(),
    };
    let found: Vec<String> = lines(&resolved.catalog).iter().map(shown).collect();
    assert_eq!(found, expected, "{body}");
    resolved.notes
}

#[test]
fn imports_select_by_id_by_pattern_and_with_children() {
    let as_is = r#""merge":{"as-is":true}"#;
    let all = ["a", "a/a-1", "a-1/a-1.1", "a-1/a-1.2", "a/a-2", "b", "b/b-1"];
    check(&format!(r#""imports":[{{"href":"x/small.xml","include-all":{{}}}}],{as_is}"#), &all);
    check(&format!(r#""imports":[{{"href":"small.json"}}],{as_is}"#), &all);
    let some = |select: &str, expected: &[&str]| {
        check(&format!(r#""imports":[{{"href":"small.json",{select}}}],{as_is}"#), expected)
    };
    some(r#""include-controls":[{"with-ids":["a-1"]}]"#, &["a", "a/a-1"]);
    some(
        r#""include-controls":[{"with-child-controls":"yes","with-ids":["a-1"]}]"#,
        &["a", "a/a-1", "a-1/a-1.1", "a-1/a-1.2"],
    );
    // A control whose parent is left out takes its place.
    some(r#""include-controls":[{"with-ids":["a-1.2"]}]"#, &["a", "a/a-1.2"]);
    some(r#""include-controls":[{"matching":[{"pattern":"?-1"}]}]"#, &["a", "a/a-1", "b", "b/b-1"]);
    some(
        r#""include-all":{},"exclude-controls":[{"with-child-controls":"yes","with-ids":["a-1"]}]"#,
        &["a", "a/a-2", "b", "b/b-1"],
    );
    some(r#""include-all":{},"exclude-controls":[{"matching":[{"pattern":"a-*"}]}]"#, &["b", "b/b-1"]);
    let notes = some(r#""include-controls":[{"with-ids":["a-2","z-9"]}]"#, &["a", "a/a-2"]);
    assert_eq!(notes, ["p.json names z-9, which Small does not have"]);
}

#[test]
fn merging_is_flat_as_is_or_into_groups_of_its_own() {
    let twice = r#""imports":[{"href":"small.json","include-controls":[{"with-ids":["a-2"]}]},{"href":"small.json","include-controls":[{"with-ids":["a-2","a-1.1","b-1"]}]}]"#;
    check(
        &format!(r#"{twice},"merge":{{"combine":{{"method":"use-first"}},"as-is":true}}"#),
        &["a", "a/a-2", "a/a-1.1", "b", "b/b-1"],
    );
    check(&format!(r#"{twice},"merge":{{"combine":{{"method":"merge"}},"flat":{{}}}}"#), &["a-2", "a-1.1", "b-1"]);
    check(twice, &["a-2", "a-1.1", "b-1"]);
    let custom = r#""merge":{"combine":{"method":"use-first"},"custom":{"groups":[{"id":"g","title":"G","insert-controls":[{"order":"descending","include-controls":[{"matching":[{"pattern":"a-*"}]}]}]}],"insert-controls":[{"include-controls":[{"with-ids":["b-1"]}]}]}}"#;
    check(&format!("{twice},{custom}"), &["g", "g/a-2", "g/a-1.1", "b-1"]);
    let both = profile("p.json", r#""imports":[{"href":"small.json"}],"merge":{"flat":{},"as-is":true}"#);
    let error = resolve(&both, &[small()]).expect_err("two structures").to_string();
    assert!(error.contains("more than one of `flat`, `as-is`, `custom`; keep one"), "{error}");
}

#[test]
fn parameters_are_set_and_controls_altered() {
    let one = r#""imports":[{"href":"small.json","include-controls":[{"with-ids":["a-1"]}]}]"#;
    let text = |modify: &str| {
        let resolved = resolve(&profile("p.json", &format!("{one},{modify}")), &[small()]).expect("resolved");
        (lines(&resolved.catalog).remove(0), resolved.notes)
    };
    let (line, notes) =
        text(r#""modify":{"set-parameters":[{"param-id":"p","values":["30 days"]},{"param-id":"q","values":["x"]}]}"#);
    assert_eq!(line.text, "Every 30 days.\n  x");
    assert_eq!(notes, ["it sets the parameters q, which nothing that it imports has"]);
    let (line, _) = text(r#""modify":{"set-parameters":[{"param-id":"p","label":"weeks"}]}"#);
    assert_eq!(line.text, "Every [Assignment: weeks].\n  x");
    let (line, _) = text(
        r#""modify":{"alters":[{"control-id":"a-1","removes":[{"by-id":"a-1_smt.x"}],"adds":[{"position":"ending","by-id":"a-1_smt","parts":[{"name":"item","prose":"y"},{"name":"item","prose":"z"}]},{"position":"starting","title":"Renamed","parts":[{"name":"statement","prose":"First."}]}]}]}"#,
    );
    assert_eq!((line.title.as_str(), line.text.as_str()), ("Renamed", "First.\nEvery [Assignment: days].\n  y\n  z"));
    let (line, _) = text(
        r#""modify":{"alters":[{"control-id":"a-1","adds":[{"position":"before","by-id":"a-1_smt.x","parts":[{"name":"item","prose":"w"}]}]}]}"#,
    );
    assert_eq!(line.text, "Every [Assignment: days].\n  w\n  x");
    let (_, notes) =
        text(r#""modify":{"alters":[{"control-id":"b-1"},{"control-id":"a-1","removes":[{"by-name":"nothing"}]}]}"#);
    assert_eq!(notes, ["it alters b-1, which it does not import", "a removal from a-1 fits nothing in it"]);
}

#[test]
fn profiles_import_profiles_by_file_and_by_back_matter_but_never_in_a_circle() {
    let inner = profile(
        "inner.json",
        r#""imports":[{"href":"small.json","include-controls":[{"with-ids":["a-1","b-1"]}]}],"merge":{"as-is":true}"#,
    );
    let outer = profile(
        "outer.json",
        r##""imports":[{"href":"#r1","exclude-controls":[{"with-ids":["b-1"]}]}],"back-matter":{"resources":[{"uuid":"r1","rlinks":[{"href":"../inner.xml"},{"href":"../inner.json"}]}]}"##,
    );
    let resolved = resolve(&outer, &[small(), inner]).expect("resolved");
    assert_eq!(ids(&resolved.catalog), BTreeSet::from(["a-1".to_owned()]));
    assert_eq!(resolved.origins, ["Small"]);
    let left = profile("left.json", r#""imports":[{"href":"right.json"}]"#);
    let right = profile("right.json", r#""imports":[{"href":"left.json"}]"#);
    let error = resolve(&left, &[right, left.clone()]).expect_err("a circle").to_string();
    assert_eq!(
        error,
        "left.json imports right.json imports left.json: a profile cannot import itself; take one of these imports out"
    );
    let error = resolve(&profile("p.json", r#""imports":[{"href":"far/away.xml"}]"#), &[]).expect_err("nothing given");
    assert!(error.to_string().ends_with("give that catalog or profile along, as a file called away.json"), "{error}");
}

#[test]
fn what_is_not_oscal_is_refused_with_the_place() {
    let check = |bytes: &str, expected: &str| {
        let error = parse("f.json", bytes.as_bytes()).expect_err("refused").to_string();
        assert!(error.contains(expected), "{error}");
    };
    check(
        "{\"catalog\":\n {\"uuid\": 5}}",
        "line 2, column 11: invalid type: integer `5`, expected a string; an OSCAL",
    );
    check("[1", "line 1");
    check("{}", "has no `catalog` and no `profile` at its top");
    check(
        r#"{"catalog":{"metadata":{"title":"x","oscal-version":"2.0"}}}"#,
        "oscal-version `2.0`; versions 1.0.0 to 1.1.x",
    );
    check(r#"{"catalog":{"metadata":{"oscal-version":"1.0.0"}}}"#, "metadata.title is missing");
    check(&format!("{{\"catalog\":{}", "{\"controls\":[".repeat(200)), "recursion limit");
}

#[test]
fn patterns_stand_for_any_letters_or_one() {
    for (pattern, id, fit) in [
        ("ac-*", "ac-2.1", true),
        ("ac-?", "ac-2.1", false),
        ("*", "", true),
        ("*.1", "ac-2.1", true),
        ("a*c*1", "ac-2.1", true),
        ("", "a", false),
        ("ac-2", "ac-2", true),
    ] {
        assert_eq!(tree::fits(pattern, id), fit, "{pattern} {id}");
    }
}

#[test]
fn a_profile_without_imports_and_parameters_in_a_circle_end() {
    assert!(resolve(&profile("p.json", r#""merge":{}"#), &[]).is_err());
    let json = r#"{"catalog":{"uuid":"c","metadata":{"title":"C","oscal-version":"1.1.2"},"controls":[{"id":"x","title":"X","params":[{"id":"p","label":"{{ insert: param, p }}"}],"parts":[{"name":"statement","prose":"{{ insert: param, p }} and {{ open"}]}]}}"#;
    let source = parse("c.json", json.as_bytes()).expect("a catalog");
    let Document::Catalog(catalog) = &source.document else { panic!("a catalog") };
    assert!(lines(catalog)[0].text.ends_with("and {{ open"));
}
