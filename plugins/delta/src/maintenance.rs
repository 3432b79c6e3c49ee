//! VACUUM and GENERATE.

use chrono::Duration;
use datafusion_spark_connect::{Error, Result, SparkConnectPlanner};
use deltalake::operations::vacuum::VacuumMode;
use deltalake::table::config::TablePropertiesExt as _;

use crate::error::{OrDelta as _, illegal_argument};
use crate::files;
use crate::proto::{Generate, VacuumTable};
use crate::table::{Location, snapshot};

const MILLIS: f64 = 3_600_000.0;
const CHECKED: &str = "spark.databricks.delta.retentionDurationCheck.enabled";

pub(crate) async fn vacuum(message: &VacuumTable, planner: &SparkConnectPlanner) -> Result<()> {
    let VacuumTable { table, retention_hours } = message;
    let location = Location::of(table.as_ref(), planner).await?;
    let table = location.open().await?;
    crate::commit::check_writable(&table, true)?;
    let least = snapshot(&table)?.table_properties().deleted_file_retention_duration();
    let least = Duration::from_std(least).map_err(Error::plugin)?;
    let asked = match retention_hours {
        None => least,
        Some(hours) if hours.is_finite() && *hours >= 0.0 => {
            Duration::milliseconds((hours * MILLIS) as i64)
        }
        Some(hours) => return Err(no_period(*hours)),
    };
    let conf = planner.session().conf();
    let unchecked = conf.get_option(CHECKED).is_some_and(|on| on.eq_ignore_ascii_case("false"));
    if asked < least && !unchecked {
        return Err(too_short(least.num_hours()));
    }
    table
        .vacuum()
        .with_mode(VacuumMode::Full)
        .with_retention_period(asked)
        .with_enforce_retention_duration(false)
        .await
        .or_delta()?;
    Ok(())
}

fn no_period(hours: f64) -> Error {
    let hours = hours.to_string();
    illegal_argument(
        "DELTA_VACUUM_RETENTION_PERIOD_NEGATIVE",
        "22003",
        format!("Retention for Vacuum can't be less than 0; {hours} hours were asked for."),
        &[("retentionHours", &hours)],
    )
}

fn too_short(least: i64) -> Error {
    let least = least.to_string();
    illegal_argument(
        "DELTA_VACUUM_RETENTION_PERIOD_TOO_SHORT",
        "22003",
        format!(
            "Are you sure you would like to vacuum files with such a low retention period? If \
             you have writers that are currently writing to this table, there is a risk that you \
             may corrupt the state of your Delta table. If you are certain that there are no \
             operations being performed on this table, such as insert/upsert/delete/optimize, \
             then you may turn off this check by setting: {CHECKED} = false. If you are not \
             sure, please use a value not less than \"{least} hours\"."
        ),
        &[("minHours", &least)],
    )
}

pub(crate) async fn generate(message: &Generate, planner: &SparkConnectPlanner) -> Result<()> {
    let Generate { table, mode } = message;
    if !mode.eq_ignore_ascii_case("symlink_format_manifest") {
        return Err(illegal_argument(
            "DELTA_UNSUPPORTED_GENERATE_MODE",
            "42616",
            format!(
                "Specified mode '{mode}' is not supported. Supported modes are: \
                 symlink_format_manifest."
            ),
            &[("mode", mode), ("supportedModes", "symlink_format_manifest")],
        ));
    }
    let table = Location::of(table.as_ref(), planner).await?.open().await?;
    if files::of(&table)?.iter().any(files::DataFile::has_deletion_vector) {
        return Err(illegal_argument(
            "DELTA_VIOLATE_TABLE_PROPERTY_VALIDATION_FAILED.EXISTING_DELETION_VECTORS_WITH_INCREMENTAL_MANIFEST_GENERATION",
            "0A000",
            "Symlink manifest generation is unsupported while deletion vectors are present in \
             the table.",
            &[],
        ));
    }
    table.generate().await.or_delta()?;
    Ok(())
}
