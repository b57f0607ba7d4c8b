//! What must be in an event for a rule to match: a few texts or numbers of which one is there, or nothing is known.

use super::names::FieldId;
use super::test::{Detection, Expr, Item, Order, Rule, Test, When};
use super::text::{Case, Place};

/// Where to look: in one field, or in every value.
pub(super) type Where = Option<FieldId>;

/// One thing of which an event may have one; texts are in lower case.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Key<'r> {
    Text(Place, &'r str),
    Number(i64),
    /// The field is there.
    Present,
}

/// A rule matches only events in which one of the keys holds.
#[derive(Debug, Clone)]
pub(super) struct Clause<'r> {
    pub keys: Vec<(Where, Key<'r>)>,
    /// About how many of the events hold one; only the order counts.
    weight: f32,
}

impl<'r> Clause<'r> {
    /// The best clause of `rule`; `None` where it may match an event that has nothing of what it names.
    pub(super) fn of(rule: &'r Rule) -> Option<Self> {
        let when = &rule.when;
        union(when.conditions.iter().map(|condition| expr(condition, when)))
    }

    fn one(at: Where, key: Key<'r>) -> Self {
        Self { keys: vec![(at, key)], weight: weight(key) * if at.is_none() { 4.0 } else { 1.0 } }
    }
}

/// One of several must hold; unknown as soon as one is unknown.
fn union<'r>(parts: impl Iterator<Item = Option<Clause<'r>>>) -> Option<Clause<'r>> {
    let mut whole = Clause { keys: Vec::new(), weight: 0.0 };
    for part in parts {
        let part = part?;
        whole.keys.extend(part.keys);
        whole.weight += part.weight;
    }
    Some(whole)
}

/// All must hold, so any of them will do: the rarest.
fn best<'r>(parts: impl Iterator<Item = Option<Clause<'r>>>) -> Option<Clause<'r>> {
    parts.flatten().min_by(|one, other| one.weight.total_cmp(&other.weight))
}

fn expr<'r>(condition: &'r Expr, when: &'r When) -> Option<Clause<'r>> {
    let selection = |at: &usize| when.selections.get(*at).and_then(|(_, found)| detection(found));
    match condition {
        Expr::Selection(at) => selection(at),
        Expr::And(parts) => best(parts.iter().map(|part| expr(part, when))),
        Expr::Or(parts) => union(parts.iter().map(|part| expr(part, when))),
        Expr::Not(_) | Expr::Of(0, _) => None,
        Expr::Of(wanted, of) if *wanted == of.len() => best(of.iter().map(selection)),
        Expr::Of(_, of) => union(of.iter().map(selection)),
    }
}

fn detection(found: &Detection) -> Option<Clause<'_>> {
    match found {
        Detection::Items(items) => best(items.iter().map(item)),
        Detection::Any(parts) => union(parts.iter().map(detection)),
        Detection::All(parts) => best(parts.iter().map(detection)),
        Detection::Keywords(found) => test(None, found),
    }
}

fn item(item: &Item) -> Option<Clause<'_>> {
    match (&item.test, item.field) {
        (Test::Exists(true), Some(field)) => Some(Clause::one(Some(field), Key::Present)),
        (Test::Exists(_) | Test::Null, _) => None,
        (found, field) => test(field, found),
    }
}

/// What must be there for `found` to pass: at least the field itself.
fn test(at: Where, found: &Test) -> Option<Clause<'_>> {
    let known = match found {
        Test::Text(text) => key(text.place, text.case, &text.text),
        Test::Shape(shape) => key(Place::Inside, Case::Folded, &shape.literal),
        Test::Number(Order::Equal, number) => whole(*number).map(Key::Number).filter(|_| at.is_some()),
        Test::Texts(texts) => {
            let keys = texts.texts.iter().map(|text| key(texts.place, texts.case, text));
            return union(keys.map(|key| key.map(|key| Clause::one(at, key)))).or_else(|| present(at));
        }
        Test::Any(tests) => return union(tests.iter().map(|part| test(at, part))).or_else(|| present(at)),
        Test::All(tests) => return best(tests.iter().map(|part| test(at, part))).or_else(|| present(at)),
        _ => None,
    };
    known.map(|key| Clause::one(at, key)).or_else(|| present(at))
}

fn present<'r>(at: Where) -> Option<Clause<'r>> {
    at.map(|field| Clause::one(Some(field), Key::Present))
}

/// A text as a key. One that counts case is looked for in lower case too, which is sure for ASCII only.
fn key(place: Place, case: Case, text: &str) -> Option<Key<'_>> {
    let plain = match case {
        Case::Folded => true,
        Case::Kept => text.is_ascii() && !text.bytes().any(|byte| byte.is_ascii_uppercase()),
    };
    (plain && !text.is_empty()).then_some(Key::Text(place, text))
}

/// A number that is looked up in a table.
fn whole(number: f64) -> Option<i64> {
    (number.fract() == 0.0 && number.abs() < 9e15).then_some(number as i64)
}

/// Texts that most events of some class hold a part of.
const COMMON: &[&str] = &[
    r"c:\windows\system32\svchost.exe",
    r"c:\windows\syswow64\",
    r"c:\program files (x86)\",
    r"c:\program files\",
    r"c:\programdata\microsoft\windows\",
    r"\appdata\local\temp\",
    r"\appdata\roaming\microsoft\",
    r"c:\users\",
    r"\\?\c:\",
    r"hklm\system\currentcontrolset\services\",
    r"hklm\system\currentcontrolset\control\",
    r"hklm\software\microsoft\windows\currentversion\",
    r"hklm\software\wow6432node\microsoft\windows nt\currentversion\",
    r"hkcu\software\classes\",
    r"\registry\machine\software\",
    r"\windowspowershell\v1.0\powershell.exe -command ",
    r"\cmd.exe /c ",
    r"c:\windows\explorer.exe",
    r"c:\windows\system32\ntdll.dll+9d204|c:\windows\system32\kernelbase.dll+2c13e|unknown(00007ff8",
    r"c:\windows\system32\kernel32.dll+17bd4",
    r"c:\windows\system32\rundll32.exe",
    "http://www.microsoft.com/",
    "https://",
    "/usr/bin/",
    "-ExecutionPolicy Bypass",
    "nt authority\\system",
    "true",
    "false",
    "success",
];

/// About how often a key holds.
fn weight(key: Key<'_>) -> f32 {
    let Key::Text(place, text) = key else {
        return if key == Key::Present { 0.9 } else { 0.04 };
    };
    let common = COMMON.iter().any(|common| common.contains(text));
    let size = text.len();
    let base = match place {
        // What is short is mostly a word of a list that events say again and again.
        Place::Whole => match size {
            0..=12 => 0.055,
            _ => 0.003,
        },
        Place::End => match size {
            0..=2 => 0.2,
            3..=5 => 0.05,
            _ => 0.006,
        },
        Place::Start => match size {
            0..=3 => 0.3,
            4..=10 => 0.05,
            _ => 0.006,
        },
        Place::Inside => match size {
            0..=1 => 0.9,
            2 => 0.5,
            3 => 0.15,
            4 => 0.06,
            5..=6 => 0.02,
            7..=10 => 0.004,
            _ => 0.001,
        },
    };
    if common { f32::max(base, 0.3) } else { base }
}
