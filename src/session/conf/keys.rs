//! The keys that Spark knows and clients read, with the defaults that Spark 4.3
//! answers.

use super::super::time_zone;
use crate::error::{Condition, Error, Result};

/// A key of the configuration.
pub(super) struct Key {
    pub(super) name: &'static str,
    pub(super) default: Option<&'static str>,
    pub(super) kind: Kind,
}

/// What a key may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Boolean,
    Integer,
    /// An integer above zero.
    Positive,
    /// A number of bytes, with a unit if there is one.
    Bytes,
    OneOf(&'static [&'static str]),
    TimeZone,
    Text,
    /// Fixed at start.
    Static,
}

use Kind::{Boolean, Bytes, Integer, OneOf, Positive, Static, Text, TimeZone};

const fn key(name: &'static str, default: &'static str, kind: Kind) -> Key {
    Key { name, default: Some(default), kind }
}

const fn unset(name: &'static str, kind: Kind) -> Key {
    Key { name, default: None, kind }
}

/// Sorted by name.
pub(super) const KEYS: &[Key] = &[
    key("spark.app.name", "spark-connect-server", Static),
    key("spark.connect.execute.reattachable.enabled", "true", Static),
    key("spark.connect.grpc.maxInboundMessageSize", "134217728b", Static),
    key("spark.connect.progress.reportInterval", "2000ms", Text),
    key("spark.connect.session.planCache.enabled", "true", Boolean),
    key("spark.connect.session.planCompression.defaultAlgorithm", "ZSTD", Text),
    key("spark.connect.session.planCompression.threshold", "10485760", Integer),
    unset("spark.driver.memory", Static),
    key("spark.master", "datafusion", Static),
    key("spark.python.sql.dataFrameDebugging.enabled", "true", Static),
    key("spark.sql.adaptive.enabled", "true", Boolean),
    key("spark.sql.analyzer.failAmbiguousSelfJoin", "true", Boolean),
    key("spark.sql.ansi.doubleQuotedIdentifiers", "false", Boolean),
    key("spark.sql.ansi.enabled", "true", Boolean),
    key("spark.sql.artifact.isolation.alwaysApplyClassloader", "true", Boolean),
    key("spark.sql.artifact.isolation.enabled", "true", Boolean),
    key("spark.sql.autoBroadcastJoinThreshold", "10485760b", Bytes),
    unset("spark.sql.binaryOutputStyle", Text),
    key("spark.sql.caseSensitive", "false", Boolean),
    key("spark.sql.catalogImplementation", "in-memory", Static),
    key("spark.sql.cbo.enabled", "false", Boolean),
    key("spark.sql.columnNameOfCorruptRecord", "_corrupt_record", Text),
    key("spark.sql.connect.serverStacktrace.enabled", "false", Boolean),
    key("spark.sql.connect.ui.retainedSessions", "200", Static),
    key("spark.sql.crossJoin.enabled", "true", Boolean),
    key("spark.sql.csv.filterPushdown.enabled", "true", Boolean),
    key("spark.sql.dataFrameQueryContext.enabled", "true", Boolean),
    key("spark.sql.debug.maxToStringFields", "25", Integer),
    key("spark.sql.decimalOperations.allowPrecisionLoss", "true", Boolean),
    key("spark.sql.defaultCatalog", "spark_catalog", Text),
    key("spark.sql.execution.arrow.enabled", "true", Boolean),
    key("spark.sql.execution.arrow.maxBytesPerBatch", "67108864b", Bytes),
    key("spark.sql.execution.arrow.maxRecordsPerBatch", "10000", Integer),
    key("spark.sql.execution.arrow.pyspark.enabled", "true", Boolean),
    key("spark.sql.execution.arrow.pyspark.fallback.enabled", "true", Boolean),
    key("spark.sql.execution.arrow.pyspark.selfDestruct.enabled", "false", Boolean),
    key("spark.sql.execution.arrow.pyspark.validateSchema.enabled", "false", Boolean),
    key("spark.sql.execution.arrow.useLargeVarTypes", "false", Boolean),
    key("spark.sql.execution.interruptOnCancel", "true", Boolean),
    key("spark.sql.execution.pandas.convertToArrowArraySafely", "true", Boolean),
    key("spark.sql.execution.pandas.inferPandasDictAsMap", "false", Boolean),
    key(
        "spark.sql.execution.pandas.structHandlingMode",
        "legacy",
        OneOf(&["LEGACY", "ROW", "DICT"]),
    ),
    key("spark.sql.execution.pandas.udf.buffer.size", "65536", Integer),
    key("spark.sql.execution.pyspark.binaryAsBytes", "true", Boolean),
    key("spark.sql.execution.pythonUDF.arrow.enabled", "true", Boolean),
    key("spark.sql.execution.pythonUDF.pandas.intToDecimalCoercionEnabled", "false", Boolean),
    key("spark.sql.execution.pythonUDTF.arrow.enabled", "true", Boolean),
    key("spark.sql.execution.topKSortFallbackThreshold", "2147483632", Integer),
    unset("spark.sql.extensions", Static),
    key("spark.sql.files.maxPartitionBytes", "134217728b", Bytes),
    key("spark.sql.globalTempDatabase", "global_temp", Static),
    key("spark.sql.groupByAliases", "true", Boolean),
    key("spark.sql.groupByOrdinal", "true", Boolean),
    key("spark.sql.jsonGenerator.ignoreNullFields", "true", Boolean),
    key("spark.sql.lateralColumnAlias.enableImplicitResolution", "true", Boolean),
    key("spark.sql.legacy.allowNegativeScaleOfDecimal", "false", Boolean),
    key("spark.sql.legacy.charVarcharAsString", "false", Boolean),
    key("spark.sql.legacy.createHiveTableByDefault", "false", Boolean),
    key("spark.sql.legacy.interval.enabled", "false", Boolean),
    key("spark.sql.legacy.sizeOfNull", "true", Boolean),
    key(
        "spark.sql.legacy.timeParserPolicy",
        "CORRECTED",
        OneOf(&["EXCEPTION", "CORRECTED", "LEGACY"]),
    ),
    key("spark.sql.mapKeyDedupPolicy", "EXCEPTION", OneOf(&["EXCEPTION", "LAST_WIN"])),
    key("spark.sql.maxPlanStringLength", "2147483632b", Bytes),
    unset("spark.sql.optimizer.excludedRules", Text),
    key("spark.sql.optimizer.maxIterations", "100", Integer),
    key("spark.sql.orderByOrdinal", "true", Boolean),
    key("spark.sql.parquet.compression.codec", "snappy", Text),
    key("spark.sql.parquet.mergeSchema", "false", Boolean),
    key("spark.sql.parser.quotedRegexColumnNames", "false", Boolean),
    key("spark.sql.pivotMaxValues", "10000", Integer),
    key("spark.sql.preserveCharVarcharTypeInfo", "false", Boolean),
    key("spark.sql.pyspark.inferNestedDictAsStruct.enabled", "false", Boolean),
    key("spark.sql.pyspark.jvmStacktrace.enabled", "false", Boolean),
    key("spark.sql.pyspark.legacy.inferArrayTypeFromFirstElement.enabled", "false", Boolean),
    key("spark.sql.pyspark.legacy.inferMapTypeFromFirstPair.enabled", "false", Boolean),
    key("spark.sql.pyspark.plotting.max_rows", "1000", Integer),
    key("spark.sql.pyspark.toJSON.returnDataFrame", "false", Boolean),
    unset("spark.sql.pyspark.udf.profiler", Text),
    key("spark.sql.readSideCharPadding", "true", Boolean),
    key("spark.sql.repl.eagerEval.enabled", "false", Boolean),
    key("spark.sql.repl.eagerEval.maxNumRows", "20", Integer),
    key("spark.sql.repl.eagerEval.truncate", "20", Integer),
    key("spark.sql.retainGroupColumns", "true", Boolean),
    key("spark.sql.scripting.enabled", "true", Boolean),
    key("spark.sql.session.localRelationBatchOfChunksSizeBytes", "1073741824", Integer),
    key("spark.sql.session.localRelationCacheThreshold", "1048576", Integer),
    key("spark.sql.session.localRelationChunkSizeBytes", "16777216", Integer),
    key("spark.sql.session.localRelationChunkSizeLimit", "2097152000b", Bytes),
    key("spark.sql.session.localRelationChunkSizeRows", "10000", Integer),
    key("spark.sql.session.localRelationSizeLimit", "3221225472", Integer),
    unset("spark.sql.session.timeZone", TimeZone),
    key("spark.sql.shuffle.partitions", "200", Positive),
    key("spark.sql.sources.default", "parquet", Text),
    key("spark.sql.sources.partitionColumnTypeInference.enabled", "true", Boolean),
    key("spark.sql.sources.partitionOverwriteMode", "STATIC", OneOf(&["DYNAMIC", "STATIC"])),
    key("spark.sql.stackTracesInDataFrameContext", "1", Integer),
    key("spark.sql.storeAssignmentPolicy", "ANSI", OneOf(&["STRICT", "ANSI", "LEGACY"])),
    unset("spark.sql.streaming.checkpointLocation", Text),
    key(
        "spark.sql.streaming.stateStore.providerClass",
        "org.apache.spark.sql.execution.streaming.state.HDFSBackedStateStoreProvider",
        Text,
    ),
    key("spark.sql.timeType.enabled", "false", Boolean),
    key("spark.sql.timestampType", "TIMESTAMP_LTZ", OneOf(&["TIMESTAMP_NTZ", "TIMESTAMP_LTZ"])),
    key("spark.sql.tvf.allowMultipleTableArguments.enabled", "false", Boolean),
    key("spark.sql.variable.substitute", "true", Boolean),
    unset("spark.sql.warehouse.dir", Static),
];

/// The key of this name.
pub(super) fn find(name: &str) -> Option<&'static Key> {
    let at = KEYS.binary_search_by(|key| key.name.cmp(name)).ok()?;
    KEYS.get(at)
}

/// Whether a value fits its key.
///
/// # Errors
/// `INVALID_CONF_VALUE`, as Spark says it.
pub(super) fn check(name: &str, value: &str) -> Result<()> {
    let Some(key) = find(name) else { return Ok(()) };
    let (name, value) = (("confName", name.to_owned()), ("confValue", value.to_owned()));
    let text = value.1.trim();
    let mistyped = |kind: &str| {
        let kind = ("confType", kind.to_owned());
        Err(Error::analysis(
            Condition::INVALID_CONF_VALUE_TYPE_MISMATCH,
            [name.clone(), value.clone(), kind],
        ))
    };
    match key.kind {
        Boolean if !["true", "false"].iter().any(|b| b.eq_ignore_ascii_case(text)) => {
            mistyped("boolean")
        }
        Bytes if !is_bytes(text) => mistyped("bytes in BYTE"),
        Integer | Positive if text.parse::<i64>().is_err() => mistyped("int"),
        Positive if text.parse::<i64>().is_ok_and(|number| number <= 0) => {
            let requirement = format!("The value of {} must be positive", name.1);
            Err(Error::analysis(
                Condition::INVALID_CONF_VALUE_REQUIREMENT,
                [name, value, ("confRequirement", requirement)],
            ))
        }
        OneOf(options) if !options.iter().any(|option| option.eq_ignore_ascii_case(text)) => {
            Err(Error::analysis(
                Condition::INVALID_CONF_VALUE_OUT_OF_RANGE_OF_OPTIONS,
                [name, value, ("confOptions", options.join(", "))],
            ))
        }
        TimeZone if time_zone::resolve(&value.1).is_none() => {
            Err(Error::analysis(Condition::INVALID_CONF_VALUE_TIME_ZONE, [name, value]))
        }
        Boolean | Bytes | Integer | Positive | OneOf(_) | TimeZone | Text | Static => Ok(()),
    }
}

/// `10`, `-1`, `64m`, `10MB`.
fn is_bytes(text: &str) -> bool {
    let number = text.strip_prefix('-').unwrap_or(text);
    let digits = number.bytes().take_while(u8::is_ascii_digit).count();
    let (digits, unit) = number.split_at(digits);
    let units = ["", "b", "k", "kb", "m", "mb", "g", "gb", "t", "tb", "p", "pb"];
    !digits.is_empty() && units.iter().any(|known| known.eq_ignore_ascii_case(unit.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_sorted_and_their_defaults_fit() {
        assert!(KEYS.is_sorted_by(|a, b| a.name < b.name));
        for key in KEYS {
            assert!(key.default.is_none_or(|value| check(key.name, value).is_ok()), "{}", key.name);
        }
    }
}
