//! People, what they are responsible for by function, and what they may do by role.

mod access;
mod person;

pub use access::{Role, RoleAssignment, ScopeTag, permission_words};
pub use person::{Function, Group, Person};
