//! People, what they are responsible for by function, what they may do by role, and what they hold and learn.

mod access;
mod completion;
mod course;
mod credential;
mod person;
mod review;

pub use access::{Role, RoleAssignment, ScopeTag, permission_words};
pub use completion::Completion;
pub use course::Course;
pub use credential::{Credential, CredentialClass, counts_on};
pub use person::{Function, Group, Person};
pub use review::Review;
