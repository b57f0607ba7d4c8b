//! All kinds of a running Watchkeep, checked at start.

use crate::custom::Customs;
use crate::field::Shape;
use crate::kind::Kind;
use std::collections::BTreeSet;

/// The kinds, in the order of the navigation.
#[derive(Debug)]
pub struct Catalog {
    kinds: Vec<&'static Kind>,
    /// What the organisation added; may change while running.
    pub customs: Customs,
}

/// A declaration that cannot work, with a code to look up and the way out.
#[derive(Debug, PartialEq, thiserror::Error)]
#[error("{code}: {kind}: {message}")]
pub struct DeclarationError {
    pub code: &'static str,
    pub kind: &'static str,
    pub message: String,
}

impl Catalog {
    /// Checks every declaration and explains all mistakes at once.
    pub fn new(kinds: Vec<&'static Kind>) -> Result<Self, Vec<DeclarationError>> {
        let catalog = Self { kinds, customs: Customs::default() };
        let mut errors = Vec::new();
        let mut names = BTreeSet::new();
        for kind in &catalog.kinds {
            if !names.insert(kind.name) || !names.insert(kind.prefix) {
                errors.push(error("K01", kind, "its name or prefix is taken; choose another"));
            }
            catalog.check(kind, &mut errors);
        }
        if errors.is_empty() { Ok(catalog) } else { Err(errors) }
    }

    fn check(&self, kind: &'static Kind, errors: &mut Vec<DeclarationError>) {
        let known =
            |name: &str| kind.field(name).is_some() || matches!(name, "number" | "created" | "updated" | "tags");
        if kind.field(kind.title).is_none_or(|field| !matches!(field.shape, Shape::Text)) {
            errors.push(error("K02", kind, format!("title = \"{}\" is not a text field of it", kind.title)));
        }
        for name in kind.list.iter().copied().chain([kind.order().0]).filter(|name| !known(name)) {
            errors.push(error("K03", kind, format!("list or sort names `{name}`, which is not a field of it")));
        }
        for name in
            kind.material().chain(kind.recheck.map(|recheck| recheck.field)).filter(|name| kind.field(name).is_none())
        {
            errors.push(error("K09", kind, format!("material or recheck names `{name}`, which is not a field of it")));
        }
        let unknown = |act: &&str| kind.act(act).is_none();
        for act in kind.gone.iter().flat_map(|gone| [gone.gone, gone.back]).filter(unknown) {
            errors.push(error("K10", kind, format!("gone names `{act}`, which is not a move of it")));
        }
        if kind.state.is_some() && kind.states().is_empty() {
            errors.push(error("K04", kind, "its state is not a choice field"));
        }
        for act in kind.moves {
            // A kind without states has one: no name.
            let nameless = kind.state.is_none().then_some("");
            let states: Vec<_> = kind.states().iter().map(|state| state.name).chain(nameless).collect();
            for state in act.from.iter().copied().chain(act.to).filter(|state| !states.contains(state)) {
                errors.push(error("K05", kind, format!("move {} names `{state}`; states are {states:?}", act.name)));
            }
            let questions = act.asks.iter().chain(act.takes);
            for field in questions.filter(|f| **f != "reason" && act.question(kind, f).is_none()) {
                errors.push(error("K06", kind, format!("move {} asks for `{field}`, not a field of it", act.name)));
            }
            if act.action == "assign" && act.target(kind).is_none() {
                errors.push(error(
                    "K08",
                    kind,
                    format!("move {} assigns, but asks for no record to assign to", act.name),
                ));
            }
        }
        for field in kind.fields {
            if field.target().is_some_and(|target| self.kind(target).is_none()) {
                errors.push(error("K07", kind, format!("{} points at a kind that is not registered", field.name)));
            }
        }
    }

    pub fn kinds(&self) -> &[&'static Kind] {
        &self.kinds
    }

    pub fn kind(&self, name: &str) -> Option<&'static Kind> {
        self.kinds.iter().copied().find(|kind| kind.name == name)
    }

    /// Kind and id behind `ALR-42`, whatever the letter case.
    pub fn number(&self, text: &str) -> Option<(&'static Kind, i64)> {
        let (prefix, id) = text.trim().rsplit_once('-')?;
        let kind = self.kinds.iter().copied().find(|kind| kind.prefix.eq_ignore_ascii_case(prefix))?;
        Some((kind, id.parse().ok().filter(|id| *id > 0)?))
    }
}

fn error(code: &'static str, kind: &Kind, message: impl Into<String>) -> DeclarationError {
    DeclarationError { code, kind: kind.name, message: message.into() }
}
