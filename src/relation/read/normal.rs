//! Arrow types that have a Spark type but are not the one that carries it here:
//! unsigned integers, timestamps of other units or zones.

use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, Field, Schema, TimeUnit};
use datafusion::common::Column;
use datafusion::logical_expr::{Expr, LogicalPlan, Projection, cast};

use crate::error::Result;
use crate::planner::columns::{ColumnEntry, Columns};
use crate::planner::planned::Planned;
use crate::planner::scope::METADATA;
use crate::source::FACTS;

/// The type to carry values of this type with.
fn data_type(from: &DataType, time_zone: &str) -> DataType {
    match from {
        DataType::UInt8 => DataType::Int16,
        DataType::UInt16 => DataType::Int32,
        DataType::UInt32 => DataType::Int64,
        DataType::UInt64 => DataType::Decimal128(20, 0),
        DataType::Float16 => DataType::Float32,
        DataType::Decimal32(p, s) | DataType::Decimal64(p, s) => DataType::Decimal128(*p, *s),
        DataType::Date64 => DataType::Date32,
        DataType::Time32(_) | DataType::Time64(_) => DataType::Time64(TimeUnit::Nanosecond),
        DataType::Duration(_) => DataType::Duration(TimeUnit::Microsecond),
        DataType::Timestamp(_, None) => DataType::Timestamp(TimeUnit::Microsecond, None),
        DataType::Timestamp(_, Some(_)) => {
            DataType::Timestamp(TimeUnit::Microsecond, Some(time_zone.into()))
        }
        DataType::Dictionary(_, value) => data_type(value, time_zone),
        DataType::List(element) => DataType::List(field(element, time_zone)),
        DataType::LargeList(element) => DataType::LargeList(field(element, time_zone)),
        DataType::Struct(fields) => {
            DataType::Struct(fields.iter().map(|inner| field(inner, time_zone)).collect())
        }
        DataType::Map(entries, ordered) => DataType::Map(field(entries, time_zone), *ordered),
        other => other.clone(),
    }
}

/// Whether values of this type are carried as they are.
fn is_normal(from: &DataType, time_zone: &str) -> bool {
    from.is_signed_integer() || *from == DataType::Utf8 || data_type(from, time_zone) == *from
}

fn field(from: &Arc<Field>, time_zone: &str) -> Arc<Field> {
    let normal = data_type(from.data_type(), time_zone);
    if &normal == from.data_type() {
        return Arc::clone(from);
    }
    Arc::new(Field::clone(from).with_data_type(normal))
}

/// The schema in types that carry Spark's.
pub(crate) fn schema(from: &Schema, time_zone: &str) -> Schema {
    let fields = from.fields().iter().map(|inner| field(inner, time_zone));
    Schema::new(fields.collect::<Vec<_>>())
}

/// The columns; what is known of files has a name that stars do not see.
fn with_facts_hidden(entries: Vec<ColumnEntry>) -> Columns {
    let (hidden, output): (Vec<_>, Vec<_>) =
        entries.into_iter().partition(|entry| entry.name() == FACTS);
    let hidden = hidden.into_iter().map(|entry| Arc::new(entry.with_name(METADATA)));
    Columns::with_hidden(output.into_iter().map(Arc::new).collect(), hidden.collect())
}

/// A leaf whose columns are of types that carry Spark's, by casts where the
/// source has others.
pub(in crate::relation) fn leaf(
    plan: LogicalPlan,
    qualifier: Arc<[String]>,
    time_zone: &str,
) -> Result<Planned> {
    let schema = plan.schema();
    let is_normal = |own: &Field| is_normal(own.data_type(), time_zone);
    if schema.fields().iter().all(|own| is_normal(own) && own.name() != FACTS) {
        let columns = Columns::of_table(Arc::clone(schema), qualifier);
        return Ok(Planned::leaf(plan, columns));
    }
    let normal: Vec<bool> = schema.fields().iter().map(|own| is_normal(own)).collect();
    let entries = schema.iter().zip(&normal).map(|((table, own), normal)| {
        let table = if *normal { table.cloned() } else { None };
        let column = Column::new(table, own.name());
        ColumnEntry::qualified(own.name().as_str(), Arc::clone(&qualifier), column)
    });
    let columns = with_facts_hidden(entries.collect());
    if normal.iter().all(|normal| *normal) {
        return Ok(Planned::leaf(plan, columns));
    }
    let exprs = schema.iter().zip(normal).map(|((table, own), normal)| {
        let column = Expr::Column(Column::new(table.cloned(), own.name()));
        match normal {
            true => column,
            false => cast(column, data_type(own.data_type(), time_zone)).alias(own.name()),
        }
    });
    let projection = Projection::try_new(exprs.collect(), Arc::new(plan))?;
    Ok(Planned::leaf(LogicalPlan::Projection(projection), columns))
}
