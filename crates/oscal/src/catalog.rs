//! A catalog as OSCAL writes it: groups, controls, parameters, parts. What is not used here is left out.

use serde::Deserialize;

/// Controls of one issuer, in groups.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct Catalog {
    pub uuid: String,
    pub metadata: Metadata,
    pub params: Vec<Param>,
    pub controls: Vec<Control>,
    pub groups: Vec<Group>,
    pub back_matter: BackMatter,
}

#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct Metadata {
    pub title: String,
    pub version: String,
    pub oscal_version: String,
    pub last_modified: String,
    pub parties: Vec<Party>,
}

#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Party {
    pub name: String,
}

/// Documents that others refer to by `#uuid`.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct BackMatter {
    pub resources: Vec<Resource>,
}

#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Resource {
    pub uuid: String,
    pub title: Option<String>,
    pub rlinks: Vec<RemoteLink>,
}

#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct RemoteLink {
    pub href: String,
    pub media_type: Option<String>,
}

/// A chapter.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Group {
    pub id: Option<String>,
    pub class: Option<String>,
    pub title: String,
    pub params: Vec<Param>,
    pub props: Vec<Prop>,
    pub links: Vec<Link>,
    pub parts: Vec<Part>,
    pub groups: Vec<Group>,
    pub controls: Vec<Control>,
}

/// One thing that is asked for, with its enhancements as controls inside.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Control {
    pub id: String,
    pub class: Option<String>,
    pub title: String,
    pub params: Vec<Param>,
    pub props: Vec<Prop>,
    pub links: Vec<Link>,
    pub parts: Vec<Part>,
    pub controls: Vec<Control>,
}

/// A blank in a control's text that the organisation or a profile fills in.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct Param {
    pub id: String,
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

#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Constraint {
    pub description: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Guideline {
    pub prose: String,
}

#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct Selection {
    /// `one` or `one-or-more`.
    pub how_many: Option<String>,
    pub choice: Vec<String>,
}

/// A piece of a control's text.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Part {
    pub id: Option<String>,
    pub name: String,
    pub ns: Option<String>,
    pub class: Option<String>,
    pub title: Option<String>,
    pub props: Vec<Prop>,
    pub prose: Option<String>,
    pub parts: Vec<Part>,
    pub links: Vec<Link>,
}

#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Prop {
    pub name: String,
    pub ns: Option<String>,
    pub class: Option<String>,
    pub value: String,
}

#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Link {
    pub href: String,
    pub rel: Option<String>,
}

impl Catalog {
    /// Every control, each before its enhancements, in the order of the file.
    pub fn controls(&self) -> impl Iterator<Item = &Control> {
        let mut found = Vec::new();
        inside(&self.groups, &self.controls, &mut found);
        found.into_iter()
    }
}

fn inside<'a>(groups: &'a [Group], controls: &'a [Control], found: &mut Vec<&'a Control>) {
    for group in groups {
        inside(&group.groups, &group.controls, found);
    }
    for control in controls {
        found.push(control);
        inside(&[], &control.controls, found);
    }
}

impl Control {
    /// As its issuer numbers it, such as `AC-2(1)`; its id where it has no label.
    pub fn code(&self) -> &str {
        label(&self.props).unwrap_or(&self.id)
    }

    /// Marked by its issuer as no longer in force.
    pub fn withdrawn(&self) -> bool {
        let mark = |prop: &Prop| prop.name == "status" && prop.value.eq_ignore_ascii_case("withdrawn");
        self.props.iter().any(mark)
    }
}

/// The label among some properties: the plain one, not one for sorting or for another publication.
pub fn label(props: &[Prop]) -> Option<&str> {
    let labels = || props.iter().filter(|prop| prop.name == "label" && !prop.value.trim().is_empty());
    labels().find(|prop| prop.class.is_none()).or_else(|| labels().next()).map(|prop| prop.value.trim())
}
