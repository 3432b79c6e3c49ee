//! `merge_into_table_command`: carried out by the table's provider, through
//! DataFusion's `TableProvider::merge_into`, which a source of a plugin implements.

use std::sync::Arc;

use datafusion::error::DataFusionError;
use datafusion::logical_expr::dml::{MergeIntoAction, MergeIntoClause, MergeIntoClauseKind};
use datafusion::logical_expr::{Expr, LogicalPlan};
use datafusion::physical_plan::collect;

use super::statement::{refused, table_name};
use crate::error::{AtField as _, Condition, Error, Required as _, Result};
use crate::execute;
use crate::expression::{plan, plan_condition};
use crate::function::Typed;
use crate::function::cast::coerced;
use crate::planner::SparkConnectPlanner;
use crate::planner::columns::{ColumnEntry, same_name};
use crate::planner::output::CommandOutput;
use crate::planner::planned::Planned;
use crate::planner::scope::{Scope, Subqueries, unresolved};
use crate::planner::services::Sides;
use crate::proto::expression::ExprType;
use crate::proto::merge_action::{ActionType, Assignment};
use crate::proto::{Expression, MergeAction, MergeIntoTableCommand};
use crate::sql;
use crate::sql::build;
use crate::table::Target;

pub(super) async fn run(
    planner: &SparkConnectPlanner,
    message: &MergeIntoTableCommand,
) -> Result<CommandOutput> {
    let MergeIntoTableCommand {
        target_table_name,
        source_table_plan,
        merge_condition,
        match_actions,
        not_matched_actions,
        not_matched_by_source_actions,
        with_schema_evolution,
    } = message;
    let all = [match_actions, not_matched_actions, not_matched_by_source_actions];
    if all.iter().all(|actions| actions.is_empty()) {
        return Err(Error::analysis(Condition::NO_MERGE_ACTION_SPECIFIED, []));
    }
    let (name, alias) = target_of(target_table_name)?;
    let table = build::table(&name);
    let table = match alias {
        Some(alias) => build::subquery_alias(table, alias),
        None => table,
    };
    let rows = planner.plan_relation(&table).await.at("target_table_name")?;
    let full = table_name(planner, &name)?;
    let target = crate::table::target(planner, &full, &name).await?;
    let source = source_table_plan.as_ref().required("source_table_plan")?;
    let source = planner.plan_relation(source).await.at("source_table_plan")?;
    let merge = Merge::new(planner, &target, &rows, &source)?;
    let on = merge_condition.as_ref().required("merge_condition")?;
    let on = plan_condition(on, &merge.scope(merge.sides.together())).at("merge_condition")?;
    let mut clauses = Vec::new();
    let kinds = [
        MergeIntoClauseKind::Matched,
        MergeIntoClauseKind::NotMatchedByTarget,
        MergeIntoClauseKind::NotMatchedBySource,
    ];
    for (kind, actions) in kinds.into_iter().zip(all) {
        for action in actions {
            clauses.push(merge.clause(kind, action)?);
        }
    }
    if *with_schema_evolution {
        return Err(Error::unsupported("command.merge_into_table_command.with_schema_evolution"));
    }
    merge.run(on, clauses).await?;
    Ok(CommandOutput::None)
}

/// The table's name, and its alias if SQL text gave it one.
fn target_of(text: &str) -> Result<(Vec<String>, Option<String>)> {
    match text.rsplit_once(" AS ") {
        Some((name, alias)) => {
            let alias = sql::parse_identifier(alias)?.into_iter().next();
            Ok((sql::parse_identifier(name)?, alias))
        }
        None => Ok((sql::parse_identifier(text)?, None)),
    }
}

/// A table, and what is merged into it.
struct Merge<'a> {
    planner: &'a SparkConnectPlanner,
    target: &'a Target,
    sides: Sides,
    subqueries: Subqueries,
}

impl<'a> Merge<'a> {
    fn new(
        planner: &'a SparkConnectPlanner,
        target: &'a Target,
        rows: &Planned,
        source: &Planned,
    ) -> Result<Self> {
        let sides = planner.sides(("", rows), ("", source))?;
        Ok(Self { planner, target, sides, subqueries: Subqueries::new() })
    }

    fn scope<'s>(&'s self, rows: &'s Planned) -> Scope<'s> {
        Scope::new(self.planner, rows, &self.subqueries)
    }

    /// The rows whose columns the clauses of a kind may name.
    fn named_by(&self, kind: MergeIntoClauseKind) -> &Planned {
        match kind {
            MergeIntoClauseKind::Matched => self.sides.together(),
            MergeIntoClauseKind::NotMatched | MergeIntoClauseKind::NotMatchedByTarget => {
                self.sides.right()
            }
            MergeIntoClauseKind::NotMatchedBySource => self.sides.left(),
        }
    }

    fn clause(&self, kind: MergeIntoClauseKind, action: &Expression) -> Result<MergeIntoClause> {
        let Some(ExprType::MergeAction(action)) = &action.expr_type else {
            return Err(Error::invalid_plan("an action of a merge is needed"));
        };
        let MergeAction { action_type, condition, assignments } = action.as_ref();
        let rows = self.named_by(kind);
        let condition = condition.as_deref();
        let predicate = condition.map(|c| plan_condition(c, &self.scope(rows)).at("condition"));
        let action = match ActionType::try_from(*action_type).unwrap_or(ActionType::Invalid) {
            ActionType::Delete => MergeIntoAction::Delete,
            ActionType::Update => MergeIntoAction::Update(self.assigned(assignments, rows)?),
            ActionType::UpdateStar => MergeIntoAction::Update(self.all(rows)?),
            ActionType::Insert => insert(self.assigned(assignments, rows)?),
            ActionType::InsertStar => insert(self.all(rows)?),
            ActionType::Invalid => return Err(Error::missing_field("action_type")),
        };
        Ok(MergeIntoClause { kind, predicate: predicate.transpose()?, action })
    }

    fn assigned(&self, assignments: &[Assignment], rows: &Planned) -> Result<Vec<(String, Expr)>> {
        let assigned = assignments.iter().map(|Assignment { key, value }| {
            let key = key.as_ref().required("key")?;
            let value = value.as_ref().required("value")?;
            let column = self.column(key)?;
            let value = plan(value, &self.scope(rows))?;
            self.fitted(&column, value, rows)
        });
        assigned.collect()
    }

    /// The column of the table that a key names.
    fn column(&self, key: &Expression) -> Result<String> {
        let Expr::Column(column) = plan(key, &self.scope(self.sides.left()))? else {
            return Err(Error::unsupported("command.merge_into_table_command.field"));
        };
        Ok(column.name)
    }

    /// Every column of the table, with what the source has under its name.
    fn all(&self, rows: &Planned) -> Result<Vec<(String, Expr)>> {
        let source = self.sides.right().columns();
        let target = self.sides.left().columns().entries().iter();
        let assigned = target.map(|entry| {
            let own = |found: &&Arc<ColumnEntry>| same_name(found.name(), entry.name());
            let found = source.entries().iter().find(own);
            let found = found.ok_or_else(|| unresolved(&[entry.name().to_owned()], source))?;
            self.fitted(&entry.column().name, Expr::Column(found.column().clone()), rows)
        });
        assigned.collect()
    }

    /// A value as the column of the table takes it.
    fn fitted(&self, column: &str, value: Expr, rows: &Planned) -> Result<(String, Expr)> {
        let schema = self.target.schema(self.planner.session());
        let field = schema.fields().iter().find(|field| same_name(field.name(), column));
        let field =
            field.ok_or_else(|| unresolved(&[column.to_owned()], self.sides.left().columns()))?;
        let value = coerced(&Typed::from(value), field.data_type(), &self.scope(rows))?;
        Ok((field.name().clone(), value.into_expr()))
    }

    async fn run(&self, on: Expr, clauses: Vec<MergeIntoClause>) -> Result<()> {
        let state = self.planner.state();
        let source = LogicalPlan::clone(self.sides.right().plan());
        let source = execute::physical_plan(self.planner.session(), source).await?;
        let schema = Arc::clone(self.sides.together().df_schema());
        let provider = &self.target.provider;
        let plan = provider.merge_into(state.as_ref(), source, schema, on, clauses).await;
        let plan = plan.map_err(|error| match error {
            DataFusionError::NotImplemented(_) => refused(&self.target.name, "MERGE INTO TABLE"),
            other => other.into(),
        })?;
        let done = collect(plan, state.task_ctx()).await;
        execute::kept::Kept::of(self.planner.session()).forget_rows(Some(provider.as_ref())).await;
        done?;
        Ok(())
    }
}

fn insert(assigned: Vec<(String, Expr)>) -> MergeIntoAction {
    let (columns, values) = assigned.into_iter().unzip();
    MergeIntoAction::Insert { columns, values }
}
