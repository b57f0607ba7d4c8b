//! The kinds of record, by area. Adding one is a file here and a line in `all`.

pub mod assets;
pub mod builtin;
pub mod govern;
pub mod people;
pub mod places;
pub mod respond;
pub mod setup;
pub mod watch;

use watchkeep_model::{Described, Kind};

/// Every kind, in the order of the navigation.
pub fn all() -> Vec<&'static Kind> {
    vec![
        watch::Alert::kind(),
        watch::LogSource::kind(),
        watch::DetectionRule::kind(),
        watch::Suppression::kind(),
        respond::Incident::kind(),
        respond::Task::kind(),
        assets::Asset::kind(),
        assets::Finding::kind(),
        govern::Duty::kind(),
        govern::HeldDuty::kind(),
        govern::DutyRun::kind(),
        govern::Waiver::kind(),
        places::Site::kind(),
        people::Person::kind(),
        people::Group::kind(),
        people::Function::kind(),
        people::Role::kind(),
        people::RoleAssignment::kind(),
        people::ScopeTag::kind(),
        setup::Comment::kind(),
        setup::Attachment::kind(),
        setup::SavedView::kind(),
        setup::CustomField::kind(),
        setup::Organisation::kind(),
    ]
}
