//! Times: exact, relative ones that tick, and clocks that count down.

use jiff::{Timestamp, Zoned, tz::TimeZone};
use maud::{Markup, html};

/// Seconds below which a clock turns amber, unless the caller says otherwise.
pub const SOON: i64 = 900;

/// The instant in the reader's zone, to the second, with the exact UTC instant as its hint.
pub fn exact(at: Timestamp, zone: &TimeZone) -> Markup {
    stamp(at, &at.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M:%S").to_string())
}

/// Only the hour and minute, for timelines of one day.
pub fn of_day(at: Timestamp, zone: &TimeZone) -> Markup {
    stamp(at, &at.to_zoned(zone.clone()).strftime("%H:%M").to_string())
}

/// Like "3 min ago"; goes on ticking in the browser.
pub fn ago(at: Timestamp, now: Timestamp) -> Markup {
    html! { time datetime=(at.strftime("%Y-%m-%dT%H:%M:%SZ")) data-ago { (ago_words(now.duration_since(at).as_secs())) } }
}

fn stamp(at: Timestamp, words: &str) -> Markup {
    html! { time datetime=(at) title=(at) { (words) } }
}

/// A clock that counts down to `until`: amber within `soon` seconds, red when over.
pub fn clock(label: &str, until: Timestamp, now: Timestamp, soon: i64) -> Markup {
    let left = until.duration_since(now).as_secs();
    html! {
        span .clock .late[left < 0] .soon[(0..soon).contains(&left)] {
            span { (label) } time datetime=(until) title=(until) data-until data-soon=(soon) { (countdown(left)) }
        }
    }
}

/// A clock that does not run.
pub fn stopped(label: &str, words: &str) -> Markup {
    html! { span .clock { span { (label) } b { (words) } } }
}

/// Seconds in the past as `4 s ago`, `3 min ago`, `2 h ago`, `5 d ago`; negative ones as `in 3 min`.
pub fn ago_words(seconds: i64) -> String {
    let size = seconds.unsigned_abs();
    let words = match size {
        0..5 => return String::from("now"),
        5..60 => format!("{size} s"),
        60..3600 => format!("{} min", size / 60),
        3600..172_800 => format!("{} h", size / 3600),
        _ => format!("{} d", size / 86_400),
    };
    if seconds < 0 { format!("in {words}") } else { format!("{words} ago") }
}

/// Seconds left as `11:04`, `2:41:20` or `3 d 04:00`; time over carries a plus.
pub fn countdown(left: i64) -> String {
    let size = left.unsigned_abs();
    let sign = if left < 0 { "+" } else { "" };
    let (days, hours, minutes, seconds) = (size / 86_400, size % 86_400 / 3600, size % 3600 / 60, size % 60);
    match (days, hours) {
        (1.., _) => format!("{sign}{days} d {hours:02}:{minutes:02}"),
        (0, 1..) => format!("{sign}{hours}:{minutes:02}:{seconds:02}"),
        _ => format!("{sign}{minutes}:{seconds:02}"),
    }
}

/// The day as `9 Mar`, with the year if it is not this one.
pub fn day(at: &Zoned, now: &Zoned) -> String {
    let pattern = if at.year() == now.year() { "%-d %b" } else { "%-d %b %Y" };
    at.strftime(pattern).to_string()
}

#[cfg(test)]
mod tests {
    use super::{ago_words, countdown};

    #[test]
    fn words_for_past_and_coming_times() {
        let words = [0, 42, 200, -200, 7300, 200_000].map(ago_words);
        assert_eq!(words, ["now", "42 s ago", "3 min ago", "in 3 min", "2 h ago", "2 d ago"]);
    }

    #[test]
    fn clocks_count_down_and_over() {
        assert_eq!([664, 9680, 273_600, -75].map(countdown), ["11:04", "2:41:20", "3 d 04:00", "+1:15"]);
    }
}
