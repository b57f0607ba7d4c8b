//! Small charts drawn on the server as SVG: they follow the theme, print, and every figure can be a link.

use std::fmt::Write as _;

use maud::{Markup, html};

use super::State;

/// A line without axes, for a row of a table; `words` says what it shows.
pub fn spark(values: &[f64], words: &str) -> Markup {
    let points = points(values, 96.0, 20.0, None);
    html! {
        svg .chart .spark viewBox="0 0 96 22" role="img" aria-label=(words) {
            polyline .line points=(shifted(&points, 1.0)) {}
            @if let Some((x, y)) = points.last() { circle .last cx=(x - 2.0) cy=(y + 1.0) r="2" {} }
        }
    }
}

/// A trend with an area below it and, if given, a dashed limit.
pub fn line(values: &[f64], limit: Option<f64>, words: &str) -> Markup {
    let points = points(values, 1000.0, 84.0, limit);
    let outline = shifted(&points, 3.0);
    let area = format!("0,90 {outline} 1000,90");
    let height = limit.map(|limit| 3.0 + place(limit, bounds(values, Some(limit)), 84.0));
    html! {
        svg .chart viewBox="0 0 1000 90" height="90" preserveAspectRatio="none" role="img" aria-label=(words) {
            polygon .area points=(area) {}
            @if let Some(y) = height { line .limit x1="0" x2="1000" y1=(y) y2=(y) {} }
            polyline .line points=(outline) {}
        }
    }
}

/// One bar of a histogram.
#[derive(Debug, Clone, Copy)]
pub struct Bucket<'a> {
    /// Such as `08:00 to 08:05`.
    pub label: &'a str,
    pub count: u64,
    /// Where its rows are.
    pub href: &'a str,
    /// The stretch of time, so that several bars can be taken together.
    pub time: (&'a str, &'a str),
}

/// Counts over time; each bar opens its rows. `from` and `to` stand below the ends.
pub fn histogram(buckets: &[Bucket<'_>], from: &str, to: &str, words: &str) -> Markup {
    let most = buckets.iter().map(|bucket| bucket.count).max().unwrap_or(0).max(1);
    let width = 1000.0 / count(buckets.len().max(1));
    html! {
        svg .chart .histo viewBox="0 0 1000 70" height="70" preserveAspectRatio="none" role="group" aria-label=(words) data-bars {
            @for (at, bucket) in buckets.iter().enumerate() {
                @let tall = share(bucket.count, most) * 68.0;
                a href=(bucket.href) data-from=(bucket.time.0) data-to=(bucket.time.1) {
                    title { (bucket.label) ": " (bucket.count) }
                    rect .back x=(count(at) * width) y="0" width=(width) height="70" {}
                    rect .fill x=(count(at) * width + width * 0.08) y=(70.0 - tall) width=(width * 0.84) height=(tall) {}
                }
            }
        }
        div .legend .spread { span .mono { (from) } span { "most: " (most) } span .mono { (to) } }
    }
}

/// Horizontal bars: label, bar, figure.
pub fn bars(list: &[(&str, u64, &str)], words: &str) -> Markup {
    let most = list.iter().map(|(_, amount, _)| *amount).max().unwrap_or(0).max(1);
    html! {
        div .hbars role="group" aria-label=(words) {
            @for (label, amount, href) in list {
                span { (label) }
                svg .chart viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true" { rect .fill rx="1" y="1" height="8" width=(share(*amount, most) * 100.0) {} }
                a .num href=(href) { (amount) }
            }
        }
    }
}

/// How many stand in each state, as one bar, worst first.
pub fn states(counts: &[(State, u64)]) -> Markup {
    let total = counts.iter().map(|(_, amount)| amount).sum::<u64>().max(1);
    let mut words = String::new();
    let mut parts = Vec::new();
    let mut left = 0.0;
    for (state, amount) in counts.iter().filter(|(_, amount)| *amount > 0) {
        let _ = write!(words, "{amount} {} ", state.word());
        let wide = share(*amount, total) * 100.0;
        parts.push((state.class(), left, wide));
        left += wide;
    }
    html! {
        svg .chart .statebar viewBox="0 0 100 8" preserveAspectRatio="none" role="img" aria-label=(words.trim_end()) {
            @for (class, x, wide) in parts { rect .(class) x=(x) width=(wide) height="8" {} }
        }
    }
}

fn points(values: &[f64], width: f64, height: f64, limit: Option<f64>) -> Vec<(f64, f64)> {
    let bounds = bounds(values, limit);
    let step = width / count(values.len().saturating_sub(1).max(1));
    values.iter().enumerate().map(|(at, value)| (count(at) * step, place(*value, bounds, height))).collect()
}

fn shifted(points: &[(f64, f64)], down: f64) -> String {
    let words: Vec<String> = points.iter().map(|(x, y)| format!("{x:.1},{:.1}", y + down)).collect();
    words.join(" ")
}

fn bounds(values: &[f64], limit: Option<f64>) -> (f64, f64) {
    let all = values.iter().copied().chain(limit).filter(|value| value.is_finite());
    let (low, high) =
        all.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)));
    if low < high { (low, high) } else { (low - 1.0, low + 1.0) }
}

fn place(value: f64, (low, high): (f64, f64), height: f64) -> f64 {
    if low.is_finite() { height * (1.0 - (value - low) / (high - low)) } else { height }
}

#[expect(clippy::cast_precision_loss, reason = "a drawing needs no more than 52 bits")]
fn share(part: u64, whole: u64) -> f64 {
    part as f64 / whole as f64
}

/// A part of a whole, between nothing and all.
pub(super) fn portion(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { (part / whole).clamp(0.0, 1.0) } else { 0.0 }
}

#[expect(clippy::cast_precision_loss, reason = "a drawing needs no more than 52 bits")]
pub(super) fn count(number: usize) -> f64 {
    number as f64
}

#[cfg(test)]
mod tests {
    use super::{State, line, spark, states};

    #[test]
    fn a_state_bar_shares_its_width_and_says_its_counts() {
        let drawn = states(&[(State::Red, 1), (State::Amber, 0), (State::Green, 3)]).0;
        assert!(drawn.contains(r#"aria-label="1 red 3 green""#), "{drawn}");
        assert!(drawn.contains(r#"<rect class="ok" x="25" width="75""#), "{drawn}");
    }

    #[test]
    fn charts_of_nothing_or_of_one_value_are_still_drawings() {
        for drawn in
            [spark(&[], "none"), spark(&[3.0], "one"), line(&[2.0, 2.0], None, "flat"), line(&[], Some(1.0), "none")]
        {
            assert!(drawn.0.starts_with("<svg") && !drawn.0.contains("NaN") && !drawn.0.contains("inf"), "{}", drawn.0);
        }
    }
}
