//! Selecting controls out of a tree of groups: by id and pattern, with or without what is inside them.

use crate::catalog::{Catalog, Control, Group};
use crate::profile::Select;
use std::collections::HashSet;

/// Groups and the controls beside them.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Tree {
    pub groups: Vec<Group>,
    pub controls: Vec<Control>,
}

/// What a selection says: everything, or these.
pub enum Wanted<'a> {
    All,
    These(&'a [Select]),
}

impl<'a> Wanted<'a> {
    /// An import or insertion that says nothing takes everything.
    pub fn of<T>(all: Option<&T>, these: &'a [Select]) -> Self {
        if all.is_some() || these.is_empty() { Self::All } else { Self::These(these) }
    }
}

/// Ids that are wanted and not excluded. What is named and not there is added to `unknown`.
pub fn chosen<'c>(
    catalog: &'c Catalog,
    wanted: &Wanted<'_>,
    excluded: &[Select],
    unknown: &mut Vec<String>,
) -> HashSet<&'c str> {
    let mut ids = match wanted {
        Wanted::All => catalog.controls().map(|control| control.id.as_str()).collect(),
        Wanted::These(selects) => named(catalog, selects, unknown),
    };
    for id in named(catalog, excluded, unknown) {
        ids.remove(id);
    }
    ids
}

fn named<'c>(catalog: &'c Catalog, selects: &[Select], unknown: &mut Vec<String>) -> HashSet<&'c str> {
    let mut found = HashSet::new();
    for select in selects {
        let exact: HashSet<&str> = select.with_ids.iter().map(String::as_str).collect();
        let mut met = HashSet::new();
        for control in catalog.controls() {
            let by_id = exact.contains(control.id.as_str());
            let by_pattern = || select.matching.iter().any(|matching| fits(&matching.pattern, &control.id));
            if by_id || by_pattern() {
                met.insert(control.id.as_str());
                found.insert(control.id.as_str());
                if select.with_child_controls.as_deref() == Some("yes") {
                    inside(control, &mut found);
                }
            }
        }
        unknown.extend(select.with_ids.iter().filter(|id| !met.contains(id.as_str())).cloned());
    }
    found
}

fn inside<'c>(control: &'c Control, found: &mut HashSet<&'c str>) {
    for child in &control.controls {
        found.insert(child.id.as_str());
        inside(child, found);
    }
}

/// Whether an id fits a pattern, in time linear in both for patterns with few stars.
pub fn fits(pattern: &str, id: &str) -> bool {
    let (pattern, id): (Vec<char>, Vec<char>) = (pattern.chars().collect(), id.chars().collect());
    let (mut at, mut read) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while read < id.len() {
        match pattern.get(at) {
            Some('*') => {
                star = Some((at, read));
                at += 1;
            }
            Some(letter) if *letter == '?' || Some(letter) == id.get(read) => {
                at += 1;
                read += 1;
            }
            _ => match star {
                Some((back, from)) => {
                    star = Some((back, from + 1));
                    (at, read) = (back + 1, from + 1);
                }
                None => return false,
            },
        }
    }
    pattern.iter().skip(at).all(|letter| *letter == '*')
}

/// The tree with only what is chosen. A control whose parent is not chosen takes its place; groups left empty go.
pub fn pruned(groups: &[Group], controls: &[Control], ids: &HashSet<&str>) -> Tree {
    let group = |group: &Group| {
        let Tree { groups, controls } = pruned(&group.groups, &group.controls, ids);
        let filled = !(groups.is_empty() && controls.is_empty());
        filled.then(|| Group { groups, controls, ..shell(group) })
    };
    let groups = groups.iter().filter_map(group).collect();
    let controls = controls.iter().flat_map(|control| kept(control, ids)).collect();
    Tree { groups, controls }
}

fn shell(group: &Group) -> Group {
    Group {
        id: group.id.clone(),
        class: group.class.clone(),
        title: group.title.clone(),
        params: group.params.clone(),
        props: group.props.clone(),
        links: group.links.clone(),
        parts: group.parts.clone(),
        groups: Vec::new(),
        controls: Vec::new(),
    }
}

fn kept(control: &Control, ids: &HashSet<&str>) -> Vec<Control> {
    let controls: Vec<Control> = control.controls.iter().flat_map(|child| kept(child, ids)).collect();
    if !ids.contains(control.id.as_str()) {
        return controls;
    }
    vec![Control {
        id: control.id.clone(),
        class: control.class.clone(),
        title: control.title.clone(),
        params: control.params.clone(),
        props: control.props.clone(),
        links: control.links.clone(),
        parts: control.parts.clone(),
        controls,
    }]
}

/// All controls of a tree beside one another, each with the controls inside it.
pub fn loose(tree: Tree) -> Vec<Control> {
    let inner =
        tree.groups.into_iter().flat_map(|group| loose(Tree { groups: group.groups, controls: group.controls }));
    inner.chain(tree.controls).collect()
}
