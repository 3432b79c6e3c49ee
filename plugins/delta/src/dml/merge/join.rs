//! The target and the source of a merge, joined.

use datafusion::arrow::datatypes::DataType;
use datafusion::common::tree_node::{Transformed, TreeNode as _};
use datafusion::common::{Column, JoinType};
use datafusion::functions_aggregate::expr_fn::{bool_or, max, sum};
use datafusion::functions_window::expr_fn::row_number;
use datafusion::logical_expr::utils::disjunction;
use datafusion::logical_expr::{
    Expr, ExprFunctionExt as _, LogicalPlan, LogicalPlanBuilder, cast, lit, when,
};
use datafusion_spark_connect::Result;
use deltalake::kernel::Add;

use super::clauses::{Clause, Clauses};
use crate::dml::rewrite::column;
use crate::dml::row_id::row_id;
use crate::dml::scan::FILE;
use crate::dml::target::Target;
use crate::source::TABLE;

/// Marks rows of the target; NULL where there is none.
const TARGET: &str = "#target";
/// The same for the source.
const SOURCE: &str = "#source";
const ROW: &str = "#row";
/// Which clause a row is for: its place among all, from one; 0 for rows that stay.
pub(super) const CLAUSE: &str = "#clause";

/// What the columns of both sides are called in the join: no name twice, and all bare.
#[derive(Debug, Clone)]
pub(super) struct Names {
    pub(super) left: Vec<String>,
    pub(super) right: Vec<String>,
}

/// Both sides, and when their rows belong together.
pub(super) struct Join<'a> {
    pub(super) target: &'a Target,
    pub(super) names: &'a Names,
    /// The source's rows.
    pub(super) source: LogicalPlan,
    pub(super) condition: Expr,
    pub(super) clauses: &'a Clauses,
}

impl Join<'_> {
    /// For each file with rows that are matched or changed: its name, the most source
    /// rows that a row of it matches, and whether it has to be written anew.
    pub(super) fn touched(&self) -> Result<LogicalPlan> {
        let Clauses { matched, not_matched, not_matched_by_source } = self.clauses;
        let (kind, touched) = match not_matched_by_source.as_slice() {
            [] => (JoinType::Inner, lit(true)),
            others => {
                // An inserted row is one that matches nowhere, so all matches count.
                let paired = if not_matched.is_empty() { any(matched) } else { lit(true) };
                (JoinType::Left, when(present(SOURCE), paired).otherwise(any(others))?)
            }
        };
        let pairs = when(present(SOURCE), lit(1_i64)).otherwise(lit(0_i64))?;
        let plan = LogicalPlanBuilder::from(self.left(None, true)?)
            .join_on(self.right()?, kind, [self.pairing()])?
            .aggregate(
                [column(FILE), column(ROW)],
                [sum(pairs).alias("pairs"), bool_or(touched).alias("touched")],
            )?
            .aggregate(
                [column(FILE)],
                [max(column("pairs")).alias("most"), bool_or(column("touched")).alias("any")],
            )?;
        Ok(plan.build()?)
    }

    /// The rows of some files and of the source, with the clause that each is for.
    pub(super) fn rows(&self, files: Vec<Add>, repeats: bool) -> Result<LogicalPlan> {
        let Clauses { matched, not_matched, not_matched_by_source } = self.clauses;
        let kind = if not_matched.is_empty() { JoinType::Left } else { JoinType::Full };
        let plan = LogicalPlanBuilder::from(self.left(Some(files), repeats)?).join_on(
            self.right()?,
            kind,
            [self.pairing()],
        )?;
        let kept = when(present(TARGET), lit(0)).otherwise(lit(-1))?;
        let guards = [
            (present(TARGET).and(present(SOURCE)), matched),
            (present(TARGET).is_not_true().and(present(SOURCE)), not_matched),
            (present(TARGET).and(present(SOURCE).is_not_true()), not_matched_by_source),
        ];
        let plan = with_clause(plan, &guards, kept)?;
        match repeats {
            true => once(plan),
            false => Ok(plan),
        }
    }

    /// The rows of the source that match nothing, with the clause that each is for.
    pub(super) fn unmatched(&self) -> Result<LogicalPlan> {
        let plan = LogicalPlanBuilder::from(self.right()?).join_on(
            self.left(None, false)?,
            JoinType::LeftAnti,
            [self.condition.clone()],
        )?;
        with_clause(plan, &[(lit(true), &self.clauses.not_matched)], lit(-1))
    }

    /// When two rows belong together and something comes of it.
    fn pairing(&self) -> Expr {
        match self.clauses.only_matched() {
            true => self.condition.clone().and(any(&self.clauses.matched)),
            false => self.condition.clone(),
        }
    }

    /// The target under the names of the left side.
    fn left(&self, files: Option<Vec<Add>>, numbered: bool) -> Result<LogicalPlan> {
        let mut exprs: Vec<_> =
            self.names().map(|(own, joined)| Expr::Column(own.clone()).alias(joined)).collect();
        let file = Expr::Column(Column::new(Some(TABLE), FILE));
        exprs.push(cast(file, DataType::Utf8).alias(FILE));
        exprs.push(lit(true).alias(TARGET));
        if numbered {
            exprs.push(row_id().alias(ROW));
        }
        Ok(LogicalPlanBuilder::from(self.target.scan(files)?).project(exprs)?.build()?)
    }

    fn right(&self) -> Result<LogicalPlan> {
        let own = self.source.schema().columns().into_iter();
        let mut exprs: Vec<_> =
            own.zip(&self.names.right).map(|(own, name)| Expr::Column(own).alias(name)).collect();
        exprs.push(lit(true).alias(SOURCE));
        Ok(LogicalPlanBuilder::from(self.source.clone()).project(exprs)?.build()?)
    }

    /// What the target's columns are called in its scan, and in the join.
    fn names(&self) -> impl Iterator<Item = (&Column, &String)> {
        let own = self.target.planned.columns().entries().iter();
        own.map(|entry| entry.column()).zip(&self.names.left)
    }

    /// The condition over the target's own names, as far as it is about the target.
    pub(super) fn about_target(&self) -> Result<Expr> {
        let renamed = self.condition.clone().transform(|expr| {
            let Expr::Column(column) = &expr else { return Ok(Transformed::no(expr)) };
            let found = self.names().find(|(_, joined)| **joined == column.name);
            Ok(match found {
                Some((own, _)) => Transformed::yes(Expr::Column(own.clone())),
                // No column of the target is called so.
                None => Transformed::yes(crate::dml::rewrite::column("#")),
            })
        });
        Ok(renamed?.data)
    }
}

fn present(mark: &str) -> Expr {
    column(mark).is_not_null()
}

/// Whether any of the clauses holds.
fn any(clauses: &[Clause]) -> Expr {
    let conditions = clauses.iter().map(|c| c.condition.clone().unwrap_or_else(|| lit(true)));
    disjunction(conditions).unwrap_or_else(|| lit(false))
}

/// Adds [`CLAUSE`], and leaves out rows that are for none and that are not there yet.
fn with_clause(
    plan: LogicalPlanBuilder,
    guards: &[(Expr, &Vec<Clause>)],
    otherwise: Expr,
) -> Result<LogicalPlan> {
    let clauses = guards.iter().flat_map(|(guard, clauses)| {
        clauses.iter().map(move |clause| match &clause.condition {
            Some(condition) => guard.clone().and(condition.clone()),
            None => guard.clone(),
        })
    });
    // The first that holds, so they are asked from the last outwards.
    let conditions: Vec<_> = clauses.collect();
    let mut clause = otherwise;
    for (at, condition) in conditions.into_iter().enumerate().rev() {
        let number = lit(i32::try_from(at + 1).unwrap_or(i32::MAX));
        clause = when(condition, number).otherwise(clause)?;
    }
    let mut exprs: Vec<Expr> = plan.schema().columns().into_iter().map(Expr::Column).collect();
    exprs.push(clause.alias(CLAUSE));
    Ok(plan.project(exprs)?.filter(column(CLAUSE).gt_eq(lit(0)))?.build()?)
}

/// Each row of the target once, though it was deleted for more than one row of the
/// source.
fn once(plan: LogicalPlan) -> Result<LogicalPlan> {
    let place = row_number()
        .partition_by(vec![column(ROW)])
        .order_by(vec![column(ROW).sort(true, true)])
        .build()?
        .alias("#place");
    let is_first = column("#place").eq(lit(1_u64)).or(column(ROW).is_null());
    Ok(LogicalPlanBuilder::from(plan).window([place])?.filter(is_first)?.build()?)
}
