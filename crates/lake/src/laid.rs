//! How events lie in a file: the kinds of log one after another, frequent fields as columns of their own, the line as its
//! form (`forms.rs`). Searches and counts read only the columns they name, and alike lies beside alike.

use crate::columns::{self, column, internal};
use crate::error::LakeError;
use crate::flat::Fields;
use crate::forms::{Made, Placed};
use datafusion::arrow::array::{
    Array, ArrayRef, BinaryViewArray, BinaryViewBuilder, FixedSizeBinaryArray, RecordBatch, StringViewArray,
    StringViewBuilder, TimestampNanosecondArray, UInt32Array, new_null_array,
};
use datafusion::arrow::compute::take_record_batch;
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::parquet::file::metadata::KeyValue;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

/// Before the name of a field that has a column of its own.
pub const FIELD: &str = "field:";
/// The form of each event, and its values that have no column.
pub const FORM: &str = "form";
pub const ASIDE: &str = "aside";
/// Under this the names of fields without a column lie in a file's footer.
pub const RARE: &str = "watchkeep.rare";
/// Events with a field that make it a column.
const FREQUENT: u32 = 64;
/// Columns at most; the rest of the fields are kept aside.
const MOST: usize = 1_000;
/// Names without a column that a file tells; of more it tells none.
const TOLD: usize = 4_000;
/// Bytes of a column of a file that is not compressed, and of a change from one value to another.
const SMALL: usize = 4_096;
const CHANGE: usize = 3;
/// Rows of a page at most: what is skipped or read as one.
pub const PAGE: usize = 8 * 1024;
/// Rows of a group.
pub const GROUP: usize = 64 * 1024;

/// The rows by kind of log, and of each kind in order of time and id.
pub fn by_kind(part: &RecordBatch) -> Result<RecordBatch, LakeError> {
    let kinds = ["product", "category", "service", "code"].map(|name| column::<StringViewArray>(part, name));
    let kinds = kinds.into_iter().collect::<Result<Vec<_>, _>>()?;
    let (times, ids) = (column::<TimestampNanosecondArray>(part, "time")?, column::<FixedSizeBinaryArray>(part, "id")?);
    let kind = |row: usize| -> Vec<Option<&str>> {
        kinds.iter().map(|texts| texts.is_valid(row).then(|| texts.value(row))).collect()
    };
    let mut numbers: HashMap<Vec<Option<&str>>, usize> = HashMap::new();
    let mut of_rows = Vec::with_capacity(part.num_rows());
    for row in 0..part.num_rows() {
        let next = numbers.len();
        of_rows.push(*numbers.entry(kind(row)).or_insert(next));
    }
    let mut order: Vec<_> = numbers.into_iter().collect();
    order.sort_unstable();
    let mut ranks = vec![0; order.len()];
    for (rank, (_, number)) in order.into_iter().enumerate() {
        if let Some(place) = ranks.get_mut(number) {
            *place = rank;
        }
    }
    let rank = |row: u32| of_rows.get(row as usize).and_then(|number| ranks.get(*number));
    let mut rows: Vec<u32> = (0..u32::try_from(part.num_rows()).map_err(internal)?).collect();
    rows.sort_by_key(|row| (rank(*row), times.value(*row as usize), ids.value(*row as usize)));
    take_record_batch(part, &UInt32Array::from(rows)).map_err(internal)
}

/// The values of a column so far: how many there are, and what those are long that differ from the one before, which is
/// about what the column takes up uncompressed.
#[derive(Default)]
struct Told<'a> {
    count: u32,
    long: usize,
    last: Option<&'a str>,
}

impl<'a> Told<'a> {
    fn see(&mut self, value: &'a str) {
        self.count += 1;
        if self.last != Some(value) {
            self.long += value.len() + CHANGE;
            self.last = Some(value);
        }
    }

    fn is_small(&self) -> bool {
        self.long <= SMALL
    }
}

/// The columns of one file.
pub struct Layout {
    pub schema: SchemaRef,
    /// Names of columns that are so small that unpacking them takes longer than reading them as they are.
    pub small: Vec<String>,
    /// Columns of the lake's schema that stay as they are.
    same: usize,
    numbers: HashMap<String, u32>,
    /// The values of a field that no event has.
    absent: ArrayRef,
    /// Names of fields that were kept aside so far, in lower case.
    rare: BTreeSet<String>,
}

impl Layout {
    /// That for these events.
    pub fn of(part: &RecordBatch) -> Result<Self, LakeError> {
        let mut told: HashMap<&str, Told> = HashMap::new();
        for fields in column::<StringViewArray>(part, "fields")?.iter().flatten() {
            Fields::of(fields).for_each(|(name, value)| told.entry(name).or_default().see(value));
        }
        let mut frequent: Vec<(&str, Told)> = told.into_iter().filter(|(_, told)| told.count >= FREQUENT).collect();
        frequent.sort_by(|(a, told), (b, other)| (other.count, a).cmp(&(told.count, b)));
        frequent.truncate(MOST);
        let logical = columns::schema();
        let kept = logical.fields().iter().filter(|field| field.name() != "fields" && field.name() != "raw");
        let mut fields: Vec<Arc<Field>> = kept.cloned().collect();
        let same = fields.len();
        let texts = fields.iter().filter(|field| *field.data_type() == DataType::Utf8View);
        let mut small = Vec::new();
        for field in texts {
            let mut told = Told::default();
            column::<StringViewArray>(part, field.name())?.iter().flatten().for_each(|value| told.see(value));
            small.extend(told.is_small().then(|| field.name().clone()));
        }
        let mut numbers = HashMap::new();
        for (number, (name, told)) in (0..).zip(frequent) {
            let column = format!("{FIELD}{name}");
            small.extend(told.is_small().then(|| column.clone()));
            fields.push(Arc::new(Field::new(column, DataType::Utf8View, true)));
            numbers.insert(name.to_owned(), number);
        }
        fields.push(Arc::new(Field::new(FORM, DataType::BinaryView, false)));
        fields.push(Arc::new(Field::new(ASIDE, DataType::BinaryView, true)));
        fields.push(Arc::new(Field::new("raw", DataType::BinaryView, true)));
        let absent = new_null_array(&DataType::Utf8View, PAGE);
        Ok(Self { schema: Arc::new(Schema::new(fields)), small, same, numbers, absent, rare: BTreeSet::new() })
    }

    /// What the footer tells beside the columns, once all events are laid.
    pub fn entry(&self) -> Result<KeyValue, LakeError> {
        let told = (self.rare.len() <= TOLD).then_some(&self.rare);
        Ok(KeyValue::new(RARE.to_owned(), serde_json::to_string(&told).map_err(internal)?))
    }

    /// The events of a group as they lie in the file, in batches.
    pub fn lay(&mut self, group: &RecordBatch) -> Result<Vec<RecordBatch>, LakeError> {
        let rows = group.num_rows();
        (0..rows).step_by(PAGE).map(|first| self.lay_some(&group.slice(first, PAGE.min(rows - first)))).collect()
    }

    fn lay_some(&mut self, part: &RecordBatch) -> Result<RecordBatch, LakeError> {
        let (texts, lines) = (column::<StringViewArray>(part, "fields")?, column::<BinaryViewArray>(part, "raw")?);
        let mut values: Vec<Values> = self.numbers.iter().map(|_| Values::default()).collect();
        let mut forms = BinaryViewBuilder::new().with_deduplicate_strings();
        let (mut asides, mut raws, mut form) = (BinaryViewBuilder::new(), BinaryViewBuilder::new(), Vec::new());
        for row in 0..part.num_rows() {
            let placed = self.placed(texts.value(row));
            for field in &placed {
                match field.column.and_then(|number| values.get_mut(number as usize)) {
                    Some(column) => column.put(row, field.value),
                    None => self.is_rare(field.name),
                }
            }
            let made = Made::of(lines.value(row), &placed);
            form.clear();
            form = postcard::to_extend(&made.form, form).map_err(internal)?;
            forms.append_value(&form);
            let aside = (!made.aside.is_empty()).then(|| postcard::to_allocvec(&made.aside)).transpose();
            asides.append_option(aside.map_err(internal)?);
            raws.append_option((!made.whole).then(|| lines.value(row)));
        }
        let same = self.schema.fields().iter().take(self.same);
        let mut columns: Vec<ArrayRef> = same.filter_map(|field| part.column_by_name(field.name()).cloned()).collect();
        columns.extend(values.into_iter().map(|column| column.finish(part.num_rows(), &self.absent)));
        columns.extend([Arc::new(forms.finish()) as ArrayRef, Arc::new(asides.finish()), Arc::new(raws.finish())]);
        RecordBatch::try_new(self.schema.clone(), columns).map_err(internal)
    }

    /// Remembers the name of a field that is kept aside.
    fn is_rare(&mut self, name: &str) {
        if self.rare.len() <= TOLD && !self.rare.contains(name) {
            self.rare.insert(name.to_ascii_lowercase());
        }
    }

    /// The fields of an event, each in its column; what repeats a name is kept aside.
    fn placed<'a>(&self, fields: &'a str) -> Vec<Placed<'a>> {
        let mut placed: Vec<Placed> = Vec::with_capacity(32);
        for (name, value) in Fields::of(fields) {
            let column = self.numbers.get(name).copied();
            let column = column.filter(|_| !placed.iter().any(|other| other.column == column));
            placed.push(Placed { column, name, value });
        }
        placed
    }
}

/// The values of one field in the making; the builder is there once the first of them is.
#[derive(Default)]
struct Values {
    builder: Option<StringViewBuilder>,
    rows: usize,
}

impl Values {
    fn put(&mut self, row: usize, value: &str) {
        let builder = self.builder.get_or_insert_default();
        (self.rows..row).for_each(|_| builder.append_null());
        builder.append_value(value);
        self.rows = row + 1;
    }

    /// So many rows; `absent` holds nothing but nulls.
    fn finish(self, rows: usize, absent: &ArrayRef) -> ArrayRef {
        let Some(mut builder) = self.builder else { return absent.slice(0, rows) };
        (self.rows..rows).for_each(|_| builder.append_null());
        Arc::new(builder.finish())
    }
}
