//! How confidence fades: MISP's polynomial, `base × (1 − (t ÷ lifetime)^(1 ÷ speed))`.

use crate::Class;

/// How fast confidence in one class of indicators fades.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Decay {
    /// Seconds after which nothing is left.
    pub lifetime: f64,
    /// How early it falls: above 1 it falls fastest at first.
    pub speed: f64,
}

const DAY: f64 = 86_400.0;

impl Decay {
    /// What holds for a class where its feed says nothing. Addresses change hands within months; a digest stays what it is.
    pub fn of(class: Class) -> Self {
        let (days, speed) = match class {
            Class::Ipv4 | Class::Ipv6 => (120.0, 2.0),
            Class::Url => (180.0, 1.5),
            Class::Domain | Class::Email => (365.0, 1.5),
            Class::File => (365.0, 1.0),
            Class::Md5 | Class::Sha1 | Class::Sha256 => (3650.0, 0.7),
        };
        Self { lifetime: days * DAY, speed }
    }

    /// The same curve, stretched so that half is left after `days`.
    pub fn halved_after(self, days: f64) -> Self {
        Self { lifetime: days * DAY / 0.5f64.powf(self.speed), ..self }
    }

    /// What is left of `base` after `seconds`; never below nothing, and all of it before it was seen.
    pub fn score(&self, base: f64, seconds: i64) -> f64 {
        if seconds <= 0 {
            return base;
        }
        (base * (1.0 - (seconds as f64 / self.lifetime).powf(1.0 / self.speed))).max(0.0)
    }

    /// Seconds until no more than `threshold` of `base` is left; nothing where that is so at once.
    pub fn reaches(&self, base: f64, threshold: f64) -> Option<i64> {
        let left = 1.0 - threshold / base;
        (base > 0.0 && left >= 0.0).then(|| (self.lifetime * left.powf(self.speed)) as i64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Values of MISP's documentation: base 80, lifetime 120 days, speed 2: after 30 days half is gone.
    #[test]
    fn the_polynomial_is_that_of_misp() {
        let decay = Decay { lifetime: 120.0 * DAY, speed: 2.0 };
        let day = |days: f64| (days * DAY) as i64;
        assert_eq!(decay.score(80.0, 0), 80.0);
        assert!((decay.score(80.0, day(30.0)) - 40.0).abs() < 1e-9);
        assert_eq!(decay.score(80.0, day(120.0)), 0.0);
        assert_eq!(decay.score(80.0, day(500.0)), 0.0);
        assert_eq!(decay.reaches(80.0, 40.0), Some(day(30.0)));
        assert_eq!(decay.reaches(20.0, 30.0), None);
    }

    #[test]
    fn half_is_left_after_the_half_life_and_the_threshold_is_reached_when_said() {
        for class in Class::ALL {
            let decay = Decay::of(class).halved_after(45.0);
            assert!((decay.score(90.0, (45.0 * DAY) as i64) - 45.0).abs() < 1e-6, "{class:?}");
            let until = decay.reaches(90.0, 30.0).expect("it begins above");
            assert!(decay.score(90.0, until - 10) >= 30.0 && decay.score(90.0, until + 10) <= 30.0, "{class:?}");
        }
    }
}
