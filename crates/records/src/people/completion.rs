//! A completion: somebody owes a course, or has passed it.

use crate::people::{Course, Person};
use jiff::ToSpan;
use jiff::civil::Date;
use watchkeep_model::{ChoiceField, Measure, Move, Moving, Record, RecordKind, Ref, Refusal, Target};

/// One person and one course: assigned, passed, and until when it counts.
#[derive(RecordKind)]
#[record(
    prefix = "CMP", area = "people", title = "title", state = "state", sort = "due", calendar = "due",
    list = ["title", "state", "person", "course", "due", "passed", "expires", "points"],
    moves = MOVES, measures = MEASURES, prepare = prepare, check = check
)]
pub struct Completion {
    #[field(search, managed, len = 300, optional)]
    pub title: String,
    #[field(index, facet)]
    pub course: Ref<Course>,
    #[field(index, facet)]
    pub person: Ref<Person>,
    #[field(managed)]
    pub state: State,
    #[field(index, inline)]
    pub due: Option<Date>,
    /// Points reached, in per cent.
    #[field(managed, min = 0, max = 100)]
    pub points: Option<i64>,
    #[field(managed, index)]
    pub passed: Option<Date>,
    /// Last day on which it counts.
    #[field(managed, index)]
    pub expires: Option<Date>,
}

#[derive(ChoiceField, Clone, Copy, PartialEq, Eq, Debug)]
pub enum State {
    #[choice(warn)]
    Assigned,
    #[choice(good)]
    Passed,
    #[choice(bad)]
    Failed,
    #[choice(grey)]
    Excused,
}

const MOVES: &[Move] = &[
    Move {
        name: "pass",
        label: "Passed",
        from: &["assigned", "failed"],
        to: Some("passed"),
        takes: &["points"],
        key: Some('d'),
        guard: enough,
        apply: pass,
        ..Move::PLAIN
    },
    Move { name: "fail", label: "Failed", from: &["assigned"], to: Some("failed"), takes: &["points"], ..Move::PLAIN },
    Move {
        name: "excuse",
        label: "Excuse",
        from: &["assigned", "failed"],
        to: Some("excused"),
        action: "approve",
        asks: &["reason"],
        guard: optional,
        ..Move::PLAIN
    },
    Move {
        name: "repeat",
        label: "Assign again",
        from: &["passed", "failed", "excused"],
        to: Some("assigned"),
        asks: &["due"],
        apply: again,
        ..Move::PLAIN
    },
];

fn course(moving: &Moving<'_>) -> Option<Record> {
    moving.look.record("course", moving.record.get("course").as_int()?)
}

fn prepare(record: &mut Record, moving: &Moving<'_>) {
    let name = |kind: &str, field: &str| {
        let other = record.get(field).as_int().and_then(|id| moving.look.record(kind, id));
        other.map_or(String::new(), |other| other.title().to_owned())
    };
    let title = format!("{}: {}", name("course", "course"), name("person", "person"));
    record.set("title", title.chars().take(300).collect::<String>());
}

/// One line for a person and a course.
fn check(moving: &Moving<'_>) -> Result<(), Refusal> {
    let record = moving.record;
    let theirs = moving.look.with("completion", "person", record.get("person"), 10_000);
    if theirs.iter().any(|other| other.id != record.id && other.get("course") == record.get("course")) {
        return Err(Refusal::invalid("this person has this course already; assign it again there").at("course"));
    }
    Ok(())
}

fn enough(moving: &Moving<'_>) -> Result<(), Refusal> {
    let mark = course(moving).and_then(|course| course.get("pass_mark").as_int());
    let points = moving.record.get("points").as_int();
    match mark {
        Some(mark) if points.is_none_or(|points| points < mark) => {
            Err(Refusal::invalid(format!("this course is passed with {mark} points or more")).at("points"))
        }
        _ => Ok(()),
    }
}

/// Mandatory training is for all, without exception (RU-54).
fn optional(moving: &Moving<'_>) -> Result<(), Refusal> {
    if course(moving).is_some_and(|course| course.read::<bool>("mandatory") == Some(true)) {
        let message =
            "this training is mandatory for all security personnel without exception; give a later day instead";
        return Err(Refusal::rule("RU-54", message).at("course"));
    }
    Ok(())
}

fn pass(record: &mut Record, moving: &Moving<'_>) {
    let day = crate::guards::today(moving);
    let days = course(moving).and_then(|course| course.get("valid_days").as_int());
    record.write("passed", day);
    record.write("expires", days.and_then(|days| day.checked_add(days.days()).ok()));
}

fn again(record: &mut Record, _: &Moving<'_>) {
    record.write("points", None::<i64>);
    record.write("passed", None::<Date>);
    record.write("expires", None::<Date>);
}

/// Of what people who work here owe, what is in date.
const IN_DATE: Measure = Measure {
    bad: "state:failed or (state:assigned due<today) or expires<today",
    why: "overdue, failed, or ran out",
    since: "due",
    site: "person.site",
    ..Measure::PLAIN
};

/// What duties ask of them.
const MEASURES: &[Measure] = &[
    Measure {
        duty: "D-128",
        question: "Of the mandatory training of people who work here, how much is in date?",
        unit: "mandatory training in date",
        of: "course.mandatory:yes -person.leaves<today",
        target: Target::None,
        ..IN_DATE
    },
    Measure {
        duty: "D-129",
        question: "Of the awareness training of people who work here, how much is in date?",
        unit: "awareness training in date",
        of: "course.class:awareness -person.leaves<today -state:excused",
        ..IN_DATE
    },
    Measure {
        duty: "D-142",
        question: "Of the training in security tools of people who work here, how much is in date?",
        unit: "tool training in date",
        of: "course.class:tool -person.leaves<today -state:excused",
        ..IN_DATE
    },
];
