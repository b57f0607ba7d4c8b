//! What a profile changes: parameters that it sets, and parts that it adds to or removes from controls.

use crate::catalog::{Catalog, Control, Group, Link, Param, Part, Prop};
use crate::profile::{Add, Alter, Modify, Remove, SetParameter};
use std::collections::HashMap;

/// Sets parameters, then removes, then adds. What is named and not there is noted.
pub fn apply(catalog: &mut Catalog, modify: &Modify, notes: &mut Vec<String>) {
    let mut sets: HashMap<&str, (&SetParameter, bool)> = HashMap::new();
    for set in &modify.set_parameters {
        sets.insert(&set.param_id, (set, false));
    }
    if !sets.is_empty() {
        set_all(&mut catalog.params, &mut sets);
        catalog.groups.iter_mut().for_each(|group| set_in_group(group, &mut sets));
        catalog.controls.iter_mut().for_each(|control| set_in_control(control, &mut sets));
    }
    let mut unused: Vec<&str> = sets.iter().filter(|(_, (_, used))| !used).map(|(id, _)| *id).collect();
    unused.sort_unstable();
    if !unused.is_empty() {
        notes.push(format!("it sets the parameters {}, which nothing that it imports has", unused.join(", ")));
    }
    for alter in &modify.alters {
        match find(&mut catalog.groups, &mut catalog.controls, &alter.control_id) {
            Some(control) => change(control, alter, notes),
            None => notes.push(format!("it alters {}, which it does not import", alter.control_id)),
        }
    }
}

type Sets<'a> = HashMap<&'a str, (&'a SetParameter, bool)>;

fn set_in_group(group: &mut Group, sets: &mut Sets<'_>) {
    set_all(&mut group.params, sets);
    group.groups.iter_mut().for_each(|inner| set_in_group(inner, sets));
    group.controls.iter_mut().for_each(|control| set_in_control(control, sets));
}

fn set_in_control(control: &mut Control, sets: &mut Sets<'_>) {
    set_all(&mut control.params, sets);
    control.controls.iter_mut().for_each(|inner| set_in_control(inner, sets));
}

fn set_all(params: &mut [Param], sets: &mut Sets<'_>) {
    for param in params {
        if let Some((set, used)) = sets.get_mut(param.id.as_str()) {
            *used = true;
            set_one(param, set);
        }
    }
}

fn set_one(param: &mut Param, set: &SetParameter) {
    let replace = |old: &mut Option<String>, new: &Option<String>| {
        if new.is_some() {
            old.clone_from(new);
        }
    };
    replace(&mut param.class, &set.class);
    replace(&mut param.depends_on, &set.depends_on);
    replace(&mut param.label, &set.label);
    replace(&mut param.usage, &set.usage);
    for prop in &set.props {
        param.props.retain(|old| (&old.name, &old.ns, &old.class) != (&prop.name, &prop.ns, &prop.class));
    }
    param.props.extend(set.props.iter().cloned());
    for link in &set.links {
        param.links.retain(|old| old.href != link.href);
    }
    param.links.extend(set.links.iter().cloned());
    if !set.constraints.is_empty() {
        param.constraints.clone_from(&set.constraints);
    }
    if !set.guidelines.is_empty() {
        param.guidelines.clone_from(&set.guidelines);
    }
    // Values and a selection exclude each other.
    if !set.values.is_empty() {
        param.values.clone_from(&set.values);
        param.select = None;
    } else if set.select.is_some() {
        param.select.clone_from(&set.select);
        param.values.clear();
    }
}

fn find<'a>(groups: &'a mut [Group], controls: &'a mut [Control], id: &str) -> Option<&'a mut Control> {
    for group in groups {
        if let Some(found) = find(&mut group.groups, &mut group.controls, id) {
            return Some(found);
        }
    }
    for control in controls {
        if control.id == id {
            return Some(control);
        }
        if let Some(found) = find(&mut [], &mut control.controls, id) {
            return Some(found);
        }
    }
    None
}

fn change(control: &mut Control, alter: &Alter, notes: &mut Vec<String>) {
    for gone in &alter.removes {
        let before = size(control);
        control.params.retain(|param| !gone.param(param));
        control.props.retain(|prop| !gone.prop(prop));
        control.links.retain(|link| !gone.link(link));
        removed(&mut control.parts, gone);
        control.params.iter_mut().for_each(|param| param.props.retain(|prop| !gone.prop(prop)));
        if size(control) == before {
            notes.push(format!("a removal from {} fits nothing in it", alter.control_id));
        }
    }
    for add in &alter.adds {
        if !added(control, add) {
            let by = add.by_id.as_deref().unwrap_or_default();
            notes.push(format!("an addition to {} goes to `{by}`, which it does not have", alter.control_id));
        }
    }
}

fn size(control: &Control) -> usize {
    fn parts(list: &[Part]) -> usize {
        list.iter().map(|part| 1 + part.props.len() + part.links.len() + parts(&part.parts)).sum()
    }
    let own = control.params.iter().map(|param| 1 + param.props.len()).sum::<usize>();
    own + control.props.len() + control.links.len() + parts(&control.parts)
}

fn removed(parts: &mut Vec<Part>, gone: &Remove) {
    parts.retain(|part| !gone.part(part));
    for part in parts {
        part.props.retain(|prop| !gone.prop(prop));
        part.links.retain(|link| !gone.link(link));
        removed(&mut part.parts, gone);
    }
}

impl Remove {
    /// All that is asked of an element: nothing asked fits nothing.
    fn fits(
        &self,
        item: &str,
        (name, class, id, ns): (Option<&str>, Option<&str>, Option<&str>, Option<&str>),
    ) -> bool {
        let asked = [&self.by_name, &self.by_class, &self.by_id, &self.by_item_name, &self.by_ns];
        let same = |wanted: &Option<String>, has: Option<&str>| wanted.as_deref().is_none_or(|one| has == Some(one));
        asked.iter().any(|one| one.is_some())
            && same(&self.by_name, name)
            && same(&self.by_class, class)
            && same(&self.by_id, id)
            && same(&self.by_ns, ns)
            && self
                .by_item_name
                .as_deref()
                .is_none_or(|wanted| wanted == item || wanted.strip_suffix('s') == Some(item))
    }

    fn param(&self, param: &Param) -> bool {
        self.fits("param", (None, param.class.as_deref(), Some(&param.id), None))
    }

    fn prop(&self, prop: &Prop) -> bool {
        self.fits("prop", (Some(&prop.name), prop.class.as_deref(), None, prop.ns.as_deref()))
    }

    fn link(&self, link: &Link) -> bool {
        self.fits("link", (link.rel.as_deref(), None, None, None))
    }

    fn part(&self, part: &Part) -> bool {
        self.fits("part", (Some(&part.name), part.class.as_deref(), part.id.as_deref(), part.ns.as_deref()))
    }
}

/// Where an addition goes; without `by-id`, before and after mean the control's own beginning and end.
fn added(control: &mut Control, add: &Add) -> bool {
    let first = matches!(add.position.as_deref(), Some("before" | "starting"));
    match add.by_id.as_deref().filter(|id| *id != control.id) {
        None => {
            if let Some(title) = &add.title {
                control.title.clone_from(title);
            }
            put(&mut control.params, &add.params, first);
            put(&mut control.props, &add.props, first);
            put(&mut control.links, &add.links, first);
            put(&mut control.parts, &add.parts, first);
            true
        }
        Some(id) => {
            let beside = control.params.iter().position(|param| param.id == id);
            match beside {
                Some(at) => {
                    let at = if first { at } else { at + 1 };
                    control.params.splice(at..at, add.params.iter().cloned());
                    true
                }
                None => added_in(&mut control.parts, id, add),
            }
        }
    }
}

fn added_in(parts: &mut Vec<Part>, id: &str, add: &Add) -> bool {
    let Some(at) = parts.iter().position(|part| part.id.as_deref() == Some(id)) else {
        return parts.iter_mut().any(|part| added_in(&mut part.parts, id, add));
    };
    match add.position.as_deref() {
        Some("before") => {
            parts.splice(at..at, add.parts.iter().cloned());
        }
        Some("after") => {
            parts.splice(at + 1..at + 1, add.parts.iter().cloned());
        }
        position => {
            let first = position == Some("starting");
            if let Some(part) = parts.get_mut(at) {
                if add.title.is_some() {
                    part.title.clone_from(&add.title);
                }
                put(&mut part.props, &add.props, first);
                put(&mut part.links, &add.links, first);
                put(&mut part.parts, &add.parts, first);
            }
        }
    }
    true
}

fn put<T: Clone>(list: &mut Vec<T>, more: &[T], first: bool) {
    let at = if first { 0 } else { list.len() };
    list.splice(at..at, more.iter().cloned());
}
