//! The texts of EXPLAIN, and what can be told from a plan's leaves.

use std::collections::BTreeSet;

use datafusion::common::tree_node::{TreeNode as _, TreeNodeRecursion};
use datafusion::datasource::physical_plan::FileScanConfig;
use datafusion::datasource::source::DataSourceExec;
use datafusion::logical_expr::LogicalPlan;
use datafusion::physical_plan::{ExecutionPlan, displayable};

use crate::error::{Error, Result};
use crate::planner::SparkConnectPlanner;
use crate::planner::planned::Planned;
use crate::proto::analyze_plan_request::explain::ExplainMode;

/// DataFusion's plans under Spark's headings.
pub(crate) async fn explain(
    planner: &SparkConnectPlanner,
    planned: &Planned,
    mode: i32,
) -> Result<String> {
    let mode = ExplainMode::try_from(mode).map_err(|_| {
        Error::invalid_plan(format!("{mode} is no mode of EXPLAIN")).at("explain_mode")
    })?;
    let state = planner.state();
    let logical = planned.to_output_plan()?;
    let optimized = state.optimize(&logical)?;
    let physical = state.query_planner().create_physical_plan(&optimized, state.as_ref()).await?;
    let physical_text = displayable(physical.as_ref()).indent(false).to_string();
    let section = |title: &str, text: &str| format!("== {title} ==\n{}\n", text.trim_end());
    Ok(match mode {
        ExplainMode::Extended => [
            section("Parsed Logical Plan", &logical.display_indent().to_string()),
            section("Analyzed Logical Plan", &logical.display_indent_schema().to_string()),
            section("Optimized Logical Plan", &optimized.display_indent().to_string()),
            section("Physical Plan", &physical_text),
        ]
        .join("\n"),
        ExplainMode::Cost => [
            section("Optimized Logical Plan", &optimized.display_indent().to_string()),
            section(
                "Physical Plan",
                &displayable(physical.as_ref()).set_show_statistics(true).indent(false).to_string(),
            ),
        ]
        .join("\n"),
        ExplainMode::Formatted => {
            section("Physical Plan", &displayable(physical.as_ref()).indent(true).to_string())
        }
        ExplainMode::Codegen => section("Physical Plan", &physical_text),
        ExplainMode::Simple | ExplainMode::Unspecified => section("Physical Plan", &physical_text),
    })
}

/// Whether the rows are in memory already.
pub(super) fn is_local(planned: &Planned) -> bool {
    match planned.plan().as_ref() {
        LogicalPlan::Values(_) | LogicalPlan::EmptyRelation(_) => true,
        LogicalPlan::TableScan(scan) => scan.table_name.table() == "local",
        _ => false,
    }
}

/// The files that the plan reads, each once, in order.
pub(super) async fn input_files(
    planner: &SparkConnectPlanner,
    planned: &Planned,
) -> Result<Vec<String>> {
    let state = planner.state();
    let physical = state.create_physical_plan(&planned.to_output_plan()?).await?;
    let mut files = BTreeSet::new();
    physical.apply(|node| {
        add_files(node.as_ref(), &mut files);
        Ok(TreeNodeRecursion::Continue)
    })?;
    Ok(files.into_iter().collect())
}

fn add_files(node: &dyn ExecutionPlan, files: &mut BTreeSet<String>) {
    let Some(source) = node.downcast_ref::<DataSourceExec>() else { return };
    let Some(config) = source.data_source().downcast_ref::<FileScanConfig>() else { return };
    let store = config.object_store_url.as_str();
    for file in config.file_groups.iter().flat_map(|group| group.files()) {
        files.insert(format!("{store}{}", file.object_meta.location));
    }
}
