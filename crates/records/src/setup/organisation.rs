//! The organisation itself: its name and the choices that hold for everybody.

use crate::setup::house::{Holiday, Opening, OwnTarget, sound};
use jiff::civil::Date;
use watchkeep_model::{Described, Effect, Field, Move, Moving, Record, RecordKind, Refusal, Rows, Shape};

/// What holds for the whole organisation. There is one, made at first start.
#[derive(RecordKind)]
#[record(
    prefix = "ORG", area = "setup", title = "name", sort = "name", list = ["name", "strict", "closed_through"],
    moves = MOVES, check = check, keep = stays, effects = settled
)]
pub struct Organisation {
    #[field(search, len = 200)]
    pub name: String,
    /// Who changes a record must see it through the same assignment that lets them change it (RU-71).
    #[field(label = "Strict roles")]
    pub strict: bool,
    /// The books are closed up to this day: no money line in or before it is entered, changed or deleted.
    #[field(managed)]
    pub closed_through: Option<Date>,
    /// When people work: clocks in working hours run then. Empty means Monday to Friday, 9 to 17.
    #[field(label = "Working hours")]
    pub hours: Rows<Opening>,
    /// Days on which nobody works; nothing comes due on them.
    pub holidays: Rows<Holiday>,
    /// Own targets of clocks, in the place of those that ship. Clocks that run follow within a minute.
    pub targets: Rows<OwnTarget>,
    /// Digest of the hours, holidays and targets by which the clocks that run were last wound.
    #[field(managed, len = 64)]
    pub wound: Option<String>,
}

/// Closing months: not undone, so that figures which were reported stay.
const MOVES: &[Move] = &[Move {
    name: "close_months",
    label: "Close months",
    from: &[""],
    action: "approve",
    asks: &["through"],
    inputs: &[Field {
        name: "through",
        label: "Through",
        help: "The last day of a month.",
        shape: Shape::Date,
        ..Field::EMPTY
    }],
    guard: may_close,
    apply: close,
    ..Move::PLAIN
}];

/// Lines that one closing may hold.
const LINES: usize = 100_000;

fn close(record: &mut Record, moving: &Moving<'_>) {
    record.write("closed_through", moving.input::<Date>("through"));
}

/// A whole month that is over, and with no budget or transfer in it undecided.
fn may_close(moving: &Moving<'_>) -> Result<(), Refusal> {
    let wrong = |said: String| Err(Refusal::rule("D-113", said).at("through"));
    let Some(through) = moving.input::<Date>("through") else { return wrong("say through which day".to_owned()) };
    if through != through.last_of_month() {
        return wrong(format!("whole months are closed; use {}", through.last_of_month()));
    }
    if through >= crate::guards::today(moving) {
        return wrong(format!("{through} is not over"));
    }
    let closed = moving.before.and_then(|before| before.read::<Date>("closed_through"));
    if let Some(closed) = closed.filter(|closed| *closed >= through) {
        return wrong(format!("the books are closed through {closed} already, and what is closed stays closed"));
    }
    let open = lines(moving, through).into_iter();
    let mut undecided = open.filter(|line| line.state() == Some("open") && line.choice("class") != Some("actual"));
    match undecided.find(|line| matches!(line.choice("class"), Some("budget" | "transfer"))) {
        Some(line) => wrong(format!("{} is not decided: approve it, or book it on a later day", line.number())),
        None => Ok(()),
    }
}

/// Lines up to a day that are not closed.
fn lines(moving: &Moving<'_>, through: Date) -> Vec<Record> {
    let kind = crate::outside::MoneyLine::kind();
    let states = ["open", "approved"].map(|state| kind.choice_value("state", state));
    let all = states.iter().flat_map(|state| moving.look.with("money_line", "state", state, LINES));
    all.filter(|line| line.read::<Date>("on").is_some_and(|on| on <= through)).collect()
}

/// The actuals of a month that is closed are closed with it.
fn settled(moving: &Moving<'_>) -> Vec<Effect> {
    let Some(through) = moving.input::<Date>("through").filter(|_| moving.act == Some("close_months")) else {
        return Vec::new();
    };
    let actuals = lines(moving, through).into_iter().filter(|line| line.choice("class") == Some("actual"));
    let close = |line: Record| Effect::Move {
        kind: "money_line",
        id: line.id,
        act: "close",
        values: Vec::new(),
        reason: format!("the books are closed through {through}"),
    };
    actuals.map(close).collect()
}

fn check(moving: &Moving<'_>) -> Result<(), Refusal> {
    sound(moving.record)?;
    match moving.look.record("organisation", 1) {
        Some(first) if moving.before.is_none() => {
            Err(Refusal::invalid(format!("there is one organisation; change {} instead", first.number())))
        }
        _ => Ok(()),
    }
}

fn stays(_: &Moving<'_>) -> Result<(), Refusal> {
    Err(Refusal::invalid("the organisation stays; rename it instead"))
}
