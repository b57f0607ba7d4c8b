//! Figures of measured duties, kept until a record that their measure reads is written, or a minute has passed.
//!
//! After each commit the fields that were written are noted. A figure that reads one of them and was computed before is
//! computed again; all others stand. What depends on the hour is computed again each minute. Entries of the history that another process wrote are
//! noticed at the next whole pass, and make every figure be computed again.

mod by_site;
mod reads;

use crate::duties::State;
use crate::{Desk, DeskError};
use jiff::{SignedDuration, Timestamp};
use reads::{Newest, Part, Reads};
use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard};
use watchkeep_store::{Store, StoreError};

/// How long a figure stands that depends on the hour, and how often all that is held is looked at anew.
pub(crate) const MINUTE: SignedDuration = SignedDuration::from_secs(60);

/// What a measured duty says, without its rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Figure {
    pub state: State,
    pub part: i64,
    pub whole: i64,
    pub unit: &'static str,
    pub definition: u32,
    pub fresh: Option<Timestamp>,
}

impl Figure {
    /// Whether two figures say the same of a duty; when their newest input came in is not of it.
    fn says(&self) -> (State, i64, i64, u32) {
        (self.state, self.part, self.whole, self.definition)
    }
}

/// Figures by site; `None` is the whole organisation. A measure that cannot be asked there has no figure.
pub(crate) type BySite = HashMap<Option<i64>, Option<Figure>>;

#[derive(Clone)]
struct Kept {
    figures: BySite,
    /// The count of commits when it was computed.
    commit: u64,
    at: Timestamp,
}

/// What was written, and what was computed since.
#[derive(Default)]
pub(crate) struct Figures {
    inner: Arc<Mutex<Inner>>,
}

#[derive(Default)]
struct Inner {
    commits: u64,
    /// What was written.
    written: Newest,
    /// The same without what Watchkeep notes of its own accord.
    by_hand: Newest,
    /// What each measure reads, found out when it is first asked.
    reads: HashMap<String, Reads>,
    /// The newest history entry that was heard of.
    heard: i64,
    kept: HashMap<String, Kept>,
    /// When all that is held was last looked at.
    whole: Option<(u64, Timestamp)>,
}

/// What it depends on who holds what, and how.
const HELD: [Part; 8] = [
    ("held_duty", None),
    ("duty", None),
    ("function", None),
    ("person", Some("leaves")),
    ("person", Some("state")),
    ("waiver", None),
    ("duty_run", None),
    ("site", None),
];

impl Figures {
    pub(crate) fn follow(&self, store: &Store) {
        let inner = self.inner.clone();
        store.listen(Box::new(move |written| {
            let Ok(mut inner) = inner.lock() else { return };
            inner.commits += 1;
            let commit = inner.commits;
            for one in written {
                inner.written.note(one, commit);
                if one.act != "note" {
                    inner.by_hand.note(one, commit);
                }
                inner.heard = inner.heard.max(one.seq);
            }
        }));
    }

    fn inner(&self) -> Result<MutexGuard<'_, Inner>, DeskError> {
        self.inner.lock().map_err(|_| {
            StoreError::Broken("the kept figures were lost in a crash; restart Watchkeep".to_owned()).into()
        })
    }

    /// Whether all that is held must be looked at: who holds what has changed, or a minute has passed.
    pub(crate) fn whole_is_due(&self, now: Timestamp) -> Result<bool, DeskError> {
        let inner = self.inner()?;
        let Some((commit, at)) = inner.whole else { return Ok(true) };
        Ok(inner.by_hand.any(&HELD, commit) || !within(at, now))
    }

    /// Begins a whole pass; forgets everything where another process wrote.
    pub(crate) fn begin_whole(&self, newest: i64, now: Timestamp) -> Result<(), DeskError> {
        let mut inner = self.inner()?;
        if newest != inner.heard {
            inner.heard = newest;
            inner.kept.clear();
        }
        inner.whole = Some((inner.commits, now));
        Ok(())
    }

    /// Forgets when everything was last looked at, so that the next pass is whole.
    pub(crate) fn failed(&self) {
        if let Ok(mut inner) = self.inner.lock() {
            inner.whole = None;
        }
    }

    /// Duties whose figures are kept, but stand no more.
    pub(crate) fn outdated(&self, now: Timestamp) -> Result<Vec<String>, DeskError> {
        let inner = self.inner()?;
        let outdated = inner.kept.iter().filter(|(code, kept)| !inner.stands(code, kept, now));
        Ok(outdated.map(|(code, _)| code.clone()).collect())
    }
}

/// At the same moment or up to a minute later.
fn within(at: Timestamp, now: Timestamp) -> bool {
    at <= now && now.duration_since(at) < MINUTE
}

impl Inner {
    fn stands(&self, code: &str, kept: &Kept, now: Timestamp) -> bool {
        let Some(reads) = self.reads.get(code) else { return false };
        let commits = if reads.notes { &self.written } else { &self.by_hand };
        !commits.any(&reads.parts, kept.commit) && (within(kept.at, now) || (!reads.hours && kept.at <= now))
    }
}

impl Desk {
    /// State and figure of a duty at the organisation and at each of these sites, computed only where something that the
    /// measure reads was written since; and whether any says something else than before.
    pub(crate) fn figures(&self, code: &str, sites: &[i64], now: Timestamp) -> Result<(BySite, bool), DeskError> {
        let (commit, before) = {
            let inner = self.figures.inner()?;
            let before = inner.kept.get(code).cloned();
            if let Some(kept) = &before
                && sites.iter().all(|site| kept.figures.contains_key(&Some(*site)))
                && inner.stands(code, kept, now)
            {
                return Ok((kept.figures.clone(), false));
            }
            (inner.commits, before)
        };
        // Sites that were asked before are asked again: a pass over few duties keeps what the whole one needs.
        let known = before.iter().flat_map(|kept| kept.figures.keys().flatten().copied());
        let wanted: BTreeSet<i64> = sites.iter().copied().chain(known).collect();
        let figures = self.compute_figures(code, &wanted, now)?;
        let says = |figures: &BySite, site: &Option<i64>| figures.get(site).map(|one| one.as_ref().map(Figure::says));
        let differs =
            before.is_none_or(|kept| figures.keys().any(|site| says(&figures, site) != says(&kept.figures, site)));
        let kept = Kept { figures: figures.clone(), commit, at: now };
        let unread = !self.figures.inner()?.reads.contains_key(code);
        let reads = if unread { Some(self.reads(code, now)?) } else { None };
        let mut inner = self.figures.inner()?;
        inner.reads.extend(reads.map(|reads| (code.to_owned(), reads)));
        inner.kept.insert(code.to_owned(), kept);
        Ok((figures, differs))
    }
}
