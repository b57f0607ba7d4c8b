//! Runs that the demo's people recorded: duties of the catalogue done in their rhythm, with what shows it.

use crate::runs::Done;
use crate::{Desk, DeskError};
use jiff::Timestamp;
use std::collections::HashMap;
use watchkeep_model::{Record, Via};

/// Code, who, grade, proof, exception.
const RUNS: &[(&str, &str, &str, &str, &str)] = &[
    ("D-068", "uwe", "recorded", "Minutes with IT operations: patch window of fw-lyon, TSK-2", ""),
    (
        "D-073",
        "mara",
        "recorded",
        "Status of three projects in the weekly meeting",
        "Badge reader project is a week late",
    ),
    ("D-085", "vera", "recorded", "Threat model of the warehouse gate, four measures", ""),
    ("D-090", "mara", "recorded", "Six exceptions reviewed, no pattern across sites", ""),
    ("D-104", "piet", "recorded", "Guard contract: 2 late starts in the month, within the agreement", ""),
    ("D-113", "mara", "recorded", "Budget sheet of the month, 97 % of plan", ""),
    ("D-133", "piet", "attested", "Tasks of the day given at the 07:00 briefing", ""),
    ("D-138", "mara", "recorded", "Night shares of tier 1: Tom 40 %, Tia 50 %", ""),
    ("D-143", "mara", "attested", "Team meeting held, two questions answered", ""),
    ("D-148", "piet", "recorded", "Positions of the day checked at all three posts of Lyon", ""),
    (
        "D-159",
        "piet",
        "recorded",
        "Walk through the Lyon warehouse with the fire officer",
        "Fire door 4 was wedged open; removed",
    ),
    ("D-163", "piet", "attested", "Cleaning and maintenance met at the gate", ""),
    ("D-171", "piet", "recorded", "Evacuation training, 31 of 33 guards", "Two guards on leave, date set"),
    ("D-185", "mara", "recorded", "Daily report signed at 17:30", ""),
];

/// Records the runs; a duty that the demo does not hold is passed over.
pub(super) fn done(desk: &Desk, now: Timestamp) -> Result<(), DeskError> {
    let codes: HashMap<i64, String> = desk
        .all("duty")?
        .into_iter()
        .map(|duty| (duty.id, duty.get("code").as_text().unwrap_or_default().to_owned()))
        .collect();
    let held: HashMap<&str, Record> = desk
        .all("held_duty")?
        .into_iter()
        .filter_map(|held| Some((codes.get(&held.get("duty").as_int()?)?.as_str(), held)))
        .collect();
    for (code, who, grade, proof, exception) in RUNS {
        let person = desk.person_by_email(&format!("{who}@demo.example"))?;
        if let (Some(held), Some(person)) = (held.get(code), person) {
            let run =
                Done { grade: (*grade).to_owned(), proof: (*proof).to_owned(), exception: (*exception).to_owned() };
            // Everybody records in the demo, whatever their roles: it shows what the screens show.
            let by = watchkeep_model::Actor { access: desk.system().access, ..desk.actor(&person, Via::Screen)? };
            desk.record_run(&by, held, &run, now)?;
        }
    }
    Ok(())
}
