//! Winds the clocks of a record: from what started, paused and stopped it to when its target is reached.

use crate::setup::{Holiday, Opening, OwnTarget};
use jiff::civil::Time;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use watchkeep_clocks::{Counts, Course, Hours, Length, State, Terms};
use watchkeep_model::clock::{self, Clock, Term, Unit, WARN};
use watchkeep_model::{Field, FieldType, Kind, Move, Moving, Record, Refusal, Row, Rows, Shape};

/// A time in which a clock does not run.
#[derive(Row, Clone)]
pub struct Pause {
    pub from: Timestamp,
    pub until: Option<Timestamp>,
    /// What is waited for.
    #[field(len = 1000)]
    pub why: String,
}

/// What is asked when a clock is to wait.
pub const WAITS: &[Field] = &[Field {
    name: "waits_for",
    label: "Waits for",
    help: "Somebody or something outside; the clock stands still until then.",
    shape: Shape::Text,
    ..Field::EMPTY
}];

/// What the moves of a kind whose clock can wait start from; its records keep `pauses`.
pub const WAIT: Move =
    Move { name: "wait", label: "Wait", asks: &["waits_for"], inputs: WAITS, guard: runs, apply: wait, ..Move::PLAIN };

pub const GO_ON: Move = Move { name: "go_on", label: "Go on", guard: waits, apply: go_on, ..Move::PLAIN };

/// The terms that hold in an organisation: its hours, and its own targets.
pub struct House {
    hours: Hours,
    own: Vec<OwnTarget>,
}

impl House {
    /// As the organisation's record says; without hours of its own, Monday to Friday, 9 to 17.
    pub fn of(organisation: Option<&Record>, zone: &TimeZone) -> Self {
        let own = organisation.map_or(Vec::new(), |found| rows(found, "targets"));
        Self { hours: hours(organisation, zone), own }
    }

    fn terms(&self, term: Term, warn: u8) -> Terms<'_> {
        let target = |minutes: i64| Length::Minutes(u32::try_from(minutes).unwrap_or(u32::MAX));
        Terms {
            target: match term.unit {
                Unit::Minutes => target(term.target),
                Unit::Hours => target(term.target.saturating_mul(60)),
                Unit::Days => Length::Days(u16::try_from(term.target).unwrap_or(u16::MAX)),
            },
            warn,
            counts: match term.counts {
                clock::Counts::RoundTheClock => Counts::RoundTheClock,
                clock::Counts::WorkingHours => Counts::Working(&self.hours),
            },
        }
    }

    /// The target of a clock on a record, and when to warn: the organisation's own, else the one that ships.
    fn term(&self, record: &Record, clock: &Clock) -> Option<(Term, u8)> {
        let case = if clock.by.is_empty() { "" } else { record.choice(clock.by)? };
        // A clock runs on what it has a target for as shipped; an own target changes it, and starts none elsewhere.
        let shipped = clock.terms.iter().find(|term| term.of == case)?;
        let own = self.own.iter().find(|own| own.clock.name() == clock.name && (own.of.is_empty() || own.of == case));
        Some(own.map_or((*shipped, WARN), |own| (own.term(), u8::try_from(own.warn).unwrap_or(WARN))))
    }
}

/// Winds every clock of a record whose terms its kind declares, and that of a promise, whose due people give.
pub fn wind(record: &mut Record, moving: &Moving<'_>) {
    if moving.before.is_some_and(|before| wound(before, record)) {
        return;
    }
    let organisation = moving.look.record("organisation", 1);
    let house = House::of(organisation.as_ref(), moving.zone);
    let made = moving.before.map_or(moving.now, |before| before.created);
    wind_in(record, &house, made);
}

/// Whether nothing changed that a clock of a record hangs on.
fn wound(before: &Record, record: &Record) -> bool {
    let same = |field: &str| matches!(field, "" | "created") || before.get(field) == record.get(field);
    record.kind.clocks.iter().all(|clock| {
        let fields = [clock.start, clock.due, clock.warn, clock.pauses, clock.by];
        fields.into_iter().all(same) && clock.stop.iter().all(|field| same(field))
    })
}

/// The same in a house that is known; `made` is when the record was created.
pub fn wind_in(record: &mut Record, house: &House, made: Timestamp) {
    let (kept, given): (Vec<&Clock>, Vec<&Clock>) =
        record.kind.clocks.iter().partition(|clock| !clock.terms.is_empty());
    given.into_iter().for_each(|clock| warn_of(record, clock));
    let terms: Vec<_> = kept.iter().map(|clock| house.term(record, clock)).collect();
    // Clocks of different classes may share their fields: one that has no target must not clear another's.
    for clock in &kept {
        clear(record, clock);
    }
    for (clock, term) in kept.into_iter().zip(terms) {
        if term.is_some() {
            wind_to(record, clock, house, made, term);
        }
    }
}

fn clear(record: &mut Record, clock: &Clock) {
    record.write(clock.due, None::<Timestamp>);
    record.write(clock.warn, None::<Timestamp>);
    if !clock.late.is_empty() {
        record.write(clock.late, false);
    }
}

/// Winds one clock to a target; without one it does not run.
pub fn wind_to(record: &mut Record, clock: &Clock, house: &House, made: Timestamp, term: Option<(Term, u8)>) {
    let Some((mut course, (term, warn))) = course(record, clock, made).zip(term) else {
        clear(record, clock);
        return;
    };
    let terms = house.terms(term, warn);
    if !clock.late.is_empty() {
        let over = course.stopped.is_some_and(|stopped| course.state(&terms, stopped) == State::Missed);
        record.write(clock.late, over);
    }
    // When it would have been, so that what was done in time still says so.
    course.stopped = None;
    record.write(clock.due, course.due(&terms));
    record.write(clock.warn, course.warns(&terms));
}

/// How much of its time a clock has counted up to `at`, in the unit of its target.
pub fn spent(record: &Record, clock: &Clock, house: &House, made: Timestamp, term: Term, at: Timestamp) -> f64 {
    let terms = house.terms(term, WARN);
    let counted = course(record, clock, made).map_or(SignedDuration::ZERO, |course| course.spent(terms.counts, at));
    let unit = match term.unit {
        Unit::Minutes => 60.0,
        Unit::Hours => 3600.0,
        Unit::Days => terms.length().as_secs_f64() / term.target as f64,
    };
    counted.as_secs_f64() / unit
}

/// What happened to a clock on a record; none where it has not started.
fn course(record: &Record, clock: &Clock, made: Timestamp) -> Option<Course> {
    let started = if clock.start == "created" { Some(made) } else { record.read::<Timestamp>(clock.start) }?;
    let pauses = if clock.pauses.is_empty() { Vec::new() } else { rows::<Pause>(record, clock.pauses) };
    Some(Course {
        started,
        pauses: pauses.into_iter().map(|pause| (pause.from, pause.until)).collect(),
        stopped: clock.stop.iter().filter_map(|field| record.read::<Timestamp>(field)).min(),
    })
}

/// A promise warns when most of its time is over.
fn warn_of(record: &mut Record, clock: &Clock) {
    let span = record.read::<Timestamp>(clock.start).zip(record.read::<Timestamp>(clock.due));
    let warns = span.map(|(from, due)| from + due.duration_since(from) * i32::from(WARN) / 100);
    record.write(clock.warn, warns);
}

fn runs(moving: &Moving<'_>) -> Result<(), Refusal> {
    match moving.before.map(open_pause) {
        Some(Some(pause)) => Err(Refusal::invalid(format!("it waits already: {}", pause.why))),
        _ => Ok(()),
    }
}

fn waits(moving: &Moving<'_>) -> Result<(), Refusal> {
    match moving.before.map(open_pause) {
        Some(None) => Err(Refusal::invalid("it does not wait; its clock runs")),
        _ => Ok(()),
    }
}

/// The pause that a record is in.
pub fn open_pause(record: &Record) -> Option<Pause> {
    rows::<Pause>(record, "pauses").into_iter().find(|pause| pause.until.is_none())
}

pub fn wait(record: &mut Record, moving: &Moving<'_>) {
    let mut pauses: Vec<Pause> = rows(record, "pauses");
    let why = moving.input::<String>("waits_for").unwrap_or_default();
    pauses.push(Pause { from: moving.now, until: None, why });
    record.write("pauses", Rows(pauses));
}

fn go_on(record: &mut Record, moving: &Moving<'_>) {
    end_pause(record, moving.now);
}

/// Whatever is finished waits no longer.
pub fn end_pause(record: &mut Record, now: Timestamp) {
    let mut pauses: Vec<Pause> = rows(record, "pauses");
    pauses.iter_mut().filter(|pause| pause.until.is_none()).for_each(|pause| pause.until = Some(now));
    record.write("pauses", Rows(pauses));
}

fn rows<T: watchkeep_model::RowType + Clone>(record: &Record, field: &str) -> Vec<T> {
    Rows::<T>::read(record.get(field)).map_or(Vec::new(), |rows| rows.0)
}

/// The working hours and holidays of an organisation.
pub fn hours(organisation: Option<&Record>, zone: &TimeZone) -> Hours {
    let holidays: Vec<Holiday> = organisation.map_or(Vec::new(), |found| rows(found, "holidays"));
    let holidays = holidays.into_iter().map(|holiday| holiday.day).collect();
    let openings: Vec<Opening> = organisation.map_or(Vec::new(), |found| rows(found, "hours"));
    let office = |day: usize| (day < 5).then_some(9 * 60..17 * 60).into_iter().collect();
    let spans = std::array::from_fn(|day| {
        if openings.is_empty() {
            return office(day);
        }
        let of = openings.iter().filter(|opening| opening.day as usize == day);
        of.filter_map(|opening| Some(minute(&opening.from)?..minute(&opening.until)?)).collect()
    });
    Hours::new(zone.clone(), spans, holidays)
}

/// Minutes from midnight of `HH:MM`, up to `24:00`.
pub fn minute(text: &str) -> Option<u16> {
    if text.trim() == "24:00" {
        return Some(1440);
    }
    let time = Time::strptime("%H:%M", text.trim()).ok()?;
    Some(time.hour() as u16 * 60 + time.minute() as u16)
}

/// How long a clock has run on a record, and its target, in words: for who explains a breach.
pub fn over_by(due: Timestamp, now: Timestamp) -> String {
    let over = now.duration_since(due).max(SignedDuration::ZERO);
    watchkeep_model::text::show_duration(over.as_secs())
}

/// A clock of a kind by its name.
pub fn named(kind: &'static Kind, name: &str) -> Option<&'static Clock> {
    kind.clocks.iter().find(|clock| clock.name == name)
}
