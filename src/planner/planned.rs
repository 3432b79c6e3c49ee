//! A planned relation: DataFusion's plan, Spark's columns, and where they came from.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, LazyLock};

use datafusion::arrow::datatypes::{Field, Schema, SchemaRef};
use datafusion::common::{DFSchemaRef, ExprSchema};
use datafusion::logical_expr::{Expr, LogicalPlan, Projection};

use super::columns::{ColumnEntry, ColumnId, Columns, FieldNames, Resolution};
use crate::erased::Erased;
use crate::error::Result;

/// A relation after planning; cheap to clone.
///
/// Beside the [`LogicalPlan`] it knows the [`Columns`] as Spark names them and,
/// for `df["x"]`, which plans it was made from.
#[derive(Debug, Clone)]
pub struct Planned(Erased<Node>);

#[derive(Debug)]
struct Node {
    plan: Arc<LogicalPlan>,
    columns: Columns,
    plan_id: Option<i64>,
    /// What the relation was known by before an operator gave it back as it was.
    inner_id: Option<i64>,
    inputs: Vec<Input>,
    shape: Shape,
}

/// One input of a planned relation, with the ids that were renewed on the way.
#[derive(Debug, Clone)]
pub(crate) struct Input {
    planned: Planned,
    renewed: Option<Arc<HashMap<ColumnId, ColumnId>>>,
}

/// How a relation treats columns of its only input that it does not output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// They are out of reach.
    Opaque,
    /// A projection: its plan node can also project them.
    Project,
    /// Passes on whatever its input has: filter, sort.
    Through,
    /// The input itself under other names, with no plan node of its own.
    Same,
    /// No relation of its own, but the two inputs of a join side by side, for the
    /// join's condition.
    Sides,
}

/// The answer to `df["x"]`.
#[derive(Debug, Clone)]
pub(crate) enum TaggedResolution {
    /// A column that is in reach.
    Found { entry: Arc<ColumnEntry>, parts: usize },
    /// A column of that DataFrame which this relation does not output.
    OutOfReach { entry: Arc<ColumnEntry>, parts: usize },
    /// The DataFrame is part of this plan twice.
    Ambiguous,
    /// The DataFrame is part of this plan but has no such column.
    NoSuchColumn(Columns),
    /// The name is ambiguous within the DataFrame.
    AmbiguousName(Vec<Arc<ColumnEntry>>),
    /// The DataFrame is no part of this plan.
    NoSuchPlan,
}

impl From<LogicalPlan> for Planned {
    /// A plan whose columns are named as its fields.
    fn from(plan: LogicalPlan) -> Self {
        let columns = Columns::from_schema(plan.schema());
        Self::leaf(plan, columns)
    }
}

impl Planned {
    /// A relation without inputs of interest to names.
    pub fn leaf(plan: impl Into<Arc<LogicalPlan>>, columns: Columns) -> Self {
        Self::node(plan.into(), columns, Vec::new(), Shape::Opaque)
    }

    /// A relation over one other, out of whose columns only `columns` can be named.
    pub fn over(input: &Planned, plan: impl Into<Arc<LogicalPlan>>, columns: Columns) -> Self {
        Self::node(plan.into(), columns, vec![Input::plain(input)], Shape::Opaque)
    }

    /// A relation that passes on the columns of `input` as they are, such as a
    /// filter or a limit.
    pub fn passing(input: &Planned, plan: impl Into<Arc<LogicalPlan>>) -> Self {
        Self::over(input, plan, input.columns().clone())
    }

    pub(crate) fn node(
        plan: Arc<LogicalPlan>,
        columns: Columns,
        inputs: Vec<Input>,
        shape: Shape,
    ) -> Self {
        Self(Erased::new(Node { plan, columns, plan_id: None, inner_id: None, inputs, shape }))
    }

    /// The DataFusion plan; its field names may differ from Spark's.
    pub fn plan(&self) -> &Arc<LogicalPlan> {
        &self.0.plan
    }

    /// The columns as Spark names them.
    pub fn columns(&self) -> &Columns {
        &self.0.columns
    }

    /// The plan's schema, with DataFusion's names.
    pub fn df_schema(&self) -> &DFSchemaRef {
        self.0.plan.schema()
    }

    /// The plan id the client gave the relation.
    pub fn plan_id(&self) -> Option<i64> {
        self.0.plan_id
    }

    /// Whether the client gave the relation this plan id.
    fn is_known_as(&self, plan_id: i64) -> bool {
        self.0.plan_id == Some(plan_id) || self.0.inner_id == Some(plan_id)
    }

    /// The output's Arrow schema with Spark's column names.
    ///
    /// # Errors
    /// If a column is not in the plan, which is a fault of whoever built it.
    pub fn schema(&self) -> Result<SchemaRef> {
        let fields = self.columns().entries().iter().map(|entry| {
            let field = self.df_schema().field_from_column(entry.column())?;
            Ok(rename(field, entry.name()))
        });
        Ok(Arc::new(Schema::new(fields.collect::<Result<Vec<_>>>()?)))
    }

    /// The plan to run: exactly the output columns, in order, under Spark's
    /// names; where a name repeats, DataFusion's names stay and [`Self::schema`]
    /// has Spark's.
    ///
    /// # Errors
    /// If a column is not in the plan, which is a fault of whoever built it.
    pub fn to_output_plan(&self) -> Result<LogicalPlan> {
        if self.is_exact() && (self.columns().names_match() || self.columns().has_duplicates()) {
            return Ok(LogicalPlan::clone(self.plan()));
        }
        let keep_names = self.columns().has_duplicates();
        let mut names = FieldNames::default();
        let exprs = self.columns().entries().iter().map(|entry| {
            let column = Expr::Column(entry.column().clone());
            let wanted = if keep_names { &entry.column().name } else { entry.name() };
            let name = names.take(wanted);
            if name == entry.column().name { column } else { column.alias(name) }
        });
        let projection = Projection::try_new(exprs.collect(), Arc::clone(self.plan()))?;
        Ok(LogicalPlan::Projection(projection))
    }

    /// Whether the plan's fields are the output columns, one by one.
    fn is_exact(&self) -> bool {
        let schema = self.df_schema();
        if self.columns().are_all_of(schema) {
            return true;
        }
        let entries = self.columns().entries();
        schema.fields().len() == entries.len()
            && schema.iter().zip(entries).all(|((table, field), entry)| {
                field.name() == &entry.column().name && table == entry.column().relation.as_ref()
            })
    }

    /// The same relation, known to the client by `plan_id`.
    #[must_use]
    pub fn with_plan_id(self, plan_id: Option<i64>) -> Self {
        if plan_id.is_none() || self.0.plan_id == plan_id {
            return self;
        }
        let mut own = self;
        if let Some(node) = own.0.get_mut().filter(|node| node.inner_id.is_none()) {
            node.inner_id = std::mem::replace(&mut node.plan_id, plan_id);
            return own;
        }
        own.tagged(plan_id)
    }

    fn tagged(self, plan_id: Option<i64>) -> Self {
        let (shape, inputs) = match self.0.plan_id {
            // Tagged already, as when an operator gives its input back: keep both.
            Some(_) => (Shape::Same, vec![Input::plain(&self)]),
            None => (self.0.shape, self.0.inputs.clone()),
        };
        let (plan, columns) = (Arc::clone(self.plan()), self.columns().clone());
        Self(Erased::new(Node { plan, columns, plan_id, inner_id: None, inputs, shape }))
    }

    /// The same relation with new ids for the columns that `taken` has, as the
    /// right side of a self-join needs.
    pub(crate) fn renewed(&self, taken: &HashSet<ColumnId>) -> Input {
        let (columns, renewed) = self.columns().renewed(taken);
        if renewed.is_empty() {
            return Input::plain(self);
        }
        let renewed = Arc::new(renewed);
        let planned = Self::node(
            Arc::clone(self.plan()),
            columns,
            vec![Input { planned: self.clone(), renewed: Some(renewed) }],
            Shape::Opaque,
        );
        // `df["x"]` finds the renewed columns here, not the old ones beneath.
        Input { planned: planned.with_plan_id(self.plan_id()), renewed: None }
    }

    /// Finds the column that `df["x"]` means, where `df` was sent under `plan_id`.
    ///
    /// As in Spark: an input of the operator that is `df` itself wins; else `df`
    /// may be anywhere beneath, and if its column reaches this relation in two
    /// ways the name is ambiguous.
    pub(crate) fn resolve_tagged(&self, plan_id: i64, parts: &[String]) -> TaggedResolution {
        let mut search = Search { root: self, plan_id, parts, hits: Vec::new(), fallback: None };
        let mut level: Vec<Visit<'_>> = match self.0.shape {
            Shape::Sides => self.0.inputs.iter().map(|input| Visit::root(&input.planned)).collect(),
            _ => vec![Visit::root(self)],
        };
        search.look_up_tagged(&mut level);
        if search.hits.is_empty() {
            while let Some(visit) = level.pop() {
                let inputs = visit.planned.0.inputs.iter();
                let mut below = inputs.map(|input| visit.down(input)).collect();
                search.look_up_tagged(&mut below);
                level.append(&mut below);
            }
        }
        search.answer()
    }

    /// The output columns that came from the DataFrame sent under `plan_id`, for
    /// `df["*"]`.
    pub(crate) fn columns_of(&self, plan_id: i64) -> Vec<Arc<ColumnEntry>> {
        let mut level = vec![Visit::root(self)];
        while !level.is_empty() {
            let tagged = level.iter().find(|visit| visit.planned.is_known_as(plan_id));
            if let Some(visit) = tagged {
                let entries = visit.planned.columns().entries().iter();
                let current = entries.map(|entry| visit.current_id(entry.id()));
                return current.filter_map(|id| self.columns().by_id(id).cloned()).collect();
            }
            level = level
                .iter()
                .flat_map(|visit| visit.planned.0.inputs.iter().map(|input| visit.down(input)))
                .collect();
        }
        Vec::new()
    }

    /// Finds a name among the columns that this relation's inputs have but it
    /// does not output, through projections, filters and sorts.
    pub(crate) fn resolve_beneath(&self, parts: &[String]) -> Resolution {
        let mut at = self;
        while let Some(input) = at.widenable_input() {
            match input.columns().resolve(parts) {
                Resolution::Missing => at = input,
                answer => return answer,
            }
        }
        Resolution::Missing
    }

    fn widenable_input(&self) -> Option<&Planned> {
        match (self.0.shape, self.0.inputs.as_slice()) {
            (Shape::Project | Shape::Through | Shape::Same, [input]) => Some(&input.planned),
            _ => None,
        }
    }

    /// The same relation with the columns `ids` of its inputs in its output too,
    /// after its own; `None` if they are out of reach.
    ///
    /// # Errors
    /// If DataFusion refuses the widened plan.
    pub(crate) fn widened(&self, ids: &[ColumnId]) -> Result<Option<Planned>> {
        let mut chain = vec![self];
        while ids.iter().any(|id| chain[chain.len() - 1].columns().by_id(*id).is_none()) {
            match chain[chain.len() - 1].widenable_input() {
                Some(input) => chain.push(input),
                None => return Ok(None),
            }
        }
        let Some(bottom) = chain.pop() else { return Ok(None) };
        let mut widened = bottom.clone();
        for node in chain.into_iter().rev() {
            widened = node.rebuilt_over(&widened, ids)?;
        }
        Ok(Some(widened))
    }

    fn rebuilt_over(&self, input: &Planned, ids: &[ColumnId]) -> Result<Planned> {
        let mut entries = self.columns().entries().to_vec();
        let inputs = vec![Input::plain(input)];
        if self.0.shape == Shape::Through {
            let exprs = self.plan().expressions();
            let plan = self.plan().with_new_exprs(exprs, vec![LogicalPlan::clone(input.plan())])?;
            let columns = input.columns().clone();
            return Ok(Self::node(Arc::new(plan), columns, inputs, Shape::Through));
        }
        if self.0.shape == Shape::Same {
            let added = ids.iter().filter_map(|id| input.columns().by_id(*id));
            let added = added.filter(|entry| entries.iter().all(|own| own.id() != entry.id()));
            let added: Vec<_> = added.cloned().collect();
            entries.extend(added);
            let columns = Columns::from_shared(entries);
            return Ok(Self::node(Arc::clone(input.plan()), columns, inputs, Shape::Same));
        }
        let mut exprs = self.plan().expressions();
        let mut names =
            FieldNames::with_taken(self.df_schema().fields().iter().map(|f| f.name().as_str()));
        for id in ids {
            let Some(entry) = input.columns().by_id(*id) else { continue };
            if entries.iter().any(|own| own.id() == *id) {
                continue;
            }
            let name = names.take(&entry.column().name);
            let column = Expr::Column(entry.column().clone());
            let (expr, entry) = if name == entry.column().name {
                (column, Arc::clone(entry))
            } else {
                let carried = datafusion::common::Column::from_name(&name);
                (column.alias(name), Arc::new(entry.with_column(carried)))
            };
            exprs.push(expr);
            entries.push(entry);
        }
        let plan = LogicalPlan::Projection(Projection::try_new(exprs, Arc::clone(input.plan()))?);
        Ok(Self::node(Arc::new(plan), Columns::from_shared(entries), inputs, Shape::Project))
    }
}

impl Input {
    pub(crate) fn plain(planned: &Planned) -> Self {
        Self { planned: planned.clone(), renewed: None }
    }

    pub(crate) fn planned(&self) -> &Planned {
        &self.planned
    }
}

/// A step of the search for a tagged relation.
struct Visit<'a> {
    planned: &'a Planned,
    /// Renewals between here and the root, innermost first.
    renewals: Option<Arc<Renewals>>,
}

/// The search for `df["x"]`.
struct Search<'a> {
    root: &'a Planned,
    plan_id: i64,
    parts: &'a [String],
    /// Columns in reach, and whether they are output (or hidden).
    hits: Vec<(Arc<ColumnEntry>, usize, bool)>,
    fallback: Option<TaggedResolution>,
}

impl<'a> Search<'a> {
    /// Takes the visits to the DataFrame itself out of `level` and looks the name
    /// up in them.
    fn look_up_tagged(&mut self, level: &mut Vec<Visit<'a>>) {
        level.retain(|visit| {
            let tagged = visit.planned.is_known_as(self.plan_id);
            if tagged {
                self.look_up(visit);
            }
            !tagged
        });
    }

    fn look_up(&mut self, visit: &Visit<'a>) {
        let columns = visit.planned.columns();
        match columns.resolve(self.parts) {
            Resolution::Found { entry, parts } => {
                let id = visit.current_id(entry.id());
                match self.root.columns().by_id(id) {
                    Some(found) => {
                        let output = self.root.columns().entries().iter().any(|e| e.id() == id);
                        self.hits.push((Arc::clone(found), parts, output));
                    }
                    None => {
                        let entry = Arc::new(entry.with_id(id));
                        self.fallback = Some(TaggedResolution::OutOfReach { entry, parts });
                    }
                }
            }
            Resolution::Ambiguous(names) => {
                self.fallback = Some(TaggedResolution::AmbiguousName(names));
            }
            Resolution::Missing => {
                let missing = || TaggedResolution::NoSuchColumn(columns.clone());
                self.fallback.get_or_insert_with(missing);
            }
        }
    }

    /// Output columns come before hidden ones; two of a kind are ambiguous.
    fn answer(self) -> TaggedResolution {
        let any_output = self.hits.iter().any(|(_, _, output)| *output);
        let mut hits = self.hits.into_iter().filter(|(_, _, output)| *output == any_output);
        match (hits.next(), hits.next()) {
            (Some((entry, parts, _)), None) => TaggedResolution::Found { entry, parts },
            (Some(_), Some(_)) => TaggedResolution::Ambiguous,
            (None, _) => self.fallback.unwrap_or(TaggedResolution::NoSuchPlan),
        }
    }
}

struct Renewals {
    map: Arc<HashMap<ColumnId, ColumnId>>,
    outer: Option<Arc<Renewals>>,
}

impl<'a> Visit<'a> {
    fn root(planned: &'a Planned) -> Self {
        Self { planned, renewals: None }
    }

    fn down(&self, input: &'a Input) -> Visit<'a> {
        let renewals = match &input.renewed {
            None => self.renewals.clone(),
            Some(map) => {
                Some(Arc::new(Renewals { map: Arc::clone(map), outer: self.renewals.clone() }))
            }
        };
        Visit { planned: &input.planned, renewals }
    }

    fn current_id(&self, id: ColumnId) -> ColumnId {
        let mut id = id;
        let mut at = self.renewals.as_ref();
        while let Some(renewals) = at {
            id = renewals.map.get(&id).copied().unwrap_or(id);
            at = renewals.outer.as_ref();
        }
        id
    }
}

fn rename(field: &Arc<Field>, name: &str) -> Arc<Field> {
    if field.name() == name {
        return Arc::clone(field);
    }
    Arc::new(field.as_ref().clone().with_name(name))
}

/// What a node that is being dropped has for a plan.
static NO_PLAN: LazyLock<Arc<LogicalPlan>> = LazyLock::new(Arc::default);

impl Drop for Node {
    /// Chains of thousands of relations must not be dropped by recursion. Nodes go
    /// from the top down, each before its inputs, which hold the plans that its own
    /// plan is built on; so dropping a plan never goes deeper than one relation.
    fn drop(&mut self) {
        let mut inputs = std::mem::take(&mut self.inputs);
        if !inputs.is_empty() {
            self.plan = Arc::clone(&NO_PLAN);
        }
        while let Some(mut input) = inputs.pop() {
            if let Some(node) = input.planned.0.get_mut() {
                inputs.append(&mut node.inputs);
            }
        }
    }
}
