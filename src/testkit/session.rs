//! A session for tests.

use std::ops::Deref;
use std::sync::Arc;

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::Schema;
use datafusion::catalog::MemTable;
use datafusion::catalog::view::ViewTable;
use datafusion::prelude::SessionContext;

use super::table::{Values, batch};
use super::{relation, render_rows};
use crate::context::{spark_config, spark_state_builder};
use crate::error::Result;
use crate::execute;
use crate::planner::SparkConnectPlanner;
use crate::planner::planned::Planned;
use crate::proto;
use crate::session::{Session, SessionBuilder};

/// A [`Session`] in which tables are made in a line.
///
/// Plans are the same on every machine: it runs in one partition.
///
/// ```
/// use datafusion_spark_connect::testkit::{TestSession, relation};
///
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let session = TestSession::new()?
///     .table("t", [("id", [1_i64, 2].into()), ("name", ["a", "b"].into())])?;
/// let rows = session.rows(&relation::read_table("t").limit(1)).await?;
/// assert_eq!(rows, "\
/// +----+------+
/// | id | name |
/// +----+------+
/// | 1  | a    |
/// +----+------+");
/// # Ok::<(), datafusion_spark_connect::Error>(())
/// # }).unwrap();
/// ```
#[derive(Clone)]
pub struct TestSession(Arc<Session>);

/// A session without tables.
///
/// # Errors
/// If the plugins that are linked contradict each other.
pub fn session() -> Result<TestSession> {
    TestSession::new()
}

impl TestSession {
    /// A session without tables.
    ///
    /// # Errors
    /// If the plugins that are linked contradict each other.
    pub fn new() -> Result<Self> {
        Self::with(|builder| builder)
    }

    /// A session with settings of your own: plugins, limits, configuration.
    ///
    /// # Errors
    /// As [`SessionBuilder::build`].
    pub fn with(settings: impl FnOnce(SessionBuilder) -> SessionBuilder) -> Result<Self> {
        let config = spark_config().with_target_partitions(1);
        let state = spark_state_builder().with_config(config).build();
        let context = SessionContext::new_with_state(state);
        Ok(Self(settings(Session::builder(context)).build()?))
    }

    /// Adds a table of these columns.
    ///
    /// # Errors
    /// If the columns differ in length or the table exists.
    pub fn table<N: Into<String>>(
        self,
        name: &str,
        columns: impl IntoIterator<Item = (N, Values)>,
    ) -> Result<Self> {
        self.batches(name, vec![batch(columns)?])
    }

    /// Adds a table of these batches, at least one.
    ///
    /// # Errors
    /// If their schemas differ or the table exists.
    pub fn batches(self, name: &str, batches: Vec<RecordBatch>) -> Result<Self> {
        let schema = batches.first().map_or_else(|| Schema::empty().into(), RecordBatch::schema);
        let table = MemTable::try_new(schema, vec![batches])?;
        self.context().register_table(quoted(name), Arc::new(table))?;
        Ok(self)
    }

    /// Adds a table that is a query's result, such as
    /// `select * from values (1, 'a'), (2, 'b') as t(id, name)`.
    ///
    /// # Errors
    /// If the query cannot be planned or the table exists.
    pub async fn query(self, name: &str, query: &str) -> Result<Self> {
        let planned = self.plan(&relation::sql(query)).await?;
        let view = ViewTable::new(planned.to_output_plan()?, Some(query.to_owned()));
        self.context().register_table(quoted(name), Arc::new(view))?;
        Ok(self)
    }

    /// A planner for one request.
    pub fn planner(&self) -> SparkConnectPlanner {
        SparkConnectPlanner::new(Arc::clone(&self.0))
    }

    /// The session itself.
    pub fn inner(&self) -> &Arc<Session> {
        &self.0
    }

    /// Plans a relation.
    ///
    /// # Errors
    /// As [`SparkConnectPlanner::plan_relation`].
    pub async fn plan(&self, relation: &proto::Relation) -> Result<Planned> {
        self.planner().plan_relation(relation).await
    }

    /// Plans a relation and runs it.
    ///
    /// # Errors
    /// If it cannot be planned or fails.
    pub async fn collect(&self, relation: &proto::Relation) -> Result<Vec<RecordBatch>> {
        let planned = self.plan(relation).await?;
        let (schema, mut batches) = execute::collect(&self.planner(), &planned).await?;
        if batches.is_empty() {
            batches.push(RecordBatch::new_empty(schema));
        }
        Ok(batches)
    }

    /// Plans a relation, runs it, and renders the rows as a table.
    ///
    /// # Errors
    /// If it cannot be planned or fails.
    pub async fn rows(&self, relation: &proto::Relation) -> Result<String> {
        render_rows(&self.collect(relation).await?)
    }
}

/// A session that was made elsewhere.
impl From<Arc<Session>> for TestSession {
    fn from(session: Arc<Session>) -> Self {
        Self(session)
    }
}

/// Keeps DataFusion from lowering the name.
fn quoted(name: &str) -> datafusion::common::TableReference {
    datafusion::common::TableReference::bare(name)
}

impl Deref for TestSession {
    type Target = Arc<Session>;

    fn deref(&self) -> &Arc<Session> {
        &self.0
    }
}
