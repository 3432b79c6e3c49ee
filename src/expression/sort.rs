//! Sort keys.

use datafusion::logical_expr::expr::Sort;

use crate::error::{AtField, Condition, Error, Required, Result};
use crate::function::comparison;
use crate::planner::scope::Scope;
use crate::proto::expression::SortOrder;
use crate::proto::expression::sort_order::{NullOrdering, SortDirection};

pub(super) fn plan(order: &SortOrder, scope: &Scope<'_>) -> Result<Sort> {
    let SortOrder { child, direction: _, null_ordering: _ } = order;
    let child = child.as_deref().required("child").at("sort_order")?;
    let value = super::plan_typed(child, scope)?;
    if !comparison::is_orderable(value.data_type(scope)?) {
        let name = super::naming::sort_order(order, scope)?;
        return Err(Error::analysis(
            Condition::DATATYPE_MISMATCH_INVALID_ORDERING_TYPE,
            [
                ("sqlExpr", format!("\"{name}\"")),
                ("functionName", "`sortorder`".to_owned()),
                ("dataType", crate::types::arrow_sql_name(value.data_type(scope)?)),
            ],
        ));
    }
    let expr = value.into_expr();
    let (ascending, nulls_first) = order_of(order)?;
    Ok(Sort { expr, asc: ascending, nulls_first })
}

/// Whether ascending, and whether NULLs come first: by default they do in
/// ascending order only.
pub(super) fn order_of(order: &SortOrder) -> Result<(bool, bool)> {
    let SortOrder { child: _, direction, null_ordering } = order;
    let direction = SortDirection::try_from(*direction)
        .map_err(|_| Error::invalid_plan("unknown direction").at("sort_order"))?;
    let nulls = NullOrdering::try_from(*null_ordering)
        .map_err(|_| Error::invalid_plan("unknown null_ordering").at("sort_order"))?;
    let ascending = match direction {
        SortDirection::Unspecified | SortDirection::Ascending => true,
        SortDirection::Descending => false,
    };
    let nulls_first = match nulls {
        NullOrdering::SortNullsUnspecified => ascending,
        NullOrdering::SortNullsFirst => true,
        NullOrdering::SortNullsLast => false,
    };
    Ok((ascending, nulls_first))
}
