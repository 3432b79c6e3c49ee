//! Brings the inputs of a set operation to one shape: as many columns, in one
//! order, of one type each.

use std::sync::Arc;

use datafusion::arrow::datatypes::DataType;
use datafusion::common::{ExprSchema as _, ScalarValue};
use datafusion::logical_expr::{Expr, ExprSchemable as _, cast, lit};

use super::super::select::Select;
use crate::error::{Condition, Error, Result};
use crate::function::Typed;
use crate::function::cast::coerced;
use crate::function::coerce::common_type;
use crate::function::meeting::named_alike;
use crate::planner::columns::{ColumnEntry, same_name};
use crate::planner::planned::Planned;
use crate::planner::walk::RelationContext;
use crate::types::arrow_sql_name;

/// A column of an aligned input: one of the input's, or NULL where it has none.
type Slot = Option<Arc<ColumnEntry>>;

/// The n-th column of one input meets the n-th of the others.
pub(super) fn by_position(
    context: &RelationContext<'_, '_>,
    operator: &str,
) -> Result<Vec<Planned>> {
    let inputs = &context.inputs;
    let width = inputs.first().map_or(0, |first| first.columns().len());
    for input in inputs {
        if input.columns().len() != width {
            return Err(Error::analysis(
                Condition::NUM_COLUMNS_MISMATCH,
                [
                    ("operator", operator.to_owned()),
                    ("firstNumColumns", width.to_string()),
                    ("invalidOrdinalNum", ordinal(1)),
                    ("invalidNumColumns", input.columns().len().to_string()),
                ],
            ));
        }
    }
    let slots = inputs.iter().map(|input| {
        input.columns().entries().iter().map(|entry| Some(Arc::clone(entry))).collect()
    });
    align(context, operator, slots.collect())
}

/// Columns of one name meet.
pub(super) fn by_name(
    context: &RelationContext<'_, '_>,
    allow_missing: bool,
) -> Result<Vec<Planned>> {
    let [left, right] = context.inputs.as_slice() else {
        return Err(Error::internal("a union by name has two inputs"));
    };
    refuse_repeated(left)?;
    refuse_repeated(right)?;
    let find = |side: &Planned, name: &str| {
        side.columns().entries().iter().find(|entry| same_name(entry.name(), name)).cloned()
    };
    let mut slots: (Vec<Slot>, Vec<Slot>) = (Vec::new(), Vec::new());
    for entry in left.columns().entries() {
        let other = find(right, entry.name());
        if other.is_none() && !allow_missing {
            let columns: Vec<_> = right.columns().names().collect();
            return Err(Error::analysis(
                Condition::UNRESOLVED_COLUMN_AMONG_FIELD_NAMES,
                [("colName", entry.name().to_owned()), ("fieldNames", columns.join(", "))],
            ));
        }
        slots.0.push(Some(Arc::clone(entry)));
        slots.1.push(other);
    }
    let of_right = right.columns().entries().iter();
    for entry in of_right.filter(|entry| find(left, entry.name()).is_none()) {
        if !allow_missing {
            return Err(Error::analysis(
                Condition::NUM_COLUMNS_MISMATCH,
                [
                    ("operator", "UNION".to_owned()),
                    ("firstNumColumns", left.columns().len().to_string()),
                    ("invalidOrdinalNum", ordinal(1)),
                    ("invalidNumColumns", right.columns().len().to_string()),
                ],
            ));
        }
        slots.0.push(None);
        slots.1.push(Some(Arc::clone(entry)));
    }
    align(context, "UNION", vec![slots.0, slots.1])
}

fn refuse_repeated(side: &Planned) -> Result<()> {
    let mut seen = std::collections::HashSet::new();
    for name in side.columns().names() {
        if !seen.insert(name.to_lowercase()) {
            return Err(Error::analysis(
                Condition::COLUMN_ALREADY_EXISTS,
                [("columnName", format!("`{}`", name.to_lowercase()))],
            ));
        }
    }
    Ok(())
}

fn align(
    context: &RelationContext<'_, '_>,
    operator: &str,
    slots: Vec<Vec<Slot>>,
) -> Result<Vec<Planned>> {
    let types = types(context, operator, &slots)?;
    let names = names(&slots);
    context
        .inputs
        .iter()
        .zip(&slots)
        .map(|(input, slots)| project(context, input, slots, &types, &names))
        .collect()
}

/// The name of each column: that of the first input which has it.
fn names(slots: &[Vec<Slot>]) -> Vec<String> {
    let width = slots.first().map_or(0, Vec::len);
    let name = |at: usize| slots.iter().find_map(|slots| slots[at].as_ref());
    (0..width).map(|at| name(at).map(|e| e.name().to_owned()).unwrap_or_default()).collect()
}

/// The common type of each column.
fn types(
    context: &RelationContext<'_, '_>,
    operator: &str,
    slots: &[Vec<Slot>],
) -> Result<Vec<DataType>> {
    let width = slots.first().map_or(0, Vec::len);
    let mut types: Vec<Option<DataType>> = vec![None; width];
    for (input, slots) in context.inputs.iter().zip(slots) {
        for (at, slot) in slots.iter().enumerate() {
            let Some(entry) = slot else { continue };
            let own = input.df_schema().data_type(entry.column())?;
            match &types[at] {
                None => types[at] = Some(own.clone()),
                Some(so_far) if so_far == own => {}
                Some(so_far) => {
                    // Fields have the names that they have in the first input.
                    let pair = [so_far.clone(), named_alike(own, so_far)];
                    let common = common_type(&pair)
                        .ok_or_else(|| incompatible(operator, at, own, so_far))?;
                    types[at] = Some(common);
                }
            }
        }
    }
    Ok(types.into_iter().map(|found| found.unwrap_or(DataType::Null)).collect())
}

fn incompatible(operator: &str, column: usize, own: &DataType, first: &DataType) -> Error {
    Error::analysis(
        Condition::INCOMPATIBLE_COLUMN_TYPE,
        [
            ("operator", operator.to_owned()),
            ("columnOrdinalNumber", ordinal(column)),
            ("tableOrdinalNumber", ordinal(1)),
            ("dataType1", format!("\"{}\"", arrow_sql_name(own))),
            ("dataType2", format!("\"{}\"", arrow_sql_name(first))),
            ("hint", String::new()),
        ],
    )
}

/// `first`, `second`, `third`, then `4th` and so on; counted from 0.
fn ordinal(at: usize) -> String {
    match at {
        0 => "first".to_owned(),
        1 => "second".to_owned(),
        2 => "third".to_owned(),
        more => format!("{}th", more + 1),
    }
}

/// An input as the slots say, with casts where its types differ.
fn project(
    context: &RelationContext<'_, '_>,
    input: &Planned,
    slots: &[Slot],
    types: &[DataType],
    names: &[String],
) -> Result<Planned> {
    let mut select = Select::new(input, context.field_names());
    let scope = context.scope(input);
    for ((slot, data_type), name) in slots.iter().zip(types).zip(names) {
        match slot {
            Some(entry) if input.df_schema().data_type(entry.column())? == data_type => {
                select.pass(entry);
            }
            Some(entry) => {
                let column = Expr::Column(entry.column().clone());
                let widened = coerced(&Typed::from(column), data_type, &scope)?.into_expr();
                // What differs may be but whether nested values can be NULL.
                let exact = widened.get_type(scope.df_schema())? == *data_type;
                let widened = if exact { widened } else { cast(widened, data_type.clone()) };
                select.compute(name, widened, None);
            }
            None => select.compute(name, lit(ScalarValue::try_from(data_type)?), None),
        }
    }
    select.finish()
}
