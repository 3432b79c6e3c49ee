//! The texts of EXPLAIN, and what can be told from a plan's leaves.

use std::collections::BTreeSet;

use datafusion::datasource::physical_plan::FileScanConfig;
use datafusion::datasource::source::DataSourceExec;
use datafusion::logical_expr::LogicalPlan;
use datafusion::physical_plan::statistics::{StatisticsArgs, StatisticsContext};
use datafusion::physical_plan::{ExecutionPlan, displayable};

use super::plan_tree;
use crate::error::{Error, Result};
use crate::execute;
use crate::execute::kept::Kept;
use crate::planner::SparkConnectPlanner;
use crate::planner::planned::Planned;
use crate::proto::analyze_plan_request::explain::ExplainMode;
use crate::{source, types};

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
    let kept = Kept::of(planner.session()).in_place(logical.clone())?;
    let optimized = state.optimize(&kept)?;
    let physical = state.query_planner().create_physical_plan(&optimized, state.as_ref()).await?;
    let section = |title: &str, text: &str| format!("== {title} ==\n{}\n", text.trim_end());
    let physical_section = || section("Physical Plan", &plan_tree::simple(&physical));
    Ok(match mode {
        ExplainMode::Extended => [
            section("Parsed Logical Plan", &logical.display_indent().to_string()),
            section("Analyzed Logical Plan", &analyzed(planned, &logical)?),
            section("Optimized Logical Plan", &optimized.display_indent().to_string()),
            physical_section(),
        ]
        .join("\n"),
        ExplainMode::Cost => {
            let costs = displayable(physical.as_ref()).set_show_statistics(true).indent(false);
            [
                section("Optimized Logical Plan", &with_estimate(&optimized, physical.as_ref())),
                section("Physical Plan", &costs.to_string()),
            ]
            .join("\n")
        }
        ExplainMode::Formatted => section("Physical Plan", &plan_tree::formatted(&physical)),
        // Operators are compiled already: no code is made for a query.
        ExplainMode::Codegen => {
            format!("Found 0 WholeStageCodegen subtrees.\n\n{}", physical_section())
        }
        ExplainMode::Simple | ExplainMode::Unspecified => physical_section(),
    })
}

/// The plan, with what is thought of the size of its rows beside its first node.
fn with_estimate(logical: &LogicalPlan, physical: &dyn ExecutionPlan) -> String {
    let text = logical.display_indent().to_string();
    let statistics = StatisticsContext::new().compute(physical, &StatisticsArgs::new());
    let Ok(statistics) = statistics else { return text };
    let known = [("sizeInBytes", statistics.total_byte_size), ("rowCount", statistics.num_rows)];
    let known = known.iter().filter_map(|(name, size)| Some((name, size.get_value()?)));
    let known: Vec<_> = known.map(|(name, size)| format!("{name}={size}")).collect();
    let (first, rest) = text.split_once('\n').unwrap_or((&text, ""));
    format!("{first}, Statistics({})\n{rest}", known.join(", "))
}

/// The columns with their types, then the plan.
fn analyzed(planned: &Planned, logical: &LogicalPlan) -> Result<String> {
    let schema = planned.schema()?;
    let columns = schema.fields().iter().map(|field| {
        let data_type = types::from_arrow(field.data_type())?;
        Ok(format!("{}: {}", field.name(), types::simple_string(&data_type)))
    });
    let columns = columns.collect::<Result<Vec<_>>>()?.join(", ");
    Ok(format!("{columns}\n{}", logical.display_indent()))
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
    let logical = planned.to_output_plan()?;
    let mut files = BTreeSet::new();
    for table in source::file_tables(&logical)? {
        files.extend(table.listing(state.as_ref()).await?.urls());
    }
    let physical = state.create_physical_plan(&logical).await?;
    let mut open = vec![&physical];
    while let Some(node) = open.pop() {
        add_files(node.as_ref(), &mut files);
        open.extend(node.children());
        open.extend(execute::hidden_input(node.as_ref()));
    }
    Ok(files.into_iter().collect())
}

fn add_files(node: &dyn ExecutionPlan, files: &mut BTreeSet<String>) {
    let Some(source) = node.downcast_ref::<DataSourceExec>() else { return };
    let Some(config) = source.data_source().downcast_ref::<FileScanConfig>() else { return };
    let store = &config.object_store_url;
    for file in config.file_groups.iter().flat_map(|group| group.files()) {
        files.insert(source::file_url(store, &file.object_meta));
    }
}
