//! What a paper is made of; the template reads it as data, so no text of it is ever taken for markup.

use serde::Serialize;

/// A paper as the template wants it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Paper {
    pub title: String,
    /// Above the title: the organisation.
    pub from: String,
    /// Below the title, one line each: period, author.
    pub facts: Vec<(String, String)>,
    pub parts: Vec<Part>,
    /// Who signed it and when, or that it is a draft: at the foot of each page.
    pub foot: String,
}

/// A block of a paper.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Part {
    /// `level` 1 to 4.
    Heading {
        level: u8,
        runs: Vec<Run>,
    },
    Text {
        runs: Vec<Run>,
    },
    /// Items with their indentation, 0 the outermost.
    List {
        ordered: bool,
        items: Vec<(u8, Vec<Run>)>,
    },
    Quote {
        runs: Vec<Run>,
    },
    Code {
        text: String,
    },
    /// Rows have as many cells as `head`.
    Table {
        head: Vec<String>,
        rows: Vec<Vec<Cell>>,
    },
    Line,
}

/// A piece of text in one look.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Run {
    pub text: String,
    pub bold: bool,
    pub italic: bool,
    pub code: bool,
    /// An absolute address.
    pub link: Option<String>,
}

/// A cell: words, and a mark before them where it tells a state.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Cell {
    pub runs: Vec<Run>,
    /// `red`, `amber`, `green`, `grey`, `waived`, or none.
    pub mark: Option<&'static str>,
    /// Numbers stand right.
    pub number: bool,
}

impl Run {
    pub fn plain(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }

    pub fn link(text: impl Into<String>, address: impl Into<String>) -> Self {
        Self { text: text.into(), link: Some(address.into()), ..Self::default() }
    }
}

impl Cell {
    pub fn of(runs: Vec<Run>) -> Self {
        Self { runs, ..Self::default() }
    }

    #[must_use]
    pub fn marked(mut self, mark: &'static str) -> Self {
        self.mark = Some(mark);
        self
    }

    #[must_use]
    pub fn number(mut self) -> Self {
        self.number = true;
        self
    }
}
