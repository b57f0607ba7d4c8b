//! Resolving a profile: imports, selection, merge, modification; exact, and in bounded work.

use crate::catalog::{BackMatter, Catalog, Control, Group};
use crate::profile::{Custom, CustomGroup, Import, Insert, Merge, Profile};
use crate::tree::{Tree, Wanted, chosen, loose, pruned};
use crate::{Document, MOST_DEPTH, OscalError, Source, modify};
use std::collections::HashSet;

/// A profile as a catalog again.
#[derive(Debug, Clone, PartialEq)]
pub struct Resolved {
    pub catalog: Catalog,
    /// What the profile names and its sources do not have, and what was assumed.
    pub notes: Vec<String>,
    /// Titles of the catalogs that its controls come from.
    pub origins: Vec<String>,
}

/// Resolves a profile against the files that were given along. A file is found by its name, whatever folder or ending
/// the profile says, or by its document's `uuid`; a single catalog that was given stands in for a name not found.
///
/// # Errors
/// Imports that were not given, cycles, profiles nested too deep, and directives that contradict one another.
pub fn resolve(source: &Source, given: &[Source]) -> Result<Resolved, OscalError> {
    let mut resolving = Resolving { given, notes: Vec::new(), origins: Vec::new() };
    let catalog = match &source.document {
        Document::Catalog(catalog) => catalog.clone(),
        Document::Profile(profile) => resolving.profile(&source.name, profile, &mut vec![source.name.clone()])?,
    };
    Ok(Resolved { catalog, notes: resolving.notes, origins: resolving.origins })
}

struct Resolving<'a> {
    given: &'a [Source],
    notes: Vec<String>,
    origins: Vec<String>,
}

impl<'a> Resolving<'a> {
    fn profile(&mut self, name: &str, profile: &Profile, trail: &mut Vec<String>) -> Result<Catalog, OscalError> {
        if trail.len() > MOST_DEPTH {
            return Err(OscalError::Deep { name: name.to_owned() });
        }
        let mut pool = Tree::default();
        let mut params = Vec::new();
        if profile.imports.is_empty() {
            let what = "it has no `imports`; a profile imports at least one catalog or profile";
            return Err(OscalError::Wrong { name: name.to_owned(), what: what.to_owned() });
        }
        for import in &profile.imports {
            let catalog = self.imported(name, profile, import, trail)?;
            let mut unknown = Vec::new();
            let wanted = Wanted::of(import.include_all.as_ref(), &import.include_controls);
            let ids = chosen(&catalog, &wanted, &import.exclude_controls, &mut unknown);
            let tree = pruned(&catalog.groups, &catalog.controls, &ids);
            self.missing(name, &catalog, unknown);
            pool.groups.extend(tree.groups);
            pool.controls.extend(tree.controls);
            params.extend(catalog.params);
        }
        let tree = self.merged(name, profile.merge.as_ref(), pool)?;
        let mut catalog = Catalog {
            uuid: profile.uuid.clone(),
            metadata: profile.metadata.clone(),
            params,
            controls: tree.controls,
            groups: tree.groups,
            back_matter: BackMatter::default(),
        };
        if let Some(change) = &profile.modify {
            modify::apply(&mut catalog, change, &mut self.notes);
        }
        Ok(catalog)
    }

    fn missing(&mut self, name: &str, catalog: &Catalog, unknown: Vec<String>) {
        if !unknown.is_empty() {
            let title = &catalog.metadata.title;
            self.notes.push(format!("{name} names {}, which {title} does not have", unknown.join(", ")));
        }
    }

    fn imported(
        &mut self,
        name: &str,
        profile: &Profile,
        import: &Import,
        trail: &mut Vec<String>,
    ) -> Result<Catalog, OscalError> {
        let source = self.find(name, profile, &import.href)?;
        if trail.contains(&source.name) {
            let trail = trail.iter().chain([&source.name]).cloned().collect();
            return Err(OscalError::Cycle { trail });
        }
        match &source.document {
            Document::Catalog(catalog) => {
                let title = &catalog.metadata.title;
                if !self.origins.contains(title) {
                    self.origins.push(title.clone());
                }
                Ok(catalog.clone())
            }
            Document::Profile(inner) => {
                trail.push(source.name.clone());
                let catalog = self.profile(&source.name, inner, trail)?;
                trail.pop();
                Ok(catalog)
            }
        }
    }

    /// The file that an import means.
    fn find(&mut self, name: &str, profile: &Profile, href: &str) -> Result<&'a Source, OscalError> {
        let mut hrefs = vec![href];
        if let Some(uuid) = href.strip_prefix('#') {
            let resource = profile.back_matter.resources.iter().find(|resource| resource.uuid == uuid);
            let by_uuid = self.given.iter().find(|source| source.uuid() == uuid);
            if let Some(source) = by_uuid {
                return Ok(source);
            }
            let Some(resource) = resource else {
                let what = format!("it imports `{href}`, and its back-matter has no resource of that uuid");
                return Err(OscalError::Wrong { name: name.to_owned(), what });
            };
            hrefs = resource.rlinks.iter().map(|link| link.href.as_str()).collect();
        }
        let wanted: Vec<&str> = hrefs.iter().map(|href| stem(href)).collect();
        if let Some(source) = self.given.iter().find(|source| wanted.contains(&stem(&source.name))) {
            return Ok(source);
        }
        let mut catalogs = self.given.iter().filter(|source| matches!(source.document, Document::Catalog(_)));
        if let (Some(only), None) = (catalogs.next(), catalogs.next()) {
            let asked = hrefs.first().copied().unwrap_or(href);
            self.notes.push(format!("{name} imports `{asked}`; {} was taken for it", only.name));
            return Ok(only);
        }
        let accepted = wanted.first().map_or_else(|| href.to_owned(), |stem| format!("{stem}.json"));
        let href = hrefs.first().copied().unwrap_or(href).to_owned();
        Err(OscalError::Missing { name: name.to_owned(), href, accepted })
    }

    fn merged(&mut self, name: &str, merge: Option<&Merge>, pool: Tree) -> Result<Tree, OscalError> {
        let plain = Merge::default();
        let merge = merge.unwrap_or(&plain);
        let wrong = |what: String| OscalError::Wrong { name: name.to_owned(), what };
        let structures = [merge.flat.is_some(), merge.as_is.is_some(), merge.custom.is_some()];
        if structures.iter().filter(|given| **given).count() > 1 {
            return Err(wrong("merge says more than one of `flat`, `as-is`, `custom`; keep one".to_owned()));
        }
        let method = merge.combine.as_ref().and_then(|combine| combine.method.as_deref()).unwrap_or("keep");
        let combine = match method {
            "keep" => Combining::Keep,
            "use-first" => Combining::UseFirst,
            "merge" => Combining::Merge,
            other => {
                return Err(wrong(format!("merge.combine.method is `{other}`; use keep, use-first or merge")));
            }
        };
        let tree = match (&merge.custom, merge.as_is) {
            (Some(custom), _) => {
                let pool = Tree { groups: Vec::new(), controls: combine.controls(loose(pool)) };
                return Ok(self.custom(name, custom, pool));
            }
            (None, Some(true)) => Tree { groups: joined(pool.groups), controls: pool.controls },
            (None, _) => Tree { groups: Vec::new(), controls: loose(pool) },
        };
        Ok(combine.tree(tree))
    }

    fn custom(&mut self, name: &str, custom: &Custom, pool: Tree) -> Tree {
        let pool = Catalog { controls: pool.controls, ..Catalog::default() };
        let groups = custom.groups.iter().map(|group| self.custom_group(name, group, &pool)).collect();
        let controls = self.inserted(name, &custom.insert_controls, &pool);
        Tree { groups, controls }
    }

    fn custom_group(&mut self, name: &str, group: &CustomGroup, pool: &Catalog) -> Group {
        let groups = group.groups.iter().map(|inner| self.custom_group(name, inner, pool)).collect();
        let controls = self.inserted(name, &group.insert_controls, pool);
        Group { groups, controls, ..group.empty() }
    }

    fn inserted(&mut self, name: &str, inserts: &[Insert], pool: &Catalog) -> Vec<Control> {
        let mut all = Vec::new();
        for insert in inserts {
            let mut unknown = Vec::new();
            let wanted = Wanted::of(insert.include_all.as_ref(), &insert.include_controls);
            let ids = chosen(pool, &wanted, &insert.exclude_controls, &mut unknown);
            let mut controls = pruned(&[], &pool.controls, &ids).controls;
            match insert.order.as_deref() {
                Some("ascending") => controls.sort_by(|one, other| one.id.cmp(&other.id)),
                Some("descending") => controls.sort_by(|one, other| other.id.cmp(&one.id)),
                _ => {}
            }
            all.extend(controls);
            if !unknown.is_empty() {
                self.notes.push(format!("{name} inserts {}, which it does not import", unknown.join(", ")));
            }
        }
        all
    }
}

/// What becomes of controls of the same id.
#[derive(Clone, Copy)]
enum Combining {
    Keep,
    UseFirst,
    Merge,
}

impl Combining {
    fn tree(self, tree: Tree) -> Tree {
        if matches!(self, Self::Keep) {
            return tree;
        }
        let mut seen = HashSet::new();
        let groups = tree.groups.into_iter().map(|group| self.group(group, &mut seen)).collect();
        let controls = self.several(tree.controls, &mut seen);
        Tree { groups, controls }
    }

    fn controls(self, controls: Vec<Control>) -> Vec<Control> {
        self.tree(Tree { groups: Vec::new(), controls }).controls
    }

    fn group(self, mut group: Group, seen: &mut HashSet<String>) -> Group {
        let inner = std::mem::take(&mut group.groups);
        group.groups = inner.into_iter().map(|inner| self.group(inner, seen)).collect();
        group.controls = self.several(std::mem::take(&mut group.controls), seen);
        group
    }

    fn several(self, controls: Vec<Control>, seen: &mut HashSet<String>) -> Vec<Control> {
        let mut kept: Vec<Control> = Vec::new();
        for mut control in controls {
            if seen.insert(control.id.clone()) {
                control.controls = self.several(control.controls, seen);
                kept.push(control);
            } else if matches!(self, Self::Merge)
                && let Some(first) = kept.iter_mut().find(|first| first.id == control.id)
            {
                join(first, control);
            }
        }
        kept
    }
}

/// Adds to a control what another of the same id has and it has not.
fn join(first: &mut Control, other: Control) {
    for param in other.params {
        if !first.params.iter().any(|known| known.id == param.id) {
            first.params.push(param);
        }
    }
    first.props.extend(other.props.into_iter().filter(|prop| !first.props.contains(prop)).collect::<Vec<_>>());
    first.links.extend(other.links.into_iter().filter(|link| !first.links.contains(link)).collect::<Vec<_>>());
    first.parts.extend(other.parts.into_iter().filter(|part| !first.parts.contains(part)).collect::<Vec<_>>());
    for control in other.controls {
        match first.controls.iter_mut().find(|known| known.id == control.id) {
            Some(known) => join(known, control),
            None => first.controls.push(control),
        }
    }
}

/// Groups of the same id, from several imports, as one.
fn joined(groups: Vec<Group>) -> Vec<Group> {
    let mut all: Vec<Group> = Vec::new();
    for group in groups {
        match all.iter_mut().find(|known| known.id.is_some() && known.id == group.id) {
            Some(known) => {
                known.controls.extend(group.controls);
                let inner = std::mem::take(&mut known.groups).into_iter().chain(group.groups).collect();
                known.groups = joined(inner);
            }
            None => all.push(group),
        }
    }
    all
}

impl Source {
    fn uuid(&self) -> &str {
        match &self.document {
            Document::Catalog(catalog) => &catalog.uuid,
            Document::Profile(profile) => &profile.uuid,
        }
    }
}

/// The name of a file without folder and ending: XML, JSON and YAML say the same.
fn stem(href: &str) -> &str {
    let name = href.rsplit(['/', '\\']).next().unwrap_or(href);
    let endings = [".json", ".xml", ".yaml", ".yml"];
    endings.iter().find_map(|ending| name.strip_suffix(ending)).unwrap_or(name)
}
