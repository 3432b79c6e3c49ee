//! What `grouping()` and `grouping_id()` are over grouping sets: bits of the column
//! that tells which keys a row was grouped by.

use std::collections::HashMap;

use datafusion::arrow::datatypes::DataType;
use datafusion::common::Column;
use datafusion::common::tree_node::{Transformed, TreeNode as _};
use datafusion::logical_expr::utils::grouping_set_to_exprlist;
use datafusion::logical_expr::{Aggregate, Expr, lit, when};

use crate::error::{Condition, Error, Result};
use crate::expression::grouping::{asked, misplaced};

/// Where the bit of each key is.
pub(super) struct Bits {
    /// The keys as the query names them, in its order.
    keys: Vec<Expr>,
    /// The place of each in the node's id, from the left.
    places: Vec<usize>,
    width: usize,
}

impl Bits {
    /// The bits of a node over grouping sets; `columns` are its columns for the keys.
    pub(super) fn new(
        node: &Aggregate,
        keys: &[Expr],
        columns: &HashMap<Expr, Column>,
    ) -> Result<Self> {
        let listed = grouping_set_to_exprlist(&node.group_expr)?;
        let name = |expr: &Expr| match expr {
            Expr::Alias(alias) => alias.name.clone(),
            Expr::Column(column) => column.name.clone(),
            other => other.schema_name().to_string(),
        };
        let names: Vec<String> = listed.iter().map(|expr| name(expr)).collect();
        let mut bits = Self { keys: Vec::new(), places: Vec::new(), width: names.len() };
        for key in keys {
            let own = columns.get(key).map(|column| column.name.as_str());
            let place = names.iter().position(|name| Some(name.as_str()) == own);
            if let Some(place) = place.filter(|place| !bits.places.contains(place)) {
                bits.keys.push(key.clone());
                bits.places.push(place);
            }
        }
        Ok(bits)
    }

    /// Replaces the stand-ins.
    pub(super) fn open(&self, expr: Expr) -> Result<Expr> {
        let opened = expr.transform_down(|node| match asked(&node) {
            Some((is_id, keys)) => Ok(Transformed::yes(self.value(is_id, keys)?)),
            None => Ok(Transformed::no(node)),
        })?;
        Ok(opened.data)
    }

    fn value(&self, is_id: bool, keys: &[Expr]) -> Result<Expr> {
        if !is_id {
            let at = keys.first().and_then(|key| self.keys.iter().position(|own| own == key));
            let at = at.ok_or_else(|| self.mismatch(false, keys))?;
            let (set, unset) = (lit(1_i8), lit(0_i8));
            return Ok(when(self.is_set(at), set).otherwise(unset)?);
        }
        if !keys.is_empty() && keys != self.keys.as_slice() {
            return Err(self.mismatch(true, keys));
        }
        let mut id = lit(0_i64);
        for at in 0..self.keys.len() {
            let bit = self.keys.len() - 1 - at;
            let worth = when(self.is_set(at), lit(1_i64 << bit.min(62))).otherwise(lit(0_i64))?;
            id = id + worth;
        }
        Ok(id)
    }

    fn is_set(&self, at: usize) -> Expr {
        let bit = self.width - 1 - self.places[at];
        let id = Expr::Column(Column::from_name(Aggregate::INTERNAL_GROUPING_ID));
        let id = datafusion::logical_expr::cast(id, DataType::Int64);
        let mask = lit(1_i64 << bit.min(62));
        let masked = datafusion::logical_expr::bitwise_and(id, mask.clone());
        masked.eq(mask)
    }

    fn mismatch(&self, is_id: bool, asked: &[Expr]) -> Error {
        let list = |exprs: &[Expr]| {
            exprs.iter().map(|e| e.human_display().to_string()).collect::<Vec<_>>().join(",")
        };
        match is_id {
            true => Error::analysis(
                Condition::GROUPING_ID_COLUMN_MISMATCH,
                [("groupingIdColumn", list(asked)), ("groupByColumns", list(&self.keys))],
            ),
            false => Error::analysis(
                Condition::GROUPING_COLUMN_MISMATCH,
                [("grouping", list(asked)), ("groupingColumns", list(&self.keys))],
            ),
        }
    }
}

/// # Errors
/// If the expression holds a stand-in.
pub(super) fn refuse(expr: &Expr) -> Result<()> {
    let found = expr.exists(|node| Ok(asked(node).is_some()))?;
    if found { Err(misplaced()) } else { Ok(()) }
}
