//! The expressions of a relation itself, those of its inputs left out.

use crate::expression::children::each_order;
use crate::proto::relation::RelType;
use crate::proto::{Aggregate, AsOfJoin, CoGroupMap, Expression, GroupMap, Relation};

/// The relation's own expressions, in no order that means anything.
pub(crate) fn of(relation: &Relation) -> Vec<&Expression> {
    let mut found = Vec::new();
    if let Some(kind) = relation.rel_type.as_ref() {
        collect(kind, &mut found);
    }
    found
}

fn collect<'r>(kind: &'r RelType, found: &mut Vec<&'r Expression>) {
    match kind {
        RelType::Project(r) => found.extend(&r.expressions),
        RelType::Filter(r) => found.extend(r.condition.as_ref()),
        RelType::Join(r) => found.extend(r.join_condition.as_ref()),
        RelType::Sort(r) => each_order(&r.order, &mut |key| found.push(key)),
        RelType::Aggregate(r) => of_aggregate(r, found),
        RelType::Sql(r) => {
            found.extend(r.named_arguments.values());
            found.extend(&r.pos_arguments);
        }
        RelType::WithColumns(r) => {
            found.extend(r.aliases.iter().filter_map(|alias| alias.expr.as_deref()));
        }
        RelType::Drop(r) => found.extend(&r.columns),
        RelType::Hint(r) => found.extend(&r.parameters),
        RelType::Unpivot(r) => {
            found.extend(&r.ids);
            found.extend(r.values.iter().flat_map(|values| &values.values));
        }
        RelType::RepartitionByExpression(r) => found.extend(&r.partition_exprs),
        RelType::MapPartitions(r) => found.extend(r.func.iter().flat_map(|f| &f.arguments)),
        RelType::CollectMetrics(r) => found.extend(&r.metrics),
        RelType::GroupMap(r) => of_group_map(r, found),
        RelType::CoGroupMap(r) => of_co_group_map(r, found),
        RelType::ApplyInPandasWithState(r) => {
            found.extend(&r.grouping_expressions);
            found.extend(r.func.iter().flat_map(|f| &f.arguments));
        }
        RelType::CommonInlineUserDefinedTableFunction(r) => found.extend(&r.arguments),
        RelType::AsOfJoin(r) => of_as_of_join(r, found),
        RelType::Transpose(r) => found.extend(&r.index_columns),
        RelType::UnresolvedTableValuedFunction(r) => found.extend(&r.arguments),
        RelType::LateralJoin(r) => found.extend(r.join_condition.as_ref()),
        RelType::NearestByJoin(r) => found.extend(r.ranking_expression.as_ref()),
        RelType::SampleBy(r) => found.extend(r.col.as_ref()),
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
        | RelType::Unknown(_) => {}
    }
}

fn of_aggregate<'r>(aggregate: &'r Aggregate, found: &mut Vec<&'r Expression>) {
    found.extend(&aggregate.grouping_expressions);
    found.extend(&aggregate.aggregate_expressions);
    found.extend(aggregate.pivot.iter().flat_map(|pivot| &pivot.col));
    found.extend(aggregate.grouping_sets.iter().flat_map(|sets| &sets.grouping_set));
}

fn of_group_map<'r>(group: &'r GroupMap, found: &mut Vec<&'r Expression>) {
    found.extend(&group.grouping_expressions);
    found.extend(&group.sorting_expressions);
    found.extend(&group.initial_grouping_expressions);
    found.extend(group.func.iter().flat_map(|f| &f.arguments));
}

fn of_co_group_map<'r>(group: &'r CoGroupMap, found: &mut Vec<&'r Expression>) {
    found.extend(&group.input_grouping_expressions);
    found.extend(&group.other_grouping_expressions);
    found.extend(&group.input_sorting_expressions);
    found.extend(&group.other_sorting_expressions);
    found.extend(group.func.iter().flat_map(|f| &f.arguments));
}

fn of_as_of_join<'r>(join: &'r AsOfJoin, found: &mut Vec<&'r Expression>) {
    let AsOfJoin { left_as_of, right_as_of, join_expr, tolerance, .. } = join;
    found.extend([left_as_of, right_as_of, join_expr, tolerance].into_iter().flatten());
}
