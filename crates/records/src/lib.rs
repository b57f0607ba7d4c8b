//! The kinds of record, by area. Adding one is a file here and a line in `all`.

pub mod assets;
pub mod assure;
pub mod builtin;
pub mod clocks;
pub mod govern;
mod guards;
pub mod intel;
pub mod outside;
pub mod people;
pub mod places;
pub mod respond;
pub mod setup;
pub mod talk;
pub mod watch;
pub mod work;

use watchkeep_model::{Described, Kind};

/// Every kind, in the order of the navigation.
pub fn all() -> Vec<&'static Kind> {
    vec![
        watch::Alert::kind(),
        watch::LogSource::kind(),
        watch::DetectionRule::kind(),
        watch::Suppression::kind(),
        intel::Indicator::kind(),
        intel::Feed::kind(),
        intel::Intelligence::kind(),
        intel::Hunt::kind(),
        respond::Incident::kind(),
        respond::Page::kind(),
        respond::Task::kind(),
        assets::Asset::kind(),
        assets::Finding::kind(),
        govern::Duty::kind(),
        govern::HeldDuty::kind(),
        govern::DutyRun::kind(),
        govern::Waiver::kind(),
        assure::Risk::kind(),
        assure::Framework::kind(),
        assure::Requirement::kind(),
        assure::Control::kind(),
        assure::Mapping::kind(),
        assure::Check::kind(),
        assure::CheckResult::kind(),
        assure::Document::kind(),
        assure::Receipt::kind(),
        assure::Engagement::kind(),
        assure::EngagementItem::kind(),
        assure::Decision::kind(),
        assure::Authority::kind(),
        work::Procedure::kind(),
        work::ProcedureRun::kind(),
        outside::Party::kind(),
        outside::Agreement::kind(),
        outside::ServiceLevel::kind(),
        outside::Bid::kind(),
        outside::MoneyLine::kind(),
        talk::Report::kind(),
        talk::Meeting::kind(),
        talk::Message::kind(),
        talk::Survey::kind(),
        places::Site::kind(),
        places::Place::kind(),
        places::Rota::kind(),
        places::Shift::kind(),
        people::Person::kind(),
        people::Group::kind(),
        people::Function::kind(),
        people::Credential::kind(),
        people::Course::kind(),
        people::Completion::kind(),
        people::Review::kind(),
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
