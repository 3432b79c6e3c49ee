//! Conditions that functions raise.

use super::{
    ANALYSIS, ARITHMETIC, ARRAY_INDEX, DATE_TIME, ILLEGAL_ARGUMENT, JAVA_ARITHMETIC,
    JAVA_ILLEGAL_ARGUMENT, RUNTIME, SPARK, UNSUPPORTED, UPGRADE,
};
use super::{Condition, Cow, conditions};

conditions! { OF_FUNCTIONS;
    APPROX_TOP_K_NON_POSITIVE_ARG = "APPROX_TOP_K_NON_POSITIVE_ARG", "22023", RUNTIME,
        "The argument <argName> must be positive, not <argValue>.";
    APPROX_TOP_K_NULL_ARG = "APPROX_TOP_K_NULL_ARG", "22004", RUNTIME,
        "The argument <argName> must not be NULL.";
    APPROX_TOP_K_MAX_ITEMS_TRACKED_LESS_THAN_K = "APPROX_TOP_K_MAX_ITEMS_TRACKED_LESS_THAN_K", "22023", RUNTIME,
        "As many items must be tracked as are asked for: <maxItemsTracked> are fewer than <k>.";
    APPROX_TOP_K_MAX_ITEMS_TRACKED_EXCEEDS_LIMIT = "APPROX_TOP_K_MAX_ITEMS_TRACKED_EXCEEDS_LIMIT", "22023", RUNTIME,
        "No more than <limit> items can be tracked, not <maxItemsTracked>.";
    APPROX_TOP_K_SKETCH_SIZE_NOT_MATCH = "APPROX_TOP_K_SKETCH_SIZE_NOT_MATCH", "42846", RUNTIME,
        "Sketches that track <size1> and <size2> items cannot be combined.";
    APPROX_TOP_K_SKETCH_TYPE_NOT_MATCH = "APPROX_TOP_K_SKETCH_TYPE_NOT_MATCH", "42846", RUNTIME,
        "Sketches of <type1> and <type2> cannot be combined.";
    AVRO_NOT_LOADED = "AVRO_NOT_LOADED_SQL_FUNCTIONS_UNUSABLE", "22KD3", ANALYSIS,
        "<functionName> needs the Avro data source, which is not loaded.";
    PROTOBUF_NOT_LOADED = "PROTOBUF_NOT_LOADED_SQL_FUNCTIONS_UNUSABLE", "22KD3", ANALYSIS,
        "<functionName> needs the Protobuf data source, which is not loaded.";
    PROTOBUF_DESCRIPTOR_FILE_NOT_FOUND = "PROTOBUF_DESCRIPTOR_FILE_NOT_FOUND", "42K0G", ANALYSIS,
        "There is no descriptor file <filePath>.";
    SEVERAL_TIME_WINDOWS = "_LEGACY_ERROR_TEMP_1039", "", ANALYSIS,
        "A relation can be cut into windows of time in one way only.";
    SESSION_OF_NO_INTERVAL = "_LEGACY_ERROR_TEMP_1040", "", ANALYSIS,
        "The gap of a session window is an interval, not <dt>.";
    WINDOW_OF_NO_LITERAL = "_LEGACY_ERROR_TEMP_1207", "", ANALYSIS,
        "The lengths of <funcName> are literal numbers of microseconds, or texts of intervals.";
    WINDOW_OF_MONTHS = "_LEGACY_ERROR_TEMP_3231", "", ILLEGAL_ARGUMENT,
        "Months differ in length, so that windows cannot last <interval>.";
    NO_WINDOW_COLUMN = "_LEGACY_ERROR_TEMP_3101", "", ANALYSIS,
        "<windowTime> is no window of time.";
    DATATYPE_MISMATCH_PARAMETER_CONSTRAINT_VIOLATION = "DATATYPE_MISMATCH.PARAMETER_CONSTRAINT_VIOLATION", "42K09", ANALYSIS,
        "Cannot resolve <sqlExpr>: <leftExprName>(<leftExprValue>) must be <constraint> <rightExprName>(<rightExprValue>).";
    CANNOT_PARSE_INTERVAL = "CANNOT_PARSE_INTERVAL", "22006", ANALYSIS,
        "<intervalString> is no interval.";
    DATATYPE_MISMATCH_ARRAY_FUNCTION_DIFF_TYPES = "DATATYPE_MISMATCH.ARRAY_FUNCTION_DIFF_TYPES", "42K09", ANALYSIS,
        "Cannot resolve <sqlExpr>: <functionName> takes an <dataType> and a value of its element's type, not <leftType> and <rightType>.";
    DATATYPE_MISMATCH_BINARY_ARRAY_DIFF_TYPES = "DATATYPE_MISMATCH.BINARY_ARRAY_DIFF_TYPES", "42K09", ANALYSIS,
        "Cannot resolve <sqlExpr>: <functionName> takes two <arrayType> of one element type, not <leftType> and <rightType>.";
    DATATYPE_MISMATCH_CREATE_MAP_KEY_DIFF_TYPES = "DATATYPE_MISMATCH.CREATE_MAP_KEY_DIFF_TYPES", "42K09", ANALYSIS,
        "Cannot resolve <sqlExpr>: the keys of <functionName> must be of one type, not <dataType>.";
    DATATYPE_MISMATCH_CREATE_MAP_VALUE_DIFF_TYPES = "DATATYPE_MISMATCH.CREATE_MAP_VALUE_DIFF_TYPES", "42K09", ANALYSIS,
        "Cannot resolve <sqlExpr>: the values of <functionName> must be of one type, not <dataType>.";
    DATATYPE_MISMATCH_NAMED_STRUCT_NAME = "DATATYPE_MISMATCH.CREATE_NAMED_STRUCT_WITHOUT_FOLDABLE_STRING", "42K09", ANALYSIS,
        "Cannot resolve <sqlExpr>: the names of fields are constant strings, not <inputExprs>.";
    DATATYPE_MISMATCH_INVALID_ARG_VALUE = "DATATYPE_MISMATCH.INVALID_ARG_VALUE", "42K09", ANALYSIS,
        "Cannot resolve <sqlExpr>: <inputName> must be a <requireType> of <validValues>, not <inputValue>.";
    DATATYPE_MISMATCH_INVALID_JSON_SCHEMA = "DATATYPE_MISMATCH.INVALID_JSON_SCHEMA", "42K09", ANALYSIS,
        "Cannot resolve <sqlExpr>: JSON text is made of structs, arrays, maps and variants, not of <schema>.";
    DATATYPE_MISMATCH_INVALID_JSON_MAP_KEY_TYPE = "DATATYPE_MISMATCH.INVALID_JSON_MAP_KEY_TYPE", "42K09", ANALYSIS,
        "Cannot resolve <sqlExpr>: keys of maps in JSON are strings, unlike those of <schema>.";
    DATATYPE_MISMATCH_INVALID_XML_MAP_KEY_TYPE = "DATATYPE_MISMATCH.INVALID_XML_MAP_KEY_TYPE", "42K09", ANALYSIS,
        "Cannot resolve <sqlExpr>: keys of maps in XML are strings, unlike those of <schema>.";
    DATATYPE_MISMATCH_INVALID_XML_SCHEMA = "DATATYPE_MISMATCH.INVALID_XML_SCHEMA", "42K09", ANALYSIS,
        "Cannot resolve <sqlExpr>: XML text is made of structs and variants, not of <schema>.";
    NO_VALUE_OF_XML = "_LEGACY_ERROR_TEMP_3238", "", ILLEGAL_ARGUMENT,
        "XML has no values of the type <dt>.";
    TYPE_OF_NO_CSV = "UNSUPPORTED_DATATYPE", "0A000", UNSUPPORTED,
        "CSV has no values of the type <typeName>.";
    PARSE_MODE_UNSUPPORTED = "PARSE_MODE_UNSUPPORTED", "42601", ANALYSIS,
        "<funcName> does not have the mode <mode>, only PERMISSIVE and FAILFAST.";
    DATATYPE_MISMATCH_MAP_CONCAT_DIFF_TYPES = "DATATYPE_MISMATCH.MAP_CONCAT_DIFF_TYPES", "42K09", ANALYSIS,
        "Cannot resolve <sqlExpr>: <functionName> takes maps of one type, not <dataType>.";
    DATATYPE_MISMATCH_MAP_FUNCTION_DIFF_TYPES = "DATATYPE_MISMATCH.MAP_FUNCTION_DIFF_TYPES", "42K09", ANALYSIS,
        "Cannot resolve <sqlExpr>: <functionName> takes a <dataType> and a value of its key's type, not <leftType> and <rightType>.";
    DATATYPE_MISMATCH_NON_STRING_TYPE = "DATATYPE_MISMATCH.NON_STRING_TYPE", "42K09", ANALYSIS,
        "Cannot resolve <sqlExpr>: all arguments of <funcName> are strings.";
    DATATYPE_MISMATCH_NON_STRUCT_TYPE = "DATATYPE_MISMATCH.NON_STRUCT_TYPE", "42K09", ANALYSIS,
        "Cannot resolve <sqlExpr>: <inputName> must be a struct, not <inputType>.";
    DATATYPE_MISMATCH_NULL_TYPE = "DATATYPE_MISMATCH.NULL_TYPE", "42K09", ANALYSIS,
        "Cannot resolve <sqlExpr>: <functionName> takes no bare NULL.";
    DATATYPE_MISMATCH_SEQUENCE_WRONG_INPUT_TYPES = "DATATYPE_MISMATCH.SEQUENCE_WRONG_INPUT_TYPES", "42K09", ANALYSIS,
        "Cannot resolve <sqlExpr>: <functionName> takes bounds of one type, <startType> with a step of <stepType> or <otherStartType>.";
    DATATYPE_MISMATCH_STACK_COLUMN_DIFF_TYPES = "DATATYPE_MISMATCH.STACK_COLUMN_DIFF_TYPES", "42K09", ANALYSIS,
        "Cannot resolve <sqlExpr>: the column <columnIndex> has values of <leftType> and <rightType>.";
    DATATYPE_MISMATCH_TYPE_CHECK_FAILURE = "DATATYPE_MISMATCH.TYPE_CHECK_FAILURE_WITH_HINT", "42K09", ANALYSIS,
        "Cannot resolve <sqlExpr>: <msg><hint>.";
    DATATYPE_MISMATCH_UNEXPECTED_NULL = "DATATYPE_MISMATCH.UNEXPECTED_NULL", "42K09", ANALYSIS,
        "Cannot resolve <sqlExpr>: <exprName> must not be NULL.";
    DATATYPE_MISMATCH_UNSUPPORTED_INPUT_TYPE = "DATATYPE_MISMATCH.UNSUPPORTED_INPUT_TYPE", "42K09", ANALYSIS,
        "Cannot resolve <sqlExpr>: <functionName> takes no <dataType>.";
    DATATYPE_MISMATCH_VALUE_OUT_OF_RANGE = "DATATYPE_MISMATCH.VALUE_OUT_OF_RANGE", "42K09", ANALYSIS,
        "Cannot resolve <sqlExpr>: <exprName> must be within <valueRange>, not <currentValue>.";
    FEATURE_NOT_ENABLED = "FEATURE_NOT_ENABLED", "56038", ANALYSIS,
        "<featureName> is off: set <configKey> to <configValue>.";
    HLL_INVALID_LG_K = "HLL_INVALID_LG_K", "22546", RUNTIME,
        "<function> takes an lgConfigK from <min> to <max>, not <value>.";
    HLL_INVALID_INPUT_SKETCH_BUFFER = "HLL_INVALID_INPUT_SKETCH_BUFFER", "22546", RUNTIME,
        "<function> takes the bytes of an HLL sketch.";
    HLL_K_MUST_BE_CONSTANT = "HLL_K_MUST_BE_CONSTANT", "42K0E", RUNTIME,
        "<function> takes a constant lgConfigK.";
    HLL_UNION_DIFFERENT_LG_K = "HLL_UNION_DIFFERENT_LG_K", "22000", RUNTIME,
        "Sketches of <left> and of <right> cannot be merged by <function> unless it is told to.";
    INTERVAL_ARITHMETIC_OVERFLOW_WITH_SUGGESTION = "INTERVAL_ARITHMETIC_OVERFLOW.WITH_SUGGESTION", "22015", ARITHMETIC,
        "The interval is too long. Use <functionName> to get NULL instead.";
    INTERVAL_DIVIDED_BY_ZERO = "INTERVAL_DIVIDED_BY_ZERO", "22012", ARITHMETIC,
        "An interval is divided by zero. Use `try_divide` to get NULL instead.";
    INTERVAL_OVERFLOW = "", "", JAVA_ARITHMETIC,
        "The interval is too long.";
    CAST_INTERVAL_UNMATCHED = "INVALID_INTERVAL_FORMAT.UNMATCHED_FORMAT_STRING", "22006", ILLEGAL_ARGUMENT,
        "The <intervalStr> interval '<input>' does not have the form <supportedFormat> of <typeName>.";
    CAST_INTERVAL_UNMATCHED_WITH_NOTICE = "INVALID_INTERVAL_FORMAT.UNMATCHED_FORMAT_STRING_WITH_NOTICE", "22006", ILLEGAL_ARGUMENT,
        "The <intervalStr> interval '<input>' does not have the form <supportedFormat> of <typeName>.";
    INVALID_INTERVAL_FORMAT_PARSING = "INVALID_INTERVAL_FORMAT.INTERVAL_PARSING", "22006", ILLEGAL_ARGUMENT,
        "The <interval> interval '<input>' is out of range.";
    ILLEGAL_BOUNDARIES_OF_TIMES = "", "", JAVA_ILLEGAL_ARGUMENT,
        "The step of a sequence does not lead from its start to its end.";
    TIMESTAMP_NANOS_NOT_ENABLED = "FEATURE_NOT_ENABLED", "56038", SPARK,
        "<featureName> is off: set <configKey> to <configValue>.";
    INVALID_TIMESTAMP_PRECISION = "INVALID_TIMESTAMP_PRECISION", "22023", SPARK,
        "<type> has no precision <precision>.";
    SEQUENCE_STEP_OF_NO_DAYS = "_LEGACY_ERROR_TEMP_3242", "", ILLEGAL_ARGUMENT,
        "The step between dates is an <intervalType> of whole days or months.";
    ILLEGAL_DAY_OF_WEEK = "ILLEGAL_DAY_OF_WEEK", "22009", ILLEGAL_ARGUMENT,
        "<string> is no day of the week.";
    DATETIME_WEEK_BASED_PATTERN = "INCONSISTENT_BEHAVIOR_CROSS_VERSION.DATETIME_WEEK_BASED_PATTERN", "42K0B", ILLEGAL_ARGUMENT,
        "Week-based years and weeks have no letters in patterns: <c>.";
    DATETIME_PATTERN_RECOGNITION = "INCONSISTENT_BEHAVIOR_CROSS_VERSION.DATETIME_PATTERN_RECOGNITION", "42K0B", UPGRADE,
        "<pattern> is no pattern for dates.";
    INVALID_DATETIME_PATTERN_ILLEGAL_CHARACTER = "INVALID_DATETIME_PATTERN.ILLEGAL_CHARACTER", "22007", ILLEGAL_ARGUMENT,
        "The pattern <pattern> has the letter <c>, which stands for nothing.";
    INVALID_DATETIME_PATTERN_LENGTH = "INVALID_DATETIME_PATTERN.LENGTH", "22007", ILLEGAL_ARGUMENT,
        "The pattern <pattern> repeats a letter too often.";
    INVALID_DATETIME_PATTERN_WITH_SUGGESTION = "INVALID_DATETIME_PATTERN.WITH_SUGGESTION", "22007", RUNTIME,
        "<pattern> is no pattern for dates.";
    INVALID_FORMAT_EMPTY = "INVALID_FORMAT.EMPTY", "42601", ANALYSIS,
        "The number format <format> is empty.";
    INVALID_FORMAT_MISMATCH_INPUT = "INVALID_FORMAT.MISMATCH_INPUT", "42601", ILLEGAL_ARGUMENT,
        "The <inputType> <input> is not of the format <format>.";
    INVALID_FORMAT_WRONG_NUM_DIGIT = "INVALID_FORMAT.WRONG_NUM_DIGIT", "42601", ANALYSIS,
        "The number format <format> has no digit.";
    INVALID_FORMAT_WRONG_NUM_TOKEN = "INVALID_FORMAT.WRONG_NUM_TOKEN", "42601", ANALYSIS,
        "The number format <format> has <token> more than once.";
    INVALID_FORMAT_UNEXPECTED_TOKEN = "INVALID_FORMAT.UNEXPECTED_TOKEN", "42601", ANALYSIS,
        "The number format <format> has <token> in a place where it means nothing.";
    INVALID_FORMAT_CONT_THOUSANDS_SEPS = "INVALID_FORMAT.CONT_THOUSANDS_SEPS", "42601", ANALYSIS,
        "Separators of thousands stand beside digits in <format>.";
    INVALID_FORMAT_CUR_MUST_BEFORE_DIGIT = "INVALID_FORMAT.CUR_MUST_BEFORE_DIGIT", "42601", ANALYSIS,
        "The currency sign stands before the digits in <format>.";
    INVALID_FORMAT_CUR_MUST_BEFORE_DEC = "INVALID_FORMAT.CUR_MUST_BEFORE_DEC", "42601", ANALYSIS,
        "The currency sign stands before the decimal point in <format>.";
    INVALID_FORMAT_THOUSANDS_SEPS_MUST_BEFORE_DEC = "INVALID_FORMAT.THOUSANDS_SEPS_MUST_BEFORE_DEC", "42601", ANALYSIS,
        "Separators of thousands stand before the decimal point in <format>.";
    INVALID_OPTIONS_NON_MAP_FUNCTION = "INVALID_OPTIONS.NON_MAP_FUNCTION", "42K06", ANALYSIS,
        "Options are given by the function map.";
    INVALID_OPTIONS_NON_STRING_TYPE = "INVALID_OPTIONS.NON_STRING_TYPE", "42K06", ANALYSIS,
        "Options are a map of strings to strings, not <mapType>.";
    INVALID_PARAMETER_VALUE_AES_CRYPTO_ERROR = "INVALID_PARAMETER_VALUE.AES_CRYPTO_ERROR", "22023", RUNTIME,
        "<functionName> cannot work with <parameter>: <detailMessage>.";
    INVALID_PARAMETER_VALUE_AES_IV_LENGTH = "INVALID_PARAMETER_VALUE.AES_IV_LENGTH", "22023", RUNTIME,
        "An initialization vector of <mode> in <functionName> has 12 bytes with GCM and 16 with CBC, not <actualLength> (<parameter>).";
    INVALID_PARAMETER_VALUE_AES_KEY_LENGTH = "INVALID_PARAMETER_VALUE.AES_KEY_LENGTH", "22023", RUNTIME,
        "<parameter> of <functionName> has 16, 24 or 32 bytes, not <actualLength>.";
    UNSUPPORTED_FEATURE_AES_MODE = "UNSUPPORTED_FEATURE.AES_MODE", "0A000", RUNTIME,
        "<functionName> has no mode <mode> with the padding <padding>.";
    UNSUPPORTED_FEATURE_AES_MODE_AAD = "UNSUPPORTED_FEATURE.AES_MODE_AAD", "0A000", RUNTIME,
        "<functionName> in mode <mode> takes no additional data.";
    UNSUPPORTED_FEATURE_AES_MODE_IV = "UNSUPPORTED_FEATURE.AES_MODE_IV", "0A000", RUNTIME,
        "<functionName> in mode <mode> takes no initialization vector.";
    INVALID_PARAMETER_VALUE_BIT_POSITION_RANGE = "INVALID_PARAMETER_VALUE.BIT_POSITION_RANGE", "22023", ILLEGAL_ARGUMENT,
        "<parameter> of <functionName> is from 0 to <upper>, not <invalidValue>.";
    INVALID_PARAMETER_VALUE_BOOLEAN = "INVALID_PARAMETER_VALUE.BOOLEAN", "22023", ANALYSIS,
        "<parameter> of <functionName> is a constant boolean, not <invalidValue>.";
    INVALID_PARAMETER_VALUE_CHARSET = "INVALID_PARAMETER_VALUE.CHARSET", "22023", ILLEGAL_ARGUMENT,
        "<parameter> of <functionName> is one of <charsets>, not <charset>.";
    INVALID_PARAMETER_VALUE_HMAC_CRYPTO_ERROR = "INVALID_PARAMETER_VALUE.HMAC_CRYPTO_ERROR", "22023", RUNTIME,
        "<functionName> cannot work with <parameter>: <detailMessage>.";
    INVALID_PARAMETER_VALUE_HMAC_ALGORITHM = "INVALID_PARAMETER_VALUE.HMAC_ALGORITHM", "22023", RUNTIME,
        "<functionName> knows no <parameter> <algorithm>.";
    INVALID_SCHEMA_NON_STRING_LITERAL = "INVALID_SCHEMA.NON_STRING_LITERAL", "42K07", ANALYSIS,
        "A schema is a constant string, not <inputSchema>.";
    INVALID_SCHEMA_NON_STRUCT_TYPE = "INVALID_SCHEMA.NON_STRUCT_TYPE", "42K07", ANALYSIS,
        "The schema <inputSchema> is no struct but <dataType>.";
    INVALID_JSON_SCHEMA_MAP_TYPE = "INVALID_JSON_SCHEMA_MAP_TYPE", "22032", ANALYSIS,
        "The keys of maps in JSON are strings, unlike in <jsonSchema>.";
    INVALID_LAMBDA_NUM_ARGS = "INVALID_LAMBDA_FUNCTION_CALL.NUM_ARGS_MISMATCH", "42K0D", ANALYSIS,
        "A lambda function with <expectedNumArgs> parameters is handed <actualNumArgs> values.";
    INVALID_LAMBDA_NON_HIGHER_ORDER = "INVALID_LAMBDA_FUNCTION_CALL.NON_HIGHER_ORDER_FUNCTION", "42K0D", ANALYSIS,
        "Lambda functions are no arguments of <class>.";
    DATATYPE_MISMATCH_MAP_ZIP_WITH_DIFF_TYPES = "DATATYPE_MISMATCH.MAP_ZIP_WITH_DIFF_TYPES", "42K09", ANALYSIS,
        "Cannot resolve <sqlExpr>: <functionName> takes maps of one key type, not <leftType> and <rightType>.";
    DATATYPE_MISMATCH_UNEXPECTED_RETURN_TYPE = "DATATYPE_MISMATCH.UNEXPECTED_RETURN_TYPE", "42K09", ANALYSIS,
        "Cannot resolve <sqlExpr>: <functionName> must give <expectedType>, not <actualType>.";
    COUNTER_DIFF_NEGATIVE_COUNTER_VALUE = "COUNTER_DIFF_NEGATIVE_COUNTER_VALUE", "22003", RUNTIME,
        "<function> takes counters that are not negative, unlike <value>.";
    COUNTER_DIFF_START_TIME_DECREASED = "COUNTER_DIFF_START_TIME_DECREASED", "22023", RUNTIME,
        "<function> takes starts that do not go back, unlike <currentStartTime>.";
    COMPARATOR_RETURNS_NULL = "COMPARATOR_RETURNS_NULL", "22004", RUNTIME,
        "The comparison of <firstValue> and <secondValue> is NULL.";
    INVALID_TIMEZONE = "INVALID_TIMEZONE", "22009", DATE_TIME,
        "There is no time zone <timeZone>.";
    INVALID_VARIANT_CAST = "INVALID_VARIANT_CAST", "22023", RUNTIME,
        "The variant <value> cannot become <dataType>. Use `try_variant_get` for NULL instead.";
    INVALID_VARIANT_GET_PATH = "INVALID_VARIANT_GET_PATH", "22023", RUNTIME,
        "<path> is no path for <functionName>.";
    INVALID_VARIANT_PATH = "INVALID_VARIANT_PATH", "22023", RUNTIME,
        "<path> is no path for <functionName>.";
    MALFORMED_VARIANT = "MALFORMED_VARIANT", "22023", RUNTIME,
        "The bytes are no variant.";
    UNKNOWN_PRIMITIVE_TYPE_IN_VARIANT = "UNKNOWN_PRIMITIVE_TYPE_IN_VARIANT", "22023", RUNTIME,
        "A variant has a value of the unknown type <id>.";
    VARIANT_DUPLICATE_KEY = "VARIANT_DUPLICATE_KEY", "22023", RUNTIME,
        "An object has the field `<key>` already.";
    VARIANT_PATH_TYPE_MISMATCH = "VARIANT_PATH_TYPE_MISMATCH", "22023", RUNTIME,
        "<functionName> cannot follow <path> beyond <failedAt>: the value there has no such parts.";
    VARIANT_SIZE_LIMIT = "VARIANT_SIZE_LIMIT", "22023", RUNTIME,
        "<functionName> would make a variant larger than <sizeLimit>.";
    COLUMN_IS_NOT_VARIANT_TYPE = "COLUMN_IS_NOT_VARIANT_TYPE", "42K09", ANALYSIS,
        "Only what is a VARIANT has parts behind a colon.";
    DATATYPE_MISMATCH_HASH_VARIANT_TYPE = "DATATYPE_MISMATCH.HASH_VARIANT_TYPE", "42K09", ANALYSIS,
        "Cannot resolve <sqlExpr>: <functionName> takes no variants.";
    DATATYPE_MISMATCH_INVALID_MAP_KEY_TYPE = "DATATYPE_MISMATCH.INVALID_MAP_KEY_TYPE", "42K09", ANALYSIS,
        "Cannot resolve <sqlExpr>: no map has keys of <keyType>.";
    SET_OPERATION_ON_VARIANT_TYPE = "UNSUPPORTED_FEATURE.SET_OPERATION_ON_VARIANT_TYPE", "0A000", ANALYSIS,
        "Set operations cannot compare variants, but the column <colName> is of type <dataType>.";
    PARTITION_BY_VARIANT = "UNSUPPORTED_FEATURE.PARTITION_BY_VARIANT", "0A000", ANALYSIS,
        "Rows cannot be partitioned by <expr>, which is of type <dataType>.";
    GROUP_EXPRESSION_TYPE_IS_NOT_ORDERABLE = "GROUP_EXPRESSION_TYPE_IS_NOT_ORDERABLE", "42822", ANALYSIS,
        "Rows cannot be grouped by <sqlExpr>: <dataType> has no order.";
    EXPRESSION_TYPE_IS_NOT_ORDERABLE = "EXPRESSION_TYPE_IS_NOT_ORDERABLE", "42822", ANALYSIS,
        "Rows cannot be sorted by <expr>: <exprType> has no order.";
    INVALID_WITHIN_GROUP_MISSING = "INVALID_WITHIN_GROUP_EXPRESSION.WITHIN_GROUP_MISSING", "42K0K", ANALYSIS,
        "<funcName> needs WITHIN GROUP.";
    INVALID_WITHIN_GROUP_NUM_ORDERINGS = "INVALID_WITHIN_GROUP_EXPRESSION.WRONG_NUM_ORDERINGS", "42K0K", ANALYSIS,
        "<funcName> takes <expectedNum> orders in WITHIN GROUP, not <actualNum>.";
    INVALID_WITHIN_GROUP_DISTINCT = "INVALID_WITHIN_GROUP_EXPRESSION.DISTINCT_UNSUPPORTED", "42K0K", ANALYSIS,
        "<funcName> takes no DISTINCT with WITHIN GROUP.";
    KLL_INVALID_INPUT_SKETCH_BUFFER = "KLL_INVALID_INPUT_SKETCH_BUFFER", "22000", RUNTIME,
        "<function> takes the bytes of a KLL sketch.";
    KLL_SKETCH_K_OUT_OF_RANGE = "KLL_SKETCH_K_OUT_OF_RANGE", "22003", RUNTIME,
        "<functionName> takes a k from 8 to 65535, not <k>.";
    KLL_INVALID_QUANTILE_RANGE = "KLL_SKETCH_INVALID_QUANTILE_RANGE", "22003", RUNTIME,
        "<functionName> takes a rank from 0 to 1, not <quantile>.";
    MALFORMED_CHARACTER_CODING = "MALFORMED_CHARACTER_CODING", "22000", RUNTIME,
        "<function> met bytes that are no <charset>.";
    SKETCH_INVALID_LG_NOM_ENTRIES = "SKETCH_INVALID_LG_NOM_ENTRIES", "22003", RUNTIME,
        "<function> takes an lgNomEntries from <min> to <max>, not <value>.";
    THETA_INVALID_INPUT_SKETCH_BUFFER = "THETA_INVALID_INPUT_SKETCH_BUFFER", "22000", RUNTIME,
        "<function> takes the bytes of a theta sketch.";
    THETA_INVALID_INPUT_SKETCH_BUFFER_FAMILY = "THETA_INVALID_INPUT_SKETCH_BUFFER_FAMILY", "22000", RUNTIME,
        "<function> takes the bytes of a theta sketch, of the family <expectedFamily>, not of <actualFamily>.";
    THETA_LG_NOM_ENTRIES_MUST_BE_CONSTANT = "THETA_LG_NOM_ENTRIES_MUST_BE_CONSTANT", "42K0E", RUNTIME,
        "<function> takes a constant lgNomEntries.";
    TUPLE_INVALID_INPUT_SKETCH_BUFFER_FAMILY = "TUPLE_INVALID_INPUT_SKETCH_BUFFER_FAMILY", "22000", RUNTIME,
        "<function> takes the bytes of a tuple sketch, of the family <expectedFamily>, not of <actualFamily>.";
    TUPLE_INVALID_INPUT_SKETCH_BUFFER = "TUPLE_INVALID_INPUT_SKETCH_BUFFER", "22000", RUNTIME,
        "<function> takes the bytes of a tuple sketch.";
    ST_INVALID_SRID_VALUE = "ST_INVALID_SRID_VALUE", "22023", ILLEGAL_ARGUMENT,
        "There is no spatial reference system <srid>.";
    UNSUPPORTED_TIME_TYPE = "UNSUPPORTED_TIME_TYPE", "0A000", ANALYSIS,
        "The type TIME is not enabled.";
    USER_RAISED_EXCEPTION = "USER_RAISED_EXCEPTION", "P0001", RUNTIME,
        "<errorMessage>";
    USER_RAISED_EXCEPTION_UNKNOWN_ERROR_CLASS = "USER_RAISED_EXCEPTION_UNKNOWN_ERROR_CLASS", "P0001", RUNTIME,
        "There is no error class <errorClass>.";
    WKB_PARSE_ERROR = "WKB_PARSE_ERROR", "22023", ILLEGAL_ARGUMENT,
        "The bytes are no geometry: <parseError> at <pos>.";
    WRONG_NUM_ARGS_WITH_SUGGESTION = "WRONG_NUM_ARGS.WITH_SUGGESTION", "42605", ANALYSIS,
        "<functionName> takes <expectedNum> parameters, but got <actualNum>.";
    SESSION_WINDOW_GAP_TYPE = "_LEGACY_ERROR_TEMP_1040", "", ANALYSIS,
        "The gap of a session window is an interval, not <dt>.";
    WINDOW_DURATION_NOT_LITERAL = "_LEGACY_ERROR_TEMP_1207", "", ANALYSIS,
        "The durations of a window are constant strings.";
    NOT_A_WINDOW = "_LEGACY_ERROR_TEMP_3101", "", ANALYSIS,
        "<windowTime> is no column of windows.";
    INVALID_UTF8_STRING = "INVALID_UTF8_STRING", "22029", ILLEGAL_ARGUMENT,
        "The bytes <str> are no UTF-8.";
    INVALID_URL = "INVALID_URL", "22P02", ILLEGAL_ARGUMENT,
        "<url> is no URL. Use `try_parse_url` for NULL instead.";
    CANNOT_DECODE_URL = "CANNOT_DECODE_URL", "22546", ILLEGAL_ARGUMENT,
        "<url> is not encoded as URLs are.";
    CONVERSION_INVALID_INPUT = "CONVERSION_INVALID_INPUT", "22018", ILLEGAL_ARGUMENT,
        "<str> cannot become <targetType> by the format <fmt>. Use <suggestion> instead.";
    COLLATION_INVALID_NAME = "COLLATION_INVALID_NAME", "42704", SPARK,
        "There is no collation <collationName>; there are <proposals>.";
    VECTOR_DIMENSION_MISMATCH = "VECTOR_DIMENSION_MISMATCH", "22000", RUNTIME,
        "Vectors of <leftDim> and <rightDim> numbers do not meet in <functionName>.";
    INTERVAL_ARITHMETIC_OVERFLOW = "INTERVAL_ARITHMETIC_OVERFLOW.WITHOUT_SUGGESTION", "22015", ARITHMETIC,
        "The interval is too large.";
    INVALID_FRACTION_OF_SECOND = "INVALID_FRACTION_OF_SECOND", "22023", DATE_TIME,
        "A fraction of a second is from 0 to 59.999999, not <secAndMicros>.";
    INVALID_BITMAP_POSITION = "INVALID_BITMAP_POSITION", "22003", ARRAY_INDEX,
        "The position <bitPosition> is outside of a bitmap of <bitmapNumBits> bits.";
}
