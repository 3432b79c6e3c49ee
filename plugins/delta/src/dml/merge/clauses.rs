//! The WHEN clauses of a merge.

use datafusion::logical_expr::Expr;
use datafusion::logical_expr::dml::{MergeIntoAction, MergeIntoClause, MergeIntoClauseKind};
use datafusion_spark_connect::{Error, Planned, Result, Sides, SparkConnectPlanner};

use crate::dml::assign::Assigned;
use crate::dml::rewrite::Fate;
use crate::dml::target::Target;
use crate::error::analysis;
use crate::proto::merge_into_table::Action;
use crate::proto::merge_into_table::action::{ActionType, InsertAction, UpdateAction};
use crate::proto::{Assignment, MergeIntoTable};
use crate::write::Layout;

/// What is done with a row, and when.
#[derive(Debug, Clone)]
pub(super) struct Clause {
    pub(super) condition: Option<Expr>,
    pub(super) fate: Fate,
    pub(super) assigned: Assigned,
}

/// All of them. Of each list the first that holds is taken.
#[derive(Debug, Clone)]
pub(super) struct Clauses {
    pub(super) matched: Vec<Clause>,
    pub(super) not_matched: Vec<Clause>,
    pub(super) not_matched_by_source: Vec<Clause>,
}

impl Clauses {
    pub(super) fn of(context: &Context<'_>, message: &MergeIntoTable) -> Result<Self> {
        let matched = &message.matched_actions;
        let not_matched = &message.not_matched_actions;
        let by_source = &message.not_matched_by_source_actions;
        if matched.is_empty() && not_matched.is_empty() && by_source.is_empty() {
            return Err(analysis(
                "DELTA_MERGE_MISSING_WHEN",
                "42601",
                "There must be at least one WHEN clause in a MERGE statement.",
                &[],
            ));
        }
        check_last(matched, "MATCHED")?;
        check_last(not_matched, "NOT_MATCHED_BY_TARGET")?;
        check_last(by_source, "NOT_MATCHED_BY_SOURCE")?;
        let plan = |actions: &[Action], kind| -> Result<Vec<Clause>> {
            actions.iter().map(|action| context.clause(action, kind)).collect()
        };
        Ok(Self {
            matched: plan(matched, Kind::Matched)?,
            not_matched: plan(not_matched, Kind::NotMatched)?,
            not_matched_by_source: plan(by_source, Kind::NotMatchedBySource)?,
        })
    }

    /// What DataFusion asks for, its expressions made to fit by `bare`.
    pub(super) fn of_datafusion(
        clauses: Vec<MergeIntoClause>,
        layout: &Layout,
        bare: &impl Fn(Expr) -> Result<Expr>,
    ) -> Result<Self> {
        let mut all = Self { matched: vec![], not_matched: vec![], not_matched_by_source: vec![] };
        for MergeIntoClause { kind, predicate, action } in clauses {
            let (fate, values) = match action {
                MergeIntoAction::Delete => (Fate::Deleted, Vec::new()),
                MergeIntoAction::Update(values) => (Fate::Updated, values),
                MergeIntoAction::Insert { columns, values } => {
                    let all = layout.spark.fields().iter().map(|field| field.name().clone());
                    let columns = if columns.is_empty() { all.collect() } else { columns };
                    (Fate::Inserted, columns.into_iter().zip(values).collect())
                }
            };
            let values = values.into_iter().map(|(name, value)| Ok((name, bare(value)?)));
            let assigned = Assigned::named(values.collect::<Result<_>>()?, layout)?;
            let condition = predicate.map(bare).transpose()?;
            let list = match kind.canonical() {
                MergeIntoClauseKind::Matched => &mut all.matched,
                MergeIntoClauseKind::NotMatchedBySource => &mut all.not_matched_by_source,
                MergeIntoClauseKind::NotMatched | MergeIntoClauseKind::NotMatchedByTarget => {
                    &mut all.not_matched
                }
            };
            list.push(Clause { condition, fate, assigned });
        }
        Ok(all)
    }

    /// Whether rows are only added.
    pub(super) fn only_insert(&self) -> bool {
        self.matched.is_empty() && self.not_matched_by_source.is_empty()
    }

    /// Whether rows change only where the condition holds.
    pub(super) fn only_matched(&self) -> bool {
        self.not_matched.is_empty() && self.not_matched_by_source.is_empty()
    }

    /// Whether it does not matter which of two source rows a row matches.
    pub(super) fn matches_may_repeat(&self) -> bool {
        matches!(self.matched.as_slice(), [Clause { condition: None, fate: Fate::Deleted, .. }])
    }
}

/// Only the last clause of a kind may hold always.
fn check_last(actions: &[Action], kind: &str) -> Result<()> {
    let Some((_, earlier)) = actions.split_last() else { return Ok(()) };
    if earlier.iter().all(|action| action.condition.is_some()) {
        return Ok(());
    }
    let shown = kind.replace('_', " ");
    Err(analysis(
        &format!("NON_LAST_{kind}_CLAUSE_OMIT_CONDITION"),
        "42613",
        format!(
            "When there are more than one {shown} clauses in a MERGE statement, only the last \
             {shown} clause can omit the condition."
        ),
        &[],
    ))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Matched,
    NotMatched,
    NotMatchedBySource,
}

/// What clauses are planned against.
pub(super) struct Context<'a> {
    pub(super) target: &'a Target,
    pub(super) sides: &'a Sides,
    /// The layout of the rows as they will be.
    pub(super) layout: &'a Layout,
    pub(super) evolves: bool,
    pub(super) planner: &'a SparkConnectPlanner,
}

impl Context<'_> {
    /// What expressions of a kind of clause may name.
    fn scope(&self, kind: Kind) -> &Planned {
        match kind {
            Kind::Matched => self.sides.together(),
            Kind::NotMatched => self.sides.right(),
            Kind::NotMatchedBySource => self.sides.left(),
        }
    }

    fn clause(&self, action: &Action, kind: Kind) -> Result<Clause> {
        let Action { condition, action_type } = action;
        let scope = self.scope(kind);
        let condition = condition.as_ref().map(|c| self.planner.plan_condition(c, scope));
        let condition = condition.transpose()?;
        let action = action_type.as_ref().ok_or_else(|| Error::missing_field("action_type"))?;
        let (fate, assigned) = match (action, kind) {
            (ActionType::DeleteAction(_), Kind::Matched | Kind::NotMatchedBySource) => {
                (Fate::Deleted, Assigned::default())
            }
            (
                ActionType::UpdateAction(UpdateAction { assignments }),
                Kind::Matched | Kind::NotMatchedBySource,
            ) => (Fate::Updated, self.assigned(assignments, scope)?),
            (ActionType::InsertAction(InsertAction { assignments }), Kind::NotMatched) => {
                (Fate::Inserted, self.assigned(assignments, scope)?)
            }
            (ActionType::UpdateStarAction(_), Kind::Matched) => {
                (Fate::Updated, self.star("UPDATE")?)
            }
            (ActionType::InsertStarAction(_), Kind::NotMatched) => {
                (Fate::Inserted, self.star("INSERT")?)
            }
            _ => return Err(Error::invalid_plan("a merge has an action in the wrong list")),
        };
        Ok(Clause { condition, fate, assigned })
    }

    fn assigned(&self, assignments: &[Assignment], scope: &Planned) -> Result<Assigned> {
        Assigned::into(assignments, self.target, &self.layout.spark, scope, self.planner)
    }

    /// Every column from the source's column of its name.
    fn star(&self, clause: &str) -> Result<Assigned> {
        let source = self.sides.right();
        let mut values = Vec::new();
        for (at, field) in self.layout.spark.fields().iter().enumerate() {
            let named = source.columns().entries().iter();
            let named = named.filter(|e| e.name().eq_ignore_ascii_case(field.name()));
            let value = match named.collect::<Vec<_>>().as_slice() {
                [entry] => Expr::Column(entry.column().clone()),
                [] if self.evolves => continue,
                _ => return Err(self.unresolved(field.name(), clause)),
            };
            let shown = &self.target.location.shown;
            values.push((at, self.planner.store_value(value, source, shown, field)?));
        }
        Ok(Assigned::new(values))
    }

    fn unresolved(&self, name: &str, clause: &str) -> Error {
        let columns: Vec<_> = self.sides.right().columns().names().collect();
        let columns = columns.join(", ");
        analysis(
            "DELTA_MERGE_UNRESOLVED_EXPRESSION",
            "42601",
            format!("Cannot resolve {name} in {clause} clause given columns {columns}."),
            &[("sqlExpr", name), ("clause", clause), ("cols", &columns)],
        )
    }
}
