//! The relations: which kind does what.

use std::sync::Arc;

use async_trait::async_trait;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion_spark_connect::plugin::{Effects, TypedRelationPlugin};
use datafusion_spark_connect::{Error, Planned, Result, SparkConnectPlanner};

use crate::proto::delta_relation::RelationType;
use crate::proto::{DeltaRelation, IsDeltaTable, Scan};
use crate::source::{DeltaSource, leaf};
use crate::table::{At, Location};
use crate::{convert, detail, dml, history, optimize, restore, rows};

/// What `delta.connect` sends as relations.
#[derive(Debug, Clone, Copy)]
pub struct DeltaRelations;

#[async_trait]
impl TypedRelationPlugin for DeltaRelations {
    type Message = DeltaRelation;

    async fn transform(
        &self,
        message: &DeltaRelation,
        planner: &SparkConnectPlanner,
    ) -> Result<Planned> {
        match kind(message)? {
            RelationType::Scan(message) => scan(message, planner).await,
            RelationType::DescribeHistory(message) => history::describe(message, planner).await,
            RelationType::DescribeDetail(message) => detail::describe(message, planner).await,
            RelationType::ConvertToDelta(message) => convert::convert(message, planner).await,
            RelationType::RestoreTable(message) => restore::restore(message, planner).await,
            RelationType::IsDeltaTable(message) => is_delta_table(message).await,
            RelationType::DeleteFromTable(message) => dml::delete(message, planner).await,
            RelationType::UpdateTable(message) => dml::update(message, planner).await,
            RelationType::MergeIntoTable(message) => dml::merge(message, planner).await,
            RelationType::OptimizeTable(message) => optimize::optimize(message, planner).await,
        }
    }

    /// Reading sees the table as it is, each time; changes are made once.
    fn effects_of(&self, message: &DeltaRelation) -> Effects {
        match &message.relation_type {
            None
            | Some(
                RelationType::Scan(_)
                | RelationType::DescribeHistory(_)
                | RelationType::DescribeDetail(_)
                | RelationType::IsDeltaTable(_),
            ) => Effects::None,
            Some(
                RelationType::ConvertToDelta(_)
                | RelationType::RestoreTable(_)
                | RelationType::DeleteFromTable(_)
                | RelationType::UpdateTable(_)
                | RelationType::MergeIntoTable(_)
                | RelationType::OptimizeTable(_),
            ) => Effects::Changes,
        }
    }

    async fn schema(
        &self,
        message: &DeltaRelation,
        _planner: &SparkConnectPlanner,
    ) -> Result<Option<SchemaRef>> {
        Ok(match kind(message)? {
            // These read.
            RelationType::Scan(_)
            | RelationType::DescribeHistory(_)
            | RelationType::DescribeDetail(_)
            | RelationType::IsDeltaTable(_) => None,
            RelationType::ConvertToDelta(_) => Some(convert::schema()),
            RelationType::RestoreTable(_) => Some(restore::schema()),
            RelationType::DeleteFromTable(_) | RelationType::UpdateTable(_) => {
                Some(dml::affected_schema())
            }
            RelationType::MergeIntoTable(_) => Some(dml::merge_schema()),
            RelationType::OptimizeTable(_) => Some(optimize::schema()),
        })
    }
}

fn kind(message: &DeltaRelation) -> Result<&RelationType> {
    let DeltaRelation { relation_type } = message;
    relation_type.as_ref().ok_or_else(|| Error::missing_field("relation_type"))
}

async fn scan(message: &Scan, planner: &SparkConnectPlanner) -> Result<Planned> {
    let Scan { table } = message;
    let location = Location::of(table.as_ref(), planner).await?;
    let table = location.open().await?;
    let time_zone = planner.session().time_zone();
    leaf(Arc::new(DeltaSource::new(location, table, At::Latest, &time_zone)?))
}

async fn is_delta_table(message: &IsDeltaTable) -> Result<Planned> {
    let IsDeltaTable { path } = message;
    let found = Location::path(path)?.find(&At::Latest).await?.is_some();
    rows::boolean("value", found)
}
