//! A set of pieces says yes wrongly at times, no never.

use super::*;
use futures_util::FutureExt;
use proptest::prelude::*;

fn pieces(texts: &[&[u8]]) -> Pieces {
    let mut pieces = Pieces::with_room(texts.iter().map(|text| text.len()).sum::<usize>().max(4096));
    texts.iter().for_each(|text| pieces.add(&mut Reader::default(), text));
    pieces.folded()
}

fn may_match(pieces: &Pieces, pattern: &Pattern) -> bool {
    let bytes: BTreeMap<u64, u8> = (0..).zip(pieces.bytes()).collect();
    Answer { place: Place { offset: 0, length: bytes.len() as u64 }, bytes }.may_match(pattern)
}

fn part(text: &str) -> Pattern {
    Pattern::part(text).expect("compiles")
}

/// Letters that are one, case aside, in turn.
fn in_other_case(text: &str, turns: &[usize]) -> String {
    let same = |letter: char| match letter.to_ascii_lowercase() {
        'k' | '\u{212a}' => vec!['k', 'K', '\u{212a}'],
        's' | '\u{17f}' => vec!['s', 'S', '\u{17f}'],
        'é' | 'É' => vec!['é', 'É'],
        'Ⱥ' | 'ⱥ' => vec!['Ⱥ', 'ⱥ'],
        other => vec![other, letter.to_ascii_uppercase()],
    };
    let turned = text.chars().zip(turns.iter().cycle());
    turned.filter_map(|(letter, turn)| same(letter).into_iter().cycle().nth(*turn)).collect()
}

#[test]
fn what_a_text_holds_is_never_missed() {
    let letter = prop::sample::select(vec!['a', 'b', 'k', 's', 'S', '7', ' ', '*', 'é', 'Ⱥ', '\u{212a}', '\u{17f}']);
    let text = prop::collection::vec(letter, 0..40);
    let turns = prop::collection::vec(0usize..6, 1..9);
    let broken = prop::collection::vec(any::<u8>(), 0..4);
    proptest!(|(text in text, from in 0usize..40, length in 0usize..40, turns in turns, broken in broken)| {
        let needle: String = text.iter().skip(from).take(length).collect();
        let needle = in_other_case(&needle, &turns);
        let text = text.into_iter().collect::<String>();
        let text = [broken.as_slice(), text.as_bytes(), broken.as_slice()].concat();
        prop_assert!(part(&needle).matches(&text), "{needle:?}");
        prop_assert!(may_match(&pieces(&[&text]), &part(&needle)), "{needle:?}");
        let wild = format!("*{}*", needle.chars().map(|c| if c == 'b' { '*' } else { c }).collect::<String>());
        let wild = Pattern::whole(&wild).expect("compiles");
        prop_assert!(!wild.matches(&text) || may_match(&pieces(&[&text]), &wild), "{wild:?}");
    });
}

#[test]
fn stretches_hold_what_their_text_holds() {
    let word = prop_oneof![3 => "[a-c1-3 \",]{1,9}", 1 => "[a-z0-9]{40,300}", 1 => "é"];
    proptest!(|(words in prop::collection::vec(word, 0..30), twice in any::<bool>())| {
        let text = words.concat();
        let mut seen = HashSet::new();
        let mut set = Pieces::with_room(4096);
        for _ in 0..=u8::from(twice) {
            set.add_new(&mut Reader::default(), text.as_bytes(), &mut seen);
        }
        let mut whole = Pieces::with_room(4096);
        whole.add(&mut Reader::default(), text.as_bytes());
        prop_assert_eq!(set, whole);
    });
}

#[test]
fn only_two_letters_beyond_ascii_are_letters_of_it() {
    let others: String = ('\u{80}'..=char::MAX).filter(|c| !matches!(c, '\u{212a}' | '\u{17f}')).collect();
    for letter in 'a'..='z' {
        assert!(!part(&letter.to_string()).matches(others.as_bytes()), "{letter}");
    }
}

#[test]
fn what_is_not_there_is_mostly_known() {
    let lines: Vec<String> = (0..2_000).map(|n| format!("Accepted password for user{n} from 10.0.{n}.7")).collect();
    let set = pieces(&lines.iter().map(String::as_bytes).collect::<Vec<_>>());
    for there in ["ACCEPTED pass", "user1999 from", "10.0.1234.7", "", "xq"] {
        assert!(may_match(&set, &part(there)), "{there}");
    }
    for gone in ["mimikatz", "bright", "203.0.113.77", "5f4dcc3b5aa765d61d8327deb882cf99"] {
        assert!(!may_match(&set, &part(gone)), "{gone}");
    }
    let whole = |text: &str| may_match(&set, &Pattern::whole(text).expect("compiles"));
    assert!(whole("accepted*user17*10.0*") && !whole("accepted*mimikatz*") && !whole("*pass*bright*"));
}

#[test]
fn a_set_that_cannot_be_read_says_nothing() {
    use object_store::memory::InMemory;
    let (store, path) = (Arc::new(Shelf { store: Arc::new(InMemory::new()), local: None }), Path::from("file"));
    let set = pieces(&[b"a bright needle"]).bytes();
    let place = Place { offset: 4, length: set.len() as u64 };
    store.put(&path, [b"PAR1", set.as_slice()].concat()).now_or_never().expect("at once").expect("put");
    let ask = |place: Place, text: &str| {
        let answer = place.ask(&store, &path, &hashes(&part(text))).now_or_never().flatten();
        answer.map(|answer| answer.may_match(&part(text)))
    };
    assert_eq!(ask(place, "BRIGHT"), Some(true));
    assert_eq!(ask(place, "mimikatz"), Some(false));
    assert_eq!(ask(Place { offset: 4_000, ..place }, "bright"), None);
    assert_eq!(ask(Place { offset: u64::MAX, ..place }, "bright"), None);
}

#[test]
fn it_is_as_small_as_it_may_be() {
    assert_eq!(pieces(&[]).bytes(), [0; 8]);
    assert_eq!(pieces(&[b"a few letters".as_slice(); 2_000]).bytes().len(), 8);
    let many: Vec<String> = (0..20_000).map(|n| format!("sshd: port {n} closed")).collect();
    let many = pieces(&[many.join(" ").as_bytes()]);
    let share = many.0.iter().map(|word| word.count_ones() as usize).sum::<usize>() * 100 / (many.0.len() * 64);
    assert!((FULL / 2 - 1..=FULL).contains(&share), "{share}");
}

#[test]
fn it_lies_in_files_as_it_is() {
    // Others would hide events.
    let mut kept = Vec::new();
    Reader::default().read("Brigh\u{17f} 4625 needle-2026".as_bytes(), |hash, one| kept.push((hash, one)));
    let digest = kept
        .iter()
        .fold(0u64, |all, (hash, one)| (all ^ u64::from(*hash) ^ u64::from(*one) << 40).wrapping_mul(0x0100_0000_01b3));
    assert_eq!(
        (kept.len(), kept.iter().filter(|(_, one)| *one == 1).count(), digest),
        (20, 12, 8_474_366_866_449_143_942)
    );
    assert_eq!(hash(b"needle42", 32), 110_771_773);
    let written = Place { offset: 1_234, length: 64 }.entry().value;
    assert_eq!(Place::read("1 1234 64").map(|place| place.entry().value), Some(written));
    for other in ["", "2 1234 64", "1 1234 65", "1 1234", "1 1234 64 8", "1 -4 64"] {
        assert_eq!(Place::read(other), None, "{other}");
    }
}
