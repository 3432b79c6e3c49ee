//! The texts of types: as in schemas, as in error messages, as DDL.

use datafusion::arrow::datatypes::DataType as ArrowType;

use super::{DAY_TO_SECOND, DEFAULT_DECIMAL, YEAR_TO_MONTH, from_arrow, interval_fields};
use crate::planner::grown::with_stack;
use crate::proto::DataType;
use crate::proto::data_type::{Kind, StructField};

/// The name in schemas: `bigint`, `array<int>`, `struct<a:int>`.
pub fn simple_string(data_type: &DataType) -> String {
    with_stack(|| match data_type.kind.as_ref() {
        Some(Kind::Array(array)) => {
            format!("array<{}>", optional(array.element_type.as_deref(), simple_string))
        }
        Some(Kind::Map(map)) => format!(
            "map<{},{}>",
            optional(map.key_type.as_deref(), simple_string),
            optional(map.value_type.as_deref(), simple_string)
        ),
        Some(Kind::Struct(fields)) => {
            let field = |f: &StructField| {
                format!("{}:{}", f.name, optional(f.data_type.as_ref(), simple_string))
            };
            format!("struct<{}>", join(fields.fields.iter().map(field), ","))
        }
        Some(Kind::Udt(udt)) => optional(udt.sql_type.as_deref(), simple_string),
        _ => atom(data_type),
    })
}

/// The name in SQL and in error messages, without quotes: `BIGINT`,
/// `STRUCT<a: INT NOT NULL>`.
pub fn sql_name(data_type: &DataType) -> String {
    with_stack(|| match data_type.kind.as_ref() {
        Some(Kind::Array(array)) => {
            format!("ARRAY<{}>", optional(array.element_type.as_deref(), sql_name))
        }
        Some(Kind::Map(map)) => format!(
            "MAP<{}, {}>",
            optional(map.key_type.as_deref(), sql_name),
            optional(map.value_type.as_deref(), sql_name)
        ),
        Some(Kind::Struct(fields)) => {
            format!("STRUCT<{}>", join(fields.fields.iter().map(sql_field), ", "))
        }
        Some(Kind::Udt(udt)) => optional(udt.sql_type.as_deref(), sql_name),
        _ => atom(data_type).to_uppercase(),
    })
}

/// [`sql_name`] of the Spark type of an Arrow type.
pub fn arrow_sql_name(data_type: &ArrowType) -> String {
    match from_arrow(data_type) {
        Ok(spark) => sql_name(&spark),
        Err(_) => data_type.to_string(),
    }
}

/// The type as Scala prints it, which is what some of Spark's messages say:
/// `ArrayType(IntegerType,false)`.
pub(crate) fn scala_name(data_type: &ArrowType) -> String {
    use ArrowType as T;
    match data_type {
        T::List(element) | T::LargeList(element) => {
            format!("ArrayType({},{})", scala_name(element.data_type()), element.is_nullable())
        }
        variant if super::variant::is_variant(variant) => "VariantType".to_owned(),
        T::Struct(fields) => {
            let field = |field: &datafusion::arrow::datatypes::FieldRef| {
                let name = scala_name(field.data_type());
                format!("StructField({},{name},{})", field.name(), field.is_nullable())
            };
            format!("StructType({})", fields.iter().map(field).collect::<Vec<_>>().join(","))
        }
        T::Map(entries, _) => match entries.data_type() {
            T::Struct(pair) if pair.len() == 2 => format!(
                "MapType({},{},{})",
                scala_name(pair[0].data_type()),
                scala_name(pair[1].data_type()),
                pair[1].is_nullable()
            ),
            _ => "MapType".to_owned(),
        },
        T::Decimal128(precision, scale) => format!("DecimalType({precision},{scale})"),
        plain => match arrow_sql_name(plain).as_str() {
            "INT" => "IntegerType".to_owned(),
            "BIGINT" => "LongType".to_owned(),
            "SMALLINT" => "ShortType".to_owned(),
            "TINYINT" => "ByteType".to_owned(),
            "TIMESTAMP_NTZ" => "TimestampNTZType".to_owned(),
            "VOID" => "NullType".to_owned(),
            other => {
                let (first, rest) = other.split_at(other.len().min(1));
                format!("{first}{}Type", rest.to_lowercase())
            }
        },
    }
}

/// The columns of a struct type as in CREATE TABLE: `a BIGINT NOT NULL,b STRING`.
pub fn to_ddl(data_type: &DataType) -> String {
    match data_type.kind.as_ref() {
        Some(Kind::Struct(fields)) => join(fields.fields.iter().map(ddl_field), ","),
        _ => sql_name(data_type),
    }
}

fn sql_field(field: &StructField) -> String {
    let StructField { name, data_type, nullable, metadata: _ } = field;
    let data_type = optional(data_type.as_ref(), sql_name);
    format!("{}: {data_type}{}", quoted_if_needed(name), not_null(*nullable))
}

fn ddl_field(field: &StructField) -> String {
    let StructField { name, data_type, nullable, metadata } = field;
    let data_type = optional(data_type.as_ref(), sql_name);
    let comment = metadata.as_deref().and_then(comment).unwrap_or_default();
    format!("{} {data_type}{}{comment}", quoted_if_needed(name), not_null(*nullable))
}

fn not_null(nullable: bool) -> &'static str {
    if nullable { "" } else { " NOT NULL" }
}

/// The comment in a column's metadata.
pub(crate) fn comment_of(metadata: &str) -> Option<String> {
    let metadata: serde_json::Value = serde_json::from_str(metadata).ok()?;
    metadata.get("comment")?.as_str().map(str::to_owned)
}

/// The fields of a struct, each as DDL.
pub(crate) fn ddl_columns(data_type: &DataType) -> Vec<String> {
    match data_type.kind.as_ref() {
        Some(Kind::Struct(fields)) => fields.fields.iter().map(ddl_field).collect(),
        _ => Vec::new(),
    }
}

/// The names of a struct's fields.
pub(crate) fn field_names(data_type: &DataType) -> Vec<String> {
    match data_type.kind.as_ref() {
        Some(Kind::Struct(fields)) => {
            fields.fields.iter().map(|field| quoted_if_needed(&field.name)).collect()
        }
        _ => Vec::new(),
    }
}

fn comment(metadata: &str) -> Option<String> {
    let comment = comment_of(metadata)?;
    Some(format!(" COMMENT '{}'", comment.replace('\\', "\\\\").replace('\'', "\\'")))
}

/// The identifier, in backquotes unless it is made of letters, digits and
/// underscores and does not begin with a digit.
pub(crate) fn quoted_if_needed(name: &str) -> String {
    let plain = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        && name.chars().next().is_some_and(|c| !c.is_ascii_digit());
    if plain { name.to_owned() } else { format!("`{}`", name.replace('`', "``")) }
}

fn optional(data_type: Option<&DataType>, name: fn(&DataType) -> String) -> String {
    data_type.map(name).unwrap_or_default()
}

fn join(parts: impl Iterator<Item = String>, separator: &str) -> String {
    parts.collect::<Vec<_>>().join(separator)
}

/// Types that hold no other types.
fn atom(data_type: &DataType) -> String {
    let Some(kind) = data_type.kind.as_ref() else { return String::new() };
    let name = match kind {
        Kind::Null(_) => "void",
        Kind::Binary(_) => "binary",
        Kind::Boolean(_) => "boolean",
        Kind::Byte(_) => "tinyint",
        Kind::Short(_) => "smallint",
        Kind::Integer(_) => "int",
        Kind::Long(_) => "bigint",
        Kind::Float(_) => "float",
        Kind::Double(_) => "double",
        Kind::Decimal(d) => {
            let precision = d.precision.unwrap_or(DEFAULT_DECIMAL.0);
            return format!("decimal({precision},{})", d.scale.unwrap_or(DEFAULT_DECIMAL.1));
        }
        Kind::String(s) if s.collation.is_empty() || s.collation == "UTF8_BINARY" => "string",
        Kind::String(s) => return format!("string collate {}", s.collation),
        Kind::Char(c) => return format!("char({})", c.length),
        Kind::VarChar(c) => return format!("varchar({})", c.length),
        Kind::Date(_) => "date",
        Kind::Timestamp(_) => "timestamp",
        Kind::TimestampNtz(_) => "timestamp_ntz",
        Kind::CalendarInterval(_) => "interval",
        Kind::YearMonthInterval(i) => {
            let fields = interval_fields(i.start_field, i.end_field, YEAR_TO_MONTH);
            return interval(fields, &["year", "month"]);
        }
        Kind::DayTimeInterval(i) => {
            let fields = interval_fields(i.start_field, i.end_field, DAY_TO_SECOND);
            return interval(fields, &["day", "hour", "minute", "second"]);
        }
        Kind::Variant(_) => "variant",
        Kind::Geometry(g) => return spatial("geometry", g.srid),
        Kind::Geography(g) => return spatial("geography", g.srid),
        Kind::Unparsed(text) => return text.data_type_string.clone(),
        Kind::Time(time) => return format!("time({})", time.precision.unwrap_or(6)),
        Kind::TimestampNtzNanos(t) => {
            return format!("timestamp_ntz({})", t.precision.unwrap_or(9));
        }
        Kind::TimestampLtzNanos(t) => return format!("timestamp({})", t.precision.unwrap_or(9)),
        Kind::Array(_) | Kind::Struct(_) | Kind::Map(_) | Kind::Udt(_) => {
            return simple_string(data_type);
        }
    };
    name.to_owned()
}

fn interval((start, end): (i32, i32), names: &[&str]) -> String {
    let name = |at: i32| usize::try_from(at).ok().and_then(|at| names.get(at)).copied();
    match (name(start), name(end)) {
        (Some(start), Some(end)) if start == end => format!("interval {start}"),
        (Some(start), Some(end)) => format!("interval {start} to {end}"),
        _ => "interval".to_owned(),
    }
}

fn spatial(name: &str, srid: i32) -> String {
    match srid {
        -1 => format!("{name}(any)"),
        srid => format!("{name}({srid})"),
    }
}
