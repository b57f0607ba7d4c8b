//! Texts to begin a document from, in our own words; an organisation makes them its own before anybody approves them.

/// A text to begin from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Starter {
    /// As in its address: `backup`.
    pub key: &'static str,
    pub title: &'static str,
    /// The class of document that it is.
    pub class: &'static str,
    /// What it is for, in a sentence.
    pub about: &'static str,
    /// Markdown.
    pub text: &'static str,
}

/// The first line of each says title, class and what it is for.
const FILES: [(&str, &str); 8] = [
    ("information_security", include_str!("../data/starters/information_security.md")),
    ("acceptable_use", include_str!("../data/starters/acceptable_use.md")),
    ("access_control", include_str!("../data/starters/access_control.md")),
    ("incident_response", include_str!("../data/starters/incident_response.md")),
    ("supplier_security", include_str!("../data/starters/supplier_security.md")),
    ("visitors_and_keys", include_str!("../data/starters/visitors_and_keys.md")),
    ("clear_desk", include_str!("../data/starters/clear_desk.md")),
    ("backup", include_str!("../data/starters/backup.md")),
];

/// All of them, those that most begin with first.
pub fn starters() -> Vec<Starter> {
    FILES.iter().filter_map(|(key, file)| read(key, file)).collect()
}

fn read(key: &'static str, file: &'static str) -> Option<Starter> {
    let (head, text) = file.split_once('\n')?;
    let mut head = head.split(" | ");
    Some(Starter { key, title: head.next()?, class: head.next()?, about: head.next()?, text })
}

#[cfg(test)]
mod tests {
    use super::{FILES, starters};

    #[test]
    fn each_reads_and_is_a_text_of_its_own() {
        let all = starters();
        assert_eq!(all.len(), FILES.len());
        for one in all {
            assert!(one.text.starts_with("# Purpose\n") && one.text.matches("\n# ").count() >= 4, "{}", one.key);
            let longest = one.text.split("\n\n").map(str::len).max().unwrap_or(0);
            assert!(one.about.ends_with('.') && longest < 1200, "{}", one.key);
        }
    }
}
