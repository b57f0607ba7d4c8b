//! What a record is: kinds, fields, moves, rights, scopes and the filter language.

pub mod event;
