//! `with_columns` and `with_columns_renamed`.

use crate::error::{AtField as _, Condition, Error, Result};
use crate::planner::columns::same_name;
use crate::planner::planned::Planned;
use crate::planner::walk::RelationContext;
use crate::proto::expression::ExprType;
use crate::proto::{self, Expression};

use super::beneath;
use super::select::{Select, passing, select};

pub(super) fn plan(
    message: &proto::WithColumns,
    context: &RelationContext<'_, '_>,
) -> Result<Planned> {
    let proto::WithColumns { input: _, aliases } = message;
    let input = context.input()?;
    let expressions = aliases.iter().map(|alias| Expression {
        common: None,
        expr_type: Some(ExprType::Alias(Box::new(alias.clone()))),
    });
    let expressions: Vec<_> = expressions.collect();
    let (input, added) = beneath::list(context, input, &expressions).at("aliases")?;
    refuse_repeated(added.iter().map(|named| named.name.as_str()))?;
    let mut used = vec![false; added.len()];
    let mut list = Vec::with_capacity(input.columns().len() + added.len());
    for entry in input.columns().entries() {
        match added.iter().position(|named| same_name(&named.name, entry.name())) {
            Some(at) => {
                used[at] = true;
                list.push(added[at].clone());
            }
            None => list.push(passing(entry)),
        }
    }
    list.extend(added.into_iter().zip(used).filter(|(_, used)| !used).map(|(named, _)| named));
    select(context, &input, list)
}

fn refuse_repeated<'a>(names: impl Iterator<Item = &'a str>) -> Result<()> {
    let mut seen = std::collections::HashSet::new();
    for name in names {
        if !seen.insert(name.to_lowercase()) {
            return Err(Error::analysis(
                Condition::COLUMN_ALREADY_EXISTS,
                [("columnName", format!("`{}`", name.to_lowercase()))],
            ));
        }
    }
    Ok(())
}

#[allow(deprecated, reason = "clients up to 3.5 send only the map")]
pub(super) fn renamed(
    message: &proto::WithColumnsRenamed,
    context: &RelationContext<'_, '_>,
) -> Result<Planned> {
    let proto::WithColumnsRenamed { input: _, rename_columns_map, renames } = message;
    let input = context.input()?;
    let listed = renames.iter().map(|r| (r.col_name.as_str(), r.new_col_name.as_str()));
    let mapped = rename_columns_map.iter().map(|(old, new)| (old.as_str(), new.as_str()));
    let renames: Vec<_> = listed.chain(mapped).collect();
    let mut select = Select::new(input, context.field_names());
    for entry in input.columns().entries() {
        // Each rename sees the names that those before it made.
        let name = renames.iter().fold(
            entry.name(),
            |name, (old, new)| {
                if same_name(name, old) { new } else { name }
            },
        );
        if renames.iter().any(|(old, _)| same_name(entry.name(), old)) {
            let column = datafusion::logical_expr::Expr::Column(entry.column().clone());
            select.compute(name, column, None);
        } else {
            select.pass(entry);
        }
    }
    select.finish()
}
