//! Relations in a few words.

use std::collections::HashMap;
use std::ops;

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::ipc::writer::StreamWriter;

use super::expression::{ExpressionBuilder, sort_orders, unwrap};
use crate::error::{Error, Result};
use crate::proto::aggregate::GroupType;
use crate::proto::expression::Alias;
use crate::proto::join::JoinType;
use crate::proto::relation::RelType;
use crate::proto::set_operation::SetOpType;
use crate::proto::with_columns_renamed::Rename;
use crate::proto::{self, Deep, Relation, RelationCommon, read};

/// A [`Relation`] in the making; reads like the message itself.
///
/// ```
/// use datafusion_spark_connect::testkit::{call, col, relation};
///
/// let orders = relation::read_table("orders").filter(col("total").is_not_null());
/// let counts = orders.aggregate(["customer"], [call("count", ["total"]).alias("n")]);
/// assert!(counts.rel_type.is_some());
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct RelationBuilder {
    message: Deep<Relation>,
    depth: usize,
}

fn build(kind: RelType, depth: usize) -> RelationBuilder {
    // The message of the kind, and whatever small message hangs on it.
    let depth = depth + 2;
    let message = Relation { common: None, rel_type: Some(kind) };
    RelationBuilder { message: Deep::with_depth(message, depth), depth }
}

/// Numbers from 0 to `end`, exclusive.
pub fn range(end: i64) -> RelationBuilder {
    range_of(0, end, 1)
}

/// Numbers from `start` to `end`, exclusive, by `step`.
pub fn range_of(start: i64, end: i64, step: i64) -> RelationBuilder {
    let range = proto::Range { start: Some(start), end, step, num_partitions: None };
    build(RelType::Range(range), 0)
}

/// A table or a view.
pub fn read_table(name: impl Into<String>) -> RelationBuilder {
    let table = read::NamedTable { unparsed_identifier: name.into(), options: HashMap::default() };
    let read_type = Some(read::ReadType::NamedTable(table));
    build(RelType::Read(proto::Read { read_type, is_streaming: false }), 1)
}

/// A file or a directory in a format such as `parquet`.
pub fn read_path(format: impl Into<String>, path: impl Into<String>) -> RelationBuilder {
    let source = read::DataSource {
        format: Some(format.into()),
        paths: vec![path.into()],
        ..Default::default()
    };
    let read_type = Some(read::ReadType::DataSource(source));
    build(RelType::Read(proto::Read { read_type, is_streaming: false }), 1)
}

/// A query in SQL.
pub fn sql(query: impl Into<String>) -> RelationBuilder {
    build(RelType::Sql(proto::Sql { query: query.into(), ..Default::default() }), 0)
}

/// Rows that the client sends along.
///
/// # Errors
/// If the batch cannot be written as Arrow IPC.
pub fn local(batch: &RecordBatch) -> Result<RelationBuilder> {
    let write = || -> Result<Vec<u8>, datafusion::arrow::error::ArrowError> {
        let mut writer = StreamWriter::try_new(Vec::new(), &batch.schema())?;
        writer.write(batch)?;
        writer.into_inner()
    };
    let data = write().map_err(|error| Error::DataFusion(error.into()))?;
    let local = proto::LocalRelation { data: Some(data), schema: None };
    Ok(build(RelType::LocalRelation(local), 0))
}

/// A plugin's relation.
pub fn extension<M: prost::Name>(message: &M) -> RelationBuilder {
    build(RelType::Extension(proto::pack(message)), 0)
}

fn strings<S: Into<String>>(names: impl IntoIterator<Item = S>) -> Vec<String> {
    names.into_iter().map(Into::into).collect()
}

fn expressions<E: Into<ExpressionBuilder>>(
    list: impl IntoIterator<Item = E>,
) -> (Vec<proto::Expression>, usize) {
    unwrap(list.into_iter().map(Into::into).collect())
}

impl RelationBuilder {
    /// The message.
    pub fn into_message(self) -> Relation {
        self.message.into_inner()
    }

    /// A plan with this root.
    pub fn into_plan(self) -> Deep<proto::Plan> {
        self.message.map(|root| proto::Plan { op_type: Some(proto::plan::OpType::Root(root)) })
    }

    /// The relation under the id that [`col_of`](super::col_of) refers to.
    #[must_use]
    pub fn with_plan_id(mut self, plan_id: i64) -> Self {
        let common = self.message.common.get_or_insert_with(RelationCommon::default);
        common.plan_id = Some(plan_id);
        self
    }

    fn boxed(self) -> Option<Box<Relation>> {
        Some(Box::new(self.into_message()))
    }

    /// The rows for which `condition` holds.
    #[must_use]
    pub fn filter(self, condition: impl Into<ExpressionBuilder>) -> Self {
        let condition = condition.into();
        let depth = self.depth.max(condition.depth());
        let condition = Some(condition.into_message());
        build(RelType::Filter(Box::new(proto::Filter { input: self.boxed(), condition })), depth)
    }

    /// These columns.
    #[must_use]
    pub fn select<E: Into<ExpressionBuilder>>(self, list: impl IntoIterator<Item = E>) -> Self {
        let (expressions, depth) = expressions(list);
        let depth = depth.max(self.depth);
        build(
            RelType::Project(Box::new(proto::Project { input: self.boxed(), expressions })),
            depth,
        )
    }

    /// The columns, those named added or replaced.
    #[must_use]
    pub fn with_columns<N: Into<String>, E: Into<ExpressionBuilder>>(
        self,
        columns: impl IntoIterator<Item = (N, E)>,
    ) -> Self {
        let mut depth = self.depth;
        let mut alias = |(name, value): (N, E)| {
            let value: ExpressionBuilder = value.into();
            depth = depth.max(value.depth() + 2);
            let expr = Some(Box::new(value.into_message()));
            Alias { expr, name: vec![name.into()], metadata: None }
        };
        let aliases = columns.into_iter().map(&mut alias).collect();
        let with = proto::WithColumns { input: self.boxed(), aliases };
        build(RelType::WithColumns(Box::new(with)), depth)
    }

    /// The columns, some under other names: pairs of old and new.
    #[must_use]
    pub fn with_columns_renamed<O: Into<String>, N: Into<String>>(
        self,
        renames: impl IntoIterator<Item = (O, N)>,
    ) -> Self {
        let depth = self.depth;
        let rename = |(old, new): (O, N)| Rename { col_name: old.into(), new_col_name: new.into() };
        let renamed = proto::WithColumnsRenamed {
            input: self.boxed(),
            renames: renames.into_iter().map(rename).collect(),
            ..Default::default()
        };
        build(RelType::WithColumnsRenamed(Box::new(renamed)), depth)
    }

    /// The columns but these.
    #[must_use]
    pub fn drop_columns<S: Into<String>>(self, names: impl IntoIterator<Item = S>) -> Self {
        let depth = self.depth;
        let drop =
            proto::Drop { input: self.boxed(), columns: Vec::new(), column_names: strings(names) };
        build(RelType::Drop(Box::new(drop)), depth)
    }

    /// The columns under new names, all of them.
    #[must_use]
    pub fn to_df<S: Into<String>>(self, names: impl IntoIterator<Item = S>) -> Self {
        let depth = self.depth;
        let to_df = proto::ToDf { input: self.boxed(), column_names: strings(names) };
        build(RelType::ToDf(Box::new(to_df)), depth)
    }

    /// The relation under a name, behind which its columns can be named.
    #[must_use]
    pub fn alias(self, name: impl Into<String>) -> Self {
        let depth = self.depth;
        let alias =
            proto::SubqueryAlias { input: self.boxed(), alias: name.into(), qualifier: Vec::new() };
        build(RelType::SubqueryAlias(Box::new(alias)), depth)
    }

    /// Grouped by the first list (by nothing if it is empty), the second computed.
    #[must_use]
    pub fn aggregate<G: Into<ExpressionBuilder>, A: Into<ExpressionBuilder>>(
        self,
        group_by: impl IntoIterator<Item = G>,
        aggregates: impl IntoIterator<Item = A>,
    ) -> Self {
        let (grouping_expressions, groups) = expressions(group_by);
        let (aggregate_expressions, aggregates) = expressions(aggregates);
        let depth = self.depth.max(groups).max(aggregates);
        let aggregate = proto::Aggregate {
            input: self.boxed(),
            group_type: GroupType::Groupby.into(),
            grouping_expressions,
            aggregate_expressions,
            pivot: None,
            grouping_sets: Vec::new(),
        };
        build(RelType::Aggregate(Box::new(aggregate)), depth)
    }

    /// Both sides where `condition` holds.
    #[must_use]
    pub fn join(
        self,
        right: Self,
        condition: impl Into<ExpressionBuilder>,
        join_type: JoinType,
    ) -> Self {
        let condition = condition.into();
        let depth = self.depth.max(right.depth).max(condition.depth());
        let condition = Some(condition.into_message());
        self.joined(right, condition, join_type, Vec::new(), depth)
    }

    /// Both sides where these columns are equal; each is output once.
    #[must_use]
    pub fn join_using<S: Into<String>>(
        self,
        right: Self,
        columns: impl IntoIterator<Item = S>,
        join_type: JoinType,
    ) -> Self {
        let depth = self.depth.max(right.depth);
        self.joined(right, None, join_type, strings(columns), depth)
    }

    /// Every row with every row.
    #[must_use]
    pub fn cross_join(self, right: Self) -> Self {
        let depth = self.depth.max(right.depth);
        self.joined(right, None, JoinType::Cross, Vec::new(), depth)
    }

    fn joined(
        self,
        right: Self,
        join_condition: Option<proto::Expression>,
        join_type: JoinType,
        using_columns: Vec<String>,
        depth: usize,
    ) -> Self {
        let join = proto::Join {
            left: self.boxed(),
            right: right.boxed(),
            join_condition,
            join_type: join_type.into(),
            using_columns,
            join_data_type: None,
        };
        build(RelType::Join(Box::new(join)), depth)
    }

    /// The rows of both, duplicates kept, columns by position.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        self.set_op(other, SetOpType::Union, true, false)
    }

    /// The rows of both, duplicates kept, columns by name.
    #[must_use]
    pub fn union_by_name(self, other: Self) -> Self {
        self.set_op(other, SetOpType::Union, true, true)
    }

    /// The distinct rows that are in both.
    #[must_use]
    pub fn intersect(self, other: Self) -> Self {
        self.set_op(other, SetOpType::Intersect, false, false)
    }

    /// The distinct rows that are not in `other`.
    #[must_use]
    pub fn except(self, other: Self) -> Self {
        self.set_op(other, SetOpType::Except, false, false)
    }

    /// Any set operation.
    #[must_use]
    pub fn set_op(self, other: Self, kind: SetOpType, all: bool, by_name: bool) -> Self {
        let depth = self.depth.max(other.depth);
        let set = proto::SetOperation {
            left_input: self.boxed(),
            right_input: other.boxed(),
            set_op_type: kind.into(),
            is_all: Some(all),
            by_name: Some(by_name),
            allow_missing_columns: Some(false),
        };
        build(RelType::SetOp(Box::new(set)), depth)
    }

    /// Sorted over all partitions; what is no sort order is ascending.
    #[must_use]
    pub fn sort<E: Into<ExpressionBuilder>>(self, orders: impl IntoIterator<Item = E>) -> Self {
        let (order, depth) = sort_orders(orders);
        let depth = depth.max(self.depth);
        let sort = proto::Sort { input: self.boxed(), order, is_global: Some(true) };
        build(RelType::Sort(Box::new(sort)), depth)
    }

    /// The first rows.
    #[must_use]
    pub fn limit(self, limit: i32) -> Self {
        let depth = self.depth;
        build(RelType::Limit(Box::new(proto::Limit { input: self.boxed(), limit })), depth)
    }

    /// The rows but the first.
    #[must_use]
    pub fn offset(self, offset: i32) -> Self {
        let depth = self.depth;
        build(RelType::Offset(Box::new(proto::Offset { input: self.boxed(), offset })), depth)
    }

    /// The last rows.
    #[must_use]
    pub fn tail(self, limit: i32) -> Self {
        let depth = self.depth;
        build(RelType::Tail(Box::new(proto::Tail { input: self.boxed(), limit })), depth)
    }

    /// Every row once.
    #[must_use]
    pub fn distinct(self) -> Self {
        self.deduplicate(Vec::new(), true)
    }

    /// One row for each value of these columns.
    #[must_use]
    pub fn drop_duplicates<S: Into<String>>(self, columns: impl IntoIterator<Item = S>) -> Self {
        self.deduplicate(strings(columns), false)
    }

    fn deduplicate(self, column_names: Vec<String>, all: bool) -> Self {
        let depth = self.depth;
        let deduplicate = proto::Deduplicate {
            input: self.boxed(),
            column_names,
            all_columns_as_keys: Some(all),
            within_watermark: Some(false),
        };
        build(RelType::Deduplicate(Box::new(deduplicate)), depth)
    }

    /// The table as text, in one row.
    #[must_use]
    pub fn show_string(self, num_rows: i32, truncate: i32, vertical: bool) -> Self {
        let depth = self.depth;
        let show = proto::ShowString { input: self.boxed(), num_rows, truncate, vertical };
        build(RelType::ShowString(Box::new(show)), depth)
    }

    /// With relations that this one refers to: subqueries by plan id, named ones
    /// by their alias.
    #[must_use]
    pub fn with_relations(self, references: impl IntoIterator<Item = Self>) -> Self {
        let references: Vec<Self> = references.into_iter().collect();
        let deepest = references.iter().map(|reference| reference.depth).max().unwrap_or(0);
        let depth = self.depth.max(deepest);
        let references = references.into_iter().map(Self::into_message).collect();
        let with = proto::WithRelations { root: self.boxed(), references };
        build(RelType::WithRelations(Box::new(with)), depth)
    }

    /// The columns, one added or replaced.
    #[must_use]
    pub fn with_column(self, name: impl Into<String>, value: impl Into<ExpressionBuilder>) -> Self {
        self.with_columns([(name, value)])
    }
}

impl ops::Deref for RelationBuilder {
    type Target = Relation;

    fn deref(&self) -> &Relation {
        &self.message
    }
}

/// A message that is not deep.
impl From<Relation> for RelationBuilder {
    fn from(message: Relation) -> Self {
        Self { message: Deep::new(message), depth: 100 }
    }
}

impl From<RelationBuilder> for Relation {
    fn from(builder: RelationBuilder) -> Self {
        builder.into_message()
    }
}
