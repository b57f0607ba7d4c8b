//! Responding: incidents and the work they make.

mod incident;
mod page;
mod roles;
mod task;

pub use incident::{
    Call, Concerned, Decision, Evidence, Incident, Phase, State as IncidentState, Theory, TheoryState, TimelineEntry,
};
pub use page::{Class as PageClass, Page, State as PageState};
pub use roles::{IncidentRole, ROLES, RoleHolder, find_role, holder_of};
pub use task::{REPAIRS, State as TaskState, Task};
