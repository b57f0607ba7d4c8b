//! One field's value as the engine carries it: the same form in memory and in the database.

/// A value. Choices are their code, dates ISO text, instants milliseconds, durations seconds, references ids.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Value {
    #[default]
    Null,
    Text(String),
    Int(i64),
    Real(f64),
    /// Minor units and a three-letter currency.
    Money(i64, [u8; 3]),
    /// Ids of one kind, ascending and distinct.
    List(Vec<i64>),
    /// Child rows: values by the position of the row's fields.
    Rows(Vec<Vec<Value>>),
}

impl Value {
    pub fn text(value: impl Into<String>) -> Self {
        Self::Text(value.into())
    }

    /// True for nothing, empty text and empty lists.
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Null => true,
            Self::Text(text) => text.is_empty(),
            Self::List(ids) => ids.is_empty(),
            Self::Rows(rows) => rows.is_empty(),
            _ => false,
        }
    }

    /// Whether both say the same: equal, or both nothing, also inside of rows.
    pub fn says_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Rows(ours), Self::Rows(theirs)) if ours.len() == theirs.len() => {
                let cells = |(one, two): (&Vec<Self>, &Vec<Self>)| {
                    one.len() == two.len() && one.iter().zip(two).all(|(one, two)| one.says_same(two))
                };
                ours.iter().zip(theirs).all(cells)
            }
            _ => self == other || (self.is_empty() && other.is_empty()),
        }
    }

    pub fn as_int(&self) -> Option<i64> {
        match self {
            Self::Int(number) => Some(*number),
            _ => None,
        }
    }

    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    pub fn rows(&self) -> &[Vec<Value>] {
        match self {
            Self::Rows(rows) => rows,
            _ => &[],
        }
    }

    pub fn ids(&self) -> &[i64] {
        match self {
            Self::List(ids) => ids,
            Self::Int(id) => std::slice::from_ref(id),
            _ => &[],
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Int(number)
    }
}

impl From<bool> for Value {
    fn from(flag: bool) -> Self {
        Self::Int(i64::from(flag))
    }
}
