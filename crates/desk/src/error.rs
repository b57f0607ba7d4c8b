//! What can go wrong at the desk.

use watchkeep_lake::LakeError;
use watchkeep_model::filter::SyntaxError;
use watchkeep_store::StoreError;

#[derive(Debug, thiserror::Error)]
pub enum DeskError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Lake(#[from] LakeError),
    #[error("this filter is not understood: {0}")]
    Filter(#[from] SyntaxError),
    #[error("there is no kind of record called `{0}`")]
    Kind(String),
    /// Wrong name, password or code: never says which.
    #[error("name, password or code is wrong")]
    SignIn,
    /// A one-time link was right, the code of the second factor beside it was not.
    #[error("this code is not right, or was used already")]
    Code,
    #[error("too many attempts; wait {seconds} s and try again")]
    TooMany { seconds: i64 },
    #[error("{0}")]
    Password(&'static str),
    #[error("{0}")]
    File(String),
    #[error("no randomness from the system: {0}")]
    Random(String),
}

impl From<watchkeep_model::Refusal> for DeskError {
    fn from(refusal: watchkeep_model::Refusal) -> Self {
        Self::Store(refusal.into())
    }
}
