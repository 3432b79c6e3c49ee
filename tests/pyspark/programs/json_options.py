"""Options of the functions of JSON and CSV in texts."""

from pyspark.sql import Row, functions as F
from kit import case, queries

TS = "timestamp'2015-08-26 01:02:03.456'"
queries(__name__, "to_json", [f"SELECT to_json({arguments}) AS x" for arguments in [
    f"named_struct('t', {TS}), map('timestampFormat', 'dd/MM/yyyy')", "named_struct('t', date'2015-08-26'), map('dateFormat', 'dd/MM/yyyy')", "named_struct('t', timestamp_ntz'2015-08-26 01:02:03'), map('timestampNTZFormat', 'dd/MM/yyyy HH')", f"named_struct('t', {TS}), map('timeZone', 'UTC')",
    f"named_struct('t', {TS}, 'n', timestamp_ntz'2015-08-26 01:02:03', 'd', date'2015-08-26')", f"array({TS}), map('timestampFormat', 'yyyy')", f"map({TS}, {TS}), map('timestampFormat', 'yyyy')", f"map(date'2015-08-26', 1), map('dateFormat', 'yyyy')", f"map({TS}, 1)", f"map(1.5D, CAST('NaN' AS DOUBLE))", "map(named_struct('a', 1), named_struct('b', 2))", "map(array(1, 2), 1)", "map(named_struct('a', 'x', 'b', CAST(NULL AS INT), 'c', array(1)), 1)", "map(X'41', 1)", "map(1.50, 1)", "map(true, 1)",
    "map(map('a', 1).a, 2)", "named_struct('b', 1, 'a', 2), map('sortKeys', 'true')", "named_struct('b', 1, 'a', named_struct('z', 1, 'y', 2)), map('sortKeys', 'true')", "map('b', 1, 'a', 2), map('sortKeys', 'true')", "named_struct('b', 1, 'a', array(map('d', 1, 'c', 2))), map('sortKeys', 'true')", "named_struct('b', 1, 'a', 2), map('sortKeys', 'false')", "named_struct('b', 1, 'A', 2, 'a', 3), map('sortKeys', 'TRUE')", "named_struct('b', 1, 'a', 2), map('sortkeys', 'x')", "map(10, 1, 9, 2), map('sortKeys', 'true')", "parse_json('{\"b\":1,\"a\":2}'), map('sortKeys', 'true')",
    "named_struct('a', CAST(NULL AS INT), 'b', named_struct('c', CAST(NULL AS INT)))", "named_struct('a', CAST(NULL AS INT), 'b', named_struct('c', CAST(NULL AS INT))), map('ignoreNullFields', 'false')", "named_struct('a', CAST(NULL AS INT)), map('ignoreNullFields', 'true')", "named_struct('a', CAST(NULL AS INT)), map('ignoreNullFields', 'x')", "map('a', CAST(NULL AS INT)), map('ignoreNullFields', 'true')", "map('a', CAST(NULL AS INT)), map('ignoreNullFields', 'false')", "array(CAST(NULL AS INT))",
    "named_struct('a', 1, 'b', array(1, 2), 'c', map('d', 1), 'e', named_struct('f', 1)), map('pretty', 'true')", "array(1, 2), map('pretty', 'true')", "array(named_struct('a', 1)), map('pretty', 'true')", "map(), map('pretty', 'true')", "array(), map('pretty', 'true')", "named_struct('a', 'é\u4e2d😀'), map('writeNonAsciiCharacterAsCodePoint', 'true')", "named_struct('a', 'é\u4e2d\u0001\t\"\\\\/')", "named_struct('a', 1), map('unknown', 'x')", "named_struct('a', 1), map('a', 1)", "named_struct('a', 1), 'x'", "named_struct('a', 1), map('pretty', 'x')", "named_struct('a', interval 1 day)", "named_struct('a', interval 1 year)", "named_struct('a', time'12:00:00')", "named_struct('a', X'4142', 'b', 1.50, 'c', 1e10D, 'd', float(0.1), 'e', CAST('Infinity' AS DOUBLE), 'f', true, 'g', 1Y)",
    "NULL", "1", "struct()", "map(interval 1 day, 1)", "map('a', 1, 'a2', map('b', 2))", "parse_json('[1, {\"a\": null}]')", "named_struct('v', parse_json('{\"b\":1}')), map('pretty', 'true')", "array(array(1), array())", f"named_struct('t', {TS}), map('timestampFormat', 'yyyyyyy')", f"named_struct('t', {TS}), map('timestampFormat', 'yyyy-MM-dd HH:mm:ss.SSSXXX')", f"named_struct('t', {TS}), map('locale', 'fr', 'timestampFormat', 'MMM')",
]])

queries(__name__, "from_json", [f"SELECT from_json({arguments}) AS x" for arguments in [
    "'{\"t\":\"26/08/2015\"}', 't TIMESTAMP', map('timestampFormat', 'dd/MM/yyyy')", "'{\"t\":\"26/08/2015\"}', 't DATE', map('dateFormat', 'dd/MM/yyyy')", "'{\"t\":\"26/08/2015 01\"}', 't TIMESTAMP_NTZ', map('timestampNTZFormat', 'dd/MM/yyyy HH')", "'{\"t\":\"2015-08-26\"}', 't TIMESTAMP', map('timestampFormat', 'dd/MM/yyyy')", "'{\"t\":\"2015-08-26\"}', 't DATE', map('dateFormat', 'dd/MM/yyyy')", "'{\"t\":\"2015-08-26\"}', 't DATE'", "'{\"t\":\"2015-08-26T01:02:03Z\"}', 't TIMESTAMP'", "'{\"t\":\"2015-08-26 01:02:03\"}', 't TIMESTAMP', map('timeZone', 'UTC')", "'{\"t\":1}', 't TIMESTAMP'", "'{\"t\":\"\"}', 't TIMESTAMP'", "'{\"t\":1}', 't DATE'",
    "'{\"a\":01}', 'a INT', map('allowNumericLeadingZeros', 'true')", "'{\"a\":01}', 'a INT'", "'{a:1}', 'a INT', map('allowUnquotedFieldNames', 'true')", "'{a:1}', 'a INT'", "'{\\'a\\':1}', 'a INT'", "'{\\'a\\':1}', 'a INT', map('allowSingleQuotes', 'false')", "'{\"a\":NaN}', 'a DOUBLE'", "'{\"a\":NaN}', 'a DOUBLE', map('allowNonNumericNumbers', 'false')", "'{\"a\":\"NaN\"}', 'a DOUBLE', map('allowNonNumericNumbers', 'false')", "'{\"a\":+Infinity, \"b\":-INF}', 'a DOUBLE, b FLOAT'", "'{/* c */\"a\":1}', 'a INT', map('allowComments', 'true')", "'{/* c */\"a\":1}', 'a INT'", "'{\"a\":\"\\\\\\\\$\"}', 'a STRING', map('allowBackslashEscapingAnyCharacter', 'true')", "'{\"a\":\"x\ty\"}', 'a STRING', map('allowUnquotedControlChars', 'true')", "'{\"a\":\"x\ty\"}', 'a STRING'",
    "'{\"a\":1.0}', 'a STRING'", "'{\"a\":1.0}', 'a STRING', map('primitivesAsString', 'true')", "'{\"a\": {\"b\": 1.00 }}', 'a STRING'", "'{\"a\": [1 , 2]}', 'a STRING'", "'{\"a\":1', 'a INT'", "'{\"a\":1', 'a INT, _corrupt_record STRING'", "'{\"a\":\"x\"}', 'a INT, _corrupt_record STRING'", "'{\"a\":\"x\"}', 'a INT, bad STRING', map('columnNameOfCorruptRecord', 'bad')", "'{\"a\":\"x\"}', 'a INT, bad INT', map('columnNameOfCorruptRecord', 'bad')", "'{\"a\":1}', 'a INT, _corrupt_record STRING'", "'{\"a\":\"x\",\"b\":2}', 'a INT, b INT'", "'{\"b\":2,\"a\":\"x\"}', 'a INT, b INT'", "'{\"a\":\"x\"}', 'a INT', map('mode', 'FAILFAST')", "'{\"a\":1', 'a INT', map('mode', 'FAILFAST')", "'{\"a\":1}', 'a INT', map('mode', 'failfast')", "'{\"a\":1}', 'a INT', map('mode', 'DROPMALFORMED')", "'{\"a\":1}', 'a INT', map('mode', 'x')",
    "'', 'a INT'", "' ', 'a INT'", "'', 'a INT', map('mode', 'FAILFAST')", "'null', 'a INT'", "'1', 'a INT'", "'[]', 'a INT'", "'[{\"a\":1},{\"a\":2}]', 'a INT'", "'[{\"a\":1},{\"a\":2}]', 'ARRAY<STRUCT<a: INT>>'", "'{\"a\":1}', 'ARRAY<STRUCT<a: INT>>'", "'[1, 2]', 'ARRAY<INT>'", "'[1, \"x\"]', 'ARRAY<INT>'", "'[1, 2', 'ARRAY<INT>'", "'{\"a\":1}', 'MAP<STRING, INT>'", "'{\"a\":\"x\"}', 'MAP<STRING, INT>'", "'{\"a\":1}', 'MAP<INT, INT>'", "'1', 'INT'", "'\"x\"', 'STRING'", "'[]', 'ARRAY<INT>'", "'{}', 'MAP<STRING, INT>'", "'{\"a\":{\"b\":\"x\",\"c\":1}}', 'a STRUCT<b: INT, c: INT>'", "'{\"a\":[{\"b\":\"x\"},{\"b\":1}]}', 'a ARRAY<STRUCT<b: INT>>'", "'{\"a\":{\"k\":\"x\"}}', 'a MAP<STRING, INT>'", "'{\"a\":[1,\"x\"]}', 'a ARRAY<INT>'",
    "'{\"a\":1.5}', 'a INT'", "'{\"a\":\"1\"}', 'a INT'", "'{\"a\":99999999999}', 'a INT'", "'{\"a\":200}', 'a TINYINT'", "'{\"a\":1.567}', 'a DECIMAL(4,2)'", "'{\"a\":\"1.5\"}', 'a DECIMAL(4,2)'", "'{\"a\":123456}', 'a DECIMAL(4,2)'", "'{\"a\":\"QUI=\"}', 'a BINARY'", "'{\"a\":\"!\"}', 'a BINARY'", "'{\"a\":\"true\"}', 'a BOOLEAN'", "'{\"a\":true}', 'a STRING'", "'{\"a\":null}', 'a STRING'", "'{\"A\":1}', 'a INT'", "'{\"a\":1,\"a\":2}', 'a INT'", "'{\"a\":1} x', 'a INT'", "'{\"a\":1}{\"a\":2}', 'a INT'", "'{\"a\":1}', 'a INT NOT NULL'", "'{\"b\":1}', 'a INT NOT NULL'", "'{\"a\":1}', 'a VARIANT'", "'{\"a\":[1,{\"b\":2}]}', 'VARIANT'", "'{\"a\":1}', 'b INT'", "'{\"a\":1}', 'STRUCT<>'", "'{\"a\":\"INTERVAL \\'1\\' DAY\"}', 'a INTERVAL DAY'", "'{\"a\":1}', 'a INT', map('unknown', 'x')", "'{\"a\":1}', 'a INT', map('prefersDecimal', 'true')", "'{\"a\":1}', 'a INT', map('multiLine', 'true')", "'{\"a\":1}', 'a INT', map('allowComments', 'x')", "NULL, 'a INT'", "'{\"a\":12345678901234567890}', 'a DOUBLE'", "'{\"a\":1e400}', 'a DOUBLE'", "'{\"a\":12345678901234567890.123}', 'a STRING'", "'{\"a\":\"12:30:00\"}', 'a TIME'",
]] + [
    "SELECT id, from_json(x, 'a INT, b STRING') r FROM VALUES (1, '{\"a\":1,\"b\":\"x\"}'), (2, NULL), (3, '{'), (4, '{\"a\":\"y\",\"b\":\"z\"}'), (5, '') t(id, x) ORDER BY id",
    "SELECT id, from_json(x, 'a INT, _corrupt_record STRING') r FROM VALUES (1, '{\"a\":1}'), (2, NULL), (3, '{'), (4, '{\"a\":\"y\"}'), (5, '[{\"a\":1},{\"a\":2}]') t(id, x) ORDER BY id",
    "SELECT id, from_json(x, 'a INT', map('mode', 'FAILFAST')) r FROM VALUES (1, '{\"a\":1}'), (2, NULL) t(id, x) ORDER BY id",
])

queries(__name__, "schema_of_json", [f"SELECT schema_of_json({arguments}) AS x" for arguments in [
    "'[{\"col\":01}]', map('allowNumericLeadingZeros', 'true')", "'{a:1}', map('allowUnquotedFieldNames', 'true')", "'{\\'a\\':1}'", "'{\\'a\\':1}', map('allowSingleQuotes', 'false')", "'{\"a\":NaN}'", "'{\"a\":NaN}', map('allowNonNumericNumbers', 'false')", "'{/*c*/\"a\":1}', map('allowComments', 'true')", "'{\"a\":1}', map('primitivesAsString', 'true')", "'{\"a\":1.5}', map('prefersDecimal', 'true')", "'{\"a\":\"2015-08-26T01:02:03\"}', map('inferTimestamp', 'true')", "'{\"a\":\"26/08/2015\"}', map('inferTimestamp', 'true', 'timestampFormat', 'dd/MM/yyyy')", "'{\"a\":null,\"b\":[],\"c\":{}}', map('dropFieldIfAllNull', 'true')", "'{\"a\":null,\"b\":[],\"c\":{}}'",
    "''", "' '", "'{'", "'{', map('mode', 'FAILFAST')", "'{', map('mode', 'DROPMALFORMED')", "'1'", "'\"x\"'", "'null'", "'true'", "'[]'", "'[1, 2.5]'", "'[1, \"x\"]'", "'[{\"a\":1},{\"b\":\"x\"}]'", "'{\"a\":12345678901234567890}'", "'{\"a\":1e5}'", "'{\"b\":1,\"a\":2}'", "'{\"a b\":1}'", "'{\"a\":1,\"a\":\"x\"}'", "NULL", "1", "'{\"a\":1}', map('unknown', 'x')", "'{\"a\":123456789012345678901234567890123456789}'", "'{\"a\":\"x\"} y'", "'[1, 12345678901234567890]'", "'{}'", "'[[1],[2.5]]'",
]])

queries(__name__, "to_csv", [f"SELECT to_csv({arguments}) AS x" for arguments in [
    f"named_struct('t', {TS}), map('timestampFormat', 'dd/MM/yyyy')", "named_struct('t', date'2015-08-26'), map('dateFormat', 'dd/MM/yyyy')", "named_struct('t', timestamp_ntz'2015-08-26 01:02:03'), map('timestampNTZFormat', 'dd/MM/yyyy HH')", f"named_struct('t', {TS}, 'n', timestamp_ntz'2015-08-26 01:02:03', 'd', date'2015-08-26')", f"named_struct('t', {TS}), map('timeZone', 'UTC')", "named_struct('a', 1, 'b', 'x'), map('sep', ';')", "named_struct('a', 1, 'b', 'x'), map('delimiter', ';;')", "named_struct('a', 'x,y', 'b', 'q\"r')", "named_struct('a', 'x,y', 'b', 'q\"r'), map('quoteAll', 'true')", "named_struct('a', 'x,y', 'b', 'q\"r'), map('escapeQuotes', 'false')", "named_struct('a', 'x,y'), map('quote', '|')", "named_struct('a', 'q\"r'), map('escape', '\"')", "named_struct('a', CAST(NULL AS INT), 'b', '', 'c', 'x')", "named_struct('a', CAST(NULL AS INT), 'b', '', 'c', 'x'), map('nullValue', 'NA', 'emptyValue', 'EE')", "named_struct('a', ' x ', 'b', ' y')", "named_struct('a', ' x ', 'b', ' y'), map('ignoreLeadingWhiteSpace', 'false', 'ignoreTrailingWhiteSpace', 'false')", "named_struct('a', 'x\ny')", "named_struct('a', array(1, 2), 'b', map('k', 1), 'c', named_struct('d', 1))", "named_struct('a', true, 'b', 1.50, 'c', 1e10D, 'd', CAST('NaN' AS DOUBLE), 'e', X'4142')", "named_struct('a', '#x')", "named_struct('a', '\\\\')", "named_struct('a', '\\\\,\"')", "map('a', 1)", "named_struct('a', 1), map('unknown', 'x')", "named_struct('a', 1), map('header', 'true')", "named_struct('a', interval 1 day)", "CAST(NULL AS STRUCT<a: INT>)", "NULL", "named_struct('a', '', 'b', '')", "named_struct('a', CAST(NULL AS STRING))",
]])

queries(__name__, "from_csv", [f"SELECT from_csv({arguments}) AS x" for arguments in [
    "'26/08/2015', 'time Timestamp', map('timestampFormat', 'dd/MM/yyyy')", "'26/08/2015', 'd DATE', map('dateFormat', 'dd/MM/yyyy')", "'26/08/2015 01', 'd TIMESTAMP_NTZ', map('timestampNTZFormat', 'dd/MM/yyyy HH')", "'2015-08-26', 'd DATE'", "'2015-08-26 01:02:03', 'd TIMESTAMP'", "'2015-08-26 01:02:03', 'd TIMESTAMP', map('timeZone', 'UTC')", "'1;x', 'a INT, b STRING', map('sep', ';')", "'1;;x', 'a INT, b STRING', map('delimiter', ';;')", "'1,x', 'a INT, b STRING'", "'1', 'a INT, b STRING'", "'1,x,y', 'a INT, b STRING'", "'x', 'a INT'", "'x', 'a INT, _corrupt_record STRING'", "'1,2', 'a INT, _corrupt_record STRING'", "'1', 'a INT, b INT, _corrupt_record STRING'", "'x', 'a INT, bad STRING', map('columnNameOfCorruptRecord', 'bad')", "'x', 'a INT, bad INT', map('columnNameOfCorruptRecord', 'bad')", "'x', 'a INT', map('mode', 'FAILFAST')", "'1', 'a INT', map('mode', 'FAILFAST')", "'1', 'a INT', map('mode', 'DROPMALFORMED')",
    "'NA', 'a INT', map('nullValue', 'NA')", "'\"\",', 'a STRING, b STRING'", "'\"\",', 'a STRING, b STRING', map('emptyValue', 'EE')", "'|a,b|,c', 'a STRING, b STRING', map('quote', '|')", "'\"a\"\"b\"', 'a STRING'", "'\"a\"\"b\"', 'a STRING', map('escape', '\"')", "' x , y ', 'a STRING, b STRING'", "' x , y ', 'a STRING, b STRING', map('ignoreLeadingWhiteSpace', 'true', 'ignoreTrailingWhiteSpace', 'true')", "' 1', 'a INT'", "'#1', 'a STRING', map('comment', '#')", "'', 'a INT'", "'', 'a STRING'", "' ', 'a STRING'", "NULL, 'a INT'", "'1', 'INT'", "'1', 'a ARRAY<INT>'", "'1', 'a MAP<STRING, INT>'", "'NaN,Inf,-Inf', 'a DOUBLE, b DOUBLE, c FLOAT'", "'n,p', 'a DOUBLE, b DOUBLE', map('nanValue', 'n', 'positiveInf', 'p')", "'true,TRUE,yes', 'a BOOLEAN, b BOOLEAN, c BOOLEAN'", "'1.50', 'a DECIMAL(5,2)'", "'1,000', 'a INT', map('sep', ';')", "'300', 'a TINYINT'", "'abc', 'a BINARY'", "'1', 'a VARIANT'", "'1', 'a INT NOT NULL'", "'1', 'a INT', map('unknown', 'x')", "'1', 'a INT', map('header', 'true')", "'a\nb', 'a STRING'", "'\"a\nb\",c', 'a STRING, b STRING'", "'1', 'a INT', map('maxColumns', 'x')", "'1.5', 'a INT'", "'INTERVAL 1 DAY', 'a INTERVAL DAY'", "1, 'a INT'", "'1', 'a TIME'",
]] + [
    "SELECT id, from_csv(x, 'a INT, b STRING') r FROM VALUES (1, '1,x'), (2, NULL), (3, ''), (4, 'y,z'), (5, '1') t(id, x) ORDER BY id",
    "SELECT id, from_csv(x, 'a INT, _corrupt_record STRING') r FROM VALUES (1, '1'), (2, NULL), (3, ''), (4, 'y') t(id, x) ORDER BY id",
])

queries(__name__, "schema_of_csv", [f"SELECT schema_of_csv({arguments}) AS x" for arguments in [
    "'1,abc'", "'1;2.5', map('sep', ';')", "'1|2', map('delimiter', '|')", "'26/08/2015', map('timestampFormat', 'dd/MM/yyyy')", "'26/08/2015', map('dateFormat', 'dd/MM/yyyy')", "'2015-08-26,2015-08-26 01:02:03,true,99999999999,99999999999999999999,1e5,NaN,x,'", "'2015-08-26', map('preferDate', 'false')", "'1', map('inferSchema', 'false')", "''", "' '", "NULL", "1", "'a,b', map('header', 'true')", "'NA,1', map('nullValue', 'NA')", "'\"a,b\",c'", "'1', map('mode', 'DROPMALFORMED')", "'1', map('unknown', 'x')", "'12:30'", "'1.5f'", "'+1,-1'",
]])


queries(__name__, "corner", [
    "select from_json('[{\"a\":1}]','a INT')",
    "select from_json('[]','a INT, _corrupt_record string')",
    "select from_json('null','a INT, _corrupt_record string')",
    "select from_json('null','ARRAY<INT>')",
    "select from_json('null','MAP<STRING,INT>')",
    "select from_json('[1,{}]','ARRAY<STRUCT<a:INT>>')",
    "select to_csv(named_struct('a','x','b','#y'))",
    "select to_csv(named_struct('a','#'), map('comment','!'))",
    "select to_csv(named_struct('a','!x'), map('comment','!'))",
    "select to_csv(named_struct('a',cast(null as int),'b',cast(null as int)))",
    "select to_csv(named_struct('a',' '))",
    "select to_csv(named_struct('a',' ', 'b', '  '))",
    "select from_csv('#1','a STRING, _corrupt_record string',map('comment','#'))",
    "select from_csv('  ','a INT, _corrupt_record string')",
    "select from_csv('1','a int, b array<int>')",
    "select from_json('{\"a\":\"INTERVAL ''1-2'' YEAR TO MONTH\"}','a interval year to month').a = interval '1-2' year to month",
    "select from_json('{\"a\":\"1 day\", \"b\":\"INTERVAL 1 DAY\", \"c\": \"1\"}','a interval day, b interval day, c interval day')",
    "select from_json('{\"a\":\"INTERVAL ''1 2'' DAY TO HOUR\", \"b\": \"INTERVAL ''1'' DAY\", \"c\": \"1 02:03:04.5\"}','a interval day to second, b interval day to second, c interval day to second')",
    "select from_csv('INTERVAL ''1'' DAY','a interval day')",
    "select to_csv(named_struct('a', timestamp'2020-01-01 01:02:03'), map('timestampFormat','yyyy-MM-dd HH:mm:ssXXX'))",
    "select from_json('{\"a\":\"2020-01-01 01:02:03+05:00\"}','a timestamp', map('timestampFormat','yyyy-MM-dd HH:mm:ssXXX'))",
    "select to_json(named_struct('a', timestamp'2020-01-01 01:02:03'), map('timestampFormat','yyyy-MM-dd HH:mm:ss X x Z z VV O'))",
    "select to_json(struct(*)) from (select 1 a, array(named_struct('x',null)) b)",
    "select to_json(m) from values (map(named_struct('a',1),2)) t(m)",
    "select to_json(map(named_struct('a',id),2)) from range(1)",
    "select to_json(m) from (select map(named_struct('a',id),2) m from range(1))",
    "select to_json(m) from values (map(array(1,2),2)) t(m)",
    "select from_json('{\"a\":1, \"b\":\"\\\\u00e9\\\\n\"}','b string')",
    "select from_json('{\"a\":{\"x\":\"\\\\u00e9\\\\n\\\\u0001/\"}}','a string')",
    "select from_json('{\"a\":{\"x\":NaN,\"y\":1e3,\"z\":123456789012345678901234567890,\"w\":-0.0}}','a string')",
    "select from_json('{\"a\":1.50,\"b\":1e5,\"c\":NaN}','a string,b string,c string')",
])


@case
def frames(spark):
    df = spark.createDataFrame([Row(id=1, j='{"a":01}', c="1;x"), Row(id=2, j=None, c=None), Row(id=3, j='{"b":2}', c="y;z")])
    return df.select(F.from_json("j", "a int", {"allowNumericLeadingZeros": "true"}).alias("j"), F.from_csv("c", "a int, b string", {"sep": ";", "columnNameOfCorruptRecord": "b"}).alias("c"))


@case
def frames_written(spark):
    df = spark.createDataFrame([Row(id=1, r=Row(b=1, a=None)), Row(id=2, r=Row(b=None, a="x,y"))])
    return df.select(F.to_json("r", {"ignoreNullFields": "false", "sortKeys": "true"}), F.to_json("r", {"pretty": "true"}), F.to_csv("r", {"nullValue": "-"}))
