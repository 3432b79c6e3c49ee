//! What a relation offers to names: Spark's view of a plan's output.
//!
//! Spark allows two columns of one name, compares names without regard to case,
//! and knows a column by an id that survives every operator that passes it on.
//! DataFusion wants unique names and knows columns by name. [`Columns`] holds
//! both sides: for every column Spark's name, qualifier and id, and the
//! DataFusion [`Column`] that carries it.

use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use datafusion::common::{Column, DFSchema, DFSchemaRef, TableReference};

/// Identity of a column: kept by operators that pass the column on, new wherever
/// a value is computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ColumnId(u64);

impl ColumnId {
    /// An id that no other column of this process has.
    pub fn fresh() -> Self {
        Self::several(1)
    }

    /// The first of so many ids that no other column of this process has.
    fn several(count: usize) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        Self(NEXT.fetch_add(count as u64, Ordering::Relaxed))
    }
}

/// One column of a relation's output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnEntry {
    id: ColumnId,
    name: Arc<str>,
    qualifier: Arc<[String]>,
    column: Column,
}

impl ColumnEntry {
    /// A new column (with a fresh id) named `name` for Spark, carried by `column`.
    pub fn new(name: impl Into<Arc<str>>, column: Column) -> Self {
        Self { id: ColumnId::fresh(), name: name.into(), qualifier: Arc::from([]), column }
    }

    /// As [`Self::new`], behind a qualifier.
    pub(crate) fn qualified(
        name: impl Into<Arc<str>>,
        qualifier: Arc<[String]>,
        column: Column,
    ) -> Self {
        Self { id: ColumnId::fresh(), name: name.into(), qualifier, column }
    }

    /// The column's identity.
    pub fn id(&self) -> ColumnId {
        self.id
    }

    /// The name that Spark shows.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What may stand before the name, outermost first: nothing, an alias, or
    /// catalog, schema and table.
    pub fn qualifier(&self) -> &[String] {
        &self.qualifier
    }

    /// The DataFusion column that carries the values.
    pub fn column(&self) -> &Column {
        &self.column
    }

    /// The same column under another DataFusion name.
    #[must_use]
    pub fn with_column(&self, column: Column) -> Self {
        let (name, qualifier) = (Arc::clone(&self.name), Arc::clone(&self.qualifier));
        Self { id: self.id, name, qualifier, column }
    }

    /// The same column under another Spark name.
    #[must_use]
    pub fn with_name(&self, name: impl Into<Arc<str>>) -> Self {
        Self { name: name.into(), ..self.clone() }
    }

    /// The same column behind another qualifier.
    #[must_use]
    pub fn with_qualifier(&self, qualifier: Arc<[String]>) -> Self {
        Self { qualifier, ..self.clone() }
    }

    /// The same column with another identity.
    #[must_use]
    pub fn with_id(&self, id: ColumnId) -> Self {
        Self { id, ..self.clone() }
    }

    /// The qualified name, each part in backquotes, as Spark's errors print it.
    pub fn quoted(&self) -> String {
        let parts = self.qualifier.iter().map(String::as_str).chain([&*self.name]);
        quote_parts(parts)
    }

    fn is_qualified_by(&self, qualifier: &[String]) -> bool {
        let own = &self.qualifier;
        own.len() >= qualifier.len()
            && own[own.len() - qualifier.len()..]
                .iter()
                .zip(qualifier)
                .all(|(a, b)| same_name(a, b))
    }
}

/// Joins name parts with dots, each in backquotes.
pub(crate) fn quote_parts<'a>(parts: impl IntoIterator<Item = &'a str>) -> String {
    let quoted: Vec<_> =
        parts.into_iter().map(|part| format!("`{}`", part.replace('`', "``"))).collect();
    quoted.join(".")
}

/// Whether two identifiers are the same to Spark.
pub(crate) fn same_name(a: &str, b: &str) -> bool {
    if super::cased::is_sensitive() {
        return a == b;
    }
    a.eq_ignore_ascii_case(b) || (!a.is_ascii() && a.to_lowercase() == b.to_lowercase())
}

/// The answer to a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Resolution {
    /// One column, and how many leading parts of the name it took; what is left
    /// names fields inside it.
    Found {
        /// The column.
        entry: Arc<ColumnEntry>,
        /// Number of leading name parts that named the column.
        parts: usize,
    },
    /// No column has this name.
    Missing,
    /// More than one column has this name.
    Ambiguous(Vec<Arc<ColumnEntry>>),
}

/// The columns that a name may mean, one for each id; mostly one at all.
struct Matches<'n> {
    /// How many parts of the name are before the column's own.
    qualifier: usize,
    parts: &'n [String],
    first: Option<Arc<ColumnEntry>>,
    others: Vec<Arc<ColumnEntry>>,
}

impl Matches<'_> {
    fn add(&mut self, entry: &Arc<ColumnEntry>) {
        let mut known = self.first.iter().chain(&self.others);
        if !entry.is_qualified_by(&self.parts[..self.qualifier])
            || known.any(|known| known.id == entry.id)
        {
            return;
        }
        match self.first {
            None => self.first = Some(Arc::clone(entry)),
            Some(_) => self.others.push(Arc::clone(entry)),
        }
    }
}

/// The columns of a relation, in order; cheap to clone.
///
/// ```
/// use datafusion_spark_connect::{ColumnEntry, Columns, Resolution};
/// use datafusion::common::Column;
///
/// let columns = Columns::new(vec![ColumnEntry::new("Id", Column::from_name("Id"))]);
/// let name = ["ID".to_string()];
/// assert!(matches!(columns.resolve(&name), Resolution::Found { parts: 1, .. }));
/// ```
#[derive(Debug, Clone, Default)]
pub struct Columns(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    output: Output,
    /// Reachable by name but no part of the output: the other side's key of a
    /// USING join, metadata columns.
    hidden: Vec<Arc<ColumnEntry>>,
    index: OnceLock<Index>,
    /// How often a name was looked for.
    lookups: AtomicUsize,
}

/// The columns that are output.
#[derive(Debug)]
enum Output {
    Given(Vec<Arc<ColumnEntry>>),
    /// Those of a table, made when somebody asks for all of them: many queries name a
    /// few of many.
    OfTable(OfTable),
}

impl Default for Output {
    fn default() -> Self {
        Self::Given(Vec::new())
    }
}

/// A column for each field of a schema, under its name.
#[derive(Debug)]
struct OfTable {
    schema: DFSchemaRef,
    qualifier: Arc<[String]>,
    first: ColumnId,
    entries: OnceLock<Vec<Arc<ColumnEntry>>>,
}

impl OfTable {
    fn entries(&self) -> &[Arc<ColumnEntry>] {
        self.entries.get_or_init(|| {
            let fields = self.schema.iter().enumerate();
            fields.map(|(at, (table, field))| self.entry(at, table, field.name())).collect()
        })
    }

    fn entry(&self, at: usize, table: Option<&TableReference>, name: &str) -> Arc<ColumnEntry> {
        Arc::new(ColumnEntry {
            id: ColumnId(self.first.0 + at as u64),
            name: Arc::from(name),
            qualifier: Arc::clone(&self.qualifier),
            column: Column::new(table.cloned(), name),
        })
    }

    /// The columns of this name, as long as not all of them have been asked for.
    fn named(&self, name: &str) -> impl Iterator<Item = Arc<ColumnEntry>> {
        let fields = self.schema.iter().enumerate();
        fields
            .filter(move |(_, (_, field))| same_name(field.name(), name))
            .map(|(at, (table, field))| self.entry(at, table, field.name()))
    }
}

/// Up to this many columns a scan beats an index.
const SCAN_LIMIT: usize = 8;
/// Up to this many lookups building the index does not pay.
const SCANS: usize = 8;

/// Where columns are, by a hash of their names without case.
#[derive(Debug)]
struct Index {
    /// Hash and place, sorted.
    places: Vec<(u64, usize)>,
}

impl Index {
    fn new(entries: &[Arc<ColumnEntry>]) -> Self {
        let place = |(at, entry): (usize, &Arc<ColumnEntry>)| (Self::hash(&entry.name), at);
        let mut places: Vec<_> = entries.iter().enumerate().map(place).collect();
        places.sort_unstable();
        Self { places }
    }

    /// FNV-1a of the name in lower case.
    fn hash(name: &str) -> u64 {
        let mix = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3);
        let start = 0xcbf2_9ce4_8422_2325;
        match name.is_ascii() {
            true => name.bytes().map(|byte| byte.to_ascii_lowercase()).fold(start, mix),
            false => name.to_lowercase().bytes().fold(start, mix),
        }
    }

    /// Places of columns that may have this name, in order.
    fn find(&self, name: &str) -> impl Iterator<Item = usize> {
        let hash = Self::hash(name);
        let first = self.places.partition_point(|(other, _)| *other < hash);
        self.places[first..].iter().take_while(move |(other, _)| *other == hash).map(|(_, at)| *at)
    }
}

impl Columns {
    /// Columns in output order.
    pub fn new(entries: Vec<ColumnEntry>) -> Self {
        Self::from_shared(entries.into_iter().map(Arc::new).collect())
    }

    /// The same from entries that other relations hold too.
    pub fn from_shared(output: Vec<Arc<ColumnEntry>>) -> Self {
        Self::with_hidden(output, Vec::new())
    }

    /// Output columns, and columns that can be named but are not output.
    pub fn with_hidden(output: Vec<Arc<ColumnEntry>>, hidden: Vec<Arc<ColumnEntry>>) -> Self {
        Self(Arc::new(Inner { output: Output::Given(output), hidden, ..Inner::default() }))
    }

    /// New columns for the fields of a table, under their own names and behind its name.
    pub(crate) fn of_table(schema: DFSchemaRef, qualifier: Arc<[String]>) -> Self {
        let first = ColumnId::several(schema.fields().len());
        let output =
            Output::OfTable(OfTable { schema, qualifier, first, entries: OnceLock::new() });
        Self(Arc::new(Inner { output, ..Inner::default() }))
    }

    /// New columns for the fields of a DataFusion schema, under their own names
    /// and behind the table they are qualified with.
    pub fn from_schema(schema: &DFSchema) -> Self {
        let entries = schema.iter().map(|(table, field)| {
            let column = Column::new(table.cloned(), field.name());
            ColumnEntry::new(field.name().as_str(), column)
                .with_qualifier(table.map_or_else(|| Arc::from([]), qualifier_of))
        });
        Self::new(entries.collect())
    }

    /// The output, in order.
    pub fn entries(&self) -> &[Arc<ColumnEntry>] {
        match &self.0.output {
            Output::Given(entries) => entries,
            Output::OfTable(table) => table.entries(),
        }
    }

    /// Whether these are the fields of `schema`, known without a look at each.
    pub(crate) fn are_all_of(&self, schema: &DFSchemaRef) -> bool {
        matches!(&self.0.output, Output::OfTable(table) if Arc::ptr_eq(&table.schema, schema))
    }

    /// Columns that can be named but are not output.
    pub fn hidden(&self) -> &[Arc<ColumnEntry>] {
        &self.0.hidden
    }

    /// Number of output columns.
    pub fn len(&self) -> usize {
        match &self.0.output {
            Output::Given(entries) => entries.len(),
            Output::OfTable(table) => table.schema.fields().len(),
        }
    }

    /// Whether there is no output column.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The names Spark shows, in order; they may repeat.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.entries().iter().map(|entry| entry.name())
    }

    /// Finds the column that a dotted name means, in Spark's order: the longest
    /// qualifier first, then the bare name with the rest as fields in it;
    /// output before hidden columns.
    pub fn resolve(&self, parts: &[String]) -> Resolution {
        match self.resolve_in(parts, false) {
            Resolution::Missing => self.resolve_in(parts, true),
            answer => answer,
        }
    }

    fn resolve_in(&self, parts: &[String], hidden: bool) -> Resolution {
        for qualifier in (0..=3.min(parts.len().saturating_sub(1))).rev() {
            let Some(name) = parts.get(qualifier) else { continue };
            let mut found = Matches { qualifier, parts, first: None, others: Vec::new() };
            self.look_for(name, hidden, &mut found);
            let Matches { first: Some(entry), mut others, .. } = found else { continue };
            if others.is_empty() {
                return Resolution::Found { entry, parts: qualifier + 1 };
            }
            others.insert(0, entry);
            return Resolution::Ambiguous(others);
        }
        Resolution::Missing
    }

    /// Adds the columns of this name.
    fn look_for(&self, name: &str, hidden: bool, found: &mut Matches<'_>) {
        let is_named = |entry: &&Arc<ColumnEntry>| same_name(&entry.name, name);
        if hidden {
            return self.0.hidden.iter().filter(is_named).for_each(|entry| found.add(entry));
        }
        let is_scanned =
            self.len() <= SCAN_LIMIT || self.0.lookups.fetch_add(1, Ordering::Relaxed) < SCANS;
        match &self.0.output {
            Output::OfTable(table) if is_scanned && table.entries.get().is_none() => {
                table.named(name).for_each(|entry| found.add(&entry));
            }
            _ if is_scanned => {
                self.entries().iter().filter(is_named).for_each(|entry| found.add(entry));
            }
            _ => {
                let index = self.0.index.get_or_init(|| Index::new(self.entries()));
                let places = index.find(name).map(|at| &self.entries()[at]);
                places.filter(is_named).for_each(|entry| found.add(entry));
            }
        }
    }

    /// The column with this id, output before hidden.
    pub fn by_id(&self, id: ColumnId) -> Option<&Arc<ColumnEntry>> {
        self.entries().iter().chain(&self.0.hidden).find(|entry| entry.id == id)
    }

    /// The output columns behind a qualifier, for `t.*`; all if it is empty. The keys of a
    /// join that are shown once show for each of its tables, first.
    pub fn behind(&self, qualifier: &[String]) -> Vec<Arc<ColumnEntry>> {
        let matches = |entry: &&Arc<ColumnEntry>| entry.is_qualified_by(qualifier);
        let shown = self.entries().iter().filter(matches);
        if qualifier.is_empty() {
            return shown.cloned().collect();
        }
        let is_key = |hidden: &&Arc<ColumnEntry>| {
            self.entries().iter().any(|entry| same_name(entry.name(), hidden.name()))
        };
        self.hidden().iter().filter(matches).filter(is_key).chain(shown).cloned().collect()
    }

    /// The same columns, all behind one new qualifier; hidden ones go.
    #[must_use]
    pub fn requalified(
        &self,
        qualifier: &[String],
        columns: impl Fn(&ColumnEntry) -> Column,
    ) -> Self {
        let qualifier: Arc<[String]> = Arc::from(qualifier);
        let entries = self.entries().iter().map(|entry| {
            Arc::new(entry.with_qualifier(Arc::clone(&qualifier)).with_column(columns(entry)))
        });
        Self::from_shared(entries.collect())
    }

    /// The same columns with new identities where `taken` has theirs already,
    /// and which id became which: for the right side of a self-join.
    pub(crate) fn renewed(&self, taken: &HashSet<ColumnId>) -> (Self, HashMap<ColumnId, ColumnId>) {
        let mut renewed = HashMap::new();
        let mut renew = |entry: &Arc<ColumnEntry>| {
            if !taken.contains(&entry.id) {
                return Arc::clone(entry);
            }
            let id = *renewed.entry(entry.id).or_insert_with(ColumnId::fresh);
            Arc::new(entry.with_id(id))
        };
        let output = self.entries().iter().map(&mut renew).collect();
        let hidden = self.0.hidden.iter().map(&mut renew).collect();
        (Self::with_hidden(output, hidden), renewed)
    }

    /// All ids, hidden columns' too.
    pub(crate) fn ids(&self) -> HashSet<ColumnId> {
        self.entries().iter().chain(&self.0.hidden).map(|entry| entry.id).collect()
    }

    /// Whether every Spark name is also the field name DataFusion shows, so that
    /// nothing is left to rename at the output.
    pub fn names_match(&self) -> bool {
        if matches!(self.0.output, Output::OfTable(_)) {
            return true;
        }
        self.entries().iter().all(|entry| *entry.name == *entry.column.name)
    }

    /// Whether two output columns share a name (as DataFusion compares names).
    pub fn has_duplicates(&self) -> bool {
        let mut seen = HashSet::new();
        !self.names().all(|name| seen.insert(name))
    }
}

/// A table reference as name parts, outermost first.
fn qualifier_of(table: &TableReference) -> Arc<[String]> {
    let parts = [table.catalog(), table.schema(), Some(table.table())];
    parts.into_iter().flatten().map(str::to_owned).collect()
}

/// Hands out field names for DataFusion: the user's name where it is free, and a
/// name with `#` and a number where it is taken.
#[derive(Debug, Default, Clone)]
pub struct FieldNames {
    taken: datafusion::common::HashSet<String>,
}

impl FieldNames {
    /// With these names taken already.
    pub fn with_taken<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        Self { taken: names.into_iter().map(str::to_owned).collect() }
    }

    /// Takes the names of all fields.
    pub(crate) fn take_fields(&mut self, schema: &DFSchema) {
        self.taken.extend(schema.fields().iter().map(|field| field.name().clone()));
    }

    /// Takes all names that `others` has.
    pub(crate) fn extend(&mut self, others: Self) {
        self.taken.extend(others.taken);
    }

    /// Whether `name` is in use.
    pub fn contains(&self, name: &str) -> bool {
        self.taken.contains(name)
    }

    /// Takes `name`; false if it is taken already.
    pub(crate) fn take_exactly(&mut self, name: &str) -> bool {
        !self.taken.contains(name) && self.taken.insert(name.to_owned())
    }

    /// `name` if it is free, else `name#1`, `name#2` and so on; taken from now on.
    pub fn take(&mut self, name: &str) -> String {
        self.take_unless(name, |_| false)
    }

    /// The same, passing over names that `avoided` tells.
    pub(crate) fn take_unless(&mut self, name: &str, avoided: impl Fn(&str) -> bool) -> String {
        let mut candidate = name.to_owned();
        let mut number = 0;
        while avoided(&candidate) || self.taken.contains(&candidate) {
            number += 1;
            candidate.truncate(name.len());
            let _ = write!(candidate, "#{number}");
        }
        self.taken.insert(candidate.clone());
        candidate
    }
}
