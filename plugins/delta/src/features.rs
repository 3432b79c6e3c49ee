//! What a table asks of its readers and writers, changed by hand.

use datafusion_spark_connect::{Error, Result, SparkConnectPlanner};
use deltalake::DeltaTable;
use deltalake::kernel::Action;

use crate::commit::{Commit, Operation, Reads, check_writable};
use crate::error::analysis;
use crate::proto::{AddFeatureSupport, DropFeatureSupport, UpgradeTableProtocol};
use crate::protocol::{Needs, READER_FEATURES, WRITER_FEATURES, features_of, readers_must_know};
use crate::table::{Location, snapshot};

pub(crate) async fn upgrade(
    message: &UpgradeTableProtocol,
    planner: &SparkConnectPlanner,
) -> Result<()> {
    let UpgradeTableProtocol { table, reader_version, writer_version } = message;
    let (reader, writer) = (*reader_version, *writer_version);
    let table = Location::of(table.as_ref(), planner).await?.open().await?;
    let old = Needs::of(snapshot(&table)?.protocol());
    let known = (1..=READER_FEATURES).contains(&reader) && (1..=WRITER_FEATURES).contains(&writer);
    if !known || (reader == READER_FEATURES && writer < WRITER_FEATURES) {
        return Err(no_such_protocol(reader, writer));
    }
    if reader < old.reader || writer < old.writer {
        return Err(downgrade(&old, reader, writer));
    }
    let mut needs = old.clone();
    needs.upgrade(reader, writer);
    commit(table, &old, &needs).await
}

pub(crate) async fn add(message: &AddFeatureSupport, planner: &SparkConnectPlanner) -> Result<()> {
    let AddFeatureSupport { table, feature_name } = message;
    let table = Location::of(table.as_ref(), planner).await?.open().await?;
    let old = Needs::of(snapshot(&table)?.protocol());
    let mut needs = old.clone();
    needs.feature(feature_name, readers_must_know(feature_name)?);
    commit(table, &old, &needs).await
}

pub(crate) async fn drop(
    message: &DropFeatureSupport,
    planner: &SparkConnectPlanner,
) -> Result<()> {
    let DropFeatureSupport { table, feature_name, truncate_history: _ } = message;
    let table = Location::of(table.as_ref(), planner).await?.open().await?;
    let name = feature_name.as_str();
    let readers = readers_must_know(name)?;
    let state = snapshot(&table)?;
    if !features_of(state.protocol()).iter().any(|own| own == name) {
        return Err(analysis(
            "DELTA_FEATURE_DROP_FEATURE_NOT_PRESENT",
            "55000",
            format!(
                "Cannot drop {name} from this table because it is not currently present in the table's protocol."
            ),
            &[("feature", name)],
        ));
    }
    if name != "checkConstraints" {
        return match readers {
            // Old versions, which stay readable, may still need it.
            true => crate::error::unsupported(
                &format!("drop_feature.{name}"),
                "the history would have to be truncated",
            ),
            false => Err(analysis(
                "DELTA_FEATURE_DROP_NONREMOVABLE_FEATURE",
                "0AKDC",
                format!("Cannot drop {name} because dropping this feature is not supported."),
                &[("feature", name)],
            )),
        };
    }
    let keys = state.metadata().configuration().keys();
    let constraints: Vec<_> =
        keys.filter_map(|key| key.strip_prefix("delta.constraints.")).collect();
    if !constraints.is_empty() {
        let constraints = constraints.join(", ");
        return Err(analysis(
            "DELTA_CANNOT_DROP_CHECK_CONSTRAINT_FEATURE",
            "0AKDE",
            format!(
                "Cannot drop the CHECK constraints table feature. The following constraints must be dropped first: {constraints}."
            ),
            &[("constraints", &constraints)],
        ));
    }
    let old = Needs::of(state.protocol());
    let mut needs = old.clone();
    needs.without(name);
    commit(table, &old, &needs).await
}

async fn commit(table: DeltaTable, old: &Needs, needs: &Needs) -> Result<()> {
    if old == needs {
        return Ok(());
    }
    check_writable(&table, true)?;
    let protocol = needs.protocol()?;
    let shown = serde_json::to_value(&protocol).map_err(Error::plugin)?;
    let operation = Operation::new("UPGRADE PROTOCOL").with_json("newProtocol", &shown);
    let actions = vec![Action::Protocol(protocol)];
    Commit { table, actions, reads: Reads::Rows(None), operation }.run().await?;
    Ok(())
}

fn no_such_protocol(reader: i32, writer: i32) -> Error {
    analysis(
        "DELTA_INVALID_PROTOCOL_VERSION",
        "KD004",
        format!("Reader version {reader} with writer version {writer} is not supported."),
        &[("readerRequired", &reader.to_string()), ("writerRequired", &writer.to_string())],
    )
}

fn downgrade(old: &Needs, reader: i32, writer: i32) -> Error {
    let before = format!("({}, {})", old.reader, old.writer);
    let after = format!("({reader}, {writer})");
    analysis(
        "DELTA_INVALID_PROTOCOL_DOWNGRADE",
        "KD004",
        format!("Protocol version cannot be downgraded from {before} to {after}."),
        &[("oldProtocol", &before), ("newProtocol", &after)],
    )
}
