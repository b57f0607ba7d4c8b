//! Responding: incidents and the work they make.

mod incident;
mod roles;
mod task;

pub use incident::{
    Concerned, Decision, Evidence, Incident, Phase, State as IncidentState, Theory, TheoryState, TimelineEntry,
};
pub use roles::{IncidentRole, ROLES, RoleHolder, find_role, holder_of};
pub use task::{REPAIRS, State as TaskState, Task};
