//! How large an expression may become once it is made ready: whoever is surely small need not be tried for it.

use regex_syntax::hir::{Class, Hir, HirKind};

/// Bytes of an expression that is surely made ready: a fifth of what `regex` takes one up to.
pub(super) const SURE: usize = 2 << 20;

/// Bytes of a state with what leaves it.
const STATE: usize = 64;
/// Bytes of a range of characters: up to four sequences of up to four bytes, each byte a state.
const RANGE: usize = 16 * STATE;

/// Bytes that the states of an expression take at most.
pub(super) fn of(hir: &Hir) -> usize {
    let all = |parts: &[Hir]| parts.iter().map(of).fold(STATE, |sum, part| sum.saturating_add(part + STATE));
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => STATE,
        HirKind::Literal(literal) => literal.0.len().saturating_mul(STATE),
        HirKind::Class(Class::Unicode(class)) => class.ranges().len().saturating_mul(RANGE) + STATE,
        HirKind::Class(Class::Bytes(class)) => class.ranges().len().saturating_mul(STATE) + STATE,
        HirKind::Capture(capture) => of(&capture.sub).saturating_add(2 * STATE),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => all(parts),
        HirKind::Repetition(repeated) => {
            let times = repeated.max.unwrap_or(repeated.min.saturating_add(1)).max(1);
            of(&repeated.sub).saturating_add(STATE).saturating_mul(times as usize)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use regex::RegexBuilder;

    fn weight(source: &str) -> usize {
        of(&regex_syntax::Parser::new().parse(source).expect(source))
    }

    /// Expressions with classes and counted repetitions within each other.
    fn expressions() -> impl Strategy<Value = String> {
        let leaf = prop_oneof![
            Just(r"\w".to_owned()),
            Just(r"\pL".to_owned()),
            Just(r"[^a]".to_owned()),
            Just(".".to_owned()),
            "[a-zäß€]{1,4}",
            "\\[[a-z0-9]{1,5}\\]",
        ];
        leaf.prop_recursive(5, 40, 4, |inner| {
            prop_oneof![
                (inner.clone(), 0_u32..40, 0_u32..40)
                    .prop_map(|(sub, min, more)| format!("(?:{sub}){{{min},{}}}", min + more)),
                (inner.clone(), 0_u32..80).prop_map(|(sub, min)| format!("({sub}){{{min},}}")),
                prop::collection::vec(inner.clone(), 1..4).prop_map(|parts| parts.concat()),
                prop::collection::vec(inner, 1..4).prop_map(|parts| format!("(?i:{})", parts.join("|"))),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_is_surely_small_can_be_made_ready(source in expressions()) {
            let Ok(hir) = regex_syntax::Parser::new().parse(&source) else { return Ok(()) };
            let weight = of(&hir);
            // In a fifth of the room, since it is held to a fifth.
            if weight <= SURE {
                let made = RegexBuilder::new(&source).size_limit(weight.max(64 * 1024)).build();
                prop_assert!(made.is_ok(), "{} weighs {}", source, weight);
            }
        }
    }

    #[test]
    fn what_rules_ask_for_is_small_and_what_cannot_be_made_ready_is_not() {
        for small in [r"[A-Za-z0-9+/]{40,}", r"(?i)\d{1,3}(\.\d{1,3}){3}", r"^.{1,60}\.exe$", "a"] {
            assert!(weight(small) <= SURE, "{small}");
        }
        for huge in [r"\w{1000}", r"(\pL{50}){50}", r"((a{100}){100}){100}"] {
            assert!(weight(huge) > SURE, "{huge}");
        }
    }
}
