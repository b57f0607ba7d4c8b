//! A field's description: its name, its shape, and what it accepts.

/// What a field holds, and so how it is stored, shown, parsed and filtered.
#[derive(Debug, Clone, Copy)]
pub enum Shape {
    Text,
    Markdown,
    Int,
    Real,
    Money,
    Date,
    /// Milliseconds since 1970, UTC.
    Instant,
    /// Seconds.
    Duration,
    Choice(&'static [Choice]),
    Flag,
    /// The id of one record of the named kind.
    Ref(&'static str),
    /// Ids of records of the named kind.
    Links(&'static str),
    /// Child rows, which live and die with their parent.
    Rows(&'static [Field]),
    /// SHA-256 of a stored file, 64 hex digits.
    File,
}

/// One value a choice may take. Codes are what is stored, and give the order (`severity>=high`).
#[derive(Debug, Clone, Copy)]
pub struct Choice {
    pub name: &'static str,
    pub label: &'static str,
    pub code: i64,
    pub tone: Tone,
    pub help: &'static str,
}

/// How a choice is marked on screen: by shape and colour together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tone {
    #[default]
    Plain,
    Good,
    Warn,
    Bad,
    Grey,
    Waived,
    /// Severity bars, 1 (low) to 4 (critical).
    Severity(u8),
}

/// A field as declared on its record.
#[derive(Debug, Clone, Copy)]
pub struct Field {
    pub name: &'static str,
    pub label: &'static str,
    /// The declaration's doc comment, in the user's words.
    pub help: &'static str,
    pub shape: Shape,
    pub required: bool,
    /// Found by free text.
    pub search: bool,
    pub index: bool,
    pub unique: bool,
    /// Counted beside lists.
    pub facet: bool,
    /// Set by moves and jobs only, never by a form, an import or a plain update.
    pub managed: bool,
    /// May be changed in the list itself.
    pub inline: bool,
    /// Written for a machine to read: shown and typed in letters of one width.
    pub code: bool,
    /// Largest number of characters (texts) or rows.
    pub max_len: Option<usize>,
    pub min: Option<f64>,
    pub max: Option<f64>,
    /// Taken when nothing is given, written as a person would type it.
    pub default: Option<&'static str>,
}

impl Field {
    pub const EMPTY: Field = Field {
        name: "",
        label: "",
        help: "",
        shape: Shape::Text,
        required: false,
        search: false,
        index: false,
        unique: false,
        facet: false,
        managed: false,
        inline: false,
        code: false,
        max_len: None,
        min: None,
        max: None,
        default: None,
    };

    pub fn choices(&self) -> &'static [Choice] {
        match self.shape {
            Shape::Choice(choices) => choices,
            _ => &[],
        }
    }

    /// The choice that a stored code stands for.
    pub fn choice(&self, code: i64) -> Option<&'static Choice> {
        self.choices().iter().find(|choice| choice.code == code)
    }

    /// The kind a reference or links field points at.
    pub fn target(&self) -> Option<&'static str> {
        match self.shape {
            Shape::Ref(kind) | Shape::Links(kind) => Some(kind),
            _ => None,
        }
    }

    pub fn is_long(&self) -> bool {
        matches!(self.shape, Shape::Markdown | Shape::Rows(_))
    }
}
