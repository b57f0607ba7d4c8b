//! A profile as OSCAL writes it: what it imports, how that is merged, and how it is modified.

use crate::catalog::{BackMatter, Constraint, Group, Guideline, Link, Metadata, Param, Part, Prop, Selection};
use serde::Deserialize;

/// A selection of controls from catalogs and other profiles, with changes to them.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct Profile {
    pub uuid: String,
    pub metadata: Metadata,
    pub imports: Vec<Import>,
    pub merge: Option<Merge>,
    pub modify: Option<Modify>,
    pub back_matter: BackMatter,
}

/// One catalog or profile, and what is taken of it.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct Import {
    pub href: String,
    pub include_all: Option<serde_json::Map<String, serde_json::Value>>,
    pub include_controls: Vec<Select>,
    pub exclude_controls: Vec<Select>,
}

/// Controls by id, by pattern, with or without the controls inside them.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct Select {
    /// `yes` or `no`.
    pub with_child_controls: Option<String>,
    pub with_ids: Vec<String>,
    pub matching: Vec<Matching>,
}

/// A pattern of ids: `*` stands for any letters, `?` for one.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Matching {
    pub pattern: String,
}

#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct Merge {
    pub combine: Option<Combine>,
    pub flat: Option<serde_json::Map<String, serde_json::Value>>,
    pub as_is: Option<bool>,
    pub custom: Option<Custom>,
}

/// What becomes of controls that several imports give: `use-first`, `merge` or `keep`.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Combine {
    pub method: Option<String>,
}

/// Groups of the profile's own.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct Custom {
    pub groups: Vec<CustomGroup>,
    pub insert_controls: Vec<Insert>,
}

#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct CustomGroup {
    pub id: Option<String>,
    pub class: Option<String>,
    pub title: String,
    pub params: Vec<Param>,
    pub props: Vec<Prop>,
    pub links: Vec<Link>,
    pub parts: Vec<Part>,
    pub groups: Vec<CustomGroup>,
    pub insert_controls: Vec<Insert>,
}

impl CustomGroup {
    /// The group without what is inserted into it.
    pub fn empty(&self) -> Group {
        Group {
            id: self.id.clone(),
            class: self.class.clone(),
            title: self.title.clone(),
            params: self.params.clone(),
            props: self.props.clone(),
            links: self.links.clone(),
            parts: self.parts.clone(),
            ..Group::default()
        }
    }
}

/// Selected controls at this place.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct Insert {
    /// `keep`, `ascending` or `descending` by id.
    pub order: Option<String>,
    pub include_all: Option<serde_json::Map<String, serde_json::Value>>,
    pub include_controls: Vec<Select>,
    pub exclude_controls: Vec<Select>,
}

#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct Modify {
    pub set_parameters: Vec<SetParameter>,
    pub alters: Vec<Alter>,
}

/// What a profile says of a parameter; what it leaves out stays.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct SetParameter {
    pub param_id: String,
    pub class: Option<String>,
    pub depends_on: Option<String>,
    pub props: Vec<Prop>,
    pub links: Vec<Link>,
    pub label: Option<String>,
    pub usage: Option<String>,
    pub constraints: Vec<Constraint>,
    pub guidelines: Vec<Guideline>,
    pub values: Vec<String>,
    pub select: Option<Selection>,
}

/// Changes to one control.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct Alter {
    pub control_id: String,
    pub removes: Vec<Remove>,
    pub adds: Vec<Add>,
}

/// What goes: everything inside the control that fits all that is named here.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct Remove {
    pub by_name: Option<String>,
    pub by_class: Option<String>,
    pub by_id: Option<String>,
    /// `param`, `prop`, `link` or `part`.
    pub by_item_name: Option<String>,
    pub by_ns: Option<String>,
}

/// What comes, and where: `before` or `after` an element, or at its `starting` or `ending`.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct Add {
    pub position: Option<String>,
    pub by_id: Option<String>,
    pub title: Option<String>,
    pub params: Vec<Param>,
    pub props: Vec<Prop>,
    pub links: Vec<Link>,
    pub parts: Vec<Part>,
}
