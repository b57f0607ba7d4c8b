//! Reads what a rule says under `baseline`, and says what is wrong with it in words for whoever wrote it.

use super::place::Places;
use super::plan::{Kind, Measure, Peers, Plan, Rare, Travel, Volume, Where};
use super::{DAY, HOUR, LONGEST};
use crate::info::hex;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use yaml_serde::Value;

/// What every baseline may say, and what each type may say besides.
const COMMON: &[&str] = &["type", "entity", "learn", "min_events", "entity_events", "forget"];
const TYPES: [(&str, &[&str]); 4] = [
    ("first_seen", &["value"]),
    ("rare", &["value", "at_most", "share", "min_entities"]),
    ("volume", &["per", "sum", "distinct", "compare", "against", "peers", "threshold", "at_least", "min_entities"]),
    ("travel", &["latitude", "longitude", "place", "network", "places", "speed", "distance"]),
];
const TYPE: &str = "write `type: first_seen`, `rare`, `volume` or `travel`";
/// Hours or days that must be comparable before a volume is judged.
pub(super) const FEWEST: i64 = 4;

/// A field, or several together.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Names {
    One(String),
    Several(Vec<String>),
}

/// As it is written.
#[derive(Debug, Deserialize)]
struct Spec {
    entity: Option<Names>,
    value: Option<Names>,
    learn: Option<String>,
    min_events: Option<u64>,
    entity_events: Option<u64>,
    forget: Option<String>,
    at_most: Option<usize>,
    share: Option<f64>,
    min_entities: Option<usize>,
    per: Option<String>,
    sum: Option<String>,
    distinct: Option<Names>,
    compare: Option<String>,
    against: Option<String>,
    peers: Option<String>,
    threshold: Option<f64>,
    at_least: Option<f64>,
    latitude: Option<String>,
    longitude: Option<String>,
    place: Option<String>,
    network: Option<String>,
    places: Option<String>,
    speed: Option<f64>,
    distance: Option<f64>,
}

/// Makes ready what stands under `baseline`.
///
/// # Errors
/// What is wrong with it, and what would be accepted.
pub(super) fn read(found: &Value, rule: usize, id: &str) -> Result<Plan, String> {
    let Value::Mapping(said) = found else { return Err(format!("its `baseline` says nothing by name; {TYPE}")) };
    let wanted = said.get("type").and_then(Value::as_str).unwrap_or_default();
    let known = TYPES.iter().find(|(name, _)| *name == wanted);
    let Some((name, own)) = known else { return Err(format!("its baseline has no `type` that is known; {TYPE}")) };
    for key in said.keys().map(|key| key.as_str().unwrap_or_default()) {
        if !COMMON.contains(&key) && !own.contains(&key) {
            let takes: Vec<&str> = own.iter().chain(COMMON).copied().collect();
            return Err(format!("its baseline says `{key}`, which {name} has not; it takes {}", takes.join(", ")));
        }
    }
    let spec: Spec = yaml_serde::from_value(found.clone()).map_err(|error| format!("its `baseline`: {error}"))?;
    let learn = days("learn", spec.learn.as_deref().unwrap_or("14d"))?;
    let entity = names("entity", spec.entity.as_ref(), "whom it learns about, such as `entity: user`")?;
    let value = || names("value", spec.value.as_ref(), "what it learns of each, such as `value: src_ip`");
    let kind = match *name {
        "first_seen" => Kind::FirstSeen { value: value()? },
        "rare" => Kind::Rare(rare(&spec, value()?)?),
        "volume" => Kind::Volume(volume(&spec, learn)?),
        _ => Kind::Travel(travel(&spec)?),
    };
    // Three months of values, four weeks of hours.
    let usual = if matches!(kind, Kind::Volume(_)) { 28 } else { 90 };
    let forget = spec.forget.as_deref().map_or(Ok(usual.max(learn)), |text| days("forget", text))?;
    if forget < learn {
        return Err(format!(
            "it would `forget` after {forget}d what it learns for {learn}d; forget later, or learn less"
        ));
    }
    let key = key(id, name, &entity, &kind);
    let entity_events = spec.entity_events.unwrap_or(10);
    let min_events = spec.min_events.unwrap_or(1_000);
    Ok(Plan { rule, key: key.into(), entity, learn, min_events, entity_events, forget: forget * DAY, kind })
}

fn rare(spec: &Spec, value: Vec<Box<str>>) -> Result<Rare, String> {
    let usual = if spec.share.is_some() { super::VALUES - 1 } else { 1 };
    let at_most = positive("at_most", spec.at_most.unwrap_or(usual), super::VALUES - 1)?;
    if spec.share.is_some_and(|share| !(share > 0.0 && share < 1.0)) {
        return Err("its `share` is of all entities: write one above 0 and below 1, such as 0.01 for one in a hundred"
            .to_owned());
    }
    let min_entities = positive("min_entities", spec.min_entities.unwrap_or(5), super::ENTITIES)?;
    Ok(Rare { value, at_most, share: spec.share, min_entities })
}

fn volume(spec: &Spec, learn: i64) -> Result<Volume, String> {
    let (per, in_day) = match spec.per.as_deref().unwrap_or("1h") {
        "1h" => (HOUR, 24),
        "1d" => (DAY, 1),
        other => return Err(format!("it counts `per` {other}; write 1h or 1d")),
    };
    let season = match (spec.compare.as_deref(), in_day) {
        (Some("all"), _) | (None, 1) => 1,
        (Some("time_of_day") | None, 24) => in_day,
        (Some("time_of_week"), _) => in_day * 7,
        (Some(other), _) => {
            let takes = if in_day == 24 { "time_of_day, time_of_week or all" } else { "time_of_week or all" };
            return Err(format!("its `compare` is {other}; write {takes}"));
        }
        (None, _) => in_day,
    };
    let (own, others) = match (spec.against.as_deref(), &spec.peers) {
        (None | Some("own"), None) => (true, false),
        (None | Some("both"), Some(_)) => (true, true),
        (Some("peers"), Some(_)) => (false, true),
        (Some("own"), Some(_)) => return Err("it names `peers`, and compares `against` own alone".to_owned()),
        (Some("peers" | "both"), None) => {
            return Err(
                "it compares `against` its peers; say who they are, such as `peers: department` or `peers: all`"
                    .to_owned(),
            );
        }
        (Some(other), _) => return Err(format!("it compares `against` {other}; write own, peers or both")),
    };
    if own && learn * in_day / season < FEWEST {
        let least = season * FEWEST / in_day;
        return Err(format!(
            "it would `learn` {learn}d, and has {FEWEST} to compare with after {least}d; write at least that"
        ));
    }
    let peers = spec.peers.as_deref().filter(|_| others).map(|field| match field {
        "all" => Peers::All,
        field => Peers::Same(field.into()),
    });
    let measure = match (&spec.sum, &spec.distinct) {
        (None, None) => Measure::Events,
        (Some(field), None) => Measure::Sum(field.as_str().into()),
        (None, distinct @ Some(_)) => Measure::Distinct(names("distinct", distinct.as_ref(), "what it counts")?),
        (Some(_), Some(_)) => return Err("it has both `sum` and `distinct`; write a baseline for each".to_owned()),
    };
    Ok(Volume {
        measure,
        per,
        season,
        own,
        peers,
        threshold: above("threshold", spec.threshold.unwrap_or(6.0))?,
        at_least: above("at_least", spec.at_least.unwrap_or(10.0))?,
        min_entities: positive("min_entities", spec.min_entities.unwrap_or(5), super::ENTITIES)?,
    })
}

fn travel(spec: &Spec) -> Result<Travel, String> {
    let place = match (&spec.latitude, &spec.longitude, &spec.network, &spec.places) {
        (Some(latitude), Some(longitude), None, None) => {
            Where::Coordinates { latitude: latitude.as_str().into(), longitude: longitude.as_str().into() }
        }
        (None, None, Some(network), Some(places)) => {
            Where::Table { network: network.as_str().into(), places: Places::read(places)? }
        }
        _ => {
            return Err("it needs to know where things happen: name the fields `latitude` and `longitude`, or the field `network` and a table of `places`".to_owned());
        }
    };
    Ok(Travel {
        place,
        name: spec.place.as_deref().map(Into::into),
        speed: above("speed", spec.speed.unwrap_or(900.0))?,
        distance: above("distance", spec.distance.unwrap_or(200.0))?,
    })
}

fn names(key: &str, found: Option<&Names>, what: &str) -> Result<Vec<Box<str>>, String> {
    let names: Vec<Box<str>> = match found {
        Some(Names::One(name)) => vec![name.trim().into()],
        Some(Names::Several(names)) => names.iter().map(|name| name.trim().into()).collect(),
        None => Vec::new(),
    };
    if names.is_empty() || names.len() > 4 || names.iter().any(|name| name.is_empty()) {
        return Err(format!("its baseline needs `{key}`: {what}; at most four fields"));
    }
    Ok(names)
}

/// Whole days: `14d`, `2w`.
fn days(key: &str, text: &str) -> Result<i64, String> {
    let number = |unit: char| text.trim().strip_suffix(unit).and_then(|number| number.trim().parse::<i64>().ok());
    let days = number('d').or_else(|| number('w').and_then(|weeks| weeks.checked_mul(7)));
    let most = if key == "learn" { LONGEST } else { 4 * LONGEST };
    days.filter(|days| (1..=most).contains(days))
        .ok_or_else(|| format!("its `{key}` is {text}; write 1d to {most}d, or weeks such as 2w"))
}

fn positive(key: &str, number: usize, most: usize) -> Result<usize, String> {
    let fits = (1..=most).contains(&number);
    if fits { Ok(number) } else { Err(format!("its `{key}` is {number}; write 1 to {most}")) }
}

fn above(key: &str, number: f64) -> Result<f64, String> {
    let fits = number.is_finite() && number > 0.0;
    if fits { Ok(number) } else { Err(format!("its `{key}` is {number}; write a number above 0")) }
}

/// What is learnt goes by what it is of: limits may change without learning anew.
fn key(id: &str, name: &str, entity: &[Box<str>], kind: &Kind) -> String {
    let of = match kind {
        Kind::FirstSeen { value } | Kind::Rare(Rare { value, .. }) => format!("{value:?}"),
        Kind::Volume(volume) => format!("{:?} {}", volume.measure, volume.per),
        Kind::Travel(Travel { place: Where::Coordinates { latitude, longitude }, .. }) => {
            format!("{latitude} {longitude}")
        }
        Kind::Travel(Travel { place: Where::Table { network, .. }, .. }) => network.to_string(),
    };
    let said = format!("{:?}", (id.to_lowercase(), name, entity, of));
    hex(&Sha256::digest(said.as_bytes())).chars().take(32).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Result<Plan, String> {
        read(&yaml_serde::from_str(text).expect("YAML"), 0, "id")
    }

    #[test]
    fn what_is_wrong_is_said_with_what_would_do() {
        for (text, words) in [
            ("first_seen", "write `type: first_seen`"),
            ("{type: odd}", "no `type` that is known"),
            ("{type: first_seen}", "needs `entity`"),
            ("{type: first_seen, entity: user}", "needs `value`"),
            (
                "{type: first_seen, entity: user, value: src_ip, threshold: 3}",
                "says `threshold`, which first_seen has not",
            ),
            ("{type: first_seen, entity: user, value: src_ip, learn: soon}", "its `learn` is soon; write 1d to 92d"),
            ("{type: first_seen, entity: user, value: src_ip, learn: 93d}", "its `learn` is 93d"),
            ("{type: first_seen, entity: user, value: src_ip, forget: 2d}", "`forget` after 2d"),
            ("{type: first_seen, entity: user, value: src_ip, min_events: many}", "its `baseline`: "),
            ("{type: rare, entity: host, value: Image, share: 2}", "above 0 and below 1"),
            ("{type: rare, entity: host, value: Image, at_most: 0}", "its `at_most` is 0; write 1 to 999"),
            ("{type: volume, entity: user, per: 5m}", "`per` 5m; write 1h or 1d"),
            ("{type: volume, entity: user, per: 1d, compare: time_of_day}", "write time_of_week or all"),
            ("{type: volume, entity: user, compare: time_of_week}", "after 28d"),
            ("{type: volume, entity: user, against: peers}", "say who they are"),
            ("{type: volume, entity: user, against: own, peers: all}", "own alone"),
            ("{type: volume, entity: user, sum: a, distinct: b}", "both `sum` and `distinct`"),
            ("{type: volume, entity: user, threshold: -1}", "its `threshold` is -1"),
            ("{type: travel, entity: user}", "name the fields `latitude` and `longitude`"),
            ("{type: travel, entity: user, network: src_ip, places: 'x,y'}", "row 1: it has 2 columns"),
        ] {
            let error = found(text).expect_err(text);
            assert!(error.contains(words), "{text}: {error}");
        }
    }

    #[test]
    fn limits_may_change_and_what_is_learnt_stays() {
        let plan = |text: &str| found(text).expect(text);
        let one = plan("{type: first_seen, entity: user, value: src_ip}");
        assert_eq!((one.learn, one.min_events, one.forget), (14, 1_000, 90 * DAY));
        let other = plan("{type: first_seen, entity: [user], value: src_ip, learn: 2w, min_events: 5}");
        assert_eq!(one.key, other.key);
        assert_ne!(one.key, plan("{type: first_seen, entity: user, value: dst_ip}").key);
        assert_ne!(one.key, plan("{type: rare, entity: user, value: src_ip}").key);
        let volume = plan("{type: volume, entity: user, peers: department, learn: 28d, compare: time_of_week}");
        let Kind::Volume(volume) = volume.kind else { panic!("a volume") };
        assert_eq!((volume.season, volume.own, volume.peers), (168, true, Some(Peers::Same("department".into()))));
    }
}
