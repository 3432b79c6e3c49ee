//! The expressions that a relation itself holds, without those of its inputs.

use super::aggregate::above::groups;
use crate::proto::expression::{Alias, SortOrder};
use crate::proto::relation::RelType;
use crate::proto::{Aggregate, CommonInlineUserDefinedFunction, Expression};

/// All expressions of a relation; of aliases and sort orders what is in them.
pub(super) fn of(relation: &RelType) -> Vec<&Expression> {
    let mut own = of_one(relation);
    // Groups that are planned with what is above them.
    if let Some(groups) = groups(relation) {
        own.extend(of_groups(groups.aggregate));
    }
    own
}

fn of_groups(aggregate: &Aggregate) -> impl Iterator<Item = &Expression> {
    let sets = aggregate.grouping_sets.iter().flat_map(|set| &set.grouping_set);
    let pivot = aggregate.pivot.iter().flat_map(|pivot| &pivot.col);
    let keys = aggregate.grouping_expressions.iter().chain(&aggregate.aggregate_expressions);
    keys.chain(sets).chain(pivot)
}

fn of_one(relation: &RelType) -> Vec<&Expression> {
    match relation {
        RelType::Project(r) => r.expressions.iter().collect(),
        RelType::Filter(r) => r.condition.iter().collect(),
        RelType::Join(r) => r.join_condition.iter().collect(),
        RelType::Sort(r) => r.order.iter().filter_map(sorted).collect(),
        RelType::Aggregate(r) => of_groups(r).collect(),
        RelType::Sql(r) => r.named_arguments.values().chain(&r.pos_arguments).collect(),
        RelType::WithColumns(r) => r.aliases.iter().filter_map(aliased).collect(),
        RelType::LateralJoin(r) => r.join_condition.iter().collect(),
        RelType::AsOfJoin(r) => {
            let keys = r.left_as_of.iter().chain(&r.right_as_of);
            keys.chain(&r.join_expr).chain(&r.tolerance).collect()
        }
        RelType::NearestByJoin(r) => r.ranking_expression.iter().collect(),
        RelType::Drop(r) => r.columns.iter().collect(),
        RelType::Hint(r) => r.parameters.iter().collect(),
        RelType::Unpivot(r) => {
            r.ids.iter().chain(r.values.iter().flat_map(|values| &values.values)).collect()
        }
        RelType::RepartitionByExpression(r) => r.partition_exprs.iter().collect(),
        RelType::UnresolvedTableValuedFunction(r) => r.arguments.iter().collect(),
        RelType::CommonInlineUserDefinedTableFunction(r) => r.arguments.iter().collect(),
        RelType::CollectMetrics(r) => r.metrics.iter().collect(),
        RelType::Transpose(r) => r.index_columns.iter().collect(),
        RelType::SampleBy(r) => r.col.iter().collect(),
        RelType::MapPartitions(_)
        | RelType::GroupMap(_)
        | RelType::CoGroupMap(_)
        | RelType::ApplyInPandasWithState(_) => of_user_code(relation),
        RelType::Read(_)
        | RelType::SetOp(_)
        | RelType::Limit(_)
        | RelType::LocalRelation(_)
        | RelType::Sample(_)
        | RelType::Offset(_)
        | RelType::Deduplicate(_)
        | RelType::Range(_)
        | RelType::SubqueryAlias(_)
        | RelType::Repartition(_)
        | RelType::ToDf(_)
        | RelType::WithColumnsRenamed(_)
        | RelType::ShowString(_)
        | RelType::Tail(_)
        | RelType::ToSchema(_)
        | RelType::Parse(_)
        | RelType::WithWatermark(_)
        | RelType::HtmlString(_)
        | RelType::CachedLocalRelation(_)
        | RelType::CachedRemoteRelation(_)
        | RelType::CommonInlineUserDefinedDataSource(_)
        | RelType::WithRelations(_)
        | RelType::ChunkedCachedLocalRelation(_)
        | RelType::RelationChanges(_)
        | RelType::Zip(_)
        | RelType::FillNa(_)
        | RelType::DropNa(_)
        | RelType::Replace(_)
        | RelType::Summary(_)
        | RelType::Crosstab(_)
        | RelType::Describe(_)
        | RelType::Cov(_)
        | RelType::Corr(_)
        | RelType::ApproxQuantile(_)
        | RelType::FreqItems(_)
        | RelType::Catalog(_)
        | RelType::MlRelation(_)
        | RelType::Extension(_)
        | RelType::Unknown(_) => Vec::new(),
    }
}

/// Keys and arguments of relations that run a user's function.
fn of_user_code(relation: &RelType) -> Vec<&Expression> {
    match relation {
        RelType::MapPartitions(r) => arguments(r.func.as_ref()).collect(),
        RelType::GroupMap(r) => {
            let keys = r.grouping_expressions.iter().chain(&r.sorting_expressions);
            keys.chain(&r.initial_grouping_expressions).chain(arguments(r.func.as_ref())).collect()
        }
        RelType::CoGroupMap(r) => {
            let keys = r.input_grouping_expressions.iter().chain(&r.other_grouping_expressions);
            let orders = r.input_sorting_expressions.iter().chain(&r.other_sorting_expressions);
            keys.chain(orders).chain(arguments(r.func.as_ref())).collect()
        }
        RelType::ApplyInPandasWithState(r) => {
            r.grouping_expressions.iter().chain(arguments(r.func.as_ref())).collect()
        }
        _ => Vec::new(),
    }
}

fn arguments(
    function: Option<&CommonInlineUserDefinedFunction>,
) -> impl Iterator<Item = &Expression> {
    function.into_iter().flat_map(|function| &function.arguments)
}

fn sorted(order: &SortOrder) -> Option<&Expression> {
    order.child.as_deref()
}

fn aliased(alias: &Alias) -> Option<&Expression> {
    alias.expr.as_deref()
}
