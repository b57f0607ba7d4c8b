//! What lies in a file (`laid.rs`) as the columns that a question names.

use crate::columns::{self, column, internal};
use crate::error::LakeError;
use crate::flat::{self, Fields};
use crate::forms::{Form, Values};
use crate::laid::{ASIDE, FIELD, FORM};
use crate::sought::{Lines, Sought, TEXT};
use datafusion::arrow::array::{
    Array, ArrayRef, BinaryViewArray, BinaryViewBuilder, BooleanArray, RecordBatch, RecordBatchOptions,
    StringViewArray, StringViewBuilder, new_null_array,
};
use datafusion::arrow::buffer::NullBuffer;
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Before the name of a field, in lower case: its first value, null where it is absent or empty.
pub const FIRST: &str = "=first=";
/// Before the same: its further values, as `flat` writes fields; null where there are none.
pub const MORE: &str = "=more=";

/// The lake's columns, the values of some fields, and whether events hold some texts.
pub fn with_fields(names: &BTreeSet<String>, texts: &BTreeSet<String>) -> SchemaRef {
    let mut fields: Vec<Arc<Field>> = columns::schema().fields().iter().cloned().collect();
    for name in names {
        for kind in [FIRST, MORE] {
            fields.push(Arc::new(Field::new(format!("{kind}{name}"), DataType::Utf8View, true)));
        }
    }
    fields.extend(texts.iter().map(|text| Arc::new(Field::new(format!("{TEXT}{text}"), DataType::Boolean, true))));
    Arc::new(Schema::new(fields))
}

/// Where a column comes from.
enum Place {
    /// The column of this number of the file.
    Column(usize),
    /// The same, empty texts being null.
    Full(usize),
    Null(DataType),
    Fields,
    Line,
    First(usize),
    More(usize),
    /// Whether a text is in the event.
    Text(Sought),
}

impl Place {
    fn column(&self) -> Option<usize> {
        match self {
            Self::Column(number) | Self::Full(number) => Some(*number),
            _ => None,
        }
    }
}

/// Gives the wanted columns from those of one file.
pub struct Reader {
    wanted: SchemaRef,
    from: Vec<Place>,
    /// Numbers of the file's columns that it needs, in order.
    pub needs: Vec<usize>,
    /// The names of field columns, each with its number in the file.
    names: Vec<(String, usize)>,
    /// Names whose values lie in several places.
    mixed: Vec<String>,
    laid: bool,
}

impl Reader {
    /// For a file with these columns; `rare` are the names of fields that have none, if they are known.
    pub fn new(wanted: SchemaRef, file: &Schema, rare: Option<&BTreeSet<String>>) -> Self {
        let laid = file.column_with_name(FORM).is_some();
        let mut making = Making { file, rare, laid, needs: BTreeSet::new(), mixed: Vec::new() };
        let from: Vec<Place> = wanted.fields().iter().map(|field| making.column(field)).collect();
        let Making { needs, mixed, .. } = making;
        let fields = file.fields().iter().enumerate();
        let fields = fields.filter_map(|(number, field)| Some((field.name().strip_prefix(FIELD)?.to_owned(), number)));
        let names = if laid { fields.collect() } else { Vec::new() };
        Self { wanted, from, needs: needs.into_iter().collect(), names, mixed, laid }
    }

    /// Whether it puts whole events together.
    pub fn is_whole(&self) -> bool {
        self.from.iter().any(|place| matches!(place, Place::Fields | Place::Line))
    }

    /// Leaves out the field columns that no row has a value in.
    pub fn keep(&mut self, used: &BTreeSet<u32>) {
        let named: Vec<usize> = self.from.iter().filter_map(Place::column).collect();
        let unused = (0..).zip(&self.names).filter(|(field, _)| !used.contains(field)).map(|(_, (_, number))| *number);
        let unused: BTreeSet<usize> = unused.filter(|number| !named.contains(number)).collect();
        self.needs.retain(|number| !unused.contains(number));
    }

    /// The column of this number of the file, among those that were read.
    fn column<'r>(&self, rows: &'r RecordBatch, number: usize) -> Option<&'r ArrayRef> {
        rows.columns().get(self.needs.binary_search(&number).ok()?)
    }

    /// The wanted columns of these rows.
    pub fn read(&self, rows: &RecordBatch) -> Result<RecordBatch, LakeError> {
        let mut told = self.told(rows)?;
        let mut columns = Vec::with_capacity(self.from.len());
        let at = |number| self.column(rows, number).cloned().ok_or_else(|| internal("a column is missing"));
        for from in &self.from {
            columns.push(match from {
                Place::Column(number) => at(*number)?,
                Place::Full(number) => without_empty(at(*number)?),
                Place::Null(kind) => new_null_array(kind, rows.num_rows()),
                Place::Fields => Arc::new(told.fields.finish()),
                Place::Line => Arc::new(told.lines.finish()),
                Place::First(mixed) => finished(told.mixed.get_mut(*mixed).map(|(first, _)| first)),
                Place::Text(sought) => Arc::new(self.holds(rows, sought)?),
                Place::More(mixed) => finished(told.mixed.get_mut(*mixed).map(|(_, more)| more)),
            });
        }
        let options = RecordBatchOptions::new().with_row_count(Some(rows.num_rows()));
        RecordBatch::try_new_with_options(self.wanted.clone(), columns, &options).map_err(internal)
    }

    /// What has to be put together for each row.
    fn told(&self, rows: &RecordBatch) -> Result<Told, LakeError> {
        let mixed = self.mixed.iter().map(|_| (StringViewBuilder::new(), StringViewBuilder::new())).collect();
        let mut told = Told { fields: StringViewBuilder::new(), lines: BinaryViewBuilder::new(), mixed };
        if self.laid {
            self.of_forms(rows, &mut told)?;
        } else if !self.mixed.is_empty() {
            for fields in column::<StringViewArray>(rows, "fields")?.iter().flatten() {
                told.mix(&self.mixed, Fields::of(fields));
            }
        }
        Ok(told)
    }

    /// The columns of fields, by number, those that were read.
    fn texts<'r>(&self, rows: &'r RecordBatch) -> Vec<Option<&'r StringViewArray>> {
        let text = |number| self.column(rows, number)?.as_any().downcast_ref();
        self.names.iter().map(|(_, number)| text(*number)).collect()
    }

    /// Whether each event holds a text.
    fn holds(&self, rows: &RecordBatch, sought: &Sought) -> Result<BooleanArray, LakeError> {
        if !self.laid {
            return sought.in_whole(rows);
        }
        let columns = self.texts(rows);
        let lines = Put { names: &self.names, columns: &columns, asides: column(rows, ASIDE)? };
        sought.in_forms(rows, &columns, &lines)
    }

    fn of_forms(&self, rows: &RecordBatch, told: &mut Told) -> Result<(), LakeError> {
        let fields = self.from.iter().any(|place| matches!(place, Place::Fields));
        let raws = self.from.iter().any(|place| matches!(place, Place::Line));
        let raws = if raws { Some(column::<BinaryViewArray>(rows, "raw")?) } else { None };
        if !fields && raws.is_none() && self.mixed.is_empty() {
            return Ok(());
        }
        let (forms, asides) = (column::<BinaryViewArray>(rows, FORM)?, column::<BinaryViewArray>(rows, ASIDE)?);
        let columns = self.texts(rows);
        let (mut last, mut flat, mut text) = (None, String::new(), Vec::new());
        for row in 0..rows.num_rows() {
            let bytes = forms.value(row);
            let (_, form) = match last.take().filter(|(known, _)| *known == bytes) {
                Some(same) => last.insert(same),
                None => last.insert((bytes, postcard::from_bytes::<Form>(bytes).map_err(internal)?)),
            };
            let aside = aside(asides, row)?;
            let values = Row { names: &self.names, columns: &columns, row };
            match raws {
                Some(raws) if raws.is_valid(row) => told.lines.append_value(raws.value(row)),
                Some(_) => {
                    text.clear();
                    form.line(&values, &aside, &mut text);
                    told.lines.append_value(&text);
                }
                None => {}
            }
            if fields {
                flat.clear();
                form.fields(&values, &aside, |name, value| flat::push(name, value, &mut flat));
                told.fields.append_value(&flat);
            }
            if !self.mixed.is_empty() {
                let mut found = Vec::new();
                form.fields(&values, &aside, |name, value| found.push((name, value)));
                told.mix(&self.mixed, found.into_iter());
            }
        }
        Ok(())
    }
}

/// Columns in the making.
struct Told {
    fields: StringViewBuilder,
    lines: BinaryViewBuilder,
    mixed: Vec<(StringViewBuilder, StringViewBuilder)>,
}

impl Told {
    /// The first and the further values of each name in one event.
    fn mix<'a>(&mut self, names: &[String], fields: impl Iterator<Item = (&'a str, &'a str)> + Clone) {
        for (name, (first, more)) in names.iter().zip(&mut self.mixed) {
            let mut values = fields.clone().filter(|(field, _)| field.eq_ignore_ascii_case(name));
            first.append_option(values.next().map(|(_, value)| value).filter(|value| !value.is_empty()));
            let mut rest = values.peekable();
            if rest.peek().is_none() {
                more.append_null();
                continue;
            }
            let mut flat = String::new();
            rest.for_each(|(name, value)| flat::push(name, value, &mut flat));
            more.append_value(&flat);
        }
    }
}

/// The values of an event that have no column.
fn aside(asides: &BinaryViewArray, row: usize) -> Result<Vec<&str>, LakeError> {
    if asides.is_valid(row) { postcard::from_bytes(asides.value(row)).map_err(internal) } else { Ok(Vec::new()) }
}

/// Lines as they are put together.
struct Put<'a> {
    names: &'a [(String, usize)],
    columns: &'a [Option<&'a StringViewArray>],
    asides: &'a BinaryViewArray,
}

impl Lines for Put<'_> {
    fn line(&self, row: usize, form: &Form<'_>, out: &mut Vec<u8>) -> Result<(), LakeError> {
        let aside = aside(self.asides, row)?;
        form.line(&Row { names: self.names, columns: self.columns, row }, &aside, out);
        Ok(())
    }
}

struct Row<'a> {
    names: &'a [(String, usize)],
    columns: &'a [Option<&'a StringViewArray>],
    row: usize,
}

impl<'a> Values<'a> for Row<'a> {
    fn column(&self, number: u32) -> Option<&'a str> {
        let column = (*self.columns.get(number as usize)?)?;
        Some(if column.is_valid(self.row) { column.value(self.row) } else { "" })
    }

    fn name(&self, number: u32) -> &'a str {
        self.names.get(number as usize).map_or("", |(name, _)| name)
    }
}

/// The wanted columns of events in memory.
pub fn of_memory(wanted: SchemaRef, rows: &RecordBatch) -> Result<RecordBatch, LakeError> {
    let reader = Reader::new(wanted, rows.schema_ref(), None);
    reader.read(&rows.project(&reader.needs).map_err(internal)?)
}

/// A reader in the making.
struct Making<'a> {
    file: &'a Schema,
    rare: Option<&'a BTreeSet<String>>,
    laid: bool,
    needs: BTreeSet<usize>,
    mixed: Vec<String>,
}

impl Making<'_> {
    fn column(&mut self, field: &Field) -> Place {
        let name = field.name();
        if let Some(field) = name.strip_prefix(FIRST) {
            return self.values(field, Place::Full, Place::First);
        }
        if let Some(field) = name.strip_prefix(MORE) {
            return self.values(field, |_| Place::Null(DataType::Utf8View), Place::More);
        }
        if let Some(text) = name.strip_prefix(TEXT) {
            self.need(Sought::needs);
            return Sought::new(text).map_or(Place::Null(DataType::Boolean), Place::Text);
        }
        match name.as_str() {
            "fields" | "raw" if self.laid => {
                self.need(|column| column.starts_with(FIELD) || matches!(column, FORM | ASIDE));
                if name == "fields" {
                    return Place::Fields;
                }
                self.need(|column| column == "raw");
                Place::Line
            }
            _ => match self.file.index_of(name) {
                Ok(number) => {
                    self.needs.insert(number);
                    Place::Column(number)
                }
                Err(_) => Place::Null(field.data_type().clone()),
            },
        }
    }

    /// The values of a field: a column's, or put together from several places.
    fn values(&mut self, name: &str, alone: fn(usize) -> Place, mixed: fn(usize) -> Place) -> Place {
        if !self.laid {
            self.need(|column| column == "fields");
            return mixed(self.mix(name));
        }
        let called = |column: &str| column.strip_prefix(FIELD).is_some_and(|field| field.eq_ignore_ascii_case(name));
        let columns = self.file.fields().iter().enumerate().filter(|(_, field)| called(field.name()));
        let columns: Vec<usize> = columns.map(|(number, _)| number).collect();
        let elsewhere = self.rare.is_none_or(|rare| rare.contains(name));
        match columns.as_slice() {
            [] if !elsewhere => Place::Null(DataType::Utf8View),
            [only] if !elsewhere => {
                self.needs.insert(*only);
                alone(*only)
            }
            _ => {
                self.needs.extend(columns);
                self.need(|column| matches!(column, FORM | ASIDE));
                mixed(self.mix(name))
            }
        }
    }

    fn mix(&mut self, name: &str) -> usize {
        let known = self.mixed.iter().position(|mixed| mixed == name);
        known.unwrap_or_else(|| {
            self.mixed.push(name.to_owned());
            self.mixed.len() - 1
        })
    }

    fn need(&mut self, test: impl Fn(&str) -> bool) {
        let columns = self.file.fields().iter().enumerate();
        self.needs.extend(columns.filter(|(_, field)| test(field.name())).map(|(number, _)| number));
    }
}

/// The texts, the empty ones being null.
fn without_empty(array: ArrayRef) -> ArrayRef {
    let Some(texts) = array.as_any().downcast_ref::<StringViewArray>() else { return array };
    // The lower half of a view is the length.
    let mut full = texts.views().iter().enumerate().map(|(row, view)| (*view as u32 != 0, texts.is_valid(row)));
    if full.clone().all(|(full, valid)| full || !valid) {
        return array;
    }
    let nulls: NullBuffer = full.by_ref().map(|(full, valid)| full && valid).collect();
    let (views, buffers, _) = texts.clone().into_parts();
    StringViewArray::try_new(views, buffers, Some(nulls)).map_or(array, |texts| Arc::new(texts))
}

fn finished(builder: Option<&mut StringViewBuilder>) -> ArrayRef {
    Arc::new(builder.map_or_else(|| StringViewBuilder::new().finish(), StringViewBuilder::finish))
}
