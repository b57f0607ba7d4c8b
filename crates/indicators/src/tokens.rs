//! Cuts a text into what could be an indicator, and asks the feeds for it.
//!
//! A word is an unbroken run of ASCII letters, digits, `.`, `-`, `_` and of letters beyond ASCII. Of a word without the
//! `.`, `-` and `_` at its ends: four numbers are an address; what has a dot is a name, and so are its parents; a run of
//! letters and digits alone may be a digest. Around `@` stands a mail address, around `://` a URL, around colons IPv6. A
//! path is an unbroken run of words, `/` and `\`; it and its ends at each `/` or `\` are file names.

use crate::bits::{Bits, Run};
use crate::find::Watched;
use crate::table::{self, HOST, TAIL};
use crate::value::{self, Value};
use crate::{Class, fang};
use std::borrow::Cow;
use std::net::{IpAddr, Ipv4Addr};

const DIGIT: u8 = 1;
const HEX: u8 = 2;
const LETTER: u8 = 4;
const DOT: u8 = 8;
const DASH: u8 = 16;
const BEYOND: u8 = 32;

/// What each byte of a word in small letters is; zero ends a word.
const KINDS: [u8; 256] = {
    let mut kinds = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        kinds[byte] = match byte as u8 {
            b'0'..=b'9' => DIGIT,
            b'a'..=b'f' => HEX,
            b'g'..=b'z' => LETTER,
            b'.' => DOT,
            b'-' | b'_' => DASH,
            128..=255 => BEYOND,
            _ => 0,
        };
        byte += 1;
    }
    kinds
};

/// Whether a byte ends a URL.
fn ends_url(byte: u8) -> bool {
    matches!(byte, 0..=b' ' | b'"' | b'\'' | b'<' | b'>' | b'`' | b'{' | b'}' | b'|' | b'^' | b'\\' | 127)
}

fn kind(byte: u8) -> u8 {
    KINDS.get(usize::from(byte)).copied().unwrap_or(0)
}

/// An entry that was met, and what of the text it was met in.
#[derive(Debug, Clone)]
pub(crate) struct Met {
    pub feed: usize,
    pub entry: u32,
    /// How much of the token it covers: of one feed only the longest of a token stays.
    rank: usize,
    pub seen: String,
}

/// Room that is used again for each text.
#[derive(Default)]
pub(crate) struct Room {
    small: Vec<u8>,
    bits: Bits,
    digest: Vec<u8>,
    pub met: Vec<Met>,
}

/// One text, being looked through.
pub(crate) struct Scan<'a> {
    watched: &'a Watched,
    text: &'a str,
    now: i64,
    digest: &'a mut Vec<u8>,
    met: &'a mut Vec<Met>,
}

/// Looks through a text, and through what it means where it was made harmless; what is met is added to `room.met`.
pub(crate) fn scan(watched: &Watched, text: &str, now: i64, room: &mut Room) {
    if once(watched, text, now, room)
        && let Cow::Owned(meant) = fang::refang(text)
    {
        once(watched, &meant, now, room);
    }
}

/// Whether it may have been made harmless.
fn once(watched: &Watched, text: &str, now: i64, room: &mut Room) -> bool {
    let mut small = std::mem::take(&mut room.small);
    small.clear();
    small.extend_from_slice(text.as_bytes());
    small.make_ascii_lowercase();
    let mut scan = Scan { watched, text, now, digest: &mut room.digest, met: &mut room.met };
    room.bits.of(&small);
    scan.words(&small, &room.bits);
    if watched.has(Class::Email) {
        memchr::memchr_iter(b'@', &small).for_each(|at| scan.email(&small, at));
    }
    if watched.has(Class::Url) {
        fang::finders().url.find_iter(&small).for_each(|at| scan.url(&small, at));
    }
    if watched.has(Class::Ipv6) {
        scan.six(&small);
    }
    let marked = fang::is_marked(&small);
    room.small = small;
    marked
}

/// Asks for a whole value that a field is known to hold.
pub(crate) fn whole(watched: &Watched, value: &Value, seen: &str, now: i64, room: &mut Room) {
    let mut scan = Scan { watched, text: seen, now, digest: &mut room.digest, met: &mut room.met };
    match value.class() {
        Class::File => scan.path(value.bytes(), seen),
        class => {
            let hash = table::hash(watched.key, class.tag(), value.bytes());
            scan.ask(hash, class, value.bytes(), 0, seen);
        }
    }
}

impl Scan<'_> {
    fn words(&mut self, small: &[u8], bits: &Bits) {
        let files = self.watched.has(Class::File);
        for Run { start, end, dot } in bits.runs() {
            if end - start < 4 {
                continue;
            }
            if (dot || end - start >= 32)
                && let Some(word) = small.get(start..end)
            {
                self.word(word, start, dot);
            }
            if files && !matches!(small.get(end), Some(b'/' | b'\\')) {
                self.tail(small, start, end);
            }
        }
    }

    fn word(&mut self, word: &[u8], start: usize, dot: bool) {
        if dot {
            let kinds = word.iter().fold(0, |kinds, byte| kinds | kind(*byte));
            let (bare, from) = trimmed(word);
            let seen = start + from..start + from + bare.len();
            match kinds {
                _ if kinds & (HEX | LETTER | BEYOND) == 0 => {
                    if let Some(address) = four(bare) {
                        self.address(IpAddr::V4(address), seen);
                    }
                }
                _ if kinds & BEYOND != 0 => self.foreign(seen),
                _ => self.domain(bare, seen),
            }
        }
        if word.len() < 32 {
            return;
        }
        let mut from = start;
        for part in word.split(|byte| kind(*byte) & (DOT | DASH) != 0) {
            self.digest(part, from);
            from += part.len() + 1;
        }
    }

    fn digest(&mut self, part: &[u8], from: usize) {
        let class = match part.len() {
            32 => Class::Md5,
            40 => Class::Sha1,
            64 => Class::Sha256,
            _ => return,
        };
        let mut digest = std::mem::take(self.digest);
        if value::hex(part, &mut digest) {
            let hash = self.watched.key.whole(class.tag(), &digest);
            let seen = self.text.get(from..from + part.len()).unwrap_or_default();
            self.ask(hash, class, &digest, 0, seen);
        }
        *self.digest = digest;
    }

    /// A name and its parents, from the shortest with a dot on.
    fn domain(&mut self, name: &[u8], seen: std::ops::Range<usize>) {
        if !self.watched.has(Class::Domain) {
            return;
        }
        let key = self.watched.key;
        let mark = self.met.len();
        let (mut hash, mut end, mut labels) = (key.start(Class::Domain.tag()), name.len(), 0);
        loop {
            let start = name.get(..end).and_then(|before| memchr::memrchr(b'.', before)).map_or(0, |dot| dot + 1);
            let label = name.get(start..end).unwrap_or_default();
            if label.is_empty() {
                break;
            }
            hash = key.and(hash, label);
            labels += 1;
            if labels > 1 {
                let parent = name.get(start..).unwrap_or_default();
                self.ask(hash, Class::Domain, parent, labels, self.text.get(seen.clone()).unwrap_or_default());
            }
            match start.checked_sub(1) {
                Some(dot) => end = dot,
                None => break,
            }
        }
        self.longest(mark);
    }

    /// A name with letters beyond ASCII.
    fn foreign(&mut self, seen: std::ops::Range<usize>) {
        if let Some(name) = self.text.get(seen.clone()).and_then(value::domain_end) {
            self.domain(name.as_bytes(), seen);
        }
    }

    fn address(&mut self, address: IpAddr, seen: std::ops::Range<usize>) {
        let mark = self.met.len();
        let watched = self.watched;
        let seen = self.text.get(seen).unwrap_or_default();
        match address {
            IpAddr::V4(four) => {
                for prefix in &watched.four {
                    let bytes = value::four_bytes(four, *prefix);
                    let hash = watched.key.whole(Class::Ipv4.tag(), &bytes);
                    self.ask(hash, Class::Ipv4, &bytes, (*prefix).into(), seen);
                }
            }
            IpAddr::V6(six) => {
                for prefix in &watched.six {
                    let bytes = value::six_bytes(six, *prefix);
                    let hash = watched.key.whole(Class::Ipv6.tag(), &bytes);
                    self.ask(hash, Class::Ipv6, &bytes, (*prefix).into(), seen);
                }
            }
        }
        self.longest(mark);
    }

    /// Runs of hex digits, colons and dots that are an address of IPv6.
    fn six(&mut self, small: &[u8]) {
        let within = |byte: &u8| kind(*byte) & (DIGIT | HEX | DOT) == kind(*byte) && kind(*byte) != 0 || *byte == b':';
        let mut done = 0;
        for colon in memchr::memchr_iter(b':', small) {
            if colon < done {
                continue;
            }
            let before =
                small.get(done..colon).unwrap_or_default().iter().rev().take_while(|byte| within(byte)).count();
            let after = small.get(colon..).unwrap_or_default().iter().take_while(|byte| within(byte)).count();
            let (start, end) = (colon - before, colon + after);
            done = end;
            let run = self.text.get(start..end).unwrap_or_default();
            let colons = run.bytes().filter(|byte| *byte == b':').count();
            // What goes on in another letter is no address.
            let beside = |byte: Option<&u8>| byte.is_some_and(|byte| kind(*byte) != 0);
            let cut = beside(start.checked_sub(1).and_then(|at| small.get(at))) || beside(small.get(end));
            if cut || (colons < 6 && !run.contains("::")) {
                continue;
            }
            let bare = run.trim_end_matches('.');
            let bare = if bare.ends_with("::") { bare } else { bare.trim_end_matches(':') };
            if let Ok(found) = bare.parse::<std::net::Ipv6Addr>()
                && let six @ IpAddr::V6(_) = IpAddr::V6(found).to_canonical()
            {
                self.address(six, start..start + bare.len());
            }
        }
    }

    fn email(&mut self, small: &[u8], at: usize) {
        let before = small.get(..at).unwrap_or_default().iter().rev();
        let before = before.take_while(|byte| kind(**byte) != 0 || matches!(byte, b'+' | b'%')).count();
        let after = small.get(at + 1..).unwrap_or_default();
        let after = after.iter().take_while(|byte| kind(**byte) != 0).count();
        let seen = self.text.get(at - before..at + 1 + after).unwrap_or_default();
        let seen = seen.trim_end_matches(['.', '-', '_']);
        if let Ok(email) = value::email(seen) {
            let hash = self.watched.key.whole(Class::Email.tag(), email.as_bytes());
            self.ask(hash, Class::Email, email.as_bytes(), 0, seen);
        }
    }

    fn url(&mut self, small: &[u8], at: usize) {
        let after = small.get(at + 3..).unwrap_or_default();
        let up_to = |length: usize| after.get(..length).unwrap_or_default();
        let place = after.iter().take_while(|byte| !ends_url(**byte) && !matches!(byte, b'/' | b'?' | b'#')).count();
        // The gate knows all hosts that are asked for; one with a name before it or letters beyond ASCII is made ready first.
        let plain = up_to(place).is_ascii() && !up_to(place).contains(&b'@');
        let host = table::host(up_to(place));
        let host = host.strip_suffix(b".").unwrap_or(host);
        if plain && !self.watched.gate.may_hold(self.watched.key.whole(HOST, host)) {
            return;
        }
        let length = after.iter().take_while(|byte| !ends_url(**byte)).count();
        let scheme = small.get(..at).unwrap_or_default().iter().rev();
        let scheme = scheme.take_while(|byte| byte.is_ascii_alphanumeric() || b"+.-".contains(byte)).count();
        let seen = self.text.get(at - scheme..at + 3 + length).unwrap_or_default();
        let mark = self.met.len();
        // What ends a sentence or closes a bracket may or may not belong to it.
        let bare = seen.trim_end_matches(['.', ',', ';', ':', '!', '?', ')', ']']);
        for seen in [seen, bare] {
            if let Ok(url) = value::url(seen) {
                let hash = self.watched.key.whole(Class::Url.tag(), url.as_bytes());
                self.ask(hash, Class::Url, url.as_bytes(), seen.len(), seen);
            }
        }
        self.longest(mark);
    }

    /// The path that a word ends, where a feed has its last part.
    fn tail(&mut self, small: &[u8], start: usize, end: usize) {
        let Some(word) = small.get(start..end) else { return };
        let word = word.strip_suffix(b".").unwrap_or(word);
        if word.is_ascii() && !self.watched.gate.may_hold(self.watched.key.whole(TAIL, word)) {
            return;
        }
        let before = small.get(..start).unwrap_or_default().iter().rev();
        let before = before.take_while(|byte| kind(**byte) != 0 || matches!(byte, b'/' | b'\\')).count();
        let seen = self.text.get(start - before..start + word.len()).unwrap_or_default();
        if let Ok(path) = value::file(seen) {
            self.path(path.as_bytes(), seen);
        }
    }

    /// A path and its ends at each `/`.
    fn path(&mut self, path: &[u8], seen: &str) {
        let key = self.watched.key;
        let mark = self.met.len();
        let (mut hash, mut end, mut parts) = (key.start(Class::File.tag()), path.len(), 0);
        loop {
            let start = path.get(..end).and_then(|before| memchr::memrchr(b'/', before)).map_or(0, |cut| cut + 1);
            hash = key.and(hash, path.get(start..end).unwrap_or_default());
            parts += 1;
            self.ask(hash, Class::File, path.get(start..).unwrap_or_default(), parts, seen);
            match start.checked_sub(1) {
                Some(cut) => end = cut,
                None => break,
            }
        }
        self.longest(mark);
    }

    fn ask(&mut self, hash: u64, class: Class, bytes: &[u8], rank: usize, seen: &str) {
        if !self.watched.gate.may_hold(hash) {
            return;
        }
        for (feed, table) in self.watched.feeds.iter().enumerate() {
            table.look_up(hash, class.tag(), bytes, |entry| {
                if table.is_live(entry, self.now) {
                    self.met.push(Met { feed, entry, rank, seen: seen.to_owned() });
                }
            });
        }
    }

    /// Of what was met since `mark` only the longest of each feed stays.
    fn longest(&mut self, mark: usize) {
        if self.met.len() < mark + 2 {
            return;
        }
        let new = self.met.split_off(mark);
        let most = |feed: usize| new.iter().filter(|met| met.feed == feed).map(|met| met.rank).max();
        let stay: Vec<Met> = new.iter().filter(|met| Some(met.rank) == most(met.feed)).cloned().collect();
        self.met.extend(stay);
    }
}

/// Without dots, hyphens and underscores at its ends, and how many went before it.
fn trimmed(word: &[u8]) -> (&[u8], usize) {
    let edge = |byte: &u8| kind(*byte) & (DOT | DASH) != 0;
    let from = word.iter().take_while(|byte| edge(byte)).count();
    let rest = word.get(from..).unwrap_or_default();
    let gone = rest.iter().rev().take_while(|byte| edge(byte)).count();
    (rest.get(..rest.len() - gone).unwrap_or_default(), from)
}

/// Four numbers up to 255 without zeros before them.
fn four(text: &[u8]) -> Option<Ipv4Addr> {
    if text.len() < 7 || text.len() > 15 {
        return None;
    }
    let mut bytes = [0u8; 4];
    let mut parts = text.split(|byte| *byte == b'.');
    for slot in &mut bytes {
        let part = parts.next()?;
        if part.is_empty() || part.len() > 3 || (part.len() > 1 && part.first() == Some(&b'0')) {
            return None;
        }
        if !part.iter().all(u8::is_ascii_digit) {
            return None;
        }
        let number = part.iter().fold(0u16, |number, digit| number * 10 + u16::from(digit.wrapping_sub(b'0')));
        *slot = u8::try_from(number).ok()?;
    }
    parts.next().is_none().then(|| Ipv4Addr::from(bytes))
}
