//! What a mapping makes of events, and that it loses nothing of them.

use super::*;
use crate::batch::Source;
use crate::json_lines::{Form, Reader};
use jiff::Timestamp;
use proptest::prelude::*;

fn now() -> Timestamp {
    "2026-07-02T00:00:00Z".parse().expect("a time")
}

fn mapper(text: &str) -> Mapper {
    text.parse::<Mapping>().expect(text).into()
}

fn line(text: &str) -> Event {
    Reader::new(Source::named("panel"), Form::AnyText).line(text.to_owned().into(), 1, now()).expect(text)
}

/// An event after a mapping: time, host, user, code, message and fields.
fn check(mapping: &str, text: &str, expected: &str) {
    let mut event = [line(text)];
    mapper(mapping).map(&mut event);
    mapper(mapping).map(&mut event);
    let [event] = event;
    let shown = |word: &Option<Arc<str>>| word.as_deref().unwrap_or("-").to_owned();
    let fields: Vec<String> = event.fields.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let got = format!(
        "{} {} {} {} {} | {}",
        event.time,
        shown(&event.host),
        shown(&event.user),
        shown(&event.code),
        event.message,
        fields.join(" ")
    );
    assert_eq!(got, expected, "{mapping}: {text}");
    assert_eq!(event.raw, text.as_bytes());
}

#[test]
fn columns_are_taken_from_the_fields_that_the_mapping_names() {
    check(
        "time = wann\ntime.form = %d.%m.%Y %H:%M:%S\ntime.zone = Europe/Berlin\nhost = ort\nuser = wer\nmessage = text",
        r#"{"wann":"01.07.2026 12:00:00","ort":"Lyon","wer":"anna","text":"door open\nmore"}"#,
        "2026-07-01T10:00:00Z Lyon anna - door open | wann=01.07.2026 12:00:00 ort=Lyon wer=anna text=door open\nmore",
    );
    check("user = a", r#"{"user":"b","a":"-"}"#, "2026-07-02T00:00:00Z - b -  | user=b a=-");
}

#[test]
fn a_field_that_gets_a_usual_name_serves_its_column() {
    check(
        "name.site = ort\nname.door = tuer\nname.holder = wer\nname.result = wie\nname.time = wann",
        r#"{"wann":"2026-07-01T10:00:00Z","ort":"Lyon","tuer":"Dock 2","wer":"anna","wie":"denied"}"#,
        "2026-07-01T10:00:00Z Lyon anna denied denied: Dock 2 | time=2026-07-01T10:00:00Z site=Lyon door=Dock 2 holder=anna result=denied",
    );
}

#[test]
fn lines_without_header_get_names() {
    check(
        "columns = time, site, holder\ntime = time\nhost = site\nuser = holder\nname.area = site",
        "2026-07-01T10:00:00Z;\"Lyon; Dock\";anna",
        "2026-07-01T10:00:00Z Lyon; Dock anna - 2026-07-01T10:00:00Z;\"Lyon; Dock\";anna | message=2026-07-01T10:00:00Z;\"Lyon; Dock\";anna time=2026-07-01T10:00:00Z area=Lyon; Dock holder=anna",
    );
}

#[test]
fn what_is_not_as_the_mapping_says_is_kept_with_its_reason() {
    for (mapping, text, expected) in [
        ("time = t\ntime.form = s", r#"{"t":"noon"}"#, "the time `noon` in `t` is not written as the mapping says (s)"),
        ("time = t", r#"{"u":"noon"}"#, "no field `t`, from which the mapping takes the time"),
        ("columns = a, b, c", "1,2", "2 cells, and the mapping names 3 columns"),
    ] {
        let mut event = [line(text)];
        let (refused, last) = mapper(mapping).map(&mut event);
        assert_eq!((refused, last.map(|why| why.to_string()).as_deref()), (1, Some(expected)), "{text}");
        assert_eq!((event[0].field(BAD), event[0].time), (Some(expected), now()), "{text}");
    }
}

#[test]
fn a_mapped_time_makes_the_id_that_the_time_would_have_made() {
    let source = Source::named("panel");
    let mut event = [line(r#"{"t":"1751364000"}"#)];
    mapper("time = t\ntime.form = s").map(&mut event);
    assert_eq!(event[0].id, source.key.id(event[0].time, "panel", 1, &event[0].raw));
    let mut ahead = [line(r#"{"t":"1999999999","time":"2025-01-01T00:00:00Z"}"#)];
    mapper("time = t\ntime.form = s").map(&mut ahead);
    assert_eq!(ahead[0].time, now());
    assert!(ahead[0].field(CLOCK).is_some_and(|words| words.contains("days ahead")), "{:?}", ahead[0].fields);
    let mut mended = [line(r#"{"t":"1751364000","time":"2099-01-01T00:00:00Z"}"#)];
    assert!(mended[0].field(CLOCK).is_some());
    mapper("time = t\ntime.form = s").map(&mut mended);
    assert_eq!(mended[0].field(CLOCK), None);
}

#[test]
fn a_sample_shows_its_fields_and_each_refusal_by_line() {
    let sample = "{\"t\":\"1751364000\",\"u\":\"anna\"}\n\n{\"t\":\"soon\",\"u\":\"bert\"}\n{\"t\":\n";
    let got = read(&Source::named("s"), sample, &mapper("time = t\ntime.form = s"), now()).expect("a sample");
    let lines: Vec<_> = got.lines.iter().map(|line| (line.at, line.refused.is_some())).collect();
    assert_eq!(lines, [(Some(1), false), (Some(3), true), (Some(4), true)], "{:?}", got.lines);
    let found: Vec<_> = got.found.iter().map(|found| (&*found.name, found.values.join("|"), found.count)).collect();
    assert_eq!(found, [("t", "1751364000|soon".to_owned(), 2), ("u", "anna|bert".to_owned(), 2)]);
    let rows = read(&Source::named("s"), "1,a\n2,b\n", &mapper("columns = n, w"), now()).expect("a sample");
    assert!(rows.nameless && rows.found.iter().any(|found| &*found.name == "w"), "{rows:?}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever a mapping says, each event stays: its bytes, its values and their number; and twice is as once.
    #[test]
    fn a_mapping_loses_nothing(
        fields in prop::collection::vec(("[abct]", "[0-9a-z.:-]{0,12}"), 0..6),
        words in prop::collection::vec(("(time|host|user|code|message|name\\.[abxy]|log\\.product)", "[abct]"), 0..5),
        form in prop::sample::select(vec!["usual", "iso", "s", "ms", "%s", "%Y-%m-%d %H"]),
    ) {
        let mut text: Vec<String> = words.iter().map(|(word, value)| format!("{word} = {value}")).collect();
        if words.iter().any(|(word, _)| word == "time") {
            text.push(format!("time.form = {form}"));
        }
        let Ok(mapping) = text.join("\n").parse::<Mapping>() else { return Ok(()) };
        prop_assert_eq!(mapping.to_string().parse::<Mapping>(), Ok(mapping.clone()));
        let body: Vec<String> = fields.iter().map(|(name, value)| format!("\"{name}\":\"{value}\"")).collect();
        let before = line(&format!("{{{}}}", body.join(",")));
        let mut events = [before.clone()];
        let mapper = Mapper::from(mapping);
        let (refused, _) = mapper.map(&mut events);
        let [event] = &events;
        let values = |event: &Event| event.fields.iter().filter(|(name, _)| !name.starts_with("watchkeep.")).map(|(_, value)| value.to_owned()).collect::<Vec<_>>();
        prop_assert_eq!(values(event), values(&before));
        prop_assert_eq!(&event.raw, &before.raw);
        prop_assert_eq!(refused == 1, event.field(BAD).is_some());
        prop_assert_eq!(event.id, Source::named("panel").key.id(event.time, "panel", 1, &event.raw));
    }
}
