//! Several series over time as bars: each stretch of time is one link, and a legend names the series.

use super::chart::{count, portion};
use maud::{Markup, html};

/// How the series of one stretch stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// On one another, for what adds up.
    Stacked,
    /// Beside one another, for what does not.
    Beside,
}

/// One stretch of time.
#[derive(Debug, Clone)]
pub struct Stretch {
    /// Such as `03-03 08:00`.
    pub label: String,
    /// Where its rows are.
    pub href: String,
    /// The value of each series; none or less counts as nothing.
    pub values: Vec<f64>,
}

/// Colours that series have; those after them are grey.
const COLOURS: usize = 8;
const HEIGHT: f64 = 170.0;

/// Bars of every stretch in the order of `series`, each with its name and what the legend says of it.
pub fn stacks(series: &[(String, String)], stretches: &[Stretch], standing: Standing, words: &str) -> Markup {
    let tall = |stretch: &Stretch| match standing {
        Standing::Stacked => stretch.values.iter().map(|value| value.max(0.0)).sum::<f64>(),
        Standing::Beside => stretch.values.iter().copied().fold(0.0, f64::max),
    };
    let most = stretches.iter().map(tall).fold(0.0, f64::max);
    let width = 1000.0 / count(stretches.len().max(1));
    let ends = |stretch: Option<&Stretch>| stretch.map_or(String::new(), |stretch| stretch.label.clone());
    html! {
        svg .chart .stacks viewBox={ "0 0 1000 " (HEIGHT) } height=(HEIGHT) preserveAspectRatio="none" role="group" aria-label=(words) data-bars {
            @for (at, stretch) in stretches.iter().enumerate() {
                a href=(stretch.href) {
                    title { (told(series, stretch)) }
                    rect .back x=(round(count(at) * width)) y="0" width=(round(width)) height=(HEIGHT) {}
                    @for (class, x, y, wide, high) in bars(stretch, standing, most) {
                        rect .(class) x=(round((count(at) + 0.06 + 0.88 * x) * width)) y=(round(y)) width=(round(0.88 * wide * width)) height=(round(high)) {}
                    }
                }
            }
        }
        div .legend .spread { span .mono { (ends(stretches.first())) } span { "most: " (shown(most)) } span .mono { (ends(stretches.last())) } }
        @if series.len() > 1 {
            ul .legend .keys aria-label="Series" {
                @for (at, (name, about)) in series.iter().enumerate() {
                    li { svg .chart .swatch viewBox="0 0 10 10" aria-hidden="true" { rect .(colour(at)) width="10" height="10" rx="2" {} } (name) " " span .sub { (about) } }
                }
            }
        }
    }
}

/// Class, place and size of each bar of a stretch; places across are shares of it.
fn bars(stretch: &Stretch, standing: Standing, most: f64) -> Vec<(String, f64, f64, f64, f64)> {
    let share = 1.0 / count(stretch.values.len().max(1));
    let mut floor = HEIGHT;
    let mut bars = Vec::new();
    for (at, value) in stretch.values.iter().enumerate() {
        let high = portion(value.max(0.0), most) * (HEIGHT - 4.0);
        if high <= 0.0 {
            continue;
        }
        let class = colour(at);
        match standing {
            Standing::Stacked => {
                floor -= high;
                bars.push((class, 0.0, floor, 1.0, high));
            }
            Standing::Beside => bars.push((class, count(at) * share, HEIGHT - high, share, high)),
        }
    }
    bars
}

fn colour(at: usize) -> String {
    if at < COLOURS { format!("k{}", at + 1) } else { "none".to_owned() }
}

fn told(series: &[(String, String)], stretch: &Stretch) -> String {
    let of = series.iter().zip(&stretch.values).filter(|(_, value)| **value != 0.0);
    let of: Vec<String> = of.map(|((name, _), value)| format!("{name} {}", shown(*value))).collect();
    let what = if of.is_empty() { "nothing".to_owned() } else { of.join(", ") };
    format!("{}: {what}", stretch.label)
}

fn shown(value: f64) -> String {
    if value.fract() == 0.0 { format!("{value}") } else { format!("{value:.2}") }
}

/// A drawing needs no more than a hundredth.
fn round(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stretch(values: &[f64]) -> Stretch {
        Stretch { label: "08:00".to_owned(), href: "/x".to_owned(), values: values.to_vec() }
    }

    #[test]
    fn bars_stand_on_or_beside_one_another_and_nothing_is_drawn_of_nothing() {
        let of = |standing| bars(&stretch(&[1.0, 0.0, 3.0]), standing, 4.0);
        let stacked = of(Standing::Stacked);
        assert_eq!(stacked.iter().map(|bar| bar.0.as_str()).collect::<Vec<_>>(), ["k1", "k3"]);
        assert_eq!((stacked[0].2, stacked[1].2), (170.0 - 41.5, 4.0));
        let beside = of(Standing::Beside);
        assert_eq!((beside[1].2, beside[1].4), (170.0 - 124.5, 124.5));
        assert!(beside[1].1 > 0.6);
        assert!(bars(&stretch(&[0.0]), Standing::Stacked, 0.0).is_empty());
    }

    #[test]
    fn a_stretch_tells_its_values() {
        let series = [("anna".to_owned(), String::new()), ("ben".to_owned(), String::new())];
        assert_eq!(told(&series, &stretch(&[2.0, 1.25])), "08:00: anna 2, ben 1.25");
        let drawn = stacks(&series, &[stretch(&[0.0, 0.0])], Standing::Stacked, "none").0;
        assert!(drawn.contains("08:00: nothing") && !drawn.contains("NaN"), "{drawn}");
    }
}
