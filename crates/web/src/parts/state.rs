//! The five states, each by colour and by shape: circle, triangle, diamond, ring, hatched square.

use maud::{Markup, html};

/// How a duty, a source or a check stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    Green,
    Amber,
    Red,
    /// No data: never green.
    Grey,
    Waived,
}

impl State {
    /// All of them, worst first.
    pub const ALL: [Self; 5] = [Self::Red, Self::Amber, Self::Green, Self::Waived, Self::Grey];

    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Green => "green",
            Self::Amber => "amber",
            Self::Red => "red",
            Self::Grey => "no data",
            Self::Waived => "waived",
        }
    }

    /// The class that colours it.
    pub fn class(self) -> &'static str {
        match self {
            Self::Green => "ok",
            Self::Amber => "warn",
            Self::Red => "bad",
            Self::Grey => "none",
            Self::Waived => "waive",
        }
    }
}

/// Shape and words, such as a red diamond and "silent".
pub fn mark(state: State, words: &str) -> Markup {
    html! { span .st .(state.class()) { (shape(state)) (words) } }
}

/// The shape alone; its word is there for screen readers.
pub fn dot(state: State) -> Markup {
    html! { span .st .(state.class()) title=(state.word()) { (shape(state)) span .vh { (state.word()) } } }
}

/// A row of shapes with counts, each a link to its rows; states with no rows are left out.
pub fn counts(list: &[(State, u64, &str)]) -> Markup {
    html! {
        @for (state, count, href) in list.iter().filter(|(_, count, _)| *count > 0) {
            a .st .(state.class()) href=(href) title={ (count) " " (state.word()) } { (shape(*state)) (count) span .vh { " " (state.word()) } }
        }
    }
}

fn shape(state: State) -> Markup {
    html! {
        svg viewBox="0 0 12 12" aria-hidden="true" {
            @match state {
                State::Green => circle cx="6" cy="6" r="5" fill="currentColor" {},
                State::Amber => path d="M6 .8 11.600 11H.4z" fill="currentColor" {},
                State::Red => path d="M6 0 12 6 6 12 0 6z" fill="currentColor" {},
                State::Grey => circle cx="6" cy="6" r="4.500" fill="none" stroke="currentColor" stroke-width="2" {},
                State::Waived => path d="M1 1h10v10H1zM1 6l5-5M1 11 11 1M6 11l5-5" fill="none" stroke="currentColor" stroke-width="1.300" {},
            }
        }
    }
}
