//! What is usual of numbers, by measures that a few wild ones do not move: the median, and the median of the distances
//! from it.

/// What is usual of some numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Usual {
    pub median: f64,
    /// Median of the absolute deviations from the median.
    pub mad: f64,
    pub count: usize,
    pub highest: f64,
}

/// A deviation of a normal distribution is this many times its median absolute deviation.
const NORMAL: f64 = 1.4826;
/// A spread is taken for at least this share of the median: what never varied would make any change remarkable.
const SHARE: f64 = 0.1;

impl Usual {
    /// How many deviations above the usual a number is; a deviation is at least a tenth of the median, and `floor`.
    pub fn z(&self, value: f64, floor: f64) -> f64 {
        (value - self.median) / (NORMAL * self.mad).max(SHARE * self.median).max(floor)
    }
}

/// What is usual of these; nothing where there are none.
pub fn usual(numbers: impl IntoIterator<Item = f64>) -> Option<Usual> {
    let mut sorted: Vec<f64> = numbers.into_iter().collect();
    let median_of = |sorted: &mut Vec<f64>| {
        sorted.sort_unstable_by(f64::total_cmp);
        let (low, high) = (sorted.get(sorted.len().checked_sub(1)? / 2)?, sorted.get(sorted.len() / 2)?);
        Some(f64::midpoint(*low, *high))
    };
    let median = median_of(&mut sorted)?;
    let (count, highest) = (sorted.len(), *sorted.last()?);
    sorted.iter_mut().for_each(|number| *number = (*number - median).abs());
    let mad = median_of(&mut sorted)?;
    Some(Usual { median, mad, count, highest })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// As the words say it: the middle of those that have as many below as above.
    fn median_by_hand(numbers: &[f64]) -> f64 {
        let ranked = |rank: usize| {
            let fits = |one: &&f64| {
                let below = numbers.iter().filter(|other| *other < *one).count();
                let same = numbers.iter().filter(|other| *other == *one).count();
                (below..below + same).contains(&rank)
            };
            *numbers.iter().find(fits).expect("each rank is somebody's")
        };
        (ranked((numbers.len() - 1) / 2) + ranked(numbers.len() / 2)) / 2.0
    }

    proptest! {
        #[test]
        fn median_and_deviation_are_those_counted_by_hand(numbers in prop::collection::vec(0_u32..50, 1..40)) {
            let numbers: Vec<f64> = numbers.into_iter().map(f64::from).collect();
            let found = usual(numbers.iter().copied()).expect("numbers");
            let median = median_by_hand(&numbers);
            let distances: Vec<f64> = numbers.iter().map(|number| (number - median).abs()).collect();
            prop_assert_eq!(found.median, median);
            prop_assert_eq!(found.mad, median_by_hand(&distances));
            prop_assert_eq!(found.count, numbers.len());
            prop_assert!(numbers.iter().all(|number| *number <= found.highest));
        }

        #[test]
        fn a_few_wild_numbers_move_neither(numbers in prop::collection::vec(10_u32..20, 9..40), wild in 1e6..1e12_f64) {
            let numbers: Vec<f64> = numbers.into_iter().map(f64::from).collect();
            let mut with = numbers.clone();
            with.extend([wild; 4]);
            let found = usual(with).expect("numbers");
            prop_assert!((10.0..20.0).contains(&found.median) && found.mad <= 10.0, "{:?}", found);
        }
    }

    #[test]
    fn what_never_varied_does_not_make_one_more_remarkable() {
        let never = usual([100.0; 14]).expect("numbers");
        assert_eq!((never.median, never.mad), (100.0, 0.0));
        assert!((never.z(101.0, 1.0) - 0.1).abs() < 1e-9, "{}", never.z(101.0, 1.0));
        let nothing = usual([0.0; 14]).expect("numbers");
        assert!((nothing.z(3.0, 1.0) - 3.0).abs() < 1e-9);
        assert_eq!(usual([]), None);
    }
}
