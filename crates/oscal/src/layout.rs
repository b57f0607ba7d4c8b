//! A catalog as lines in order: chapters and what they ask for, each with its code, title, text and place.

use crate::catalog::{Catalog, Control, Group, label};
use crate::prose::{Params, text};
use std::collections::{HashMap, HashSet};

/// The namespace of the Cybersecurity Framework's own marks.
const CSF: &str = "https://csrc.nist.gov/ns/csf";

/// One line: a chapter, or something that is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The id in the catalog: the same in each release.
    pub id: String,
    /// As its issuer numbers it.
    pub code: String,
    pub title: String,
    /// Markdown; empty where the catalog says nothing.
    pub text: String,
    /// Id of the line that it belongs to, which stands before it.
    pub parent: Option<String>,
    pub chapter: bool,
    /// No longer in force.
    pub withdrawn: bool,
}

/// Every group and control, each after what it belongs to. A second line of an id is left out.
pub fn lines(catalog: &Catalog) -> Vec<Line> {
    let mut params = Params::new();
    catalog.params.iter().for_each(|param| _ = params.entry(&param.id).or_insert(param));
    let mut codes = HashMap::new();
    for control in catalog.controls() {
        codes.insert(control.id.as_str(), control.code());
        control.params.iter().for_each(|param| _ = params.entry(&param.id).or_insert(param));
    }
    group_params(&catalog.groups, &mut params);
    let mut laying = Laying { params, codes, lines: Vec::new(), seen: HashSet::new(), csf: is_csf(catalog) };
    laying.all(&catalog.groups, &catalog.controls, None, false);
    laying.lines
}

fn group_params<'a>(groups: &'a [Group], params: &mut Params<'a>) {
    for group in groups {
        group.params.iter().for_each(|param| _ = params.entry(&param.id).or_insert(param));
        group_params(&group.groups, params);
    }
}

fn is_csf(catalog: &Catalog) -> bool {
    catalog.controls().any(|control| control.parts.iter().any(|part| part.ns.as_deref() == Some(CSF)))
}

struct Laying<'a> {
    params: Params<'a>,
    codes: HashMap<&'a str, &'a str>,
    lines: Vec<Line>,
    seen: HashSet<String>,
    csf: bool,
}

impl Laying<'_> {
    fn all(&mut self, groups: &[Group], controls: &[Control], parent: Option<&str>, gone: bool) {
        for group in groups {
            let id = group.id.clone().unwrap_or_else(|| format!("group-{}", self.lines.len()));
            let code = label(&group.props).map_or_else(|| id.to_uppercase(), str::to_owned);
            if self.seen.insert(id.clone()) {
                self.lines.push(Line {
                    id: id.clone(),
                    code,
                    title: group.title.trim().to_owned(),
                    text: String::new(),
                    parent: parent.map(str::to_owned),
                    chapter: true,
                    withdrawn: false,
                });
            }
            self.all(&group.groups, &group.controls, Some(&id), gone);
        }
        for control in controls {
            let gone = gone || control.withdrawn() || (self.csf && older(control));
            if self.seen.insert(control.id.clone()) {
                let mut text = text(control, &self.params);
                if control.withdrawn() {
                    text = self.whereto(control);
                }
                let title = control.title.trim();
                self.lines.push(Line {
                    id: control.id.clone(),
                    code: if self.csf { control.id.clone() } else { control.code().to_owned() },
                    // The framework's subcategories have no title but their number: their statement says it.
                    title: if title == control.id && !text.is_empty() { first_line(&text) } else { title.to_owned() },
                    text,
                    parent: parent.map(str::to_owned),
                    chapter: false,
                    withdrawn: gone,
                });
            }
            self.all(&[], &control.controls, Some(&control.id), gone);
        }
    }

    /// Where a withdrawn control went.
    fn whereto(&self, control: &Control) -> String {
        let to = |rel: &str| {
            let links = control.links.iter().filter(|link| link.rel.as_deref() == Some(rel));
            let ids = links.filter_map(|link| link.href.strip_prefix('#'));
            let code = |id: &str| {
                let whole = id.split("_smt").next().unwrap_or(id);
                self.codes.get(whole).map_or_else(|| whole.to_uppercase(), |code| (*code).to_owned())
            };
            ids.map(code).collect::<Vec<_>>().join(", ")
        };
        match (to("incorporated-into"), to("moved-to")) {
            (into, _) if !into.is_empty() => format!("Withdrawn: incorporated into {into}."),
            (_, moved) if !moved.is_empty() => format!("Withdrawn: moved to {moved}."),
            _ => "Withdrawn.".to_owned(),
        }
    }
}

/// Release 1.0.0 of the Cybersecurity Framework 2.0 carries entries of version 1.1 without a mark: a category of today
/// has prose, a subcategory of today has examples.
fn older(control: &Control) -> bool {
    let part = |name: &str| control.parts.iter().find(|part| part.name == name);
    match control.class.as_deref() {
        Some("category") => part("statement").is_none_or(|part| part.prose.as_deref().unwrap_or_default().is_empty()),
        Some("subcategory") => part("example").is_none(),
        _ => false,
    }
}

fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().chars().take(300).collect()
}
