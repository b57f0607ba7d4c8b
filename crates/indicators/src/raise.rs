//! What was met here counts anew from then on: a sighting restarts the fading of an entry, as in MISP.

use crate::entry::Entry;
use crate::table::{Build, Kept, Table};
use crate::value::Value;

impl Table {
    /// The entries of these values as they stand after they were seen at a time; to be looked for beside the others.
    pub fn raised<'v>(&self, seen: impl IntoIterator<Item = (&'v Value, i64)>) -> Table {
        let mut build = Build::of(self.key, self.defaults);
        for (value, at) in seen {
            if let Some(kept) = self.find(value).filter(|kept| kept.seen < at) {
                build.push(&again(kept, at));
            }
        }
        build.finish()
    }

    /// Entries in the order of their source that `fits`, from a number on; and the number to go on from, where there
    /// may be more. Of two with one value only the one that counts.
    pub fn page(&self, from: u32, most: usize, fits: impl Fn(&Kept) -> bool) -> (Vec<Kept>, Option<u32>) {
        let mut found = Vec::new();
        let mut number = from;
        while let Some(entry) = self.entry(number) {
            if fits(&entry) && self.find(&entry.value).is_some_and(|best| best.place == entry.place) {
                if found.len() == most {
                    return (found, Some(number));
                }
                found.push(entry);
            }
            number += 1;
        }
        (found, None)
    }
}

/// An entry that was seen later than its source says; an end that its source names stays.
fn again(kept: Kept, at: i64) -> Entry {
    Entry {
        value: kept.value,
        also: kept.also,
        confidence: Some(kept.confidence),
        seen: Some(at),
        from: Some(kept.from),
        until: kept.end,
        label: kept.label,
        place: kept.place,
    }
}

#[cfg(test)]
mod tests {
    use crate::read::{self, Form};
    use crate::{Build, Defaults, Said, Table, Value};

    const DAY: i64 = 86_400;

    fn table(source: &str) -> Table {
        let defaults = Defaults { confidence: 80, threshold: 40, half_life: Some(10.0), valid_days: None, read: 0 };
        let mut build = Build::new(7, defaults);
        read::feed(source.as_bytes(), &Form::Csv(read::Columns::default()), &mut |entry| build.push(&entry));
        build.finish()
    }

    #[test]
    fn a_sighting_restarts_fading_and_never_outlives_the_end_that_is_named() {
        let table = table("value,valid_until\na.example,\nb.example,1970-01-13\n");
        let [a, b] = ["a.example", "b.example"].map(|text| Value::read(Said::Domain, text).expect("a name"));
        assert_eq!(table.find(&a).expect("there").until, 10 * DAY, "half is the threshold");
        let raised = table.raised([(&a, 8 * DAY), (&b, 8 * DAY)]);
        assert_eq!(raised.find(&a).expect("there").until, 18 * DAY);
        assert_eq!(raised.find(&b).expect("there").until, 12 * DAY);
        assert!(table.raised([(&a, -5)]).is_empty(), "what was seen before says nothing new");
    }

    #[test]
    fn pages_follow_each_other_in_the_order_of_the_source() {
        let table = table("value\na.example\nb.example\na.example\nc.example\n");
        let (first, next) = table.page(0, 2, |_| true);
        let (rest, end) = table.page(next.expect("more"), 2, |_| true);
        let all: Vec<String> = first.iter().chain(&rest).map(|entry| entry.value.to_string()).collect();
        assert_eq!((all.join(" ").as_str(), end), ("a.example b.example c.example", None));
        assert_eq!(table.page(0, 5, |entry| entry.value.to_string().starts_with('b')).0.len(), 1);
    }
}
