//! Splits what a list asks into what the sets answer, what memory compares, and what the database must look up.

use crate::check::Check;
use crate::dialect::build_select;
use crate::driver::{Cell, Connection};
use crate::list::Means;
use crate::query::List;
use crate::schema::table;
use crate::{Store, StoreError, int, sets};
use roaring::RoaringBitmap;
use sea_query::{Cond, Condition, Query};
use watchkeep_model::matches::{matches, words_of};
use watchkeep_model::resolve::{Column, Compare, Test};
use watchkeep_model::{Actor, Kind, Record, Shape, Sight, Value};

/// Up to so many records that a reference may lead to are named.
const FOLLOWED: usize = 300;

/// A list's question in parts. All of them must hold.
pub struct Split {
    /// Who may pass by what the sets know.
    pub among: RoaringBitmap,
    /// What the columns in memory know beyond that.
    pub check: Check,
    /// How many records of the kind there are.
    pub all: u64,
    /// Words that a record must have: compared in memory once it is read, because an index answers them whole.
    words: Vec<Word>,
    /// Other parts with words, such as `lamp or severity:high`: compared in memory too.
    worded: Vec<Test>,
    /// Parts that only the database answers.
    plain: Vec<Test>,
    /// Parts with words that the columns answer: compared again once a record is read.
    again: Vec<Test>,
    /// Whether only the database says what is seen.
    sight_open: bool,
}

/// A word, and how many of the records compared so far had it.
struct Word {
    text: String,
    had: usize,
}

/// Records that the database named for the parts that the sets do not answer.
pub struct Named {
    pub ids: RoaringBitmap,
    /// There may be more: the limit was reached.
    pub capped: bool,
}

impl Split {
    /// Whether the sets and the columns answer everything.
    pub fn answered(&self) -> bool {
        self.words.is_empty() && self.worded.is_empty() && self.plain.is_empty() && !self.sight_open
    }

    /// Whether a record that the database let pass has the words too.
    pub fn passes(&mut self, store: &Store, record: &Record) -> bool {
        let mut all = true;
        let own = if self.words.is_empty() { Vec::new() } else { words_of(record) };
        for word in &mut self.words {
            let has = own.iter().any(|own| own.starts_with(&word.text));
            word.had += usize::from(has);
            all &= has;
        }
        all && self.worded.iter().chain(&self.again).all(|part| matches(part, record, &store.look()))
    }

    /// Takes a part that neither sets nor columns answer.
    fn ask(&mut self, kind: &Kind, part: Test) {
        match part {
            Test::Words(all) if searched(kind) => {
                self.words.extend(all.into_iter().map(|text| Word { text, had: 0 }));
            }
            part if in_memory(kind, &part) => self.worded.push(part),
            part => self.plain.push(part),
        }
    }

    /// All words, as a test.
    fn all_words(&self) -> Test {
        Test::Words(self.words.iter().map(|word| word.text.clone()).collect())
    }

    /// After `tried` records were compared, the words that few of them had: an index reads a rare word quickly and a
    /// common one slowly, and what it names is compared again anyway.
    fn rare_words(&self, tried: usize) -> Test {
        let rarest = self.words.iter().map(|word| word.had).min().unwrap_or(0);
        let rare = self.words.iter().filter(|word| word.had == rarest || word.had * 20 <= tried);
        Test::Words(rare.map(|word| word.text.clone()).collect())
    }
}

impl Store {
    pub(crate) fn split(
        &self,
        lease: &mut dyn Connection,
        (actor, list): (&Actor, &List),
        means: Means,
    ) -> Result<Split, StoreError> {
        let kind = list.kind;
        let (mut answered, mut others) = (Vec::new(), Vec::new());
        let mut parts = Vec::new();
        conjuncts(&list.test, &mut |part| parts.push(part.clone()));
        for part in parts {
            let part = self.followed(lease, actor, kind, part)?;
            if sets::answer(kind, &part) { answered.push(part) } else { others.push(part) }
        }
        let sight = self.sight(actor, kind);
        let sight_open = matches!(sight, Sight::Own(_) | Sight::Following(_));
        let tags = &self.inner.tags;
        self.inner.sets.with(lease, (&self.inner.catalog, tags), kind, |sets| {
            let seen = sets.seen(tags, &sight).unwrap_or_else(|| sets.live().clone());
            let among = answered.iter().fold(seen, |among, part| among & sets.passing(tags, part));
            let (words, worded, plain, again) = Default::default();
            let all = sets.live().len();
            let mut split = Split { among, check: Check::default(), all, words, worded, plain, again, sight_open };
            let mut checks = Vec::new();
            for part in others {
                match Check::of(sets, tags, &part).filter(|_| means != Means::Database) {
                    Some(check) => {
                        checks.push(check);
                        split.again.extend(in_memory(kind, &part).then_some(part));
                    }
                    None => split.ask(kind, part),
                }
            }
            split.check = Check::And(checks);
            split
        })
    }

    /// References to few records become their ids, which sets and columns know.
    fn followed(
        &self,
        lease: &mut dyn Connection,
        actor: &Actor,
        kind: &'static Kind,
        test: Test,
    ) -> Result<Test, StoreError> {
        let mut many = |list: Vec<Test>| {
            list.into_iter().map(|part| self.followed(lease, actor, kind, part)).collect::<Result<Vec<_>, _>>()
        };
        Ok(match test {
            Test::And(list) => Test::And(many(list)?),
            Test::Or(list) => Test::Or(many(list)?),
            Test::Not(inner) => Test::Not(Box::new(self.followed(lease, actor, kind, *inner)?)),
            Test::Through(field, target, inner) => {
                let one = kind.field(field).is_some_and(|field| matches!(field.shape, Shape::Ref(_)));
                let Some(to) = self.inner.catalog.kind(target).filter(|_| one) else {
                    return Ok(Test::Through(field, target, inner));
                };
                let sight = self.sight_condition(lease, actor, to)?;
                let found = self.selected(lease, actor, to, (sight, &[&inner]), FOLLOWED)?;
                if found.capped {
                    return Ok(Test::Through(field, target, inner));
                }
                let ids = found.ids.iter().map(|id| Value::Int(id.into())).collect();
                Test::Column(Column::Field(field), Compare::OneOf(ids))
            }
            other => other,
        })
    }

    /// As [`Store::split`], after the columns said who passes.
    pub(crate) fn narrowed(&self, lease: &mut dyn Connection, actor: &Actor, list: &List) -> Result<Split, StoreError> {
        loop {
            let mut split = self.split(lease, (actor, list), Means::Chosen)?;
            // A column that was lost just now is not asked the next time.
            if self.narrow(lease, list.kind, &mut split)? {
                return Ok(split);
            }
        }
    }

    /// Lets the columns say who passes; false where one of them was lost just now.
    pub(crate) fn narrow(
        &self,
        lease: &mut dyn Connection,
        kind: &'static Kind,
        split: &mut Split,
    ) -> Result<bool, StoreError> {
        if split.check.open() {
            return Ok(true);
        }
        let known = (&*self.inner.catalog, &self.inner.tags);
        let among = self.inner.sets.with(lease, known, kind, |sets| {
            split.check.stands(sets.orders()).then(|| sets.narrowed(&split.among, &split.check))
        })?;
        Ok(match among {
            Some(among) => {
                (split.among, split.check) = (among, Check::default());
                true
            }
            None => false,
        })
    }

    /// The whole question but for what memory compares.
    pub(crate) fn whole(
        &self,
        lease: &mut dyn Connection,
        actor: &Actor,
        list: &List,
    ) -> Result<Condition, StoreError> {
        let mut whole = Cond::all().add(self.sight_condition(lease, actor, list.kind)?);
        let mut parts = Vec::new();
        conjuncts(&list.test, &mut |part| parts.push(part.clone()));
        for part in parts.iter().filter(|part| !in_memory(list.kind, part)) {
            whole = whole.add(self.test_condition(lease, actor, list.kind, part)?);
        }
        Ok(whole)
    }

    /// Up to `limit` records that pass what the sets do not answer, in any order; and those of them that pass the rest.
    pub(crate) fn named(
        &self,
        lease: &mut dyn Connection,
        (actor, list): (&Actor, &List),
        split: &Split,
        limit: usize,
    ) -> Result<Named, StoreError> {
        self.named_by(lease, (actor, list), split, split.all_words(), limit)
    }

    /// As `named`, and maybe more than those: `tried` records were compared, and rare words suffice.
    pub(crate) fn candidates(
        &self,
        lease: &mut dyn Connection,
        (actor, list): (&Actor, &List),
        split: &Split,
        tried: usize,
        limit: usize,
    ) -> Result<Named, StoreError> {
        self.named_by(lease, (actor, list), split, split.rare_words(tried), limit)
    }

    fn named_by(
        &self,
        lease: &mut dyn Connection,
        (actor, list): (&Actor, &List),
        split: &Split,
        words: Test,
        limit: usize,
    ) -> Result<Named, StoreError> {
        let mut parts: Vec<&Test> = split.plain.iter().chain(&split.worded).collect();
        parts.extend((words != Test::Words(Vec::new())).then_some(&words));
        let kind = list.kind;
        // Branches of an `or`, and words, each have an index of their own; the rest is one statement.
        let (own, rest): (Vec<&Test>, Vec<&Test>) =
            parts.iter().partition(|part| matches!(part, Test::Or(_)) || (parts.len() == 1 && !split.sight_open));
        let mut named = Named { ids: split.among.clone(), capped: false };
        for part in own {
            let one = self.any(lease, actor, kind, part, limit)?;
            named.ids &= one.ids;
            named.capped |= one.capped;
        }
        if split.sight_open || !rest.is_empty() {
            let sight = match split.sight_open {
                true => self.sight_condition(lease, actor, kind)?,
                false => Cond::all(),
            };
            let one = self.selected(lease, actor, kind, (sight, &rest), limit)?;
            named.ids &= one.ids;
            named.capped |= one.capped;
        }
        Ok(named)
    }

    fn selected(
        &self,
        lease: &mut dyn Connection,
        actor: &Actor,
        kind: &'static Kind,
        (mut wanted, parts): (Condition, &[&Test]),
        limit: usize,
    ) -> Result<Named, StoreError> {
        for part in parts {
            wanted = wanted.add(self.test_condition(lease, actor, kind, part)?);
        }
        let mut select = Query::select();
        select.column("id").from(table(kind)).cond_where(wanted).limit((limit as u64).saturating_add(1));
        let (sql, cells) = build_select(lease.dialect(), &select);
        Ok(ids(&lease.query(&sql, &cells)?, limit))
    }

    /// Records that pass a test with words; each branch of an `or` by its own index.
    fn any(
        &self,
        lease: &mut dyn Connection,
        actor: &Actor,
        kind: &'static Kind,
        test: &Test,
        limit: usize,
    ) -> Result<Named, StoreError> {
        let dialect = lease.dialect();
        match test {
            Test::Words(words) if !words.is_empty() && searched(kind) => {
                let sql = dialect.with_words(kind.name, limit.saturating_add(1));
                Ok(ids(&lease.query(&sql, &[Cell::Text(dialect.words_query(words))])?, limit))
            }
            Test::Or(list) => {
                let mut all = Named { ids: RoaringBitmap::new(), capped: false };
                for part in list {
                    let one = self.any(lease, actor, kind, part, limit)?;
                    all.ids |= one.ids;
                    all.capped |= one.capped;
                }
                Ok(all)
            }
            part if sets::answer(kind, part) => {
                let tags = &self.inner.tags;
                let passing =
                    self.inner.sets.with(lease, (&self.inner.catalog, tags), kind, |sets| sets.passing(tags, part))?;
                Ok(Named { ids: passing, capped: false })
            }
            part => self.selected(lease, actor, kind, (Cond::all(), &[part]), limit),
        }
    }
}

/// Calls `each` with the parts of a test that must all hold.
fn conjuncts(test: &Test, each: &mut impl FnMut(&Test)) {
    match test {
        Test::And(list) => list.iter().for_each(|part| conjuncts(part, each)),
        Test::All => {}
        part => each(part),
    }
}

/// Parts with words that follow no reference: only the database knows what the actor sees of other records.
fn in_memory(kind: &Kind, test: &Test) -> bool {
    let (mut words, mut through) = (false, false);
    walk(test, &mut |part| match part {
        Test::Words(_) => words = true,
        Test::Through(..) => through = true,
        _ => {}
    });
    words && !through && searched(kind)
}

fn walk(test: &Test, each: &mut impl FnMut(&Test)) {
    each(test);
    match test {
        Test::And(list) | Test::Or(list) => list.iter().for_each(|part| walk(part, each)),
        Test::Not(inner) => walk(inner, each),
        _ => {}
    }
}

fn searched(kind: &Kind) -> bool {
    kind.fields.iter().any(|field| field.search)
}

fn ids(rows: &[Vec<Cell>], limit: usize) -> Named {
    let ids = rows.iter().filter_map(|found| u32::try_from(int(found, 0)).ok()).collect();
    Named { ids, capped: rows.len() > limit }
}
