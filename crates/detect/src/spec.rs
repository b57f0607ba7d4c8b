//! Says in other words what the public evaluator reads otherwise than the Sigma specification, so that both matchers
//! answer as the specification asks:
//!
//! - wildcards stand for any characters, line ends too, and `startswith` and `endswith` hold from the start or to the
//!   end with wildcards as well;
//! - keywords under `|all` must each be somewhere in the event, and a number among keywords is looked for as a text;
//! - `null` among several values holds where the field is not there.

use rsigma_parser::value::{SpecialChar, StringPart};
use rsigma_parser::{Detection, DetectionItem, Detections, FieldSpec, Modifier, SigmaString, SigmaValue};

/// Rewords the detection of a rule or a filter where that is needed.
pub(crate) fn reword(found: &mut Detections) {
    for detection in found.named.values_mut() {
        if let Some(other) = reworded(detection) {
            *detection = other;
        }
    }
}

/// `detection` in other words; `None` where it may stay.
fn reworded(detection: &Detection) -> Option<Detection> {
    match detection {
        Detection::AllOf(items) => all_of(items),
        Detection::AnyOf(parts) => Some(Detection::AnyOf(each(parts)?)),
        Detection::And(parts) => Some(Detection::And(each(parts)?)),
        Detection::Keywords(values) => keywords(values),
        Detection::ArrayMatch { .. } | Detection::Conditional { .. } => None,
    }
}

fn each(parts: &[Detection]) -> Option<Vec<Detection>> {
    let others: Vec<Option<Detection>> = parts.iter().map(reworded).collect();
    let changed = others.iter().any(Option::is_some);
    changed.then(|| parts.iter().zip(others).map(|(part, other)| other.unwrap_or_else(|| part.clone())).collect())
}

fn all_of(items: &[DetectionItem]) -> Option<Detection> {
    let others: Vec<Option<Detection>> = items.iter().map(item).collect();
    if others.iter().all(Option::is_none) {
        return None;
    }
    let same: Vec<DetectionItem> =
        items.iter().zip(&others).filter(|(_, other)| other.is_none()).map(|(item, _)| item.clone()).collect();
    let mut parts: Vec<Detection> = others.into_iter().flatten().collect();
    if !same.is_empty() {
        parts.insert(0, Detection::AllOf(same));
    }
    Some(one_of(parts, Detection::And))
}

/// The only part, or all of them joined.
fn one_of(mut parts: Vec<Detection>, join: fn(Vec<Detection>) -> Detection) -> Detection {
    if parts.len() == 1 { parts.remove(0) } else { join(parts) }
}

fn item(item: &DetectionItem) -> Option<Detection> {
    let modifiers = &item.field.modifiers;
    let simple = [Modifier::Contains, Modifier::StartsWith, Modifier::EndsWith, Modifier::All, Modifier::Cased];
    if item.values.is_empty() || !modifiers.iter().all(|modifier| simple.contains(modifier)) {
        return None;
    }
    let all = modifiers.contains(&Modifier::All);
    let places = modifiers.iter().filter(|modifier| !matches!(modifier, Modifier::All | Modifier::Cased)).count();
    let bare = modifiers.iter().all(|modifier| matches!(modifier, Modifier::All | Modifier::Contains));
    if item.field.name.is_none() && bare {
        let each = |value: &SigmaValue| {
            let one = Detection::Keywords(vec![value.clone()]);
            reworded(&one).unwrap_or(one)
        };
        return Some(if all {
            one_of(item.values.iter().map(each).collect(), Detection::And)
        } else {
            one_of(item.values.iter().map(each).collect(), Detection::AnyOf)
        });
    }
    if places > 1 || (all && item.values.len() < 2) {
        return None;
    }
    let wild = |value: &SigmaValue| matches!(value, SigmaValue::String(text) if text.contains_wildcards());
    let null = |value: &SigmaValue| *value == SigmaValue::Null;
    let splits_null = !all && item.values.len() > 1 && item.values.iter().any(null);
    if !splits_null && !item.values.iter().any(wild) {
        return None;
    }
    let (mut plain, mut shaped, mut nothing) = (Vec::new(), Vec::new(), Vec::new());
    for value in &item.values {
        match value {
            SigmaValue::String(text) if text.contains_wildcards() => shaped.push(expression(text, modifiers)),
            SigmaValue::Null if splits_null => nothing.push(SigmaValue::Null),
            value => plain.push(value.clone()),
        }
    }
    let but_all =
        |modifiers: &[Modifier]| modifiers.iter().copied().filter(|modifier| *modifier != Modifier::All).collect();
    let mut flags = vec![Modifier::Re, Modifier::DotAll];
    if !modifiers.contains(&Modifier::Cased) {
        flags.push(Modifier::IgnoreCase);
    }
    nothing.truncate(1);
    let groups: [(Vec<Modifier>, Vec<SigmaValue>); 3] =
        [(but_all(modifiers), plain), (flags, shaped), (Vec::new(), nothing)];
    let parts = groups.into_iter().filter(|(_, values)| !values.is_empty()).map(|(mut modifiers, values)| {
        if all && values.len() > 1 {
            modifiers.push(Modifier::All);
        }
        Detection::AllOf(vec![DetectionItem { field: FieldSpec::new(item.field.name.clone(), modifiers), values }])
    });
    Some(one_of(parts.collect(), if all { Detection::And } else { Detection::AnyOf }))
}

fn keywords(values: &[SigmaValue]) -> Option<Detection> {
    let (mut plain, mut shaped, mut changed) = (Vec::new(), Vec::new(), false);
    for value in values {
        match value {
            SigmaValue::String(text) if text.contains_wildcards() => {
                shaped.push(expression(text, &[Modifier::Contains]));
            }
            SigmaValue::Integer(_) | SigmaValue::Float(_) => {
                changed = true;
                plain.push(SigmaValue::String(SigmaString::from_raw(&value.to_string())));
            }
            value => plain.push(value.clone()),
        }
    }
    if !changed && shaped.is_empty() {
        return None;
    }
    let mut parts = Vec::new();
    if !plain.is_empty() {
        parts.push(Detection::Keywords(plain));
    }
    if !shaped.is_empty() {
        let modifiers = vec![Modifier::Re, Modifier::DotAll, Modifier::IgnoreCase];
        parts.push(Detection::AllOf(vec![DetectionItem { field: FieldSpec::new(None, modifiers), values: shaped }]));
    }
    Some(one_of(parts, Detection::AnyOf))
}

/// A text with wildcards as a regular expression.
fn expression(text: &SigmaString, modifiers: &[Modifier]) -> SigmaValue {
    let has = |modifier| modifiers.contains(&modifier);
    let open_start = has(Modifier::Contains) || has(Modifier::EndsWith);
    let open_end = has(Modifier::Contains) || has(Modifier::StartsWith);
    let mut parts = text.parts.as_slice();
    let mut source = String::new();
    match parts {
        _ if open_start => {}
        [StringPart::Special(SpecialChar::WildcardMulti), rest @ ..] => parts = rest,
        _ => source.push('^'),
    }
    let end = match parts {
        _ if open_end => "",
        [rest @ .., StringPart::Special(SpecialChar::WildcardMulti)] => {
            parts = rest;
            ""
        }
        _ => "$",
    };
    for part in parts {
        match part {
            StringPart::Plain(text) => source.push_str(&regex::escape(text)),
            StringPart::Special(SpecialChar::WildcardMulti) => source.push_str(".*"),
            StringPart::Special(SpecialChar::WildcardSingle) => source.push('.'),
        }
    }
    SigmaValue::from_raw_string(&format!("{source}{end}"))
}

#[cfg(test)]
mod tests {
    use crate::{RuleFile, RuleSet};
    use watchkeep_ingest::Source;
    use watchkeep_ingest::json_lines::{Form, Reader};

    /// Whether a rule of one selection matches an event; the selection is YAML in one line.
    fn check(selection: &str, event: &str, expected: bool) {
        let text = format!("title: t\nid: i\nlogsource: {{}}\ndetection:\n  s: {selection}\n  condition: s\n");
        let file = RuleFile { path: "r.yml".to_owned(), text };
        let (set, infos) = RuleSet::load([file]);
        assert!(infos[0].is_live(), "{selection}: {:?}", infos[0].state);
        let now = "2026-11-22T00:00:00Z".parse().expect("a time");
        let event = Reader::new(Source::named("s"), Form::OnlyJson).line(event.to_owned().into(), 1, now);
        let found = set.evaluate(&event.expect("an event"));
        assert_eq!(found.len() == 1, expected, "{selection}: {found:?}");
    }

    #[test]
    fn wildcards_stand_for_line_ends_too() {
        check(r"{a: 'one*three'}", r#"{"a":"One\ntwo\nthree"}"#, true);
        check(r"{a: '*two*'}", r#"{"a":"One\ntwo\nthree"}"#, true);
        check(r"{a|contains: 'e?tw'}", r#"{"a":"One\ntwo\nthree"}"#, true);
        check(r"{a: 'one*'}", r#"{"a":"zone"}"#, false);
        check(r"{a: '*one'}", r#"{"a":"oner"}"#, false);
        check(r"['one*three']", r#"{"a":"so One\ntwo\nthree it is"}"#, true);
        check(r"{a|cased: 'One*'}", r#"{"a":"one two"}"#, false);
    }

    #[test]
    fn a_start_or_end_with_wildcards_is_one() {
        check(r"{a|endswith: '\7z*.exe'}", r#"{"a":"C:\\Tools\\7zG.exe"}"#, true);
        check(r"{a|endswith: '\7z*.exe'}", r#"{"a":"C:\\Tools\\7zG.exe.txt"}"#, false);
        check(r"{a|startswith: 'c:\t?ols'}", r#"{"a":"C:\\Tools\\7zG.exe"}"#, true);
        check(r"{a|startswith: 't?ols'}", r#"{"a":"C:\\Tools\\7zG.exe"}"#, false);
        check(r"{a|endswith: ['.dll', '7z*.exe'], b: 1}", r#"{"a":"7za.exe","b":1}"#, true);
        check(r"{a|endswith: ['.dll', '7z*.exe'], b: 1}", r#"{"a":"x.dll","b":2}"#, false);
        check(r"{a|contains|all: ['x', 'y', 'a*c', 'd*f']}", r#"{"a":"abc def y x"}"#, true);
        check(r"{a|contains|all: ['x', 'a*c', 'd*f']}", r#"{"a":"abc x"}"#, false);
        check(r"{a|contains|all: ['x', 'y', 'a*c']}", r#"{"a":"abc x"}"#, false);
    }

    #[test]
    fn every_keyword_under_all_must_be_somewhere() {
        check(r"{'|all': ['one', 'two']}", r#"{"a":"one","b":"or TWO"}"#, true);
        check(r"{'|all': ['one', 'two']}", r#"{"a":"one","b":"or three"}"#, false);
        check(r"{'|all': ['o*e', 4625]}", r#"{"a":"one","b":4625}"#, true);
        check(r"[4625, 4624]", r#"{"a":"id 4625 of"}"#, true);
        check(r"{'|contains': ['one', 'two'], b: 5}", r#"{"a":"two","b":5}"#, true);
    }

    #[test]
    fn nothing_among_others_is_nothing() {
        check(r"{a: [null, '']}", r#"{"b":"x"}"#, true);
        check(r"{a: [null, '', '-']}", r#"{"a":"-"}"#, true);
        check(r"{a: [null, '']}", r#"{"a":"x"}"#, false);
        check(r"{a|contains: [null, 'x'], b: y}", r#"{"b":"y"}"#, true);
    }
}
