//! What an expression can name: the columns of its relation, of enclosing
//! queries, lambda variables and planned subqueries.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use datafusion::common::{Column, DFSchemaRef, ExprSchema};
use datafusion::logical_expr::Expr;

use super::SparkConnectPlanner;
use super::columns::{ColumnEntry, ColumnId, Columns, Resolution, quote_parts};
use super::planned::{Planned, TaggedResolution};
use crate::error::{Condition, Error, Result};
use crate::session::variables::{Variable, Variables};

/// Subqueries of one relation's expressions, planned, by plan id.
pub(crate) type Subqueries = HashMap<i64, Planned>;

/// The columns of an enclosing query, for correlated subqueries.
#[derive(Debug)]
pub(crate) struct OuterFrame {
    pub(crate) input: Planned,
    pub(crate) outer: Option<Arc<OuterFrame>>,
}

impl OuterFrame {
    /// Field names of all enclosing queries, which inner plans must not reuse:
    /// DataFusion compares correlated columns by name.
    pub(crate) fn field_names(frame: Option<&Arc<OuterFrame>>) -> HashSet<String> {
        let mut names = HashSet::new();
        let mut at = frame;
        while let Some(frame) = at {
            names.extend(frame.input.df_schema().fields().iter().map(|f| f.name().clone()));
            at = frame.outer.as_ref();
        }
        names
    }
}

/// A resolved name: the expression for the column, and how many name parts it took.
#[derive(Debug, Clone)]
pub(crate) struct ResolvedName {
    /// The column, here or in an enclosing query.
    pub(crate) expr: Expr,
    /// The column as Spark knows it; none for a lambda variable.
    pub(crate) entry: Option<Arc<ColumnEntry>>,
    /// Number of leading name parts used; the rest names nested fields.
    pub(crate) parts: usize,
}

/// The names in reach of an expression.
pub(crate) struct Scope<'a> {
    planner: &'a SparkConnectPlanner,
    input: &'a Planned,
    outer: Option<&'a Arc<OuterFrame>>,
    subqueries: &'a Subqueries,
    /// What is in reach of the columns that only the input's inputs have.
    beneath: Option<Beneath<'a>>,
    lambda: Option<&'a LambdaScope<'a>>,
}

/// Columns that an input's inputs have and it dropped.
#[derive(Clone, Copy)]
struct Beneath<'a> {
    /// Where to note those that are named.
    missing: &'a RefCell<Vec<ColumnId>>,
    /// Whether only what is known of files is in reach.
    facts_alone: bool,
}

impl Beneath<'_> {
    fn reaches(&self, name: &str) -> bool {
        !self.facts_alone || super::columns::same_name(name, METADATA)
    }
}

/// The column of what is known of the file that a row is in, as queries name it.
pub(crate) const METADATA: &str = "_metadata";

/// Variables of a lambda function around an expression, innermost first.
pub(crate) struct LambdaScope<'a> {
    pub(crate) variables: &'a [(String, Expr)],
    pub(crate) outer: Option<&'a LambdaScope<'a>>,
}

impl<'a> Scope<'a> {
    /// The scope of expressions over `input`, in no enclosing query.
    pub(crate) fn new(
        planner: &'a SparkConnectPlanner,
        input: &'a Planned,
        subqueries: &'a Subqueries,
    ) -> Self {
        Self { planner, input, outer: None, subqueries, beneath: None, lambda: None }
    }

    /// The same scope inside enclosing queries.
    #[must_use]
    pub(crate) fn within(mut self, outer: Option<&'a Arc<OuterFrame>>) -> Self {
        self.outer = outer;
        self
    }

    /// The same scope, where columns that the input dropped are noted in `missing`.
    #[must_use]
    pub(crate) fn seeing_beneath(mut self, missing: &'a RefCell<Vec<ColumnId>>) -> Self {
        self.beneath = Some(Beneath { missing, facts_alone: false });
        self
    }

    /// The same scope, where what is known of files is noted in `missing` if the input
    /// dropped it.
    #[must_use]
    pub(crate) fn seeing_facts(mut self, missing: &'a RefCell<Vec<ColumnId>>) -> Self {
        self.beneath = Some(Beneath { missing, facts_alone: true });
        self
    }

    /// The same scope inside a lambda function.
    #[must_use]
    pub(crate) fn in_lambda<'b>(&'b self, lambda: &'b LambdaScope<'b>) -> Scope<'b>
    where
        'a: 'b,
    {
        Scope {
            planner: self.planner,
            input: self.input,
            outer: self.outer,
            subqueries: self.subqueries,
            beneath: self.beneath,
            lambda: Some(lambda),
        }
    }

    /// The planner, for its session, configuration and plugins.
    pub(crate) fn planner(&self) -> &'a SparkConnectPlanner {
        self.planner
    }

    /// The relation the expression is evaluated over.
    pub(crate) fn input(&self) -> &'a Planned {
        self.input
    }

    /// The schema to type expressions against.
    pub(crate) fn df_schema(&self) -> &'a DFSchemaRef {
        self.input.df_schema()
    }

    /// The innermost lambda around the expression.
    pub(crate) fn lambda(&self) -> Option<&'a LambdaScope<'a>> {
        self.lambda
    }

    /// The subquery sent under `plan_id`.
    pub(crate) fn subquery(&self, plan_id: i64) -> Result<&'a Planned> {
        self.subqueries.get(&plan_id).ok_or_else(|| {
            Error::invalid_plan(format!("no relation with plan id {plan_id} is referenced here"))
        })
    }

    /// Finds what a dotted name means here.
    ///
    /// # Errors
    /// Spark's error for a name that is missing or ambiguous.
    pub(crate) fn resolve(&self, parts: &[String], plan_id: Option<i64>) -> Result<ResolvedName> {
        match plan_id {
            Some(plan_id) => self.resolve_tagged(parts, plan_id),
            None => self.resolve_plain(parts),
        }
    }

    fn resolve_plain(&self, parts: &[String]) -> Result<ResolvedName> {
        if let Some(variable) = self.lambda_variable(parts) {
            return Ok(variable);
        }
        match self.input.columns().resolve(parts) {
            Resolution::Found { entry, parts } => Ok(found(entry, parts)),
            Resolution::Ambiguous(entries) => Err(ambiguous(parts, &entries)),
            Resolution::Missing => match self.resolve_beneath(parts)? {
                Some(resolved) => Ok(resolved),
                None => self.resolve_outer(parts),
            },
        }
    }

    fn lambda_variable(&self, parts: &[String]) -> Option<ResolvedName> {
        let mut at = self.lambda;
        while let Some(scope) = at {
            let hit = scope.variables.iter().find(|(name, _)| {
                parts.first().is_some_and(|part| super::columns::same_name(name, part))
            });
            if let Some((_, expr)) = hit {
                return Some(ResolvedName { expr: expr.clone(), entry: None, parts: 1 });
            }
            at = scope.outer;
        }
        None
    }

    fn resolve_beneath(&self, parts: &[String]) -> Result<Option<ResolvedName>> {
        let named = parts.first().map_or("", String::as_str);
        let Some(beneath) = self.beneath.filter(|beneath| beneath.reaches(named)) else {
            return Ok(None);
        };
        match self.input.resolve_beneath(parts) {
            Resolution::Found { entry, parts } => {
                beneath.missing.borrow_mut().push(entry.id());
                Ok(Some(found(entry, parts)))
            }
            Resolution::Ambiguous(entries) => Err(ambiguous(parts, &entries)),
            Resolution::Missing => Ok(None),
        }
    }

    /// As in Spark, only the query right outside is looked at.
    fn resolve_outer(&self, parts: &[String]) -> Result<ResolvedName> {
        if let Some(frame) = self.outer {
            match frame.input.columns().resolve(parts) {
                Resolution::Found { entry, parts } => return outer_reference(frame, entry, parts),
                Resolution::Ambiguous(entries) => return Err(ambiguous(parts, &entries)),
                Resolution::Missing => {}
            }
        }
        if let Some((variable, parts)) = self.variable(parts) {
            let expr = Expr::Literal(variable.value, None);
            return Ok(ResolvedName { expr, entry: None, parts });
        }
        Err(unresolved(parts, self.input.columns()))
    }

    /// The session variable that a name begins with.
    pub(crate) fn variable(&self, parts: &[String]) -> Option<(Variable, usize)> {
        self.planner.session().get_or_init(Variables::default).find(parts)
    }

    fn resolve_tagged(&self, parts: &[String], plan_id: i64) -> Result<ResolvedName> {
        match self.input.resolve_tagged(plan_id, parts) {
            TaggedResolution::Found { entry, parts } => Ok(found(entry, parts)),
            TaggedResolution::Ambiguous => Err(Error::analysis(
                Condition::AMBIGUOUS_COLUMN_REFERENCE,
                [("name", in_double_quotes(parts))],
            )),
            TaggedResolution::AmbiguousName(entries) => Err(ambiguous(parts, &entries)),
            TaggedResolution::OutOfReach { entry, parts: used } => match self.beneath {
                Some(beneath) if beneath.reaches(entry.name()) => {
                    beneath.missing.borrow_mut().push(entry.id());
                    Ok(found(entry, used))
                }
                _ => Err(cannot_resolve(parts)),
            },
            TaggedResolution::NoSuchColumn(columns) => Err(unresolved(parts, &columns)),
            TaggedResolution::NoSuchPlan => self.resolve_tagged_outer(parts, plan_id),
        }
    }

    fn resolve_tagged_outer(&self, parts: &[String], plan_id: i64) -> Result<ResolvedName> {
        if let Some(frame) = self.outer
            && let TaggedResolution::Found { entry, parts } =
                frame.input.resolve_tagged(plan_id, parts)
        {
            return outer_reference(frame, entry, parts);
        }
        Err(cannot_resolve(parts))
    }

    /// The columns that `target.*` stands for; all of them without a target.
    ///
    /// # Errors
    /// `CANNOT_RESOLVE_STAR_EXPAND` if nothing is behind the target.
    pub(crate) fn star(
        &self,
        target: &[String],
        plan_id: Option<i64>,
    ) -> Result<Vec<Arc<ColumnEntry>>> {
        let entries = match plan_id {
            Some(plan_id) => self.input.columns_of(plan_id),
            None => self.input.columns().behind(target),
        };
        if entries.is_empty() && !(target.is_empty() && plan_id.is_none()) {
            return Err(Error::analysis(
                Condition::CANNOT_RESOLVE_STAR_EXPAND,
                [
                    ("targetString", quote_parts(target.iter().map(String::as_str))),
                    ("columns", proposal(self.input.columns())),
                ],
            ));
        }
        Ok(entries)
    }
}

fn found(entry: Arc<ColumnEntry>, parts: usize) -> ResolvedName {
    let expr = Expr::Column(entry.column().clone());
    ResolvedName { expr, entry: Some(entry), parts }
}

fn outer_reference(
    frame: &OuterFrame,
    entry: Arc<ColumnEntry>,
    parts: usize,
) -> Result<ResolvedName> {
    let field = Arc::clone(frame.input.df_schema().field_from_column(entry.column())?);
    let column: Column = entry.column().clone();
    let expr = Expr::OuterReferenceColumn(field, column);
    Ok(ResolvedName { expr, entry: Some(entry), parts })
}

/// Spark's error for a name that nothing has.
pub(crate) fn unresolved(parts: &[String], columns: &Columns) -> Error {
    let name = quote_parts(parts.iter().map(String::as_str));
    if columns.is_empty() {
        return Error::analysis(
            Condition::UNRESOLVED_COLUMN_WITHOUT_SUGGESTION,
            [("objectName", name)],
        );
    }
    Error::analysis(
        Condition::UNRESOLVED_COLUMN_WITH_SUGGESTION,
        [("objectName", name), ("proposal", suggestions(parts, columns))],
    )
}

/// Up to five columns, the most similar names first, as Spark suggests them.
fn suggestions(parts: &[String], columns: &Columns) -> String {
    let wanted = parts.join(".").to_lowercase();
    let mut entries: Vec<_> = columns.entries().iter().collect();
    entries.sort_by_cached_key(|entry| {
        let bare = entry.name().to_lowercase();
        datafusion::common::utils::datafusion_strsim::levenshtein(&wanted, &bare)
    });
    let names: Vec<_> = entries.iter().take(5).map(|entry| entry.quoted()).collect();
    names.join(", ")
}

fn proposal(columns: &Columns) -> String {
    let names: Vec<_> = columns.entries().iter().map(|entry| entry.quoted()).collect();
    names.join(", ")
}

fn ambiguous(parts: &[String], entries: &[Arc<ColumnEntry>]) -> Error {
    let mut names: Vec<_> = entries.iter().map(|entry| entry.quoted()).collect();
    names.sort();
    Error::analysis(
        Condition::AMBIGUOUS_REFERENCE,
        [
            ("name", quote_parts(parts.iter().map(String::as_str))),
            ("referenceNames", format!("[{}]", names.join(", "))),
        ],
    )
}

/// Spark's error for a column that a DataFrame lacks.
pub(crate) fn cannot_resolve(parts: &[String]) -> Error {
    Error::analysis(Condition::CANNOT_RESOLVE_DATAFRAME_COLUMN, [("name", in_double_quotes(parts))])
}

/// How Spark's errors print an expression, which `df["x"]` is.
fn in_double_quotes(parts: &[String]) -> String {
    format!("\"{}\"", parts.join("."))
}
