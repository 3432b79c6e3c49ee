//! Relations: one file each, and the table that finds it.
//!
//! To add a relation, write `relation/<name>.rs` with a function from the
//! message and its planned inputs to a [`Planned`], and put one line in
//! [`plan`]'s table.

mod aggregate;
mod as_of_join;
mod beneath;
pub(crate) mod catalog;
mod changes;
mod collect_metrics;
mod deduplicate;
mod drop;
mod filter;
mod generate;
mod hint;
mod join;
mod lateral;
mod lateral_view;
mod limit;
pub(crate) mod local;
mod missing;
mod nearest;
mod own_expressions;
mod parse;
mod partition;
mod places;
mod project;
mod range;
pub(crate) mod read;
mod recursive;
mod remote;
mod replace;
mod row_number;
pub(crate) mod select;
mod set_op;
mod show;
mod sort;
pub(crate) mod sql;
mod statistics;
pub(crate) mod subqueries;
mod subquery_alias;
mod table_function;
pub(crate) mod time_window;
mod to_df;
pub(crate) mod to_schema;
mod unpivot;
mod with_columns;
pub(crate) mod with_relations;
mod zip;

use crate::error::{AtField, Error, Required, Result};
use crate::planner::planned::Planned;
use crate::planner::walk::{RelationContext, Step};
use crate::plugin;
use crate::proto::{Relation, relation::RelType};

type Child = Option<Box<Relation>>;

/// The inputs of a relation, in order: a few, or as many as a chain of unions has.
#[derive(Default)]
pub(crate) struct Inputs<'r> {
    few: [Option<&'r Relation>; 2],
    many: Vec<&'r Relation>,
}

impl<'r> Inputs<'r> {
    fn many(many: Vec<&'r Relation>) -> Self {
        Self { many, ..Self::default() }
    }

    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &'r Relation> {
        self.few.iter().flatten().chain(&self.many).copied()
    }
}

fn one(input: &Child) -> Result<Inputs<'_>> {
    Ok(Inputs { few: [Some(input.as_deref().required("input")?), None], many: Vec::new() })
}

fn two<'r>(left: &'r Child, right: &'r Child) -> Result<Inputs<'r>> {
    let left = left.as_deref().required("left")?;
    Ok(Inputs { few: [Some(left), Some(right.as_deref().required("right")?)], many: Vec::new() })
}

/// The relations that must be planned before this one, in order.
///
/// # Errors
/// If the relation or one of its required inputs is unset.
pub(crate) fn inputs(relation: &Relation) -> Result<Inputs<'_>> {
    let kind = relation.rel_type.as_ref().required("rel_type")?;
    if let Some(groups) = aggregate::above::groups(kind) {
        return one(&groups.aggregate.input).at(name(relation));
    }
    let inputs = match kind {
        RelType::Read(_) => Ok(Inputs::default()),
        RelType::Project(r) if r.input.is_none() => Ok(Inputs::default()),
        RelType::Project(r) => one(&r.input),
        RelType::Filter(r) => one(&r.input),
        RelType::Join(r) => two(&r.left, &r.right),
        RelType::SetOp(r) => set_op::inputs(r).map(Inputs::many),
        RelType::Sort(r) => one(&r.input),
        RelType::Limit(r) => one(&r.input),
        RelType::Aggregate(r) => one(&r.input),
        RelType::Sql(_) | RelType::LocalRelation(_) => Ok(Inputs::default()),
        RelType::Sample(r) => one(&r.input),
        RelType::Offset(r) => one(&r.input),
        RelType::Deduplicate(r) => one(&r.input),
        RelType::Range(_) => Ok(Inputs::default()),
        RelType::SubqueryAlias(r) => one(&r.input),
        RelType::Repartition(r) => one(&r.input),
        RelType::ToDf(r) => one(&r.input),
        RelType::WithColumnsRenamed(r) => one(&r.input),
        RelType::ShowString(r) => one(&r.input),
        RelType::Drop(r) => one(&r.input),
        RelType::Tail(r) => one(&r.input),
        RelType::WithColumns(r) => one(&r.input),
        RelType::Hint(r) => one(&r.input),
        RelType::Unpivot(r) => one(&r.input),
        RelType::ToSchema(r) => one(&r.input),
        RelType::RepartitionByExpression(r) => one(&r.input),
        RelType::MapPartitions(r) => one(&r.input),
        RelType::CollectMetrics(r) => one(&r.input),
        RelType::Parse(r) => one(&r.input),
        RelType::GroupMap(r) => one(&r.input),
        RelType::CoGroupMap(r) => two(&r.input, &r.other),
        RelType::WithWatermark(r) => one(&r.input),
        RelType::ApplyInPandasWithState(r) => one(&r.input),
        RelType::HtmlString(r) => one(&r.input),
        RelType::CachedLocalRelation(_)
        | RelType::CachedRemoteRelation(_)
        | RelType::CommonInlineUserDefinedTableFunction(_) => Ok(Inputs::default()),
        RelType::AsOfJoin(r) => two(&r.left, &r.right),
        RelType::CommonInlineUserDefinedDataSource(_) => Ok(Inputs::default()),
        RelType::WithRelations(r) => one(&r.root),
        RelType::Transpose(r) => one(&r.input),
        RelType::UnresolvedTableValuedFunction(_) => Ok(Inputs::default()),
        // The right side names columns of the left, so it is planned after it.
        RelType::LateralJoin(r) => one(&r.left),
        RelType::ChunkedCachedLocalRelation(_) | RelType::RelationChanges(_) => {
            Ok(Inputs::default())
        }
        RelType::NearestByJoin(r) => two(&r.left, &r.right),
        RelType::Zip(r) => two(&r.left, &r.right),
        RelType::FillNa(r) => one(&r.input),
        RelType::DropNa(r) => one(&r.input),
        RelType::Replace(r) => one(&r.input),
        RelType::Summary(r) => one(&r.input),
        RelType::Crosstab(r) => one(&r.input),
        RelType::Describe(r) => one(&r.input),
        RelType::Cov(r) => one(&r.input),
        RelType::Corr(r) => one(&r.input),
        RelType::ApproxQuantile(r) => one(&r.input),
        RelType::FreqItems(r) => one(&r.input),
        RelType::SampleBy(r) => one(&r.input),
        RelType::Catalog(_)
        | RelType::MlRelation(_)
        | RelType::Extension(_)
        | RelType::Unknown(_) => Ok(Inputs::default()),
    };
    inputs.at(name(relation))
}

/// Plans one relation whose inputs are planned.
///
/// # Errors
/// As [`crate::SparkConnectPlanner::plan_relation`].
pub(crate) fn plan<'a>(
    relation: &'a Relation,
    context: &'a RelationContext<'a, '_>,
) -> Result<Step<'a>> {
    let kind = relation.rel_type.as_ref().required("rel_type")?;
    if let Some(groups) = aggregate::above::groups(kind) {
        return ready(groups.plan(context));
    }
    match kind {
        RelType::Read(r) => read::plan(r, context),
        RelType::Project(r) => ready(project::plan(r, context)),
        RelType::Filter(r) => ready(filter::plan(r, context)),
        RelType::Join(r) => ready(join::plan_join(r, context)),
        RelType::SetOp(r) => ready(set_op::plan(r, context)),
        RelType::Sort(r) => ready(sort::plan(r, context)),
        RelType::Limit(r) => ready(limit::limit(r, context)),
        RelType::Aggregate(r) => aggregate::plan(r, context),
        RelType::Sql(r) => sql::plan(r, context),
        RelType::LocalRelation(r) => ready(local::plan(r, context)),
        RelType::Sample(r) => ready(statistics::sample(r, context)),
        RelType::Offset(r) => ready(limit::offset(r, context)),
        RelType::Deduplicate(r) => ready(deduplicate::plan(r, context)),
        RelType::Range(r) => ready(range::plan(r)),
        RelType::SubqueryAlias(r) => ready(subquery_alias::plan(r, context)),
        RelType::Repartition(r) => ready(partition::plan(r, context)),
        RelType::ToDf(r) => ready(to_df::plan(r, context)),
        RelType::WithColumnsRenamed(r) => ready(with_columns::renamed(r, context)),
        RelType::ShowString(r) => later(show::show(r, context)),
        RelType::Drop(r) => ready(drop::plan(r, context)),
        RelType::Tail(r) => later(show::tail(r, context)),
        RelType::WithColumns(r) => ready(with_columns::plan(r, context)),
        RelType::Hint(r) => ready(hint::plan(r, context)),
        RelType::Unpivot(r) => ready(unpivot::plan(r, context)),
        RelType::ToSchema(r) => ready(to_schema::plan(r, context)),
        RelType::RepartitionByExpression(r) => ready(partition::plan_by_expression(r, context)),
        RelType::MapPartitions(_) => refuse(relation),
        RelType::CollectMetrics(r) => ready(collect_metrics::plan(r, context)),
        RelType::Parse(r) => later(parse::plan(r, context)),
        RelType::GroupMap(_) => refuse(relation),
        RelType::CoGroupMap(_) => refuse(relation),
        RelType::WithWatermark(_) => refuse(relation),
        RelType::ApplyInPandasWithState(_) => refuse(relation),
        RelType::HtmlString(r) => later(show::html(r, context)),
        RelType::CachedLocalRelation(r) => ready(local::plan_cached(r, context)),
        RelType::CachedRemoteRelation(r) => ready(remote::plan(r, context)),
        RelType::CommonInlineUserDefinedTableFunction(_) => refuse(relation),
        RelType::AsOfJoin(r) => ready(as_of_join::plan(r, context)),
        RelType::CommonInlineUserDefinedDataSource(_) => refuse(relation),
        RelType::WithRelations(_) => ready(context.input().cloned()),
        RelType::Transpose(r) => later(statistics::transpose(r, context)),
        RelType::UnresolvedTableValuedFunction(r) => table_function::plan_function(r, context),
        RelType::LateralJoin(r) => later(lateral::plan(r, context)),
        RelType::ChunkedCachedLocalRelation(r) => ready(local::plan_chunked(r, context)),
        RelType::RelationChanges(r) => later(changes::plan(r, context)),
        RelType::NearestByJoin(r) => ready(nearest::plan(r, context)),
        RelType::Zip(r) => ready(zip::plan(r, context)),
        RelType::FillNa(r) => ready(missing::fill(r, context)),
        RelType::DropNa(r) => ready(missing::drop(r, context)),
        RelType::Replace(r) => ready(replace::plan(r, context)),
        RelType::Summary(r) => ready(statistics::summary(r, context)),
        RelType::Crosstab(r) => later(statistics::crosstab(r, context)),
        RelType::Describe(r) => ready(statistics::describe(r, context)),
        RelType::Cov(r) => ready(statistics::cov(r, context)),
        RelType::Corr(r) => ready(statistics::corr(r, context)),
        RelType::ApproxQuantile(r) => later(statistics::approx_quantile(r, context)),
        RelType::FreqItems(r) => later(statistics::freq_items(r, context)),
        RelType::SampleBy(r) => ready(statistics::by_stratum(r, context)),
        RelType::Catalog(r) => later(catalog::plan(r, context)),
        RelType::MlRelation(r) => later(plugin::ml_relation(context.planner, r)),
        RelType::Extension(any) => later(plugin::relation(context.planner, any, context.plan_id)),
        RelType::Unknown(_) => refuse(relation),
    }
    .at(name(relation))
}

pub(crate) use project::one_row;
pub(crate) use read::normal::schema as normal_schema;

/// A leaf under field names that no enclosing query uses: DataFusion tells
/// correlated columns from the plan's own by name.
pub(crate) fn apart_from_outer(
    planned: Planned,
    context: &RelationContext<'_, '_>,
) -> Result<Planned> {
    if context.env.outer.is_none() {
        return Ok(planned);
    }
    let names = context.field_names();
    if !planned.df_schema().fields().iter().any(|field| names.contains(field.name())) {
        return Ok(planned);
    }
    let mut select = select::Select::new(&planned, names);
    planned.columns().entries().iter().for_each(|entry| select.pass(entry));
    select.finish()
}

fn ready<'a>(planned: Result<Planned>) -> Result<Step<'a>> {
    planned.map(Step::Ready)
}

fn later<'a>(work: impl Future<Output = Result<Planned>> + Send + 'a) -> Result<Step<'a>> {
    Ok(Step::Later(Box::pin(work)))
}

fn refuse<'a>(relation: &Relation) -> Result<Step<'a>> {
    Err(Error::unsupported(format!("relation.{}", name(relation))))
}

/// The relation's field name in the protocol.
pub(crate) fn name(relation: &Relation) -> &'static str {
    let Some(kind) = relation.rel_type.as_ref() else { return "rel_type" };
    kind_name(kind)
}

fn kind_name(kind: &RelType) -> &'static str {
    match kind {
        RelType::Read(_) => "read",
        RelType::Project(_) => "project",
        RelType::Filter(_) => "filter",
        RelType::Join(_) => "join",
        RelType::SetOp(_) => "set_op",
        RelType::Sort(_) => "sort",
        RelType::Limit(_) => "limit",
        RelType::Aggregate(_) => "aggregate",
        RelType::Sql(_) => "sql",
        RelType::LocalRelation(_) => "local_relation",
        RelType::Sample(_) => "sample",
        RelType::Offset(_) => "offset",
        RelType::Deduplicate(_) => "deduplicate",
        RelType::Range(_) => "range",
        RelType::SubqueryAlias(_) => "subquery_alias",
        RelType::Repartition(_) => "repartition",
        RelType::ToDf(_) => "to_df",
        RelType::WithColumnsRenamed(_) => "with_columns_renamed",
        RelType::ShowString(_) => "show_string",
        RelType::Drop(_) => "drop",
        RelType::Tail(_) => "tail",
        RelType::WithColumns(_) => "with_columns",
        RelType::Hint(_) => "hint",
        RelType::Unpivot(_) => "unpivot",
        RelType::ToSchema(_) => "to_schema",
        RelType::RepartitionByExpression(_) => "repartition_by_expression",
        RelType::MapPartitions(_) => "map_partitions",
        RelType::CollectMetrics(_) => "collect_metrics",
        RelType::Parse(_) => "parse",
        RelType::GroupMap(_) => "group_map",
        RelType::CoGroupMap(_) => "co_group_map",
        RelType::WithWatermark(_) => "with_watermark",
        RelType::ApplyInPandasWithState(_) => "apply_in_pandas_with_state",
        RelType::HtmlString(_) => "html_string",
        RelType::CachedLocalRelation(_) => "cached_local_relation",
        RelType::CachedRemoteRelation(_) => "cached_remote_relation",
        RelType::CommonInlineUserDefinedTableFunction(_) => {
            "common_inline_user_defined_table_function"
        }
        RelType::AsOfJoin(_) => "as_of_join",
        RelType::CommonInlineUserDefinedDataSource(_) => "common_inline_user_defined_data_source",
        RelType::WithRelations(_) => "with_relations",
        RelType::Transpose(_) => "transpose",
        RelType::UnresolvedTableValuedFunction(_) => "unresolved_table_valued_function",
        RelType::LateralJoin(_) => "lateral_join",
        RelType::ChunkedCachedLocalRelation(_) => "chunked_cached_local_relation",
        RelType::RelationChanges(_) => "relation_changes",
        RelType::NearestByJoin(_) => "nearest_by_join",
        RelType::Zip(_) => "zip",
        RelType::FillNa(_) => "fill_na",
        RelType::DropNa(_) => "drop_na",
        RelType::Replace(_) => "replace",
        RelType::Summary(_) => "summary",
        RelType::Crosstab(_) => "crosstab",
        RelType::Describe(_) => "describe",
        RelType::Cov(_) => "cov",
        RelType::Corr(_) => "corr",
        RelType::ApproxQuantile(_) => "approx_quantile",
        RelType::FreqItems(_) => "freq_items",
        RelType::SampleBy(_) => "sample_by",
        RelType::Catalog(_) => "catalog",
        RelType::MlRelation(_) => "ml_relation",
        RelType::Extension(_) => "extension",
        RelType::Unknown(_) => "unknown",
    }
}
