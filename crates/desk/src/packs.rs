//! Starter packs: which duties an organisation begins with, and which functions hold them.

use crate::first_start::DUTIES;
use crate::{Desk, DeskError};
use jiff::Timestamp;
use std::collections::HashSet;
use watchkeep_model::{Actor, Refusal};

mod making;

pub use making::title;

/// The packs that ship, by the name in their address.
const PACKS: [(&str, &str); 4] = [
    ("small", include_str!("../data/packs/small.txt")),
    ("soc", include_str!("../data/packs/soc.txt")),
    ("sites", include_str!("../data/packs/sites.txt")),
    ("enterprise", include_str!("../data/packs/enterprise.txt")),
];

/// A way to begin: functions, and the duties they hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pack {
    /// As in its address: `small`.
    pub key: &'static str,
    pub name: &'static str,
    /// For whom it is, in a sentence.
    pub about: &'static str,
    pub functions: Vec<Post>,
    pub lines: Vec<Line>,
}

/// A function that a pack proposes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Post {
    pub name: &'static str,
    pub reports_to: Option<&'static str>,
    /// The built-in role that its holder gets.
    pub role: &'static str,
}

/// Duties held by the same functions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub responsible: &'static str,
    pub accountable: &'static str,
    pub consulted: Vec<&'static str>,
    pub informed: Vec<&'static str>,
    /// Codes of duties, in the order of the catalogue.
    pub duties: Vec<String>,
    /// Held once at each site rather than once.
    pub each_site: bool,
}

/// What a newcomer says of their organisation.
#[derive(Debug, Clone, Default)]
pub struct Beginning {
    /// The organisation's name; empty keeps the present one.
    pub organisation: String,
    /// Sites by name; those that are there already are used.
    pub sites: Vec<String>,
    /// Function, name and e-mail of its holder; the e-mail names whoever is there already.
    pub holders: Vec<(String, String, String)>,
}

/// What a beginning made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Begun {
    pub functions: usize,
    pub people: usize,
    pub sites: usize,
    pub held: usize,
}

/// The packs that ship, smallest first.
pub fn packs() -> Vec<Pack> {
    PACKS.into_iter().map(|(key, text)| read(key, text)).collect()
}

fn read(key: &'static str, text: &'static str) -> Pack {
    let catalogue = catalogue();
    let mut pack = Pack { key, name: key, about: "", functions: Vec::new(), lines: Vec::new() };
    let mut each_site = false;
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
        match line.split_once(": ") {
            Some(("name", name)) => pack.name = name,
            Some(("about", about)) => pack.about = about,
            Some(("function", post)) => pack.functions.push(function(post)),
            Some((letters, duties)) => pack.lines.push(held_by(letters, duties, each_site, &catalogue)),
            None => each_site = line == "each site",
        }
    }
    pack
}

/// `SOC manager, reports to CISO, as SOC Manager`.
fn function(text: &'static str) -> Post {
    let mut parts = text.split(", ");
    let mut post = Post { name: parts.next().unwrap_or_default(), reports_to: None, role: "" };
    for part in parts {
        if let Some(above) = part.strip_prefix("reports to ") {
            post.reports_to = Some(above);
        } else if let Some(role) = part.strip_prefix("as ") {
            post.role = role;
        }
    }
    post
}

/// `R / A / C, C / I, I` and codes of duties or of whole groups.
fn held_by(letters: &'static str, duties: &str, each_site: bool, catalogue: &[(String, String)]) -> Line {
    let letters: Vec<&str> = letters.split(" / ").collect();
    let one = |at: usize| letters.get(at).copied().unwrap_or_default();
    let many = |at: usize| one(at).split(", ").filter(|name| !name.is_empty()).collect();
    let wanted: HashSet<&str> = duties.split_whitespace().collect();
    let meant = |(code, group): &&(String, String)| wanted.contains(code.as_str()) || wanted.contains(group.as_str());
    let duties = catalogue.iter().filter(meant).map(|(code, _)| code.clone()).collect();
    Line { responsible: one(0), accountable: one(1), consulted: many(2), informed: many(3), duties, each_site }
}

/// Code and group of each duty.
fn catalogue() -> Vec<(String, String)> {
    let rows = csv::Reader::from_reader(DUTIES.as_bytes()).into_records().filter_map(Result::ok);
    rows.map(|row| (row[0].to_owned(), row[1].to_owned())).collect()
}

impl Pack {
    /// How many duties are held where there are so many sites.
    pub fn held(&self, sites: usize) -> usize {
        let times = |line: &Line| if line.each_site { sites.max(1) } else { 1 };
        self.lines.iter().map(|line| line.duties.len() * times(line)).sum()
    }
}

impl Desk {
    /// Begins with a pack: functions, their holders with roles, and held duties, in one transaction. What is there
    /// already stays as it is, so a pack can be taken again or beside another.
    ///
    /// # Errors
    /// A name without an e-mail, and whatever the actor may not make.
    pub fn begin(&self, actor: &Actor, pack: &Pack, given: &Beginning, now: Timestamp) -> Result<Begun, DeskError> {
        given.holders.iter().try_for_each(whole)?;
        let mut making = making::Making::new(self, actor.person, pack, given)?;
        let written = self.store.write_in_turn(actor, now, |written| making.next(written))?;
        let made =
            |kind: &str| written.iter().filter(|one| one.act == "create" && one.record.kind.name == kind).count();
        let begun =
            Begun { functions: made("function"), people: made("person"), sites: made("site"), held: made("held_duty") };
        self.measure_all(now)?;
        Ok(begun)
    }
}

/// Somebody has a name and an address, or is not named at all.
fn whole((function, name, email): &(String, String, String)) -> Result<(), Refusal> {
    let wrong = match (name.trim(), email.trim()) {
        (name, "") if !name.is_empty() => format!("{function}: {name} needs an e-mail address to sign in with"),
        (_, email) if !email.is_empty() && !email.contains('@') => {
            format!("{function}: `{email}` is not an e-mail address")
        }
        _ => return Ok(()),
    };
    Err(Refusal::invalid(wrong))
}
