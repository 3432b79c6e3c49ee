//! When two plans are one and the same: prints of plans that leave out what does not
//! change their rows, as names, aliases and the order of what commutes.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use datafusion::catalog::TableProvider;
use datafusion::common::tree_node::{Transformed, TreeNode as _};
use datafusion::common::{Column, DFSchemaRef, ScalarValue};
use datafusion::datasource::source_as_provider;
use datafusion::logical_expr::expr::{Alias, Sort};
use datafusion::logical_expr::{
    BinaryExpr, Distinct, Expr, LogicalPlan, Operator, Partitioning, TableScan, lit,
};

use super::kept::KeptTable;
use super::observe::ObservedTable;
use super::spread::{Scheme, SpreadTable};
use crate::error::Result;
use crate::planner::planned::Planned;
use crate::source::{identity, may_be_read};

/// Plans of the same print give the same rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Print(u64, u64);

impl Print {
    /// Of a relation: of its plan, and of which columns were renamed on the way.
    ///
    /// # Errors
    /// If the plan is not sound.
    pub(crate) fn of(planned: &Planned) -> Result<Self> {
        let mut own = Twin::new("relation");
        of_plan(planned.plan())?.hash(&mut own);
        for entry in planned.columns().entries() {
            planned.df_schema().maybe_index_of_column(entry.column()).hash(&mut own);
            (entry.name() == entry.column().name).hash(&mut own);
        }
        Ok(own.print())
    }

    /// In 32 bits, as clients take it.
    pub(crate) fn short(self) -> i32 {
        let folded = self.0 ^ self.1;
        (folded ^ (folded >> 32)) as i32
    }

    /// That of a plan which is like no other.
    fn unique() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let mut own = Twin::new("unique");
        NEXT.fetch_add(1, Ordering::Relaxed).hash(&mut own);
        own.print()
    }
}

/// Two hashes at once: one alone is too short to rely on.
struct Twin(DefaultHasher, DefaultHasher);

impl Twin {
    fn new(tag: &str) -> Self {
        let mut twin = Self(DefaultHasher::new(), DefaultHasher::new());
        twin.1.write_u8(1);
        tag.hash(&mut twin);
        twin
    }

    fn print(&self) -> Print {
        Print(self.0.finish(), self.1.finish())
    }
}

impl Hasher for Twin {
    fn finish(&self) -> u64 {
        self.0.finish()
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0.write(bytes);
        self.1.write(bytes);
    }
}

/// The print of a plan.
///
/// # Errors
/// If the plan is not sound.
pub(super) fn of_plan(plan: &LogicalPlan) -> Result<Print> {
    let inputs = plan.inputs().into_iter().map(of_plan).collect::<Result<Vec<_>>>()?;
    of_node(plan, &inputs)
}

/// Whether two plans give the same rows.
///
/// # Errors
/// If a plan is not sound.
pub(crate) fn same_plan(one: &LogicalPlan, other: &LogicalPlan) -> Result<bool> {
    Ok(of_plan(one)? == of_plan(other)?)
}

/// The print of a plan whose inputs have these.
pub(super) fn of_node(plan: &LogicalPlan, inputs: &[Print]) -> Result<Print> {
    let schemas: Vec<DFSchemaRef> =
        plan.inputs().iter().map(|input| DFSchemaRef::clone(input.schema())).collect();
    let over = Over(&schemas);
    let mut own = Twin::new(node_name(plan));
    inputs.hash(&mut own);
    match plan {
        LogicalPlan::SubqueryAlias(_) => {
            return Ok(inputs.first().copied().unwrap_or(Print::unique()));
        }
        LogicalPlan::Projection(node) => over.exprs(&node.expr, &mut own)?,
        LogicalPlan::Filter(node) => over.expr(&node.predicate, &mut own)?,
        LogicalPlan::Window(node) => over.exprs(&node.window_expr, &mut own)?,
        LogicalPlan::Aggregate(node) => {
            over.exprs(&node.group_expr, &mut own)?;
            over.exprs(&node.aggr_expr, &mut own)?;
        }
        LogicalPlan::Sort(node) => {
            over.sorts(&node.expr, &mut own)?;
            node.fetch.hash(&mut own);
        }
        LogicalPlan::Join(node) => {
            for (left, right) in &node.on {
                over.expr(left, &mut own)?;
                over.expr(right, &mut own)?;
            }
            node.filter.iter().try_for_each(|filter| over.expr(filter, &mut own))?;
            (node.join_type, node.null_equality, node.null_aware).hash(&mut own);
        }
        LogicalPlan::Repartition(node) => match &node.partitioning_scheme {
            Partitioning::Hash(exprs, count) => {
                over.exprs(exprs, &mut own)?;
                count.hash(&mut own);
            }
            Partitioning::RoundRobinBatch(count) => count.hash(&mut own),
            _ => return Ok(Print::unique()),
        },
        LogicalPlan::Union(_) | LogicalPlan::Distinct(Distinct::All(_)) => {}
        LogicalPlan::Limit(node) => (&node.skip, &node.fetch).hash(&mut own),
        LogicalPlan::Values(node) => {
            for row in &node.values {
                over.exprs(row, &mut own)?;
            }
        }
        LogicalPlan::EmptyRelation(node) => {
            node.produce_one_row.hash(&mut own);
            types(plan, &mut own);
        }
        LogicalPlan::TableScan(scan) => table(scan, &mut own)?,
        LogicalPlan::Subquery(node) => over.exprs(&node.outer_ref_columns, &mut own)?,
        LogicalPlan::Unnest(node) => {
            (&node.list_type_columns, &node.struct_type_columns).hash(&mut own);
            format!("{:?}", node.options).hash(&mut own);
            types(plan, &mut own);
        }
        _ => return Ok(Print::unique()),
    }
    Ok(own.print())
}

fn node_name(plan: &LogicalPlan) -> &'static str {
    match plan {
        LogicalPlan::Projection(_) => "projection",
        LogicalPlan::Filter(_) => "filter",
        LogicalPlan::Window(_) => "window",
        LogicalPlan::Aggregate(_) => "aggregate",
        LogicalPlan::Sort(_) => "sort",
        LogicalPlan::Join(_) => "join",
        LogicalPlan::Repartition(_) => "repartition",
        LogicalPlan::Union(_) => "union",
        LogicalPlan::Distinct(_) => "distinct",
        LogicalPlan::Limit(_) => "limit",
        LogicalPlan::Values(_) => "values",
        LogicalPlan::EmptyRelation(_) => "empty",
        LogicalPlan::TableScan(_) => "scan",
        LogicalPlan::Subquery(_) => "subquery",
        LogicalPlan::Unnest(_) => "unnest",
        _ => "other",
    }
}

fn types(plan: &LogicalPlan, own: &mut Twin) {
    for field in plan.schema().fields() {
        (field.data_type(), field.is_nullable()).hash(own);
    }
}

/// What a scan reads: what the source says of itself, else that very source.
fn table(scan: &TableScan, own: &mut Twin) -> Result<()> {
    let provider = source_as_provider(&scan.source)?;
    if let Some(nested) = Nested::of(provider.as_ref()) {
        return nested.print(scan, own);
    }
    match identity(provider.as_ref()) {
        Some(identity) => identity.hash(own),
        None => std::ptr::from_ref(provider.as_ref()).cast::<()>().hash(own),
    }
    (&scan.projection, scan.fetch).hash(own);
    let schemas = [DFSchemaRef::clone(&scan.projected_schema)];
    Over(&schemas).exprs(&scan.filters, own)?;
    for field in scan.projected_schema.fields() {
        field.data_type().hash(own);
    }
    Ok(())
}

/// A plan within a table.
enum Nested<'t> {
    Spread(&'t SpreadTable),
    Observed(&'t ObservedTable),
    Kept(&'t KeptTable),
}

impl<'t> Nested<'t> {
    fn of(table: &'t dyn TableProvider) -> Option<Self> {
        let table = table as &dyn std::any::Any;
        let spread = table.downcast_ref().map(Self::Spread);
        spread
            .or_else(|| table.downcast_ref().map(Self::Observed))
            .or_else(|| table.downcast_ref().map(Self::Kept))
    }

    fn plan(&self) -> &'t LogicalPlan {
        match self {
            Self::Spread(table) => &table.plan,
            Self::Observed(table) => &table.plan,
            Self::Kept(table) => table.plan(),
        }
    }

    fn print(&self, scan: &TableScan, own: &mut Twin) -> Result<()> {
        match self {
            Self::Spread(table) => {
                let schemas = [DFSchemaRef::clone(table.plan.schema())];
                match &table.scheme {
                    Scheme::Sort(orders) => Over(&schemas).sorts(orders, own)?,
                    other => other.hash(own),
                }
            }
            Self::Observed(table) => table.metrics.name.hash(own),
            // Kept rows are only like themselves.
            Self::Kept(table) => table.plan().hash_pointer(own),
        }
        of_plan(self.plan())?.hash(own);
        scan.projection.hash(own);
        Ok(())
    }
}

/// The very place of a value.
trait HashPointer {
    fn hash_pointer(&self, own: &mut Twin);
}

impl<T> HashPointer for Arc<T> {
    fn hash_pointer(&self, own: &mut Twin) {
        Arc::as_ptr(self).hash(own);
    }
}

/// Expressions over inputs with these schemas.
struct Over<'s>(&'s [DFSchemaRef]);

impl Over<'_> {
    fn exprs(&self, exprs: &[Expr], own: &mut Twin) -> Result<()> {
        exprs.len().hash(own);
        exprs.iter().try_for_each(|expr| self.expr(expr, own))
    }

    fn sorts(&self, sorts: &[Sort], own: &mut Twin) -> Result<()> {
        for Sort { expr, asc, nulls_first } in sorts {
            self.expr(expr, own)?;
            (asc, nulls_first).hash(own);
        }
        Ok(())
    }

    fn expr(&self, expr: &Expr, own: &mut Twin) -> Result<()> {
        let plain = expr.clone().transform_up(|node| self.plain(node))?;
        plain.data.hash(own);
        Ok(())
    }

    /// A node whose children are plain already.
    fn plain(&self, node: Expr) -> datafusion::common::Result<Transformed<Expr>> {
        Ok(match node {
            Expr::Column(column) => Transformed::yes(Expr::Column(self.place(column))),
            Expr::Alias(alias) => Transformed::yes(self.unnamed(alias)),
            Expr::BinaryExpr(binary) => Transformed::yes(ordered(binary)),
            Expr::ScalarFunction(mut call) if commutes(call.func.name()) => {
                call.args.sort_by_key(hash_of);
                Transformed::yes(Expr::ScalarFunction(call))
            }
            Expr::ScalarSubquery(subquery) => {
                Transformed::yes(nested("scalar", &subquery.subquery, Vec::new())?)
            }
            Expr::Exists(exists) => {
                let kind = if exists.negated { "not exists" } else { "exists" };
                Transformed::yes(nested(kind, &exists.subquery.subquery, Vec::new())?)
            }
            Expr::InSubquery(list) => {
                let kind = if list.negated { "not in" } else { "in" };
                Transformed::yes(nested(kind, &list.subquery.subquery, vec![*list.expr])?)
            }
            other => Transformed::no(other),
        })
    }

    /// An alias without its name. Those by which columns of one name are told apart are
    /// none to the client.
    fn unnamed(&self, Alias { expr, name, .. }: Alias) -> Expr {
        let own = name.split('#').next().unwrap_or_default();
        match *expr {
            Expr::Column(column) if self.name_at(&column) == Some(own) => Expr::Column(column),
            other => other.alias(""),
        }
    }

    /// The name of the field that a [place](Self::place) is of, up to what was added to
    /// tell it apart.
    fn name_at(&self, place: &Column) -> Option<&str> {
        let (input, at) = place.name.strip_prefix('#')?.split_once('.')?;
        let schema = self.0.get(input.parse::<usize>().ok()?)?;
        let field = schema.fields().get(at.parse::<usize>().ok()?)?;
        field.name().split('#').next()
    }

    /// A column by its place in the inputs.
    fn place(&self, column: Column) -> Column {
        let inputs = self.0.iter().enumerate();
        let mut places =
            inputs.filter_map(|(at, schema)| Some((at, schema.maybe_index_of_column(&column)?)));
        match places.next() {
            Some((input, at)) => Column::from_name(format!("#{input}.{at}")),
            None => column,
        }
    }
}

fn hash_of(expr: &Expr) -> u64 {
    let mut hasher = DefaultHasher::new();
    expr.hash(&mut hasher);
    hasher.finish()
}

/// A subquery as a value that holds its print.
fn nested(
    kind: &str,
    plan: &LogicalPlan,
    mut values: Vec<Expr>,
) -> datafusion::common::Result<Expr> {
    let Print(a, b) = of_plan(plan)?;
    let print = lit(ScalarValue::from(format!("{kind} {a:x}{b:x}")));
    Ok(match values.pop() {
        Some(value) => value.eq(print),
        None => print,
    })
}

/// Functions of ours whose two arguments may be exchanged.
fn commutes(name: &str) -> bool {
    ["spark_add", "spark_multiply", "spark_try_add", "spark_try_multiply"].contains(&name)
}

/// An operation whose sides are in an order of their own, if that does not matter.
fn ordered(BinaryExpr { left, op, right }: BinaryExpr) -> Expr {
    let binary =
        |left: Box<Expr>, op, right: Box<Expr>| Expr::BinaryExpr(BinaryExpr { left, op, right });
    match op {
        Operator::And | Operator::Or => {
            let mut parts = Vec::new();
            flatten(*left, op, &mut parts);
            flatten(*right, op, &mut parts);
            parts.sort_by_key(hash_of);
            let joined = parts.into_iter().reduce(|a, b| binary(Box::new(a), op, Box::new(b)));
            joined.unwrap_or_else(|| lit(true))
        }
        Operator::Gt => binary(right, Operator::Lt, left),
        Operator::GtEq => binary(right, Operator::LtEq, left),
        Operator::Eq
        | Operator::NotEq
        | Operator::Plus
        | Operator::Multiply
        | Operator::IsNotDistinctFrom
        | Operator::IsDistinctFrom
        | Operator::BitwiseAnd
        | Operator::BitwiseOr
        | Operator::BitwiseXor
            if hash_of(&left) > hash_of(&right) =>
        {
            binary(right, op, left)
        }
        op => binary(left, op, right),
    }
}

fn flatten(expr: Expr, op: Operator, parts: &mut Vec<Expr>) {
    match expr {
        Expr::BinaryExpr(BinaryExpr { left, op: own, right }) if own == op => {
            flatten(*left, op, parts);
            flatten(*right, op, parts);
        }
        other => parts.push(other),
    }
}

/// Whether a plan reads what was written, or may have been.
pub(crate) fn reads_tables(plan: &LogicalPlan, written: Option<&dyn TableProvider>) -> bool {
    let mut reads = false;
    let mut open = vec![plan];
    while let Some(plan) = open.pop() {
        open.extend(plan.inputs());
        let LogicalPlan::TableScan(scan) = plan else { continue };
        let Ok(table) = source_as_provider(&scan.source) else { continue };
        reads |= match Nested::of(table.as_ref()) {
            Some(nested) => reads_tables(nested.plan(), written),
            None => may_be_read(table.as_ref(), written),
        };
    }
    reads
}
