//! Select lists: the projection behind `project`, `with_columns` and their kin.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use datafusion::common::Column;
use datafusion::common::metadata::FieldMetadata;
use datafusion::common::tree_node::{Transformed, TreeNode, TreeNodeRecursion};
use datafusion::logical_expr::utils::{
    find_aggregate_exprs, find_window_exprs, group_window_expr_by_sort_keys,
};
use datafusion::logical_expr::{Expr, LogicalPlan, Projection, Window};

use super::aggregate;
use super::filter::through;
use super::generate::with_generator;
use super::lateral::{refuse_outer, with_scalars};
use super::places::with_places;
use crate::error::Result;
use crate::expression::NamedExpr;
use crate::planner::columns::{ColumnEntry, Columns, FieldNames};
use crate::planner::planned::{Input, Planned, Shape};
use crate::planner::walk::RelationContext;
use crate::types::METADATA_KEY;

/// Builds a projection: columns passed on keep their identity, computed ones get
/// a new one, and field names never collide.
pub(crate) struct Select<'a> {
    input: &'a Planned,
    names: FieldNames,
    exprs: Vec<Expr>,
    entries: Vec<Arc<ColumnEntry>>,
    /// Whether the projection is nothing but the input's fields, in order.
    identity: bool,
    /// The input's field names, once they are asked for.
    input_fields: Option<HashSet<&'a str>>,
}

impl<'a> Select<'a> {
    /// An empty select list; `names` has what no field may be called.
    pub(crate) fn new(input: &'a Planned, names: FieldNames) -> Self {
        let (exprs, entries) = (Vec::new(), Vec::new());
        Self { input, names, exprs, entries, identity: true, input_fields: None }
    }

    /// Passes a column on, perhaps under another Spark name.
    pub(crate) fn pass(&mut self, entry: &Arc<ColumnEntry>) {
        let column = entry.column();
        if self.names.take_exactly(&column.name) {
            self.check_identity(column);
            self.exprs.push(Expr::Column(column.clone()));
            self.entries.push(Arc::clone(entry));
        } else {
            let name = self.names.take(&column.name);
            self.identity = false;
            self.exprs.push(Expr::Column(column.clone()).alias(&name));
            self.entries.push(Arc::new(entry.with_column(Column::from_name(name))));
        }
    }

    fn check_identity(&mut self, column: &Column) {
        let schema = self.input.df_schema();
        let at = self.exprs.len();
        self.identity &= at < schema.fields().len() && {
            let (table, field) = schema.qualified_field(at);
            field.name() == &column.name && table == column.relation.as_ref()
        };
    }

    /// Adds a computed column.
    pub(crate) fn compute(&mut self, name: &str, expr: Expr, metadata: Option<&str>) {
        self.identity = false;
        let field = self.name_of_computed(name, &expr);
        self.entries.push(Arc::new(ColumnEntry::new(name, Column::from_name(&field))));
        self.exprs.push(match metadata {
            None => expr.alias(field),
            Some(text) => expr.alias_with_metadata(field, Some(column_metadata(text))),
        });
    }

    /// Adds a column whose values another expression carries from here on; it stays
    /// the column that it is.
    pub(super) fn carry(&mut self, entry: &Arc<ColumnEntry>, expr: Expr) {
        self.identity = false;
        let field = self.name_of_computed(entry.name(), &expr);
        self.entries.push(Arc::new(entry.with_column(Column::from_name(&field))));
        self.exprs.push(expr.alias(field));
    }

    /// A name that no field of the input has: DataFusion's optimiser takes a
    /// projection that equals its input's, as in `id + 1 AS id` twice, for a
    /// repetition and drops it.
    fn name_of_computed(&mut self, name: &str, expr: &Expr) -> String {
        if matches!(expr, Expr::Literal(_, _)) {
            return self.names.take(name);
        }
        let input = self.input;
        let used = self.input_fields.get_or_insert_with(|| {
            input.df_schema().fields().iter().map(|field| field.name().as_str()).collect()
        });
        self.names.take_unless(name, |candidate| used.contains(candidate))
    }

    /// Adds a column of a planned select list.
    pub(super) fn add(&mut self, named: &NamedExpr) {
        match (&named.entry, &named.metadata) {
            (Some(entry), None) if entry.name() == named.name => self.pass(entry),
            (Some(entry), None) => self.pass(&Arc::new(entry.with_name(named.name.as_str()))),
            _ => self.compute(&named.name, named.expr.clone(), named.metadata.as_deref()),
        }
    }

    /// The projection; none is needed if it only passes on what is there.
    pub(crate) fn finish(self) -> Result<Planned> {
        let inputs = vec![Input::plain(self.input)];
        let columns = Columns::from_shared(self.entries);
        let fields = self.input.df_schema().fields().len();
        if self.identity && self.exprs.len() == fields {
            let plan = Arc::clone(self.input.plan());
            return Ok(Planned::node(plan, columns, inputs, Shape::Same));
        }
        let projection = Projection::try_new(self.exprs, Arc::clone(self.input.plan()))?;
        let plan = Arc::new(LogicalPlan::Projection(projection));
        Ok(Planned::node(plan, columns, inputs, Shape::Project))
    }
}

/// A column of the input, as an item of a select list.
pub(super) fn passing(entry: &Arc<ColumnEntry>) -> NamedExpr {
    NamedExpr {
        expr: Expr::Column(entry.column().clone()),
        name: entry.name().to_owned(),
        entry: Some(Arc::clone(entry)),
        metadata: None,
    }
}

fn column_metadata(text: &str) -> FieldMetadata {
    FieldMetadata::from(HashMap::from([(METADATA_KEY.to_owned(), text.to_owned())]))
}

/// Projects a planned select list over `input`; aggregates in it make it a global
/// aggregate, window functions get nodes of their own.
pub(super) fn select(
    context: &RelationContext<'_, '_>,
    input: &Planned,
    mut list: Vec<NamedExpr>,
) -> Result<Planned> {
    if list.iter().any(|named| has_aggregate(&named.expr)) {
        return aggregate::global(context, input, list);
    }
    let input = with_scalars(context, input, list.iter_mut().map(|named| &mut named.expr))?;
    let input = &with_places(context, &input, list.iter_mut().map(|named| &mut named.expr))?;
    let (input, list) = with_generator(context, input, list)?;
    let (input, list) = with_windows(context, &input, list)?;
    project(context, &input, &list)
}

/// Projects a list that holds neither aggregates nor window functions.
pub(super) fn project(
    context: &RelationContext<'_, '_>,
    input: &Planned,
    list: &[NamedExpr],
) -> Result<Planned> {
    let mut select = Select::new(input, context.field_names());
    list.iter().for_each(|named| select.add(named));
    select.finish()
}

fn has_aggregate(expr: &Expr) -> bool {
    !matches!(expr, Expr::Column(_) | Expr::Literal(_, _))
        && !find_aggregate_exprs([expr]).is_empty()
}

/// Computes the window functions of a list beneath it, and puts their columns in
/// their place.
pub(super) fn with_windows(
    context: &RelationContext<'_, '_>,
    input: &Planned,
    mut list: Vec<NamedExpr>,
) -> Result<(Planned, Vec<NamedExpr>)> {
    let windows = find_window_exprs(list.iter().map(|named| &named.expr));
    if windows.is_empty() {
        return Ok((input.clone(), list));
    }
    refuse_outer(context, &windows)?;
    let inner = inside(&windows)?;
    if !inner.is_empty() {
        // Functions over windows of such functions: those inside come first.
        let items = inner.iter().map(|window| NamedExpr {
            expr: window.clone(),
            name: String::new(),
            entry: None,
            metadata: None,
        });
        let (planned, computed) = with_windows(context, input, items.collect())?;
        let columns = computed.into_iter().filter_map(|named| match named.expr {
            Expr::Column(column) => Some(column),
            _ => None,
        });
        let places: HashMap<Expr, Column> = inner.into_iter().zip(columns).collect();
        for named in &mut list {
            named.expr = substitute_inside(named.expr.clone(), &places)?;
        }
        return with_windows(context, &planned, list);
    }
    let mut names = context.field_names();
    names.take_fields(input.df_schema());
    let mut places = HashMap::new();
    let mut planned = input.clone();
    let mut groups = group_window_expr_by_sort_keys(windows)?;
    // Of sorts that begin alike the longer one goes beneath, and serves both.
    groups.sort_by_key(|(keys, _)| std::cmp::Reverse(keys.len()));
    for (_, group) in groups {
        let group = group.into_iter().map(|window| placed(window, &mut names, &mut places));
        let node = Window::try_new(group.collect(), Arc::clone(planned.plan()))?;
        planned = through(&planned, LogicalPlan::Window(node));
    }
    for named in &mut list {
        named.expr = substitute(named.expr.clone(), &places)?;
    }
    Ok((planned, list))
}

/// The windows that others have inside.
fn inside(windows: &[Expr]) -> Result<Vec<Expr>> {
    let mut found: Vec<Expr> = Vec::new();
    for window in windows {
        window.apply_children(|child| {
            for inner in find_window_exprs([child]) {
                if !found.contains(&inner) {
                    found.push(inner);
                }
            }
            Ok(TreeNodeRecursion::Continue)
        })?;
    }
    Ok(found)
}

/// As [`substitute`], from the leaves up: an expression may stand inside another that has
/// a place of its own.
fn substitute_inside(expr: Expr, places: &HashMap<Expr, Column>) -> Result<Expr> {
    let replaced = expr.transform_up(|node| {
        Ok(match places.get(&node) {
            Some(column) => Transformed::yes(Expr::Column(column.clone())),
            None => Transformed::no(node),
        })
    })?;
    Ok(replaced.data)
}

/// DataFusion names the field after the expression; an alias only where that name
/// is taken.
fn placed(window: Expr, names: &mut FieldNames, places: &mut HashMap<Expr, Column>) -> Expr {
    let own = window.schema_name().to_string();
    let name = names.take(&own);
    places.insert(window.clone(), Column::from_name(&name));
    if name == own { window } else { window.alias(name) }
}

/// Replaces whole expressions by the columns that hold their values.
pub(super) fn substitute(expr: Expr, places: &HashMap<Expr, Column>) -> Result<Expr> {
    let replaced = expr.transform_down(|node| {
        Ok(match places.get(&node) {
            Some(column) => {
                Transformed::new(Expr::Column(column.clone()), true, TreeNodeRecursion::Jump)
            }
            None => Transformed::no(node),
        })
    })?;
    Ok(replaced.data)
}
