//! Hosts that send syslog: each is heard, or silent, like a source of its own, so that D-001 names the one that fell
//! silent. Their events stay those of the source `syslog`.

use super::Heard;
use jiff::Timestamp;
use std::collections::{BTreeMap, HashSet};
use watchkeep_ingest::{Batch, syslog};

/// Hosts that get a heartbeat by themselves; one entered by a person is heard beyond that too.
pub(crate) const HOSTS: usize = 200;
/// Longest name of a host that still fits in the name of a log source.
const LONGEST: usize = 190;

/// Names of the sources of hosts: those with a record, and those that get one with the next round of heartbeats.
#[derive(Default)]
pub(crate) struct Hosts(HashSet<String>);

impl Hosts {
    /// Knows from now on the hosts that have a record.
    pub fn set<'a>(&mut self, sources: impl Iterator<Item = &'a str>) {
        self.0 = sources.map(str::to_ascii_lowercase).filter(|name| is_host(name)).collect();
    }

    /// The name under which a host is heard, if it has a heartbeat of its own.
    pub fn known(&self, host: &str) -> Option<String> {
        let name = format!("{}/{}", syslog::SOURCE, host.to_ascii_lowercase());
        self.0.contains(&name).then_some(name)
    }

    /// Notes every host of a batch of syslog; a host that finds no room is named in the source's problem.
    pub fn note(&mut self, heard: &mut BTreeMap<String, Heard>, batch: &Batch) {
        let mut counts: BTreeMap<&str, (i64, Timestamp)> = BTreeMap::new();
        for event in &batch.events {
            let Some(host) = event.host.as_deref().filter(|host| is_name(host)) else { continue };
            let (count, last) = counts.entry(host).or_insert((0, event.received));
            *count += 1;
            *last = event.received.max(*last);
        }
        for (host, (count, last)) in counts {
            let name = format!("{}/{}", syslog::SOURCE, host.to_ascii_lowercase());
            if self.0.len() >= HOSTS && !self.0.contains(&name) {
                let problem = format!(
                    "host `{host}` has no heartbeat of its own, because {HOSTS} hosts have one; enter a log source \
                     named `{name}` to expect it"
                );
                heard.entry(syslog::SOURCE.to_owned()).or_default().problem.get_or_insert(problem);
                continue;
            }
            let entry = heard.entry(name.clone()).or_default();
            entry.events += count;
            entry.last = entry.last.max(Some(last));
            self.0.insert(name);
        }
    }
}

/// Whether a log source stands for one host that sends syslog.
pub(crate) fn is_host(source: &str) -> bool {
    source.strip_prefix(syslog::SOURCE).is_some_and(|rest| rest.starts_with('/'))
}

/// Whether a host may be called this: what a line without a host has in its place is mostly something else.
fn is_name(host: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b".-_:".contains(&byte);
    (1..=LONGEST).contains(&host.len())
        && host.bytes().all(fits)
        && host.bytes().any(|byte| byte.is_ascii_alphanumeric())
}
