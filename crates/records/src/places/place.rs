//! A place: a part of a site, such as a zone, a guard's post, or a point that is scanned.

use crate::assure::Document;
use crate::guards::replaces;
use crate::people::CredentialClass;
use crate::places::Site;
use crate::work::Procedure;
use watchkeep_model::{ChoiceField, Markdown, Measure, Moving, RecordKind, Ref, Refusal};

/// A part of a site: a zone, a post where a guard stands, or a point that a patrol scans.
#[derive(RecordKind)]
#[record(
    prefix = "PLC", area = "places", title = "name", sort = "name", list = ["name", "class", "site", "part_of", "guards", "needs", "orders"],
    measures = MEASURES, check = check
)]
pub struct Place {
    #[field(search, index, len = 200)]
    pub name: String,
    #[field(facet, index)]
    pub class: Class,
    #[field(index, facet)]
    pub site: Ref<Site>,
    /// The zone it lies in.
    #[field(index)]
    pub part_of: Option<Ref<Place>>,
    /// What its tag, plate or sticker says when it is scanned.
    #[field(unique, len = 100)]
    pub code: Option<String>,
    /// How many people stand there at a time.
    #[field(min = 0, max = 1000)]
    pub guards: Option<i64>,
    /// What whoever stands there must hold.
    #[field(facet)]
    pub needs: Option<CredentialClass>,
    /// What whoever stands there does.
    #[field(index, inline)]
    pub orders: Option<Ref<Document>>,
    #[field(search)]
    pub description: Option<Markdown>,
    /// What keeps the site safe once this post has fewer guards or none (RU-56).
    #[field(index)]
    pub replaced_by: Option<Ref<Procedure>>,
    /// No longer used.
    pub retired: bool,
}

#[derive(ChoiceField, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Class {
    Zone,
    Post,
    Point,
}

/// It lies in a zone of its own site, and not in itself; a post is cut only for a procedure in its place (RU-56).
fn check(moving: &Moving<'_>) -> Result<(), Refusal> {
    let record = moving.record;
    if is_cut(moving) {
        replaces(moving, "replaced_by")?;
    }
    let Some(around) = record.get("part_of").as_int().and_then(|id| moving.look.record("place", id)) else {
        return Ok(());
    };
    if around.id == record.id || around.choice("class") != Some("zone") {
        return Err(Refusal::invalid("a place lies in a zone; choose one").at("part_of"));
    }
    if around.get("site") != record.get("site") {
        return Err(Refusal::invalid(format!("{} belongs to another site", around.title())).at("part_of"));
    }
    if around.get("part_of").as_int() == Some(record.id) {
        return Err(Refusal::invalid("two zones cannot lie in each other").at("part_of"));
    }
    Ok(())
}

/// Whether a post loses guards, or all of them.
fn is_cut(moving: &Moving<'_>) -> bool {
    let Some(before) = moving.before.filter(|before| before.choice("class") == Some("post")) else { return false };
    let in_use = |place: &watchkeep_model::Record| place.read::<bool>("retired") != Some(true);
    let guards = |place: &watchkeep_model::Record| place.get("guards").as_int().unwrap_or(1);
    let record = moving.record;
    in_use(before) && (!in_use(record) || record.choice("class") != Some("post") || guards(record) < guards(before))
}

/// What duties ask of them.
const MEASURES: &[Measure] = &[Measure {
    duty: "D-154",
    question: "Of the posts in use, how many have post orders that are approved?",
    unit: "posts with approved orders",
    of: "class:post retired:no",
    bad: "orders:none or -orders.state:approved",
    why: "no post orders, or they are not approved",
    ..Measure::PLAIN
}];
