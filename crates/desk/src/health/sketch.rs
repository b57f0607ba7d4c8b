//! How far claimed times are from the times at which events came: counts in steps of a tenth of the distance, so that the
//! median of any number of events takes a few numbers.

/// Steps for each doubling of the distance.
const STEPS: f64 = 8.0;

/// Counts by distance; positive is late.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sketch(Vec<(i16, u64)>);

impl Sketch {
    /// Counts one distance in milliseconds.
    pub fn add(&mut self, millis: i64) {
        self.count(step(millis), 1);
    }

    fn count(&mut self, step: i16, count: u64) {
        match self.0.binary_search_by_key(&step, |(step, _)| *step) {
            Ok(at) => self.0.get_mut(at).into_iter().for_each(|(_, held)| *held += count),
            Err(at) => self.0.insert(at, (step, count)),
        }
    }

    pub fn merge(&mut self, other: &Self) {
        other.0.iter().for_each(|(step, count)| self.count(*step, *count));
    }

    /// How many were counted.
    pub fn total(&self) -> u64 {
        self.0.iter().map(|(_, count)| count).sum()
    }

    /// The median in milliseconds, at most a tenth off; nothing of nothing.
    pub fn median(&self) -> Option<i64> {
        let half = self.total().div_ceil(2);
        let mut passed = 0;
        let found = self.0.iter().find(|(_, count)| {
            passed += count;
            passed >= half
        });
        found.filter(|_| half > 0).map(|(step, _)| middle(*step))
    }

    /// The median alone, with the count: what is left of an hour that is over.
    pub fn settled(&self) -> Self {
        self.median().map_or_else(Self::default, |median| Self(vec![(step(median), self.total())]))
    }

    pub fn pairs(&self) -> &[(i16, u64)] {
        &self.0
    }

    pub fn of(pairs: impl IntoIterator<Item = (i16, u64)>) -> Self {
        let mut sketch = Self::default();
        pairs.into_iter().for_each(|(step, count)| sketch.count(step, count));
        sketch
    }
}

#[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "a step is a rounded distance")]
fn step(millis: i64) -> i16 {
    let distance = (STEPS * (1.0 + millis.unsigned_abs() as f64 / 1000.0).log2()).floor() as i16;
    if millis < 0 { -distance } else { distance }
}

/// The distance in the middle of a step.
#[expect(clippy::cast_possible_truncation, reason = "a distance of whole milliseconds")]
fn middle(step: i16) -> i64 {
    if step == 0 {
        return 0;
    }
    let distance = ((f64::from(step.unsigned_abs()) + 0.5) / STEPS).exp2() - 1.0;
    let millis = (distance * 1000.0).round() as i64;
    if step < 0 { -millis } else { millis }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers that look random and are the same in every run.
    fn numbers(seed: u64) -> impl Iterator<Item = u64> {
        let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
        std::iter::repeat_with(move || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state
        })
    }

    #[test]
    fn the_median_is_that_of_all_numbers_within_a_tenth() {
        for seed in 1..200 {
            let mut random = numbers(seed);
            let count = 1 + random.next().unwrap_or(0) % 500;
            let spread = 1 << (random.next().unwrap_or(0) % 40);
            let mut all: Vec<i64> =
                random.take(count as usize).map(|one| (one % (2 * spread)) as i64 - spread as i64).collect();
            let mut sketch = Sketch::default();
            all.iter().for_each(|one| sketch.add(*one));
            let (left, right) = all.split_at(all.len() / 2);
            let [mut a, mut b] = [Sketch::default(), Sketch::default()];
            left.iter().for_each(|one| a.add(*one));
            right.iter().for_each(|one| b.add(*one));
            a.merge(&b);
            assert_eq!(a, sketch, "counted apart or together");
            all.sort_unstable();
            let exact = all[all.len().div_ceil(2) - 1];
            let found = sketch.median().expect("a median");
            assert!((found - exact).abs() <= 100 + exact.abs() / 10, "seed {seed}: {found} for {exact}");
            assert_eq!(sketch.settled().median(), Some(found));
            assert_eq!(sketch.total(), count);
        }
        assert_eq!(Sketch::default().median(), None);
    }
}
