//! osquery: results of scheduled queries, and the process starts among them.

use super::{Classes, Fields};
use std::borrow::Cow;

/// A process start in the words of the `process_creation` rules.
const PROCESS: &[(&str, &str)] = &[
    ("columns.path", "Image"),
    ("columns.cmdline", "CommandLine"),
    ("columns.cwd", "CurrentDirectory"),
    ("columns.username", "User"),
    ("columns.pid", "ProcessId"),
    ("columns.parent", "ParentProcessId"),
    ("columns.parent_path", "ParentImage"),
    ("columns.parent_cmdline", "ParentCommandLine"),
];

/// Folders of macOS that no Linux has.
const MACOS: &[&str] = &["/Applications/", "/System/", "/Library/", "/Users/", "/private/"];

/// Names of the fields that events are asked for.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    ["name", "hostIdentifier", "action"].into_iter()
}

/// Whether the event is a row that osquery answered; says of which query.
pub(super) fn read<'e>(event: &impl Fields<'e>, found: &mut Classes<'e>) -> bool {
    let (Some(name), Some(_), Some(_)) = (event.field("name"), event.field("hostIdentifier"), event.field("action"))
    else {
        return false;
    };
    let query = name.rsplit(['/', ':']).next().unwrap_or(name);
    found.services.push(super::lower(query));
    let path = event.field("columns.path").filter(|_| event.field("columns.cmdline").is_some());
    match path.filter(|_| query.contains("process_events")) {
        Some(path) => {
            found.product = Some(Cow::Borrowed(system(event, path)));
            found.categories.push(Cow::Borrowed("process_creation"));
            found.rename(event, PROCESS);
        }
        None => found.product = Some(Cow::Borrowed("osquery")),
    }
    true
}

fn system<'e>(event: &impl Fields<'e>, path: &str) -> &'static str {
    let told = event.field("decorations.platform").or_else(|| event.field("columns.platform"));
    match told {
        Some("darwin") => "macos",
        Some("windows") => "windows",
        Some(_) => "linux",
        None if MACOS.iter().any(|folder| path.starts_with(folder)) => "macos",
        None if path.starts_with('/') => "linux",
        None => "windows",
    }
}
