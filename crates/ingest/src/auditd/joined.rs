//! Audit records of one action, joined by their stamp into one event: the call, its program, its files, its title.

use crate::flat::{Fields, Names, Put};
use crate::layout::{End, line};
use std::collections::HashMap;
use std::ops::Range;

/// Lines after which the records of an action are taken as all there: the kernel mixes those of different processors.
const MIXED: usize = 200;
/// Records that one action may have.
const MOST: usize = 500;

/// The lines of one action.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Action {
    /// Where its lines lie in the text, without line ends.
    pub lines: Vec<Range<usize>>,
    /// Number of its first line, from 0.
    pub first: u64,
    whole: bool,
}

/// The actions whose records are all there, and how much of `rest` that is. An action that may go on stays, with
/// whatever came after it.
pub(crate) fn actions(rest: &[u8], end: End) -> (Vec<Action>, usize) {
    let mut actions: Vec<Action> = Vec::new();
    let mut open: HashMap<&[u8], usize> = HashMap::new();
    let (mut at, mut number) = (0, 0_u64);
    while let Some((text, size)) = rest.get(at..).filter(|rest| !rest.is_empty()).and_then(|rest| line(rest, end)) {
        let (range, this) = (at..at + text.len(), number);
        at += size;
        number += 1;
        if text.trim_ascii().is_empty() {
            continue;
        }
        let Some((key, kind)) = stamp(text) else {
            actions.push(Action { lines: vec![range], first: this, whole: true });
            continue;
        };
        let held = open.get(key).copied().filter(|held| actions.get(*held).is_some_and(|action| !action.whole));
        match held.and_then(|held| actions.get_mut(held)) {
            Some(action) => {
                action.lines.push(range);
                action.whole = is_last(kind) || action.lines.len() >= MOST;
            }
            // The end of an action that was taken as whole already says nothing more.
            None if kind == b"EOE" => {}
            None => {
                open.insert(key, actions.len());
                actions.push(Action { lines: vec![range], first: this, whole: is_last(kind) || is_alone(kind) });
            }
        }
    }
    if end != End::Open {
        return (actions, at);
    }
    let mut from = at;
    let late = number.saturating_sub(MIXED as u64);
    let may_go_on = |action: &Action| !action.whole && action.first >= late;
    // Whatever starts after the first action that may go on stays too, and so does an action that reaches beyond it.
    loop {
        let stays =
            actions.iter().filter(|action| may_go_on(action) || action.lines.last().is_some_and(|l| l.end > from));
        match stays.filter_map(|action| action.lines.first()).map(|first| first.start).min() {
            Some(earlier) if earlier < from => from = earlier,
            _ => break,
        }
    }
    actions.retain(|action| action.lines.last().is_some_and(|last| last.end <= from));
    (actions, from)
}

/// The fields of an action's records, one after the other; what several have in common repeats its name.
pub(crate) fn fields<'l>(lines: impl Iterator<Item = &'l str>, names: &mut Names) -> Fields {
    let mut put = Put::new(names);
    for line in lines {
        if super::is_audit(line) {
            super::parse_into(line, &mut put);
        } else {
            put.add("message", line);
        }
    }
    put.fields
}

/// What the records of one action share (`1604994496.155:92733`, after the node's name), and the record's type.
fn stamp(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let head = line.get(..line.len().min(256))?;
    let start = memchr::memmem::find(head, b"audit(")? + 6;
    let length = memchr::memchr(b')', head.get(start..)?)?;
    let kind_at = memchr::memmem::find(head, b"type=").filter(|at| *at < start)? + 5;
    let kind = head.get(kind_at..)?.split(|byte| *byte == b' ').next()?;
    Some((head.get(start..start + length)?, kind))
}

/// The kernel writes it after all others of an action.
fn is_last(kind: &[u8]) -> bool {
    matches!(kind, b"PROCTITLE" | b"EOE")
}

/// Records that programs send stand alone.
fn is_alone(kind: &[u8]) -> bool {
    const STARTS: &[&[u8]] =
        &[b"USER_", b"CRED_", b"SERVICE_", b"SYSTEM_", b"DAEMON_", b"ADD_", b"DEL_", b"GRP_", b"CRYPTO_", b"CHGRP_"];
    STARTS.iter().any(|start| kind.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str, end: End) -> (Vec<String>, usize) {
        let (actions, used) = actions(text.as_bytes(), end);
        let show = |action: &Action| {
            let lines: Vec<&str> =
                action.lines.iter().map(|at| text[at.clone()].split(' ').next().unwrap_or("")).collect();
            format!("{}:{}", action.first, lines.join("+"))
        };
        (actions.iter().map(show).collect(), used)
    }

    const MIX: &str = "type=SYSCALL msg=audit(1.0:1): a\n\
                       type=SYSCALL msg=audit(1.0:2): a\n\
                       type=PATH msg=audit(1.0:1): a\n\
                       type=USER_LOGIN msg=audit(1.0:3): a\n\
                       type=PROCTITLE msg=audit(1.0:2): a\n\
                       type=PROCTITLE msg=audit(1.0:1): a\n\
                       type=EOE msg=audit(1.0:1): \n";

    #[test]
    fn records_of_an_action_are_joined_though_mixed() {
        let all = ["0:type=SYSCALL+type=PATH+type=PROCTITLE", "1:type=SYSCALL+type=PROCTITLE", "3:type=USER_LOGIN"];
        assert_eq!(shown(MIX, End::Open), (all.map(str::to_owned).to_vec(), MIX.len()));
    }

    #[test]
    fn an_action_that_may_go_on_stays_with_what_it_is_mixed_with() {
        let lines: Vec<&str> = MIX.split_inclusive('\n').collect();
        assert_eq!(shown(&lines[..5].concat(), End::Open), (vec![], 0));
        let (done, used) = shown(&lines[1..5].concat(), End::Open);
        assert_eq!((done, used), (vec![], 0), "the second is whole, but lies around an open one");
        assert_eq!(shown(&lines[..3].concat(), End::Quiet).0, ["0:type=SYSCALL+type=PATH", "1:type=SYSCALL"]);
        let later = format!("{}{}", lines[0], "type=USER_LOGIN msg=audit(2.0:9): a\n".repeat(MIXED));
        assert_eq!(shown(&later, End::Open).0.len(), MIXED + 1, "lines enough passed");
    }

    #[test]
    fn other_lines_stand_alone() {
        assert_eq!(shown("what\n\ntype=EOE msg=audit(1.0:1): \n", End::Open).0, ["0:what"]);
        assert_eq!(shown("type=CWD msg=audit(1.0:1): cwd=\"/\"", End::Last).0, ["0:type=CWD"]);
        assert_eq!(shown("type=CWD msg=audit(1.0:1): cwd=\"/\"", End::Quiet), (vec![], 0));
    }
}
