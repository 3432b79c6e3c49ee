//! Parquet, by DataFusion's reader.

use std::collections::HashMap;
use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, Field, Fields, Schema, SchemaRef};
use datafusion::catalog::Session;
use datafusion::datasource::file_format::FileFormat;
use datafusion::datasource::file_format::parquet::ParquetFormat;
use datafusion::execution::object_store::ObjectStoreUrl;
use datafusion::object_store::{ObjectMeta, ObjectStore};

use super::listing::Listing;
use super::scan::{FileFact, ScannedFile};
use super::variants;
use crate::error::{Condition, Error, Result};
use crate::planner::columns::same_name;
use crate::record::Options;
use crate::types::{from_schema, sql_name};

/// How Parquet is read.
#[derive(Debug, Clone)]
pub(crate) struct Parquet {
    /// Whether the columns are those of all files.
    merge: bool,
}

impl Parquet {
    /// # Errors
    /// If an option is not served.
    pub(super) fn take(options: &mut Options) -> Result<Self> {
        const AS_IT_IS: &[&str] = &["corrected", "exception"];
        options.allow_only(&[("datetimerebasemode", AS_IT_IS), ("int96rebasemode", AS_IT_IS)])?;
        Ok(Self { merge: options.flag("mergeschema", false)? })
    }

    /// DataFusion's reader.
    pub(super) fn file_format(&self, state: &dyn Session) -> Arc<dyn FileFormat> {
        let options = state.default_table_options().parquet;
        Arc::new(ParquetFormat::default().with_options(options))
    }

    /// The columns that a file has itself.
    async fn own_fields(
        &self,
        file: &ObjectMeta,
        store: &Arc<dyn ObjectStore>,
        state: &dyn Session,
    ) -> Result<Fields> {
        let options = state.default_table_options().parquet;
        // What is said of the schema tells which groups are variants.
        let format = ParquetFormat::default().with_options(options).with_skip_metadata(false);
        let own = format.infer_schema(state, store, std::slice::from_ref(file)).await?;
        let fields = variants::marked(&own)?;
        Ok(fields.iter().map(|field| Field::clone(field).with_metadata(HashMap::new())).collect())
    }

    /// The columns of the first file, or of all that are to be merged.
    pub(super) async fn infer(&self, listing: &Listing, state: &dyn Session) -> Result<SchemaRef> {
        let store = state.runtime_env().object_store(&listing.store)?;
        let count = if self.merge { listing.files.len() } else { 1 };
        let mut merged: Option<Schema> = None;
        for file in listing.files.iter().filter(|file| file.meta.size > 0).take(count) {
            let own = Schema::new(self.own_fields(&file.meta, &store, state).await?);
            merged = Some(match merged {
                None => own,
                Some(before) => merge(&before, &own)?,
            });
        }
        Ok(Arc::new(merged.unwrap_or_else(Schema::empty)))
    }
}

impl Parquet {
    /// The columns by the names that they have in the first file, where case differs.
    ///
    /// # Errors
    /// If values of a column there cannot be read as the column's type.
    pub(super) async fn own_names(
        &self,
        columns: &SchemaRef,
        at: &ObjectStoreUrl,
        file: Option<&ScannedFile>,
        state: &dyn Session,
    ) -> Result<SchemaRef> {
        let Some(file) = file else { return Ok(Arc::clone(columns)) };
        let store = state.runtime_env().object_store(at)?;
        let own = self.own_fields(&file.meta, &store, state).await?;
        let fields = columns.fields().iter().map(|field| {
            let exact = own.iter().find(|own| own.name() == field.name());
            let found =
                exact.or_else(|| own.iter().find(|own| same_name(own.name(), field.name())));
            let Some(found) = found else { return Ok(Arc::clone(field)) };
            if !is_readable(found.data_type(), field.data_type()) {
                return Err(mismatch(at, file, found, field));
            }
            Ok(Arc::new(Field::clone(field).with_name(found.name())))
        });
        let fields: Vec<_> = fields.collect::<Result<_>>()?;
        Ok(Arc::new(Schema::new(fields)))
    }
}

/// Whether Spark reads values of one type as those of another.
fn is_readable(own: &DataType, wanted: &DataType) -> bool {
    use DataType::{Date32, Decimal128, Float32, Float64, Int8, Int16, Int32, Int64, Timestamp};
    let is_text = |data_type: &DataType| {
        matches!(data_type, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View)
    };
    let is_binary = |data_type: &DataType| {
        matches!(data_type, DataType::Binary | DataType::LargeBinary | DataType::BinaryView)
    };
    match (own, wanted) {
        (own, wanted) if own == wanted => true,
        (Int8 | Int16 | Int32, Int8 | Int16 | Int32 | Int64 | Float64 | Decimal128(..)) => true,
        (Int64, Decimal128(..)) | (Decimal128(..), Decimal128(..)) | (Float32, Float64) => true,
        (Date32, Timestamp(_, None)) | (Timestamp(..), Timestamp(..)) => true,
        // What Spark has no type for is read as the next wider one.
        (own, _) if own.is_unsigned_integer() => wanted.is_numeric(),
        (own, wanted) if is_text(own) => is_text(wanted) || is_binary(wanted),
        (own, wanted) if is_binary(own) => is_text(wanted) || is_binary(wanted),
        // What is nested is for the reader to say.
        (own, wanted) => own.is_nested() == wanted.is_nested() && own.is_nested() || !is_plain(own),
    }
}

/// Whether it is a type that Spark writes.
fn is_plain(data_type: &DataType) -> bool {
    use DataType::{Boolean, Date32, Decimal128, Float32, Float64, Int8, Int16, Int32, Int64};
    matches!(
        data_type,
        Boolean | Date32 | Decimal128(..) | Float32 | Float64 | Int8 | Int16 | Int32 | Int64
    ) || matches!(data_type, DataType::Timestamp(..))
}

fn mismatch(at: &ObjectStoreUrl, file: &ScannedFile, own: &Field, wanted: &Field) -> Error {
    Error::analysis(
        Condition::PARQUET_COLUMN_DATA_TYPE_MISMATCH,
        [
            ("path", FileFact::new(at, &file.meta).url),
            ("column", format!("[{}]", wanted.name())),
            ("expectedType", crate::types::arrow_sql_name(wanted.data_type()).to_lowercase()),
            ("actualType", crate::types::arrow_sql_name(own.data_type())),
        ],
    )
}

/// The columns of both.
///
/// # Errors
/// `CANNOT_MERGE_SCHEMAS` if a column has another type there.
pub(super) fn merge(left: &Schema, right: &Schema) -> Result<Schema> {
    let merged = merged_fields(left.fields(), right.fields());
    let Some(fields) = merged else {
        let name =
            |schema: &Schema| Ok::<_, Error>(format!("\"{}\"", sql_name(&from_schema(schema)?)));
        return Err(Error::analysis(
            Condition::CANNOT_MERGE_SCHEMAS,
            [("left", name(left)?), ("right", name(right)?)],
        ));
    };
    Ok(Schema::new(fields))
}

fn merged_fields(left: &Fields, right: &Fields) -> Option<Fields> {
    let mut fields: Vec<Field> = Vec::new();
    for field in left {
        let other = right.iter().find(|other| same_name(other.name(), field.name()));
        fields.push(match other {
            None => Field::clone(field),
            Some(other) => {
                let data_type = merged_type(field.data_type(), other.data_type())?;
                let nullable = field.is_nullable() || other.is_nullable();
                Field::clone(field).with_data_type(data_type).with_nullable(nullable)
            }
        });
    }
    let is_new = |field: &&Arc<Field>| !left.iter().any(|own| same_name(own.name(), field.name()));
    fields.extend(right.iter().filter(is_new).map(|field| Field::clone(field)));
    Some(fields.into())
}

fn merged_type(left: &DataType, right: &DataType) -> Option<DataType> {
    match (left, right) {
        (left, right) if left == right => Some(left.clone()),
        (DataType::Struct(left), DataType::Struct(right)) => {
            merged_fields(left, right).map(DataType::Struct)
        }
        (DataType::List(left), DataType::List(right)) => {
            let element = merged_type(left.data_type(), right.data_type())?;
            Some(DataType::List(Arc::new(Field::clone(left).with_data_type(element))))
        }
        (DataType::Decimal128(p, s), DataType::Decimal128(q, t)) if s == t => {
            Some(DataType::Decimal128(*p.max(q), *s))
        }
        _ => None,
    }
}
