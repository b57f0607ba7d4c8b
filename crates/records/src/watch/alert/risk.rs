//! The risk of an alert: its severity, weighed by what the asset it is about is worth, and by who can reach that (D-018).

use super::{EventLink, Severity};
use crate::assets::{Asset, Exposure};
use watchkeep_model::{FieldType, Moving, Record, Ref, Rows};

/// The highest risk.
pub const MOST: i64 = 100;

/// What an asset adds to the severity of what is noticed about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Weight {
    /// 1 to 5.
    pub criticality: i64,
    pub exposure: Exposure,
}

impl Default for Weight {
    /// What counts where no asset is known.
    fn default() -> Self {
        Self { criticality: 3, exposure: Exposure::Inside }
    }
}

impl Weight {
    pub fn of(asset: &Record) -> Self {
        let usual = Self::default();
        Self {
            criticality: asset.read::<i64>("criticality").unwrap_or(usual.criticality).clamp(1, 5),
            exposure: asset.read::<Exposure>("exposure").unwrap_or(usual.exposure),
        }
    }

    /// In per cent: half for what can be lost without notice, half as much again for what stops the organisation.
    fn criticality_percent(self) -> i64 {
        25 + 25 * self.criticality
    }

    fn exposure_percent(self) -> i64 {
        match self.exposure {
            Exposure::Inside => 100,
            Exposure::Partners => 110,
            Exposure::Internet => 125,
        }
    }
}

/// What a severity counts before it is weighed.
pub fn points(severity: Severity) -> i64 {
    match severity {
        Severity::Informational => 5,
        Severity::Low => 20,
        Severity::Medium => 40,
        Severity::High => 60,
        Severity::Critical => 80,
    }
}

/// From 3 to 100, halves rounded up.
pub fn risk(severity: Severity, weight: Weight) -> i64 {
    uncapped(severity, weight).min(MOST)
}

fn uncapped(severity: Severity, weight: Weight) -> i64 {
    (points(severity) * weight.criticality_percent() * weight.exposure_percent() + 5_000) / 10_000
}

/// Where the figure comes from: `60 for high, × 1.25 for criticality 4, × 1.25 for the Internet`.
pub fn reasons(severity: Severity, weight: Option<Weight>) -> String {
    let word = match severity {
        Severity::Informational => "informational",
        Severity::Low => "low",
        Severity::Medium => "medium",
        Severity::High => "high",
        Severity::Critical => "critical",
    };
    let begin = format!("{} for {word}", points(severity));
    let Some(weight) = weight else { return format!("{begin}, no asset known to weigh it by") };
    let times =
        |percent: i64| format!("{:.2}", percent as f64 / 100.0).trim_end_matches('0').trim_end_matches('.').to_owned();
    let reach = match weight.exposure {
        Exposure::Inside => "reach from inside",
        Exposure::Partners => "partners",
        Exposure::Internet => "the Internet",
    };
    let (worth, reached) = (times(weight.criticality_percent()), times(weight.exposure_percent()));
    let most = if uncapped(severity, weight) > MOST { ", at most 100" } else { "" };
    format!("{begin}, × {worth} for criticality {}, × {reached} for {reach}{most}", weight.criticality)
}

/// The risk of an alert beside what its asset is now; nothing where it has no severity.
pub fn weighed(alert: &Record, weight: Option<Weight>) -> Option<i64> {
    Some(risk(alert.read::<Severity>("severity")?, weight.unwrap_or_default()))
}

/// Weighs it when it is new or opened again, or its severity or asset is another. A change of the asset itself is followed by the desk.
pub(super) fn weigh(record: &mut Record, moving: &Moving<'_>) {
    let same = |field: &str| moving.before.is_some_and(|before| before.get(field) == record.get(field));
    let again = moving.act == Some("reopen");
    if same("severity") && same("asset") && !record.get("risk").is_empty() && !again {
        return;
    }
    let asset = record.read::<Ref<Asset>>("asset").and_then(|asset| moving.look.record("asset", asset.id));
    let risk = weighed(record, asset.as_ref().map(Weight::of));
    record.write("risk", risk);
}

/// Counts the events that are pinned.
pub(super) fn count_evidence(record: &mut Record) {
    let events = Rows::<EventLink>::read(record.get("events")).map_or(Vec::new(), |rows| rows.0);
    let pinned = events.iter().filter(|event| event.pinned).count();
    record.write("evidence", i64::try_from(pinned).unwrap_or(i64::MAX));
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Severity; 5] =
        [Severity::Informational, Severity::Low, Severity::Medium, Severity::High, Severity::Critical];

    fn at(criticality: i64, exposure: Exposure) -> Weight {
        Weight { criticality, exposure }
    }

    #[test]
    fn a_risk_is_severity_by_criticality_by_exposure() {
        let check = |severity, criticality, exposure, expected| {
            assert_eq!(risk(severity, at(criticality, exposure)), expected, "{severity:?} {criticality} {exposure:?}");
        };
        check(Severity::High, 3, Exposure::Inside, 60);
        check(Severity::High, 4, Exposure::Internet, 94);
        check(Severity::High, 4, Exposure::Partners, 83);
        check(Severity::High, 1, Exposure::Inside, 30);
        check(Severity::Informational, 1, Exposure::Inside, 3);
        check(Severity::Critical, 3, Exposure::Internet, 100);
        check(Severity::Critical, 5, Exposure::Internet, 100);
        check(Severity::Low, 5, Exposure::Inside, 30);
    }

    #[test]
    fn more_of_anything_is_never_less_risk() {
        let exposures = [Exposure::Inside, Exposure::Partners, Exposure::Internet];
        for exposure in exposures {
            for criticality in 1..=5 {
                let rising = ALL.map(|severity| risk(severity, at(criticality, exposure)));
                assert!(rising.is_sorted() && rising.iter().all(|one| (1..=MOST).contains(one)), "{rising:?}");
            }
            for severity in ALL {
                assert!((1..=5).map(|worth| risk(severity, at(worth, exposure))).is_sorted());
            }
        }
        for severity in ALL {
            assert!((1..=5).all(|worth| exposures.map(|exposure| risk(severity, at(worth, exposure))).is_sorted()));
        }
    }

    #[test]
    fn it_says_where_the_figure_comes_from() {
        let check = |severity, weight, expected: &str| assert_eq!(reasons(severity, weight), expected);
        check(
            Severity::High,
            Some(at(4, Exposure::Internet)),
            "60 for high, × 1.25 for criticality 4, × 1.25 for the Internet",
        );
        check(
            Severity::Critical,
            Some(at(5, Exposure::Partners)),
            "80 for critical, × 1.5 for criticality 5, × 1.1 for partners, at most 100",
        );
        check(
            Severity::Low,
            Some(at(3, Exposure::Inside)),
            "20 for low, × 1 for criticality 3, × 1 for reach from inside",
        );
        check(Severity::Medium, None, "40 for medium, no asset known to weigh it by");
    }
}
