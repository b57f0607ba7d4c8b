//! Where events happen: coordinates in them, or a table of networks and the places that they are in.

use crate::matcher::net::Net;

/// A place on the globe, in degrees.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Point {
    pub latitude: f64,
    pub longitude: f64,
}

/// Mean radius of the earth in kilometres.
const RADIUS: f64 = 6_371.0;

impl Point {
    /// A point from two numbers in degrees; nothing where they are none, and for the 0, 0 that stands for unknown.
    pub fn new(latitude: f64, longitude: f64) -> Option<Self> {
        let fits = latitude.abs() <= 90.0 && longitude.abs() <= 180.0 && (latitude, longitude) != (0.0, 0.0);
        fits.then_some(Self { latitude, longitude })
    }

    pub fn read(latitude: &str, longitude: &str) -> Option<Self> {
        Self::new(latitude.trim().parse().ok()?, longitude.trim().parse().ok()?)
    }

    /// Kilometres over the surface, by the haversine formula.
    pub fn kilometres(self, other: Self) -> f64 {
        let (from, to) = (self.latitude.to_radians(), other.latitude.to_radians());
        let half = |degrees: f64| (degrees.to_radians() / 2.0).sin().powi(2);
        let chord =
            half(other.latitude - self.latitude) + from.cos() * to.cos() * half(other.longitude - self.longitude);
        2.0 * RADIUS * chord.clamp(0.0, 1.0).sqrt().asin()
    }

    /// How it is called where nothing names it: to a tenth of a degree, about the size of a city.
    pub fn name(self) -> String {
        let side = |degrees: f64, positive: &str, negative: &str| {
            format!("{:.1}°{}", degrees.abs(), if degrees < 0.0 { negative } else { positive })
        };
        format!("{} {}", side(self.latitude, "N", "S"), side(self.longitude, "E", "W"))
    }
}

/// Networks with their places, the narrowest first.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Places(Vec<(Net, Box<str>, Point)>);

/// Lines that a table may have.
const LINES: usize = 10_000;

impl Places {
    /// Reads lines of `network,place,latitude,longitude`; a first line of those words is their heading.
    ///
    /// # Errors
    /// Which line is wrong, and what it should be like.
    pub fn read(text: &str) -> Result<Self, String> {
        let mut found = Vec::new();
        let lines = text.lines().map(str::trim).enumerate().filter(|(_, line)| !line.is_empty());
        for (at, line) in lines.filter(|(_, line)| !line.starts_with('#')) {
            let parts: Vec<&str> = line.split(',').map(|part| part.trim().trim_matches('"')).collect();
            let [network, place, latitude, longitude] = parts.as_slice() else {
                return Err(format!(
                    "its `places`, row {}: it has {} columns; write network,place,latitude,longitude",
                    at + 1,
                    parts.len()
                ));
            };
            if at == 0 && network.eq_ignore_ascii_case("network") {
                continue;
            }
            let whole = if network.contains(':') { "/128" } else { "/32" };
            let whole = if network.contains('/') { (*network).to_owned() } else { format!("{network}{whole}") };
            let net = Net::parse(&whole).map_err(|why| format!("its `places`, row {}: {why}", at + 1))?;
            let point = Point::read(latitude, longitude).ok_or_else(|| {
                format!(
                    "its `places`, row {}: {latitude}, {longitude} is no place; write degrees like 52.52,13.40",
                    at + 1
                )
            })?;
            found.push((net, (*place).into(), point));
        }
        if found.is_empty() || found.len() > LINES {
            return Err(format!("its `places` have {} rows; write 1 to {LINES}", found.len()));
        }
        found.sort_by_key(|(net, ..)| std::cmp::Reverse(net.bits()));
        Ok(Self(found))
    }

    pub fn of(&self, address: &str) -> Option<(&str, Point)> {
        let found = self.0.iter().find(|(net, ..)| net.holds(address));
        found.map(|(_, place, point)| (&**place, *point))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_are_those_of_the_map() {
        let point = |latitude, longitude| Point::new(latitude, longitude).expect("a place");
        let berlin = point(52.52, 13.405);
        for (other, kilometres) in [
            (point(48.857, 2.352), 878.0),
            (point(-33.869, 151.209), 16_095.0),
            (point(40.713, -74.006), 6_385.0),
            (berlin, 0.0),
        ] {
            let found = berlin.kilometres(other);
            assert!((found - kilometres).abs() < kilometres * 0.003 + 0.01, "{found}, not {kilometres}");
            assert!((other.kilometres(berlin) - found).abs() < 1e-6);
        }
        // Over the date line, not around the globe.
        assert!(point(0.0, 179.9).kilometres(point(0.0, -179.9)) < 30.0);
        assert_eq!((Point::new(0.0, 0.0), Point::new(91.0, 1.0)), (None, None));
        assert_eq!(point(-33.87, 151.21).name(), "33.9°S 151.2°E");
    }

    #[test]
    fn the_narrowest_network_names_the_place() {
        let text = "network,place,latitude,longitude\n10.0.0.0/8,Berlin,52.52,13.40\n10.2.0.0/16, Lyon ,45.76,4.84\n\n2001:db8::1,Gdansk,54.35,18.65\n";
        let places = Places::read(text).expect("places");
        for (address, place) in [
            ("10.1.2.3", Some("Berlin")),
            ("10.2.2.3", Some("Lyon")),
            ("2001:db8::1", Some("Gdansk")),
            ("192.0.2.1", None),
            ("nonsense", None),
        ] {
            assert_eq!(places.of(address).map(|(place, _)| place), place, "{address}");
        }
        for (text, words) in [
            ("", "write 1 to"),
            ("10.0.0.0/8,Berlin,52.52", "row 1: it has 3 columns"),
            ("10.0.0.0/40,Berlin,52.52,13.4", "row 1: `10.0.0.0/40` is not an address range"),
            ("10.0.0.0/8,Berlin,152.52,13.4", "row 1: 152.52, 13.4 is no place"),
        ] {
            let error = Places::read(text).expect_err(text);
            assert!(error.contains(words), "{error}");
        }
    }
}
