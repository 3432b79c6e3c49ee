//! The Spark error conditions that this crate raises: names, SQLSTATEs and
//! exception classes are Spark's, the wording is ours.

mod functions;

use std::borrow::Cow;
use std::collections::BTreeMap;

/// A named Spark error condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    name: Cow<'static, str>,
    sqlstate: Cow<'static, str>,
    template: &'static str,
    class: &'static str,
}

const ANALYSIS: &str = "org.apache.spark.sql.AnalysisException";
const PARSE: &str = "org.apache.spark.sql.catalyst.parser.ParseException";
const INVALID_PLAN: &str = "org.apache.spark.sql.connect.common.InvalidPlanInput";
const ARITHMETIC: &str = "org.apache.spark.SparkArithmeticException";
const ILLEGAL_ARGUMENT: &str = "org.apache.spark.SparkIllegalArgumentException";
const DATE_TIME: &str = "org.apache.spark.SparkDateTimeException";
const NUMBER_FORMAT: &str = "org.apache.spark.SparkNumberFormatException";
const CLASS_NOT_FOUND: &str = "org.apache.spark.SparkClassNotFoundException";
const RUNTIME: &str = "org.apache.spark.SparkRuntimeException";
const NO_SUCH_ELEMENT: &str = "org.apache.spark.SparkNoSuchElementException";
const ARRAY_INDEX: &str = "org.apache.spark.SparkArrayIndexOutOfBoundsException";
const UPGRADE: &str = "org.apache.spark.SparkUpgradeException";
const SQL: &str = "org.apache.spark.SparkSQLException";
const SPARK: &str = "org.apache.spark.SparkException";
const JAVA_ILLEGAL_ARGUMENT: &str = "java.lang.IllegalArgumentException";
const JAVA_RUNTIME_EXCEPTION: &str = "java.lang.RuntimeException";
const JAVA_ARITHMETIC: &str = "java.lang.ArithmeticException";
const OUT_OF_MEMORY: &str = "org.apache.spark.memory.SparkOutOfMemoryError";
const UNSUPPORTED: &str = "org.apache.spark.SparkUnsupportedOperationException";

macro_rules! conditions {
    ($list:ident; $($ident:ident = $name:literal, $sqlstate:literal, $class:ident, $template:literal;)*) => {
        impl Condition {
            $(
                #[doc = concat!("`", $name, "`, SQLSTATE ", $sqlstate, ".")]
                pub const $ident: Condition = Condition {
                    name: Cow::Borrowed($name),
                    sqlstate: Cow::Borrowed($sqlstate),
                    template: $template,
                    class: $class,
                };
            )*

            /// The conditions of this file, in its order.
            pub const $list: &'static [Condition] = &[$(Condition::$ident),*];
        }
    };
}

use conditions;

conditions! { ALL;
    ILLEGAL_ARGUMENT = "", "", JAVA_ILLEGAL_ARGUMENT,
        "An argument is not allowed.";
    JAVA_RUNTIME = "", "", JAVA_RUNTIME_EXCEPTION,
        "<message>";
    INTEGER_OVERFLOW = "", "", JAVA_ARITHMETIC,
        "The size of a result does not fit into an INT.";
    COLLECTION_SIZE_LIMIT_EXCEEDED_PARAMETER = "COLLECTION_SIZE_LIMIT_EXCEEDED.PARAMETER", "54000",
        RUNTIME,
        "<functionName> cannot make an array of <numberOfElements> elements, as <parameter> asks: <maxRoundedArrayLength> is the most.";
    UNRECOGNIZED_STATISTIC = "UNRECOGNIZED_STATISTIC", "42704", ILLEGAL_ARGUMENT,
        "There is no statistic <stats>.";
    TRANSPOSE_NO_LEAST_COMMON_TYPE = "TRANSPOSE_NO_LEAST_COMMON_TYPE", "42K09", ANALYSIS,
        "The columns to transpose have no common type: <dt1> and <dt2>.";
    TRANSPOSE_INVALID_INDEX_COLUMN = "TRANSPOSE_INVALID_INDEX_COLUMN", "42804", ANALYSIS,
        "Rows cannot be transposed by this column: <reason>";
    TRANSPOSE_EXCEED_ROW_LIMIT = "TRANSPOSE_EXCEED_ROW_LIMIT", "54006", ANALYSIS,
        "There are more rows than the <maxValues> that <config> allows to transpose.";
    AS_OF_JOIN_TOLERANCE_IS_NON_NEGATIVE = "AS_OF_JOIN.TOLERANCE_IS_NON_NEGATIVE", "42604", ANALYSIS,
        "The tolerance of an as-of join must not be negative.";
    AS_OF_JOIN_TOLERANCE_IS_UNFOLDABLE = "AS_OF_JOIN.TOLERANCE_IS_UNFOLDABLE", "42604", ANALYSIS,
        "The tolerance of an as-of join must be a constant.";
    AS_OF_JOIN_UNSUPPORTED_DIRECTION = "AS_OF_JOIN.UNSUPPORTED_DIRECTION", "42604", ANALYSIS,
        "As-of joins have no direction '<direction>'; they have <supported>.";
    CHECKPOINT_DIRECTORY_NOT_SET = "_LEGACY_ERROR_TEMP_3016", "", SPARK, "There is no directory for checkpoints: set spark.checkpoint.dir, or use localCheckpoint.";
    COMMAND_EXECUTION_NOT_SUPPORTED = "_LEGACY_ERROR_TEMP_1327", "", ANALYSIS, "The data source '<runner>' runs no commands.";
    DATAFRAME_NOT_FOUND = "CONNECT_INVALID_PLAN.DATAFRAME_NOT_FOUND", "56K00", INVALID_PLAN, "The session <sessionId> has no DataFrame <dfId>.";
    CHANGE_DATA_CAPTURE = "UNSUPPORTED_FEATURE.CHANGE_DATA_CAPTURE", "0A000", ANALYSIS, "The catalog <catalogName> has no tables whose changes can be read.";
    HINT_WITHOUT_NUMBER = "_LEGACY_ERROR_TEMP_1048", "", ANALYSIS, "The hint <hintName> needs a number of partitions.";
    NO_MERGE_ACTION_SPECIFIED = "NO_MERGE_ACTION_SPECIFIED", "42K0E", RUNTIME, "A merge needs an action at least.";
    TABLE_OPERATION_AT_RUN_TIME = "UNSUPPORTED_FEATURE.TABLE_OPERATION", "0A000", UNSUPPORTED, "The table <tableName> does not support <operation>.";
    NAMED_PARAMETERS_NOT_SUPPORTED = "NAMED_PARAMETERS_NOT_SUPPORTED", "4274K", ANALYSIS, "The arguments of <functionName> have no names.";
    UNEXPECTED_POSITIONAL_ARGUMENT = "UNEXPECTED_POSITIONAL_ARGUMENT", "4274K", ANALYSIS, "An argument without a name comes after <parameterName> of <routineName>, which has one.";
    UNRECOGNIZED_PARAMETER_NAME = "UNRECOGNIZED_PARAMETER_NAME", "4274K", ANALYSIS, "<routineName> has no parameter <argumentName>, only: <proposal>.";
    PARAMETER_BOTH_POSITIONAL_AND_NAMED = "DUPLICATE_ROUTINE_PARAMETER_ASSIGNMENT.BOTH_POSITIONAL_AND_NAMED", "4274K", ANALYSIS, "<parameterName> of <routineName> is given by its place and by its name.";
    PARAMETER_NAMED_TWICE = "DUPLICATE_ROUTINE_PARAMETER_ASSIGNMENT.DOUBLE_NAMED_ARGUMENT_REFERENCE", "4274K", ANALYSIS, "<parameterName> of <routineName> is given twice.";
    REQUIRED_PARAMETER_NOT_FOUND = "REQUIRED_PARAMETER_NOT_FOUND", "4274K", ANALYSIS, "<routineName> lacks the argument <parameterName> at <index>.";
    INTERSECT_BY_NAME = "CONNECT_INVALID_PLAN.INTERSECT_DOES_NOT_SUPPORT_UNION_BY_NAME", "56K00", INVALID_PLAN, "INTERSECT takes columns by their places.";
    EXCEPT_BY_NAME = "CONNECT_INVALID_PLAN.EXCEPT_DOES_NOT_SUPPORT_UNION_BY_NAME", "56K00", INVALID_PLAN, "EXCEPT takes columns by their places.";
    INVALID_JOIN_TYPE_FOR_JOINWITH = "INVALID_JOIN_TYPE_FOR_JOINWITH", "42613", ANALYSIS, "joinWith has no type <joinType>.";
    INVALID_WINDOW_FRAME_BOUND = "INVALID_SQL_SYNTAX.INVALID_WINDOW_FRAME_BOUND", "42000", PARSE, "The bound of a window frame is a constant.";
    PREDICATES_NOT_SUPPORTED = "CONNECT_INVALID_PLAN.PREDICATES_NOT_SUPPORTED_FOR_DATA_SOURCE", "56K00", INVALID_PLAN, "Predicates are for jdbc, not for <format>.";
    UNSUPPORTED_JOIN_TYPE = "UNSUPPORTED_JOIN_TYPE", "0A000", ANALYSIS, "There is no join type '<typ>', only: <supported>.";
    NEAREST_BY_JOIN_UNSUPPORTED_MODE = "NEAREST_BY_JOIN.UNSUPPORTED_MODE", "", ANALYSIS, "Nearest-by joins have no mode '<mode>', only: <supported>.";
    NEAREST_BY_JOIN_UNSUPPORTED_DIRECTION = "NEAREST_BY_JOIN.UNSUPPORTED_DIRECTION", "", ANALYSIS, "Nearest-by joins have no direction '<direction>', only: <supported>.";
    NEAREST_BY_JOIN_UNSUPPORTED_JOIN_TYPE = "NEAREST_BY_JOIN.UNSUPPORTED_JOIN_TYPE", "", ANALYSIS, "Nearest-by joins have no type '<joinType>', only: <supported>.";
    NEAREST_BY_JOIN_TYPE_IN_TEXT = "NEAREST_BY_JOIN.UNSUPPORTED_JOIN_TYPE", "42604", PARSE, "Nearest-by joins have no type '<joinType>', only: <supported>.";
    NEAREST_BY_JOIN_NUM_RESULTS_OUT_OF_RANGE = "NEAREST_BY_JOIN.NUM_RESULTS_OUT_OF_RANGE", "", ANALYSIS, "A nearest-by join gives from <min> to <max> rows, not <numResults>.";
    NEAREST_BY_JOIN_NON_ORDERABLE_RANKING_EXPRESSION = "NEAREST_BY_JOIN.NON_ORDERABLE_RANKING_EXPRESSION", "42604", ANALYSIS, "<expression> is of type <type>, which has no order.";
    ZIP_PLANS_NOT_MERGEABLE = "ZIP_PLANS_NOT_MERGEABLE", "42K03", ANALYSIS, "Two DataFrames can be zipped if they select from one and the same DataFrame.";
    DUPLICATED_METRICS_NAME = "DUPLICATED_METRICS_NAME", "42710", ANALYSIS, "There are other metrics of the name <metricName> already.";
    INVALID_OBSERVED_METRICS_MISSING_NAME = "INVALID_OBSERVED_METRICS.MISSING_NAME", "42K0E", ANALYSIS, "Observed metrics need a name.";
    INVALID_OBSERVED_METRICS_WINDOW = "INVALID_OBSERVED_METRICS.WINDOW_EXPRESSIONS_UNSUPPORTED", "42K0E", ANALYSIS, "Observed metrics take no window functions: <expr>.";
    INVALID_OBSERVED_METRICS_DISTINCT = "INVALID_OBSERVED_METRICS.AGGREGATE_EXPRESSION_WITH_DISTINCT_UNSUPPORTED", "42K0E", ANALYSIS, "Observed metrics take no DISTINCT: <expr>.";
    INVALID_OBSERVED_METRICS_NESTED = "INVALID_OBSERVED_METRICS.NESTED_AGGREGATES_UNSUPPORTED", "42K0E", ANALYSIS, "Observed metrics take no nested aggregates: <expr>.";
    INVALID_OBSERVED_METRICS_ATTRIBUTE = "INVALID_OBSERVED_METRICS.NON_AGGREGATE_FUNC_ARG_IS_ATTRIBUTE", "42K0E", ANALYSIS,
        "Observed metrics are aggregates: the column <expr> stands outside of one.";
    INSERT_NOT_ENOUGH_DATA_COLUMNS = "INSERT_COLUMN_ARITY_MISMATCH.NOT_ENOUGH_DATA_COLUMNS", "21S01", ANALYSIS,
        "There are too few columns for <tableName>: it has <tableColumns>, the data <dataColumns>.";
    INSERT_TOO_MANY_DATA_COLUMNS = "INSERT_COLUMN_ARITY_MISMATCH.TOO_MANY_DATA_COLUMNS", "21S01", ANALYSIS,
        "There are too many columns for <tableName>: it has <tableColumns>, the data <dataColumns>.";
    CANNOT_RESOLVE_GIVEN_INPUT_COLUMNS = "_LEGACY_ERROR_TEMP_1162", "", ANALYSIS,
        "There is no '<col>' among the columns [<inputColumns>].";
    CANNOT_SAFELY_CAST = "INCOMPATIBLE_DATA_FOR_TABLE.CANNOT_SAFELY_CAST", "KD000", ANALYSIS,
        "The table <tableName> cannot take <colName>: <srcType> does not fit <targetType>.";
    CATALOG_FOR_IDENTIFIER_NOT_FOUND = "_LEGACY_ERROR_TEMP_1310", "", ANALYSIS,
        "There is no catalog for the name <quote>.";
    UNSUPPORTED_FEATURE_DROP_DATABASE = "UNSUPPORTED_FEATURE.DROP_DATABASE", "0A000", ANALYSIS,
        "The default database <database> cannot be dropped.";
    PARTITION_SCHEMA_IS_EMPTY = "INVALID_PARTITION_OPERATION.PARTITION_SCHEMA_IS_EMPTY", "42601", ANALYSIS,
        "The table <name> has no partitions.";
    SHOW_CREATE_TABLE_AS_SERDE = "UNSUPPORTED_SHOW_CREATE_TABLE.ON_DATA_SOURCE_TABLE_WITH_AS_SERDE", "0A000", ANALYSIS,
        "The table <tableName> is none of Hive: leave AS SERDE out.";
    WRONG_COMMAND_FOR_OBJECT_TYPE = "WRONG_COMMAND_FOR_OBJECT_TYPE", "42809", ANALYSIS,
        "<operation> is for a <requiredType>, but <objectName> is a <foundType>: use <alternative>.";
    BUCKET_BY_UNSUPPORTED = "_LEGACY_ERROR_TEMP_1312", "", ANALYSIS,
        "'<operation>' takes no bucketBy.";
    UNSUPPORTED_OVERWRITE_TABLE = "UNSUPPORTED_OVERWRITE.TABLE", "42902", ANALYSIS,
        "The table <table> cannot be overwritten with what is read from it.";
    TABLE_FORMAT_MISMATCH = "_LEGACY_ERROR_TEMP_1159", "", ANALYSIS,
        "The table <tableName> is of the format `<existingProvider>`, not `<specifiedProvider>`.";
    PARTITIONING_MISMATCH = "_LEGACY_ERROR_TEMP_1163", "", ANALYSIS,
        "The table <tableName> is partitioned by [<existingPartCols>], not by [<specifiedPartCols>].";
    COLUMN_NUMBER_MISMATCH = "_LEGACY_ERROR_TEMP_1161", "", ANALYSIS,
        "The table <tableName> has other columns (<existingTableSchema>) than the data (<querySchema>).";
    UNSUPPORTED_TABLE_OPERATION = "UNSUPPORTED_FEATURE.TABLE_OPERATION", "0A000", ANALYSIS,
        "The table <tableName> does not support <operation>.";
    WRITE_INTO_V1_TABLE = "_LEGACY_ERROR_TEMP_1012", "", ANALYSIS,
        "The table <identifier> is one of files: use insertInto or saveAsTable.";
    MALFORMED_RECORD_IN_PARSING = "MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION", "22023", SPARK,
        "A record is malformed: <badRecord>. The parse mode is <failFastMode>; in the mode PERMISSIVE it is NULL.";
    MALFORMED_CSV_RECORD = "MALFORMED_CSV_RECORD", "KD000", RUNTIME,
        "A record of CSV is malformed: <badRecord>.";
    INVALID_DELIMITER_VALUE = "INVALID_DELIMITER_VALUE.UNSUPPORTED_SPECIAL_CHARACTER", "42602", ILLEGAL_ARGUMENT,
        "The delimiter <delimiter> is not valid: <message>.";
    INVALID_CORRUPT_RECORD_TYPE = "INVALID_CORRUPT_RECORD_TYPE", "42804", ANALYSIS,
        "The column <columnName> for malformed records must be a STRING that may be NULL, not <actualType>.";
    QUERY_ONLY_CORRUPT_RECORD_COLUMN = "UNSUPPORTED_FEATURE.QUERY_ONLY_CORRUPT_RECORD_COLUMN", "0A000", ANALYSIS,
        "Files of records cannot be asked for nothing but the column of malformed records.";
    WRITE_FOR_BINARY_SOURCE = "UNSUPPORTED_FEATURE.WRITE_FOR_BINARY_SOURCE", "0A000", UNSUPPORTED,
        "Binary files cannot be written.";
    XML_ROW_TAG_MISSING = "XML_ROW_TAG_MISSING", "42KDF", ANALYSIS,
        "The option <rowTag> must say which element of XML is a row.";
    CANNOT_MERGE_SCHEMAS = "CANNOT_MERGE_SCHEMAS", "42KD9", SPARK,
        "The schemas <left> and <right> cannot be merged.";
    MODIFIED_FILTER_INVALID = "_LEGACY_ERROR_TEMP_1294", "", ANALYSIS,
        "The option <strategy> is no timestamp: <timeString>.";
    PATH_OPTION_AND_PATHS = "_LEGACY_ERROR_TEMP_1306", "", ANALYSIS,
        "There is an option `path`, and there are paths too.";
    DATAFRAME_INPUT_NOT_STRING_TYPE = "DATAFRAME_INPUT_NOT_STRING_TYPE", "42K09", ANALYSIS,
        "A column of text is needed, not one of <dataType>.";
    CLUSTER_BY_WITH_BUCKETING = "SPECIFY_CLUSTER_BY_WITH_BUCKETING_IS_NOT_ALLOWED", "42908", ANALYSIS,
        "clusterBy and bucketBy do not go together.";
    CLUSTER_BY_WITH_PARTITIONED_BY = "SPECIFY_CLUSTER_BY_WITH_PARTITIONED_BY_IS_NOT_ALLOWED", "42908", ANALYSIS,
        "clusterBy and partitionBy do not go together.";
    UNSUPPORTED_CHAR_OR_VARCHAR_AS_STRING = "UNSUPPORTED_CHAR_OR_VARCHAR_AS_STRING", "0A000", ANALYSIS,
        "CHAR and VARCHAR are types of tables' columns only; read STRING instead.";
    INVALID_BUCKET_COUNT = "INVALID_BUCKET_COUNT", "22003", ANALYSIS,
        "The number of buckets is above 0 and not above <bucketingMaxBuckets>, not <numBuckets>.";
    CANNOT_LOAD_FUNCTION_CLASS = "CANNOT_LOAD_FUNCTION_CLASS", "46103", ANALYSIS,
        "The class <className> of the function <functionName> cannot be loaded.";
    TEXT_WITH_MANY_COLUMNS = "_LEGACY_ERROR_TEMP_1290", "", ANALYSIS,
        "A text file holds a single column, but there are <schemaSize>.";
    UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE = "UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE", "0A000", ANALYSIS,
        "The format <format> cannot hold the column <columnName> of type <columnType>.";
    CODEC_NOT_AVAILABLE_WITH_AVAILABLE_CODECS_SUGGESTION = "CODEC_NOT_AVAILABLE.WITH_AVAILABLE_CODECS_SUGGESTION", "56038", ILLEGAL_ARGUMENT,
        "There is no codec <codecName>, only: <availableCodecs>.";
    CONFLICTING_DIRECTORY_STRUCTURES = "CONFLICTING_DIRECTORY_STRUCTURES", "KD009", RUNTIME,
        "Files are at different depths of partition folders:\n<discoveredBasePaths>";
    CONFLICTING_PARTITION_COLUMN_NAMES = "CONFLICTING_PARTITION_COLUMN_NAMES", "KD009", RUNTIME,
        "Partition folders differ in the names of their columns:\n<distinctPartColLists>\nSuspicious: <suspiciousPaths>";
    INVALID_PARTITION_VALUE = "INVALID_PARTITION_VALUE", "42846", RUNTIME,
        "The folder value <value> of column <columnName> is no <dataType>.";
    CATALOG_NOT_FOUND = "CATALOG_NOT_FOUND", "42P08", SPARK,
        "There is no catalog <catalogName>; the configuration <config> would name one.";
    SCHEMA_NOT_FOUND = "SCHEMA_NOT_FOUND", "42704", ANALYSIS,
        "There is no schema <schemaName>.";
    SCHEMA_ALREADY_EXISTS = "SCHEMA_ALREADY_EXISTS", "42P06", ANALYSIS,
        "The schema <schemaName> exists already.";
    SCHEMA_NOT_EMPTY = "SCHEMA_NOT_EMPTY", "2BP01", ANALYSIS,
        "The schema <schemaName> still has tables; CASCADE would drop them too.";
    TABLE_OR_VIEW_ALREADY_EXISTS = "TABLE_OR_VIEW_ALREADY_EXISTS", "42P07", ANALYSIS, "There is a table or view <relationName> already.";
    REQUIRES_SINGLE_PART_NAMESPACE = "REQUIRES_SINGLE_PART_NAMESPACE", "42K05", ANALYSIS, "<sessionCatalog> has databases of one name part, not <namespace>.";
    NOT_A_PARTITIONED_TABLE = "NOT_A_PARTITIONED_TABLE", "42809", ANALYSIS, "<operation> needs partitions, which <tableIdentWithDB> does not have.";
    ALL_PARTITION_COLUMNS_NOT_ALLOWED = "ALL_PARTITION_COLUMNS_NOT_ALLOWED", "KD005", ANALYSIS, "Not all columns can be columns of partitions.";
    PARTITION_COLUMN_NOT_FOUND = "_LEGACY_ERROR_TEMP_1155", "", ANALYSIS, "The partition column `<col>` is not in <schemaCatalog>.";
    PATH_ALREADY_EXISTS = "PATH_ALREADY_EXISTS", "42K04", ANALYSIS, "The path <outputPath> exists already; the mode overwrite would replace it.";
    SORT_BY_WITHOUT_BUCKETING = "SORT_BY_WITHOUT_BUCKETING", "42601", ANALYSIS, "sortBy goes with bucketBy only.";
    PATH_NOT_SPECIFIED = "_LEGACY_ERROR_TEMP_2047", "", ILLEGAL_ARGUMENT, "There is no path.";
    PARTITION_BY_NOT_ALLOWED_WITH_INSERT_INTO = "PARTITION_BY_NOT_ALLOWED_WITH_INSERT_INTO", "42601", ANALYSIS, "partitionBy does not go with insertInto: the table <tableName> has its partitions.";
    SET_OPERATION_ON_MAP_TYPE = "UNSUPPORTED_FEATURE.SET_OPERATION_ON_MAP_TYPE", "0A000", ANALYSIS, "Set operations cannot compare maps, but the column <colName> is of type <dataType>.";
    INVALID_WHERE_CONDITION = "INVALID_WHERE_CONDITION", "42903", ANALYSIS, "The WHERE condition <condition> must not contain <expressionList>: it is about single rows, without aggregates, window functions and generators.";
    WINDOW_FUNCTION_NOT_ALLOWED_IN_CLAUSE = "WINDOW_FUNCTION_NOT_ALLOWED_IN_CLAUSE", "42601", ANALYSIS, "Window functions are not allowed in the clause <clauseName>.";
    UNSUPPORTED_EXPR_FOR_OPERATOR = "UNSUPPORTED_EXPR_FOR_OPERATOR", "42K0E", ANALYSIS, "The operator <operator> takes no aggregates, window functions and generators: <invalidExprSqls>.";
    NESTED_AGGREGATE_FUNCTION = "NESTED_AGGREGATE_FUNCTION", "42607", ANALYSIS, "An aggregate function must not be an argument of another; compute the inner one in a subquery.";
    JOIN_CONDITION_IS_NOT_BOOLEAN_TYPE = "JOIN_CONDITION_IS_NOT_BOOLEAN_TYPE", "42K0E", ANALYSIS, "The join condition <joinCondition> is of type <conditionType>, not BOOLEAN.";
    INVALID_QUERY_MIXED_QUERY_PARAMETERS = "INVALID_QUERY_MIXED_QUERY_PARAMETERS", "42613", ANALYSIS, "The parameters of a query are either all named or all positional.";
    NULLABLE_COLUMN_OR_FIELD = "NULLABLE_COLUMN_OR_FIELD", "42000", ANALYSIS, "The column or field <name> may be NULL, but must not.";
    INVALID_COLUMN_OR_FIELD_DATA_TYPE = "INVALID_COLUMN_OR_FIELD_DATA_TYPE", "42000", ANALYSIS, "The column or field <name> is of type <type>, not <expectedType>.";
    UNPIVOT_REQUIRES_VALUE_COLUMNS = "UNPIVOT_REQUIRES_VALUE_COLUMNS", "42K0A", ANALYSIS, "UNPIVOT needs at least one value column, but all columns are ids.";
    UNPIVOT_VALUE_DATA_TYPE_MISMATCH = "UNPIVOT_VALUE_DATA_TYPE_MISMATCH", "42K09", ANALYSIS, "The value columns of UNPIVOT have no common type: [<types>].";
    AMBIGUOUS_COLUMN_REFERENCE = "AMBIGUOUS_COLUMN_REFERENCE", "42702", ANALYSIS, "The column <name> is ambiguous: it comes from a DataFrame that is joined with itself. Give the DataFrames aliases with DataFrame.alias and name the column with its alias, such as 'a.id'.";
    AMBIGUOUS_REFERENCE = "AMBIGUOUS_REFERENCE", "42704", ANALYSIS, "The reference <name> is ambiguous, it could be any of <referenceNames>.";
    ARITHMETIC_OVERFLOW = "ARITHMETIC_OVERFLOW", "22003", ARITHMETIC, "<message>.<alternative> Set <config> to \"false\" to bypass this error.";
    CANNOT_RESOLVE_DATAFRAME_COLUMN = "CANNOT_RESOLVE_DATAFRAME_COLUMN", "42704", ANALYSIS, "The column <name> of a DataFrame cannot be found here: that DataFrame is not part of this plan, or the column was dropped or renamed.";
    CANNOT_RESOLVE_STAR_EXPAND = "CANNOT_RESOLVE_STAR_EXPAND", "42704", ANALYSIS, "<targetString>.* cannot be expanded; the input columns are <columns>.";
    CAST_INVALID_INPUT = "CAST_INVALID_INPUT", "22018", NUMBER_FORMAT, "The value <expression> of type <sourceType> cannot be cast to <targetType>, because it is malformed. Use `try_cast` to get NULL instead.";
    CAST_INVALID_INPUT_DATETIME = "CAST_INVALID_INPUT", "22018", DATE_TIME, "The value <expression> of type <sourceType> cannot be cast to <targetType>, because it is malformed. Use `try_cast` to get NULL instead.";
    CAST_OVERFLOW = "CAST_OVERFLOW", "22003", ARITHMETIC, "The value <value> of type <sourceType> cannot be cast to <targetType>, because it is too large. Use `try_cast` to get NULL instead.";
    COLUMN_ALREADY_EXISTS = "COLUMN_ALREADY_EXISTS", "42711", ANALYSIS, "The column <columnName> is there already; names must differ.";
    CONNECT_INVALID_PLAN = "CONNECT_INVALID_PLAN", "56K00", INVALID_PLAN, "<message>";
    PLUGIN_RUNTIME_ERROR = "CONNECT.PLUGIN_RUNTIME_ERROR", "56K00", SPARK, "The plugins cannot be set up: <msg>.";
    INVALID_ONE_OF_FIELD_NOT_SET = "CONNECT_INVALID_PLAN.INVALID_ONE_OF_FIELD_NOT_SET", "56K00", INVALID_PLAN, "A <fullName> says nothing: <name>.";
    INVALID_ENUM = "CONNECT_INVALID_PLAN.INVALID_ENUM", "56K00", INVALID_PLAN, "<name> (<number>) is no <fullName> that can be used.";
    ASSERTION_FAILURE = "CONNECT_INVALID_PLAN.ASSERTION_FAILURE", "56K00", INVALID_PLAN, "The plan lacks a part: <message>";
    UNSUPPORTED_LITERAL_TYPE = "CONNECT_INVALID_PLAN.UNSUPPORTED_LITERAL_TYPE", "56K00", INVALID_PLAN, "There is no literal of <typeInfo>.";
    SCHEMA_REQUIRED_FOR_LOCAL_RELATION = "CONNECT_INVALID_PLAN.SCHEMA_REQUIRED_FOR_LOCAL_RELATION", "56K00", INVALID_PLAN, "A local relation without data needs a schema.";
    NO_HANDLER_FOR_EXTENSION = "CONNECT_INVALID_PLAN.NO_HANDLER_FOR_EXTENSION", "56K00", INVALID_PLAN, "No plugin handles the extension <extensionTypeUrl>.";
    DATATYPE_MISMATCH_BINARY_OP_DIFF_TYPES = "DATATYPE_MISMATCH.BINARY_OP_DIFF_TYPES", "42K09", ANALYSIS, "Cannot resolve <sqlExpr>: the two sides are of different types, <left> and <right>.";
    DATATYPE_MISMATCH_BINARY_OP_WRONG_TYPE = "DATATYPE_MISMATCH.BINARY_OP_WRONG_TYPE", "42K09", ANALYSIS, "Cannot resolve <sqlExpr>: it takes <inputType>, not <actualDataType>.";
    DATATYPE_MISMATCH_CAST_WITHOUT_SUGGESTION = "DATATYPE_MISMATCH.CAST_WITHOUT_SUGGESTION", "42K09", ANALYSIS, "Cannot resolve <sqlExpr>: <srcType> cannot be cast to <targetType>.";
    DATATYPE_MISMATCH_FILTER_NOT_BOOLEAN = "DATATYPE_MISMATCH.FILTER_NOT_BOOLEAN", "42K09", ANALYSIS, "Cannot resolve <sqlExpr>: the filter is of type <type>, not BOOLEAN.";
    DATATYPE_MISMATCH_UNEXPECTED_INPUT_TYPE = "DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE", "42K09", ANALYSIS, "Cannot resolve <sqlExpr>: the <paramIndex> parameter takes <requiredType>, but <inputSql> is <inputType>.";
    DIVIDE_BY_ZERO = "DIVIDE_BY_ZERO", "22012", ARITHMETIC, "Division by zero. Use `try_divide` to get NULL instead, or set <config> to \"false\".";
    FIELD_NOT_FOUND = "FIELD_NOT_FOUND", "42704", ANALYSIS, "There is no struct field <fieldName> in <fields>.";
    GROUP_BY_POS_OUT_OF_RANGE = "GROUP_BY_POS_OUT_OF_RANGE", "42805", ANALYSIS, "GROUP BY position <index> is not in the select list, which has <size> items.";
    INCOMPATIBLE_COLUMN_TYPE = "INCOMPATIBLE_COLUMN_TYPE", "42825", ANALYSIS, "<operator> needs tables with compatible column types: the <columnOrdinalNumber> column of the <tableOrdinalNumber> table is <dataType1>, not <dataType2>.<hint>";
    INVALID_ARRAY_INDEX = "INVALID_ARRAY_INDEX", "22003", ARRAY_INDEX, "The index <indexValue> is out of bounds, the array has <arraySize> elements. Use `get()` to get NULL instead.";
    INVALID_EXTRACT_BASE_FIELD_TYPE = "INVALID_EXTRACT_BASE_FIELD_TYPE", "42000", ANALYSIS, "A value cannot be taken out of <base>, which is <other> and not a complex type (STRUCT, ARRAY, MAP).";
    INVALID_LIMIT_LIKE_EXPRESSION_IS_NEGATIVE = "INVALID_LIMIT_LIKE_EXPRESSION.IS_NEGATIVE", "42K0E", ANALYSIS, "The <name> expression must not be negative, but is <v>.";
    INVALID_SCHEMA_OR_RELATION_NAME = "INVALID_SCHEMA_OR_RELATION_NAME", "42602", ANALYSIS, "<name> is not a valid name for a table, view or schema: use letters, digits and underscores.";
    MISSING_AGGREGATION = "MISSING_AGGREGATION", "42803", ANALYSIS, "The expression <expression> is neither aggregated nor grouped by. Add it to GROUP BY, or wrap it: <expressionAnyValue>.";
    MISSING_GROUP_BY = "MISSING_GROUP_BY", "42803", ANALYSIS, "There is no GROUP BY, but the select list mixes aggregates with plain columns.";
    NOT_NULL_ASSERT_VIOLATION = "NOT_NULL_ASSERT_VIOLATION", "42000", RUNTIME, "NULL appeared in a field that must not be null.";
    NUM_COLUMNS_MISMATCH = "NUM_COLUMNS_MISMATCH", "42826", ANALYSIS, "<operator> needs tables of one width, but the first has <firstNumColumns> columns and the <invalidOrdinalNum> has <invalidNumColumns>.";
    NUMERIC_VALUE_OUT_OF_RANGE = "NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION", "22003", ARITHMETIC, "The value <value> does not fit Decimal(<precision>, <scale>). Set <config> to \"false\" to get NULL instead.";
    ORDER_BY_POS_OUT_OF_RANGE = "ORDER_BY_POS_OUT_OF_RANGE", "42805", ANALYSIS, "ORDER BY position <index> is not in the select list, which has <size> items.";
    PARSE_EMPTY_STATEMENT = "PARSE_EMPTY_STATEMENT", "42617", PARSE, "Syntax error, unexpected empty statement.";
    PARSE_SYNTAX_ERROR = "PARSE_SYNTAX_ERROR", "42601", PARSE, "Syntax error at or near <error><hint>.";
    DATATYPE_MISSING_SIZE = "DATATYPE_MISSING_SIZE", "42K01", PARSE, "The type <type> needs a length, such as <type>(10).";
    DECIMAL_SCALE_EXCEEDS_PRECISION = "DECIMAL_SCALE_EXCEEDS_PRECISION", "22003", PARSE, "The decimal scale <scale> is more than its precision, <precision>.";
    UNSUPPORTED_TIME_PRECISION = "UNSUPPORTED_TIME_PRECISION", "0A001", ANALYSIS, "The precision <precision> of TIME is not one of 0 to 9.";
    DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION = "DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION", "22003", ARITHMETIC, "The decimal precision <precision> is more than the greatest, <maxPrecision>.";
    FAILED_TO_PARSE_TOO_COMPLEX = "FAILED_TO_PARSE_TOO_COMPLEX", "54001", PARSE, "The statement is nested too deeply to be parsed. Divide it into several simpler ones.";
    INCOMPLETE_TYPE_DEFINITION_ARRAY = "INCOMPLETE_TYPE_DEFINITION.ARRAY", "42K01", PARSE, "The type ARRAY is incomplete: give the type of its elements, such as ARRAY<INT>.";
    INCOMPLETE_TYPE_DEFINITION_MAP = "INCOMPLETE_TYPE_DEFINITION.MAP", "42K01", PARSE, "The type MAP is incomplete: give the types of keys and values, such as MAP<STRING, INT>.";
    INCOMPLETE_TYPE_DEFINITION_STRUCT = "INCOMPLETE_TYPE_DEFINITION.STRUCT", "42K01", PARSE, "The type STRUCT is incomplete: give its fields, such as STRUCT<a INT>.";
    INVALID_ESC = "INVALID_ESC", "42604", PARSE, "The escape string <invalidEscape> is invalid: it must be one character.";
    INVALID_IDENTIFIER = "INVALID_IDENTIFIER", "42602", PARSE, "The name <ident> is invalid without quotes: write it as `<ident>`.";
    INVALID_INTERVAL_FORMAT_ARITHMETIC_EXCEPTION = "INVALID_INTERVAL_FORMAT.ARITHMETIC_EXCEPTION", "22006", ILLEGAL_ARGUMENT, "The interval '<input>' is out of range.";
    INVALID_INTERVAL_FORMAT_INVALID_FRACTION = "INVALID_INTERVAL_FORMAT.INVALID_FRACTION", "22006", ILLEGAL_ARGUMENT, "In the interval '<input>', <unit> cannot have a fraction.";
    INVALID_INTERVAL_FORMAT_INVALID_UNIT = "INVALID_INTERVAL_FORMAT.INVALID_UNIT", "22006", ILLEGAL_ARGUMENT, "In the interval '<input>', <unit> is not a unit.";
    INVALID_INTERVAL_FORMAT_UNMATCHED_FORMAT_STRING = "INVALID_INTERVAL_FORMAT.UNMATCHED_FORMAT_STRING", "22006", PARSE, "The <intervalStr> interval '<input>' does not have the form <supportedFormat> of <typeName>.";
    INVALID_INTERVAL_FORMAT_UNMATCHED_FORMAT_STRING_WITH_NOTICE = "INVALID_INTERVAL_FORMAT.UNMATCHED_FORMAT_STRING_WITH_NOTICE", "22006", PARSE, "The <intervalStr> interval '<input>' does not have the form <supportedFormat> of <typeName>.";
    INVALID_INTERVAL_FORMAT_UNRECOGNIZED_NUMBER = "INVALID_INTERVAL_FORMAT.UNRECOGNIZED_NUMBER", "22006", ILLEGAL_ARGUMENT, "In the interval '<input>', <number> is not a number.";
    INVALID_INTERVAL_FORMAT_UNSUPPORTED_FROM_TO_EXPRESSION = "INVALID_INTERVAL_FORMAT.UNSUPPORTED_FROM_TO_EXPRESSION", "22006", PARSE, "There is no interval '<input>' <from> to <to>.";
    INVALID_NUMERIC_LITERAL_RANGE = "INVALID_NUMERIC_LITERAL_RANGE", "22003", PARSE, "The number <rawStrippedQualifier> is out of the range of <typeName>, which is <minValue> to <maxValue>.";
    INVALID_PARAMETER_VALUE_DATETIME_UNIT = "INVALID_PARAMETER_VALUE.DATETIME_UNIT", "22023", PARSE, "The parameter <parameter> of <functionName> takes a unit without quotes, such as YEAR or DAY, not <invalidValue>.";
    INVALID_SQL_SYNTAX_EMPTY_IN_PREDICATE = "INVALID_SQL_SYNTAX.EMPTY_IN_PREDICATE", "42000", PARSE, "The list of IN must not be empty.";
    INVALID_SQL_SYNTAX_EMPTY_QUANTIFIED_PATTERN = "INVALID_SQL_SYNTAX.EMPTY_QUANTIFIED_PATTERN", "42000", PARSE, "The list of patterns must not be empty.";
    INVALID_SQL_SYNTAX_INVALID_WINDOW_FRAME_BOUND = "INVALID_SQL_SYNTAX.INVALID_WINDOW_FRAME_BOUND", "42000", PARSE, "The bound of a window frame must be a literal.";
    INVALID_TYPED_LITERAL = "INVALID_TYPED_LITERAL", "42604", PARSE, "The value <value> is no literal of type <valueType>.";
    MISSING_WINDOW_SPECIFICATION = "MISSING_WINDOW_SPECIFICATION", "42P20", ANALYSIS, "The WINDOW clause does not define <windowName>.";
    MULTIPLE_QUERY_RESULT_CLAUSES_WITH_PIPE_OPERATORS = "MULTIPLE_QUERY_RESULT_CLAUSES_WITH_PIPE_OPERATORS", "42000", PARSE, "<clause1> and <clause2> cannot be in one step of a pipe: put `|>` between them.";
    MIXED_INTERVAL = "_LEGACY_ERROR_TEMP_0029", "42000", PARSE, "Years and months cannot be mixed with days and times: <literal>.";
    TEMP_VIEW_NAME_TOO_MANY_NAME_PARTS = "TEMP_VIEW_NAME_TOO_MANY_NAME_PARTS", "428EK", PARSE, "The name of a temporary view has one part, but this has more: <actualName>.";
    UNCLOSED_BRACKETED_COMMENT = "UNCLOSED_BRACKETED_COMMENT", "42601", PARSE, "A comment is not closed: append */ to it.";
    UNSUPPORTED_DATATYPE = "UNSUPPORTED_DATATYPE", "0A000", PARSE, "The data type <typeName> is not supported.";
    UNSUPPORTED_TYPED_LITERAL = "UNSUPPORTED_TYPED_LITERAL", "0A000", PARSE, "There are no literals of type <unsupportedType>, only of <supportedTypes>.";
    PATH_NOT_FOUND = "PATH_NOT_FOUND", "42K03", ANALYSIS, "The path does not exist: <path>.";
    CORRELATED_SUBQUERY_TOO_MANY_ROWS = "SCALAR_SUBQUERY_TOO_MANY_ROWS", "21000", RUNTIME, "A scalar subquery returned more than one row.";
    SCALAR_SUBQUERY_TOO_MANY_ROWS = "SCALAR_SUBQUERY_TOO_MANY_ROWS", "21000", SPARK, "A scalar subquery returned more than one row.";
    SQL_CONF_NOT_FOUND = "SQL_CONF_NOT_FOUND", "42K0I", NO_SUCH_ELEMENT, "The SQL config <sqlConf> is not set and has no default.";
    CANNOT_MODIFY_CONFIG = "CANNOT_MODIFY_CONFIG", "46110", ANALYSIS, "The config <key> is fixed at start and cannot be changed.";
    TABLE_OR_VIEW_NOT_FOUND = "TABLE_OR_VIEW_NOT_FOUND", "42P01", ANALYSIS, "The table or view <relationName> cannot be found. Check its name, its schema and its catalog.";
    TEMP_TABLE_OR_VIEW_ALREADY_EXISTS = "TEMP_TABLE_OR_VIEW_ALREADY_EXISTS", "42P07", ANALYSIS, "The temporary view <relationName> exists already. Replace or drop it first.";
    UNBOUND_SQL_PARAMETER = "UNBOUND_SQL_PARAMETER", "42P02", ANALYSIS, "The parameter <name> has no value: give one in `args`.";
    UNRESOLVED_COLUMN_WITH_SUGGESTION = "UNRESOLVED_COLUMN.WITH_SUGGESTION", "42703", ANALYSIS, "A column, variable, or function parameter with name <objectName> cannot be resolved. Did you mean one of the following? [<proposal>].";
    UNRESOLVED_COLUMN_WITHOUT_SUGGESTION = "UNRESOLVED_COLUMN.WITHOUT_SUGGESTION", "42703", ANALYSIS, "A column, variable, or function parameter with name <objectName> cannot be resolved.";
    UNRESOLVED_FIELD_WITH_SUGGESTION = "UNRESOLVED_FIELD.WITH_SUGGESTION", "42703", ANALYSIS, "A field with name <fieldName> cannot be resolved in the struct column <columnPath>. Did you mean one of the following? [<proposal>].";
    UNRESOLVED_ROUTINE = "UNRESOLVED_ROUTINE", "42883", ANALYSIS, "The function <routineName> cannot be resolved on the search path <searchPath>.";
    UNRESOLVED_USING_COLUMN_FOR_JOIN = "UNRESOLVED_USING_COLUMN_FOR_JOIN", "42703", ANALYSIS, "The USING column <colName> is not on the <side> side of the join; that side has [<suggestion>].";
    UNSUPPORTED_CONNECT_FEATURE = "UNSUPPORTED_CONNECT_FEATURE", "0A000", UNSUPPORTED, "<feature> is not supported.";
    WRONG_NUM_ARGS = "WRONG_NUM_ARGS.WITHOUT_SUGGESTION", "42605", ANALYSIS, "The function <functionName> takes <expectedNum> parameters, but got <actualNum>.";
    ASSIGNMENT_ARITY_MISMATCH = "ASSIGNMENT_ARITY_MISMATCH", "42802", ANALYSIS, "The number of names is not that of the columns: <numExpr> for <numTarget>.";
    UNRESOLVED_COLUMN_AMONG_FIELD_NAMES = "UNRESOLVED_COLUMN_AMONG_FIELD_NAMES", "42703", ANALYSIS, "There is no column <colName> among (<fieldNames>).";
    CORRELATED_REFERENCE = "UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.CORRELATED_REFERENCE", "0A000", ANALYSIS, "Only filters, select lists and conditions of joins may name columns of the query outside: <sqlExprs>.";
    AGGREGATE_MIXED = "UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.AGGREGATE_FUNCTION_MIXED_OUTER_LOCAL_REFERENCES", "0A000", ANALYSIS, "The aggregate function <function> mixes columns of the query outside with those inside.";
    ACCESSING_OUTER = "UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.ACCESSING_OUTER_QUERY_COLUMN_IS_NOT_ALLOWED", "0A000", ANALYSIS, "The side of an outer join that may have no row cannot name columns of the query outside: <treeNode>.";
    CORRELATED_SCALAR = "UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.UNSUPPORTED_CORRELATED_SCALAR_SUBQUERY", "0A000", ANALYSIS, "A scalar subquery that names columns of the row cannot stand in <treeNode>, only in filters and select lists.";
    SCALAR_SUBQUERY_UNGROUPED = "SCALAR_SUBQUERY_IS_IN_GROUP_BY_OR_AGGREGATE_FUNCTION", "0A000", ANALYSIS, "The correlated scalar subquery <sqlExpr> is neither a key of the groups nor within an aggregate function: group by it, or take the first().";
    SCALAR_SUBQUERY_IN_VALUES = "UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.SCALAR_SUBQUERY_IN_VALUES", "0A000", ANALYSIS, "VALUES cannot hold subqueries.";
    CANNOT_EVALUATE_IN_INLINE_TABLE = "INVALID_INLINE_TABLE.CANNOT_EVALUATE_EXPRESSION_IN_INLINE_TABLE", "42000", ANALYSIS, "VALUES cannot hold <expr>.";
    LIMIT_DATA_TYPE = "INVALID_LIMIT_LIKE_EXPRESSION.DATA_TYPE", "42K0E", ANALYSIS, "The <name> <expr> is a <dataType>, not an integer.";
    LIMIT_UNFOLDABLE = "INVALID_LIMIT_LIKE_EXPRESSION.IS_UNFOLDABLE", "42K0E", ANALYSIS, "The <name> <expr> is no constant.";
    STAR_EXPAND_NO_STRUCT = "_LEGACY_ERROR_TEMP_1050", "", ANALYSIS, "Only structs have fields to expand: <attributes>.";
    PIVOT_VALUE_DATA_TYPE_MISMATCH = "PIVOT_VALUE_DATA_TYPE_MISMATCH", "42K09", ANALYSIS, "The pivot value <value> of type <valueType> does not fit <pivotType>.";
    NON_FOLDABLE_ARGUMENT = "NON_FOLDABLE_ARGUMENT", "42K08", ANALYSIS, "<funcName> needs a constant <paramType> for <paramName>.";
    UNEXPECTED_INPUT_TYPE = "UNEXPECTED_INPUT_TYPE", "42K09", ANALYSIS, "The <paramIndex> argument of <functionName> must be <requiredType>, not <inputType>.";
    FAILED_FUNCTION_CALL = "FAILED_FUNCTION_CALL", "38000", ANALYSIS, "The call of <funcName> failed.";
    GROUP_BY_AGGREGATE = "GROUP_BY_AGGREGATE", "42903", ANALYSIS, "GROUP BY cannot hold the aggregate <sqlExpr>.";
    UNRESOLVED_ALL_IN_GROUP_BY = "UNRESOLVED_ALL_IN_GROUP_BY", "42803", ANALYSIS, "GROUP BY ALL cannot tell the keys from the select list.";
    STAR_GROUP_BY_POS = "STAR_GROUP_BY_POS", "0A000", ANALYSIS, "A position in GROUP BY cannot stand for a star.";
    UNSUPPORTED_GROUPING_EXPRESSION = "UNSUPPORTED_GROUPING_EXPRESSION", "42K0E", ANALYSIS, "grouping() and grouping_id() belong to GROUPING SETS, CUBE and ROLLUP.";
    GROUPING_COLUMN_MISMATCH = "GROUPING_COLUMN_MISMATCH", "42803", ANALYSIS, "The column <grouping> of grouping() is none of the keys <groupingColumns>.";
    GROUPING_ID_COLUMN_MISMATCH = "GROUPING_ID_COLUMN_MISMATCH", "42803", ANALYSIS, "The columns <groupingIdColumn> of grouping_id() are not the keys <groupByColumns>.";
    QUALIFY_REQUIRES_WINDOW_FUNCTION = "QUALIFY_REQUIRES_WINDOW_FUNCTION", "42903", ANALYSIS, "QUALIFY needs a window function in itself or in the select list.";
    EXCEPT_OVERLAPPING_COLUMNS = "EXCEPT_OVERLAPPING_COLUMNS", "42702", ANALYSIS, "The columns <columns> of EXCEPT overlap.";
    DUPLICATED_CTE_NAMES = "DUPLICATED_CTE_NAMES", "42602", PARSE, "Several common tables are named <duplicateNames>.";
    RECURSION_LEVEL_LIMIT_EXCEEDED = "RECURSION_LEVEL_LIMIT_EXCEEDED", "42836", SPARK, "The recursion goes deeper than <levelLimit> levels.";
    UNION_NOT_SUPPORTED_IN_RECURSIVE_CTE = "UNION_NOT_SUPPORTED_IN_RECURSIVE_CTE", "42836", ANALYSIS, "A recursive common table needs UNION ALL.";
    INVALID_RECURSIVE_CTE = "INVALID_RECURSIVE_CTE", "42836", ANALYSIS, "A recursive common table is a UNION ALL of a start and a step.";
    INVALID_RECURSIVE_REFERENCE_PLACE = "INVALID_RECURSIVE_REFERENCE.PLACE", "42836", ANALYSIS, "A recursive common table cannot refer to itself here.";
    CANNOT_MERGE_INCOMPATIBLE_DATA_TYPE = "CANNOT_MERGE_INCOMPATIBLE_DATA_TYPE", "42825", SPARK, "The types <left> and <right> do not go together.";
    NON_LITERAL_PIVOT_VALUES = "NON_LITERAL_PIVOT_VALUES", "42K08", ANALYSIS, "The pivot value <expression> is no constant.";
    PIVOT_AFTER_NOT_GROUP_BY = "UNSUPPORTED_FEATURE.PIVOT_AFTER_GROUP_BY", "0A000", ANALYSIS, "PIVOT cannot follow GROUP BY.";
    PIVOT_WITHOUT_AGGREGATE = "_LEGACY_ERROR_TEMP_1006", "", ANALYSIS, "The pivot's expression <sql> is no aggregate.";
    PIVOT_TOO_MANY_VALUES = "_LEGACY_ERROR_TEMP_1324", "", ANALYSIS, "The pivot column <pivotColumn> has more than <maxValues> values.";
    UNPIVOT_REQUIRES_ATTRIBUTES = "UNPIVOT_REQUIRES_ATTRIBUTES", "42K0A", ANALYSIS, "UNPIVOT takes columns, not the expressions <expressions>.";
    UNPIVOT_VALUE_SIZE_MISMATCH = "UNPIVOT_VALUE_SIZE_MISMATCH", "428C4", ANALYSIS, "Every set of columns of UNPIVOT has as many as there are value columns: <names>.";
    UNRESOLVABLE_TABLE_VALUED_FUNCTION = "UNRESOLVABLE_TABLE_VALUED_FUNCTION", "42883", ANALYSIS, "There is no table function <name>.";
    NOT_A_TABLE_FUNCTION = "NOT_A_TABLE_FUNCTION", "42887", ANALYSIS, "The function <functionName> gives no table.";
    UNSUPPORTED_GENERATOR_NOT_GENERATOR = "UNSUPPORTED_GENERATOR.NOT_GENERATOR", "42K0E", ANALYSIS, "The function <functionName> gives no rows.";
    UNSUPPORTED_GENERATOR_NESTED = "UNSUPPORTED_GENERATOR.NESTED_IN_EXPRESSIONS", "42K0E", ANALYSIS, "A generator stands alone, not inside <expression>.";
    NUM_TABLE_VALUE_ALIASES_MISMATCH = "NUM_TABLE_VALUE_ALIASES_MISMATCH", "42826", ANALYSIS, "The function <funcName> has <outColsNum> columns, not <aliasesNum>.";
    INVALID_TABLESAMPLE_FRACTION = "INVALID_TABLESAMPLE_FRACTION", "22023", PARSE, "The fraction <fraction> of TABLESAMPLE is not between 0 and 1.";
    TABLESAMPLE_BYTES = "_LEGACY_ERROR_TEMP_0015", "", PARSE, "TABLESAMPLE by bytes is not supported (<msg>).";
    AMBIGUOUS_LATERAL_COLUMN_ALIAS = "AMBIGUOUS_LATERAL_COLUMN_ALIAS", "42702", ANALYSIS, "The alias <name> stands for <n> columns.";
    LATERAL_COLUMN_ALIAS_IN_WINDOW = "UNSUPPORTED_FEATURE.LATERAL_COLUMN_ALIAS_IN_WINDOW", "0A000", ANALYSIS, "The alias <lca> cannot be named in the window function <windowExpr>.";
    LATERAL_COLUMN_ALIAS_IN_AGGREGATE_FUNC = "UNSUPPORTED_FEATURE.LATERAL_COLUMN_ALIAS_IN_AGGREGATE_FUNC", "0A000", ANALYSIS, "The alias <lca> cannot be named in the aggregate <aggFunc>.";
    INVALID_USAGE_OF_STAR_IN_COUNT = "INVALID_USAGE_OF_STAR_WITH_TABLE_IDENTIFIER_IN_COUNT", "42000", ANALYSIS, "count(<tableName>.*) is not allowed.";
    INVALID_ORDERING_TYPE = "DATATYPE_MISMATCH.INVALID_ORDERING_TYPE", "42K09", ANALYSIS, "Cannot order by <sqlExpr>: <dataType> has no order.";
    INVALID_AGGREGATE_FILTER_CONTAINS_AGGREGATE = "INVALID_AGGREGATE_FILTER.CONTAINS_AGGREGATE", "42903", ANALYSIS, "The filter <filterExpr> holds the aggregate <aggExpr>.";
    PIPE_OPERATOR_CONTAINS_AGGREGATE_FUNCTION = "PIPE_OPERATOR_CONTAINS_AGGREGATE_FUNCTION", "0A000", ANALYSIS, "The aggregate <expr> is not allowed in |> <clause>.";
    PIPE_OPERATOR_AGGREGATE_WITHOUT_AGGREGATE = "PIPE_OPERATOR_AGGREGATE_EXPRESSION_CONTAINS_NO_AGGREGATE_FUNCTION", "0A000", ANALYSIS, "<expr> in |> AGGREGATE holds no aggregate.";
    GROUP_BY_POS_AGGREGATE = "GROUP_BY_POS_AGGREGATE", "42903", ANALYSIS, "GROUP BY <index> names <aggExpr>, which holds an aggregate; that cannot be grouped by.";
    DATA_SOURCE_NOT_FOUND = "DATA_SOURCE_NOT_FOUND", "42K02", CLASS_NOT_FOUND, "There is no data source <provider>. Check its name, and that it is installed.";
    UNABLE_TO_INFER_SCHEMA = "UNABLE_TO_INFER_SCHEMA", "42KD9", ANALYSIS, "The schema of <format> cannot be told from its files. Give one.";
    INVALID_LATERAL_JOIN_TYPE = "INVALID_LATERAL_JOIN_TYPE", "42613", PARSE, "A <joinType> JOIN cannot have LATERAL behind it; INNER, CROSS and LEFT OUTER can.";
    INVALID_INLINE_TABLE_NUM_COLUMNS_MISMATCH = "INVALID_INLINE_TABLE.NUM_COLUMNS_MISMATCH", "42000", PARSE, "VALUES has <expectedNumCols> columns, but row <rowIndex> has <actualNumCols>.";
    INVALID_INLINE_TABLE_INCOMPATIBLE_TYPES = "INVALID_INLINE_TABLE.INCOMPATIBLE_TYPES_IN_INLINE_TABLE", "42000", PARSE, "The values of column <colName> have no common type.";
    INVALID_INLINE_TABLE_INCOMPATIBLE_RESOLVED_TYPES = "INVALID_INLINE_TABLE.INCOMPATIBLE_TYPES_IN_INLINE_TABLE", "42000", ANALYSIS, "The values of column <colName> have no common type.";
    INVALID_PARAMETER_VALUE = "INVALID_PARAMETER_VALUE", "22023", ILLEGAL_ARGUMENT, "The value of <parameter> in <functionName> must be <expected>.";
    ARTIFACTS_TOO_LARGE = "ARTIFACTS_TOO_LARGE", "54000", SPARK, "The session holds more artifacts than the <limit> bytes it may.";
    CANNOT_MODIFY_STATIC_CONFIG = "CANNOT_MODIFY_STATIC_CONFIG", "46110", ANALYSIS, "The static config <key> cannot be changed.";
    CANNOT_PARSE_PLAN = "CONNECT_INVALID_PLAN.CANNOT_PARSE", "56K00", INVALID_PLAN, "The plan cannot be read: <errorMsg>";
    UNKNOWN_ANALYZE_METHOD = "CONNECT_INVALID_PLAN.UNKNOWN_ANALYZE_METHOD", "56K00", INVALID_PLAN, "The method to analyze is unset or not known: <other>.";
    FAILED_READ_FILE = "FAILED_READ_FILE.NO_HINT", "KD001", SPARK, "A file cannot be read: <path>. <reason>";
    CANNOT_READ_FILE_FOOTER = "FAILED_READ_FILE.CANNOT_READ_FILE_FOOTER", "KD001", SPARK,
        "The end of the file <path> cannot be read. <reason>";
    MALFORMED_FILE = "FAILED_READ_FILE.NO_HINT", "KD001", SPARK, "The file is malformed: <reason>.";
    PARQUET_COLUMN_DATA_TYPE_MISMATCH = "FAILED_READ_FILE.PARQUET_COLUMN_DATA_TYPE_MISMATCH", "KD001", SPARK,
        "The file <path> has values of <actualType> in the column <column>, which cannot be read as <expectedType>.";
    FAILED_READ_FILE_NOT_EXIST = "FAILED_READ_FILE.FILE_NOT_EXIST", "KD001", SPARK,
        "A file to read does not exist: <path>.";
    INTERNAL_ERROR = "INTERNAL_ERROR", "XX000", SPARK,
        "<message>";
    INVALID_CLONE_SESSION_ID_ALREADY_EXISTS = "INVALID_CLONE_SESSION_REQUEST.TARGET_SESSION_ID_ALREADY_EXISTS", "42K04", SQL,
        "The session cannot be cloned to <targetSessionId>: there is a session of that id.";
    INVALID_CLONE_SESSION_ID_FORMAT = "INVALID_CLONE_SESSION_REQUEST.TARGET_SESSION_ID_FORMAT", "42K04", SQL,
        "The session cannot be cloned to <targetSessionId>: the id is no UUID.";
    INVALID_CONF_VALUE_OUT_OF_RANGE_OF_OPTIONS = "INVALID_CONF_VALUE.OUT_OF_RANGE_OF_OPTIONS", "22022", ILLEGAL_ARGUMENT,
        "The value '<confValue>' of the config \"<confName>\" is invalid: it must be one of '<confOptions>'.";
    INVALID_CONF_VALUE_REQUIREMENT = "INVALID_CONF_VALUE.REQUIREMENT", "22022", ILLEGAL_ARGUMENT,
        "The value '<confValue>' of the config \"<confName>\" is invalid: <confRequirement>";
    INVALID_CONF_VALUE_TIME_ZONE = "INVALID_CONF_VALUE.TIME_ZONE", "22022", ILLEGAL_ARGUMENT,
        "The value '<confValue>' of the config \"<confName>\" is invalid: there is no such time zone.";
    INVALID_CONF_VALUE_TYPE_MISMATCH = "INVALID_CONF_VALUE.TYPE_MISMATCH", "22022", ILLEGAL_ARGUMENT,
        "The value '<confValue>' of the config \"<confName>\" is invalid: it must be of type '<confType>'.";
    INVALID_CURSOR_DISCONNECTED = "INVALID_CURSOR.DISCONNECTED", "HY109", SQL,
        "The cursor was disconnected: another client attached to the operation.";
    INVALID_CURSOR_NOT_REATTACHABLE = "INVALID_CURSOR.NOT_REATTACHABLE", "HY109", SQL,
        "The operation is not reattachable.";
    INVALID_CURSOR_POSITION_NOT_AVAILABLE = "INVALID_CURSOR.POSITION_NOT_AVAILABLE", "HY109", SQL,
        "The response <index> (id <responseId>) was released already.";
    INVALID_CURSOR_POSITION_NOT_FOUND = "INVALID_CURSOR.POSITION_NOT_FOUND", "HY109", SQL,
        "The operation has no response of the id <responseId>.";
    INVALID_HANDLE_FORMAT = "INVALID_HANDLE.FORMAT", "HY000", SQL,
        "The handle '<handle>' is no UUID of the form '00112233-4455-6677-8899-aabbccddeeff'.";
    INVALID_HANDLE_OPERATION_ABANDONED = "INVALID_HANDLE.OPERATION_ABANDONED", "HY000", SQL,
        "The operation <handle> was released or abandoned, and is gone.";
    INVALID_HANDLE_OPERATION_ALREADY_EXISTS = "INVALID_HANDLE.OPERATION_ALREADY_EXISTS", "HY000", SQL,
        "There is an operation <handle> already.";
    INVALID_HANDLE_OPERATION_NOT_FOUND = "INVALID_HANDLE.OPERATION_NOT_FOUND", "HY000", SQL,
        "The operation <handle> was not found.";
    INVALID_HANDLE_SESSION_CHANGED = "INVALID_HANDLE.SESSION_CHANGED", "08003", SQL,
        "The session <handle> is not the one the client knew: the server was restarted. Connect anew.";
    INVALID_HANDLE_SESSION_CLOSED = "INVALID_HANDLE.SESSION_CLOSED", "08003", SQL,
        "The session <handle> was closed.";
    INVALID_HANDLE_SESSION_NOT_FOUND = "INVALID_HANDLE.SESSION_NOT_FOUND", "08003", SQL,
        "The session <handle> was not found.";
    INVALID_INTERRUPT_REQUIRES_ID = "INVALID_PARAMETER_VALUE.INTERRUPT_TYPE_OPERATION_ID_REQUIRES_ID", "22023", SQL,
        "The <parameter> of <functionName> is missing: interrupting an operation takes its id.";
    INVALID_INTERRUPT_REQUIRES_TAG = "INVALID_PARAMETER_VALUE.INTERRUPT_TYPE_TAG_REQUIRES_TAG", "22023", SQL,
        "The <parameter> of <functionName> is missing: interrupting by tag takes a tag.";
    OPERATION_CANCELED = "OPERATION_CANCELED", "HY008", SQL,
        "The operation was cancelled.";
    UNABLE_TO_ACQUIRE_MEMORY = "UNABLE_TO_ACQUIRE_MEMORY", "53200", OUT_OF_MEMORY,
        "There is not enough memory: <message>";
    UNSUPPORTED_INTERRUPT_TYPE = "UNSUPPORTED_FEATURE.INTERRUPT_TYPE", "0A000", SQL,
        "The interrupt type <interruptType> is not supported.";
    INVALID_ATTRIBUTE_NAME_SYNTAX = "INVALID_ATTRIBUTE_NAME_SYNTAX", "42604", ANALYSIS,
        "The attribute name <name> has a syntax error: check its backquotes and dots.";
    MULTI_ALIAS_WITHOUT_GENERATOR = "MULTI_ALIAS_WITHOUT_GENERATOR", "42K0E", ANALYSIS,
        "Several names (<names>) need a generator function, which <expr> is not.";
    INVALID_USAGE_OF_STAR_OR_REGEX = "INVALID_USAGE_OF_STAR_OR_REGEX", "42000", ANALYSIS,
        "<elem> cannot be used in <prettyName>.";
    REMAINDER_BY_ZERO = "REMAINDER_BY_ZERO", "22012", ARITHMETIC,
        "Remainder by zero. Use `try_mod` to get NULL instead, or set <config> to \"false\".";
    BINARY_ARITHMETIC_OVERFLOW = "BINARY_ARITHMETIC_OVERFLOW", "22003", ARITHMETIC,
        "<value1> <symbol> <value2> overflows. Use <functionName> to get NULL instead.";
    INVALID_SQL_SYNTAX_FUNCTION_WITH_UNSUPPORTED_SYNTAX = "INVALID_SQL_SYNTAX.FUNCTION_WITH_UNSUPPORTED_SYNTAX", "42000", ANALYSIS,
        "The function <prettyName> does not support <syntax>.";
    DATATYPE_MISMATCH_INVALID_ORDERING_TYPE = "DATATYPE_MISMATCH.INVALID_ORDERING_TYPE", "42K09", ANALYSIS,
        "Cannot resolve <sqlExpr>: <functionName> cannot order values of <dataType>.";
    DATATYPE_MISMATCH_DATA_DIFF_TYPES = "DATATYPE_MISMATCH.DATA_DIFF_TYPES", "42K09", ANALYSIS,
        "Cannot resolve <sqlExpr>: the arguments of <functionName> should be of one type, but are <dataType>.";
    DATATYPE_MISMATCH_CAST_WITH_FUNC_SUGGESTION = "DATATYPE_MISMATCH.CAST_WITH_FUNC_SUGGESTION", "42K09", ANALYSIS,
        "Cannot resolve <sqlExpr>: <srcType> cannot be cast to <targetType>; a function such as <functionNames> converts it.";
    DATATYPE_MISMATCH_CAST_WITH_CONF_SUGGESTION = "DATATYPE_MISMATCH.CAST_WITH_CONF_SUGGESTION", "42K09", ANALYSIS,
        "Cannot resolve <sqlExpr>: <srcType> cannot be cast to <targetType> in ANSI mode; set <config> to <configVal> if it must be.";
    CAST_INVALID_INPUT_RUNTIME = "CAST_INVALID_INPUT", "22018", RUNTIME,
        "The value <expression> of type <sourceType> cannot be cast to <targetType>, because it is malformed. Use `try_cast` to get NULL instead.";
    INVALID_EXTRACT_FIELD_TYPE = "INVALID_EXTRACT_FIELD_TYPE", "42000", ANALYSIS,
        "The name of a field is a string literal that is not NULL, not <extraction>.";
    AMBIGUOUS_REFERENCE_TO_FIELDS = "AMBIGUOUS_REFERENCE_TO_FIELDS", "42000", ANALYSIS,
        "The reference to the field <field> is ambiguous: it appears <count> times.";
    DATATYPE_MISMATCH_CANNOT_DROP_ALL_FIELDS = "DATATYPE_MISMATCH.CANNOT_DROP_ALL_FIELDS", "42K09", ANALYSIS,
        "Cannot resolve <sqlExpr>: a struct must keep a field.";
    INVALID_INDEX_OF_ZERO = "INVALID_INDEX_OF_ZERO", "22003", RUNTIME,
        "The index 0 is not valid; the first element has index 1.";
    INVALID_ARRAY_INDEX_IN_ELEMENT_AT = "INVALID_ARRAY_INDEX_IN_ELEMENT_AT", "22003", ARRAY_INDEX,
        "The index <indexValue> is out of bounds, the array has <arraySize> elements. Use `try_element_at` to get NULL instead.";
    INVALID_SUBQUERY_EXPRESSION_SCALAR = "INVALID_SUBQUERY_EXPRESSION.SCALAR_SUBQUERY_RETURN_MORE_THAN_ONE_OUTPUT_COLUMN", "42823", ANALYSIS,
        "A scalar subquery must return one column, not <number>.";
    DATATYPE_MISMATCH_IN_SUBQUERY_LENGTH_MISMATCH = "DATATYPE_MISMATCH.IN_SUBQUERY_LENGTH_MISMATCH", "42K09", ANALYSIS,
        "Cannot resolve <sqlExpr>: there are <leftLength> values on the left of IN, but the subquery has <rightLength> columns [<rightColumns>].";
    DATATYPE_MISMATCH_IN_SUBQUERY_DATA_TYPE_MISMATCH = "DATATYPE_MISMATCH.IN_SUBQUERY_DATA_TYPE_MISMATCH", "42K09", ANALYSIS,
        "Cannot resolve <sqlExpr>: the types of the value (<leftType>) and of the subquery (<rightType>) do not match.";
    DATATYPE_MISMATCH_SPECIFIED_WINDOW_FRAME_UNACCEPTED_TYPE = "DATATYPE_MISMATCH.SPECIFIED_WINDOW_FRAME_UNACCEPTED_TYPE", "42K09", ANALYSIS,
        "Cannot resolve <sqlExpr>: the <location> bound of a window frame is of <exprType>, not of <expectedType>.";
    DATATYPE_MISMATCH_SPECIFIED_WINDOW_FRAME_WRONG_COMPARISON = "DATATYPE_MISMATCH.SPECIFIED_WINDOW_FRAME_WRONG_COMPARISON", "42K09", ANALYSIS,
        "Cannot resolve <sqlExpr>: the lower bound of a window frame must be <comparison> its upper bound.";
    DATATYPE_MISMATCH_RANGE_FRAME_MULTI_ORDER = "DATATYPE_MISMATCH.RANGE_FRAME_MULTI_ORDER", "42K09", ANALYSIS,
        "Cannot resolve <sqlExpr>: a range frame needs exactly one sort key.";
    WINDOW_FUNCTION_FRAME_NOT_ORDERED = "WINDOW_FUNCTION_FRAME_NOT_ORDERED", "42601", ANALYSIS,
        "The window function <wf> needs an ordered window, such as SELECT <funcName>() OVER (ORDER BY ..).";
    INVALID_WINDOW_FRAME = "_LEGACY_ERROR_TEMP_1036", "", ANALYSIS,
        "The frame of the window function <wf> is fixed: <required>.";
    CANNOT_SPECIFY_WINDOW_FRAME = "_LEGACY_ERROR_TEMP_1035", "42601", ANALYSIS,
        "The function <prettyName> takes no window frame.";
    DISTINCT_WINDOW_FUNCTION_UNSUPPORTED = "DISTINCT_WINDOW_FUNCTION_UNSUPPORTED", "0A000", ANALYSIS,
        "DISTINCT is not supported over a window: <windowExpr>.";
    UNSUPPORTED_EXPR_FOR_WINDOW = "UNSUPPORTED_EXPR_FOR_WINDOW", "42P20", ANALYSIS,
        "The expression <sqlExpr> is not supported in a window.";
    DATATYPE_MISMATCH_HASH_MAP_TYPE = "DATATYPE_MISMATCH.HASH_MAP_TYPE", "42K09", ANALYSIS,
        "Cannot resolve <sqlExpr>: <functionName> takes no maps.";
    DATATYPE_MISMATCH_NON_FOLDABLE_INPUT = "DATATYPE_MISMATCH.NON_FOLDABLE_INPUT", "42K09", ANALYSIS,
        "Cannot resolve <sqlExpr>: <inputName> should be a constant of <inputType>, not <inputExpr>.";
    INVALID_EXTRACT_FIELD = "INVALID_EXTRACT_FIELD", "42601", ANALYSIS,
        "The field <field> cannot be extracted from <expr>.";
    DATETIME_FIELD_OUT_OF_BOUNDS = "DATETIME_FIELD_OUT_OF_BOUNDS.WITHOUT_SUGGESTION", "22023", DATE_TIME,
        "<rangeMessage>.";
    CANNOT_PARSE_TIMESTAMP = "CANNOT_PARSE_TIMESTAMP", "22007", DATE_TIME,
        "<message>. Use <func> to get NULL instead.";
    INVALID_PARAMETER_VALUE_PATTERN = "INVALID_PARAMETER_VALUE.PATTERN", "22023", RUNTIME,
        "The value of <parameter> in <functionName> is no pattern: <value>.";
    INVALID_PARAMETER_VALUE_REGEX_GROUP_INDEX = "INVALID_PARAMETER_VALUE.REGEX_GROUP_INDEX", "22023", RUNTIME,
        "The value of <parameter> in <functionName> must be from 0 to <groupCount>, not <groupIndex>.";
    INVALID_PARAMETER_VALUE_START = "INVALID_PARAMETER_VALUE.START", "22023", RUNTIME,
        "The value of <parameter> in <functionName> must not be 0: positions start at 1.";
    INVALID_PARAMETER_VALUE_LENGTH = "INVALID_PARAMETER_VALUE.LENGTH", "22023", RUNTIME,
        "The value of <parameter> in <functionName> must not be negative: <length>.";
    ILLEGAL_SEQUENCE_BOUNDARIES = "_LEGACY_ERROR_TEMP_3235", "22023", ILLEGAL_ARGUMENT,
        "Illegal sequence boundaries: <start> to <stop> by <step>.";
    MAP_KEY_VALUE_DIFF_SIZES = "_LEGACY_ERROR_TEMP_2128", "22023", RUNTIME,
        "There must be as many keys as values.";
    NULL_MAP_KEY = "NULL_MAP_KEY", "2200E", RUNTIME,
        "NULL is no key of a map.";
    DUPLICATED_MAP_KEY = "DUPLICATED_MAP_KEY", "23505", RUNTIME,
        "The map has the key <key> twice. Set <mapKeyDedupPolicy> to \"LAST_WIN\" to keep the last.";
    INVALID_FORMAT_ESC_IN_THE_MIDDLE = "INVALID_FORMAT.ESC_IN_THE_MIDDLE", "42601", ANALYSIS,
        "The pattern <format> is not valid: the escape character must stand before _, % or itself.";
    INVALID_FORMAT_ESC_AT_THE_END = "INVALID_FORMAT.ESC_AT_THE_END", "42601", ANALYSIS,
        "The pattern <format> is not valid: it must not end in the escape character.";
    UNSUPPORTED_GENERATOR_MULTI_GENERATOR = "UNSUPPORTED_GENERATOR.MULTI_GENERATOR", "42K0E", ANALYSIS,
        "A select list has at most one generator, not <num>.";
    UDTF_ALIAS_NUMBER_MISMATCH = "UDTF_ALIAS_NUMBER_MISMATCH", "42802", ANALYSIS,
        "The generator gives <aliasesSize> columns, which are not as many as the aliases (<aliasesNames>).";
    WINDOW_FUNCTION_WITHOUT_OVER_CLAUSE = "WINDOW_FUNCTION_WITHOUT_OVER_CLAUSE", "42601", ANALYSIS,
        "The window function <funcName> needs an OVER clause.";
    CREATE_TEMP_VIEW_IF_NOT_EXISTS = "_LEGACY_ERROR_TEMP_0053", "", PARSE, "CREATE TEMPORARY VIEW takes no IF NOT EXISTS.";
    INVALID_TEMP_OBJ_QUALIFIER = "INVALID_TEMP_OBJ_QUALIFIER", "42602", ANALYSIS, "The temporary <objectType> <objectName> cannot be qualified by <qualifier>.";
    TABLE_OPERATION = "UNSUPPORTED_FEATURE.TABLE_OPERATION", "0A000", ANALYSIS, "The table <tableName> does not support <operation>.";
    EXPECT_TABLE_NOT_VIEW = "EXPECT_TABLE_NOT_VIEW.NO_ALTERNATIVE", "42809", ANALYSIS, "<operation> needs a table, and <viewName> is a view.";
    EXPECT_VIEW_NOT_TABLE = "EXPECT_VIEW_NOT_TABLE.NO_ALTERNATIVE", "42809", ANALYSIS, "<operation> needs a view, and <tableName> is a table.";
    EXPECT_PERMANENT_VIEW_NOT_TEMP = "EXPECT_PERMANENT_VIEW_NOT_TEMP", "42809", ANALYSIS, "<operation> needs a permanent view, and <viewName> is temporary.";
    CREATE_VIEW_NOT_ENOUGH_DATA_COLUMNS = "CREATE_VIEW_COLUMN_ARITY_MISMATCH.NOT_ENOUGH_DATA_COLUMNS", "21S01", ANALYSIS, "The view <viewName> names <viewColumns>, its query gives <dataColumns>.";
    CREATE_VIEW_TOO_MANY_DATA_COLUMNS = "CREATE_VIEW_COLUMN_ARITY_MISMATCH.TOO_MANY_DATA_COLUMNS", "21S01", ANALYSIS, "The view <viewName> names <viewColumns>, its query gives <dataColumns>.";
    EXTRA_COLUMNS_FOR_TABLE = "INCOMPATIBLE_DATA_FOR_TABLE.EXTRA_COLUMNS", "KD000", ANALYSIS, "The table <tableName> has no columns <extraColumns>.";
    CREATE_EXTERNAL_TABLE_WITHOUT_LOCATION = "CREATE_EXTERNAL_TABLE_WITHOUT_LOCATION", "42601", PARSE, "CREATE EXTERNAL TABLE needs a LOCATION.";
    COLUMN_NOT_DEFINED_IN_TABLE = "COLUMN_NOT_DEFINED_IN_TABLE", "42703", ANALYSIS, "The <colType> column <colName> is none of <tableName>: <tableCols>.";
    VARIABLE_NOT_FOUND = "VARIABLE_NOT_FOUND", "42883", ANALYSIS, "There is no variable <variableName>.";
    VARIABLE_ALREADY_EXISTS = "VARIABLE_ALREADY_EXISTS", "42723", ANALYSIS, "The variable <variableName> is there already.";
    UNRESOLVED_VARIABLE = "UNRESOLVED_VARIABLE", "42883", ANALYSIS, "There is no variable <variableName> in <searchPath>.";
    ROUTINE_ALREADY_EXISTS = "ROUTINE_ALREADY_EXISTS", "42723", ANALYSIS, "The routine <routineName> is there already.";
    ROUTINE_NOT_FOUND = "ROUTINE_NOT_FOUND", "42883", ANALYSIS, "There is no routine <routineName>.";
    ROW_SUBQUERY_TOO_MANY_ROWS = "ROW_SUBQUERY_TOO_MANY_ROWS", "21000", SPARK, "More than one row for variables.";
    CASE_NOT_FOUND = "CASE_NOT_FOUND", "20000", SPARK, "No WHEN of the CASE statement holds.";
    NULL_QUERY_STRING = "NULL_QUERY_STRING_EXECUTE_IMMEDIATE", "22004", ANALYSIS, "EXECUTE IMMEDIATE needs a text.";
    INVALID_STATEMENT_FOR_EXECUTE_INTO = "INVALID_STATEMENT_FOR_EXECUTE_INTO", "07501", ANALYSIS, "EXECUTE IMMEDIATE .. INTO needs a query.";
    INVALID_BOOLEAN_STATEMENT = "INVALID_BOOLEAN_STATEMENT", "22546", ANALYSIS, "The condition <invalidStatement> is not boolean.";
    PARTITIONS_ALREADY_EXIST = "PARTITIONS_ALREADY_EXIST", "428FT", ANALYSIS, "<tableName> has the partitions <partitionList> already.";
    PARTITIONS_NOT_FOUND = "PARTITIONS_NOT_FOUND", "428FT", ANALYSIS, "<tableName> has no partitions <partitionList>.";
    NOT_A_SCALAR_FUNCTION = "NOT_A_SCALAR_FUNCTION", "42887", ANALYSIS, "The function <functionName> gives a table.";
}

impl Condition {
    pub(super) fn custom(name: impl Into<String>, sqlstate: impl Into<String>) -> Self {
        Self {
            name: Cow::Owned(name.into()),
            sqlstate: Cow::Owned(sqlstate.into()),
            template: "",
            class: ANALYSIS,
        }
    }

    /// Spark's name of the condition.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The SQLSTATE, five characters.
    pub fn sqlstate(&self) -> &str {
        &self.sqlstate
    }

    /// The JVM exception classes, most derived first.
    pub fn class_names(&self) -> Vec<String> {
        let mut names = vec![self.class.to_owned()];
        let parents: &[&str] = match self.class {
            PARSE => &[ANALYSIS, "java.lang.Exception"],
            ARITHMETIC => &["java.lang.ArithmeticException", "java.lang.RuntimeException"],
            DATE_TIME => &["java.time.DateTimeException", "java.lang.RuntimeException"],
            NUMBER_FORMAT => {
                &["java.lang.NumberFormatException", "java.lang.IllegalArgumentException"]
            }
            ILLEGAL_ARGUMENT => {
                &["java.lang.IllegalArgumentException", "java.lang.RuntimeException"]
            }
            NO_SUCH_ELEMENT => &["java.util.NoSuchElementException", "java.lang.RuntimeException"],
            ARRAY_INDEX => {
                &["java.lang.ArrayIndexOutOfBoundsException", "java.lang.RuntimeException"]
            }
            UNSUPPORTED => {
                &["java.lang.UnsupportedOperationException", "java.lang.RuntimeException"]
            }
            SQL => &["java.sql.SQLException", "java.lang.Exception"],
            OUT_OF_MEMORY => &["java.lang.OutOfMemoryError", "java.lang.Error"],
            INVALID_PLAN | RUNTIME => &["java.lang.RuntimeException"],
            _ => &["java.lang.Exception"],
        };
        names.extend(parents.iter().map(|name| (*name).to_owned()));
        names
    }

    pub(super) fn default_class_names() -> Vec<String> {
        vec![ANALYSIS.to_owned(), "java.lang.Exception".to_owned()]
    }

    /// The message with its `<name>` placeholders filled in.
    pub(super) fn render(&self, parameters: &BTreeMap<String, String>) -> String {
        let mut message = self.template.to_owned();
        for (name, value) in parameters {
            message = message.replace(&format!("<{name}>"), value);
        }
        message
    }
}
