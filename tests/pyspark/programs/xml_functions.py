"""XML in texts: paths into it, rows of it, texts of rows, and its schema."""

from pyspark.sql import Row, functions as F, types as T
from kit import _add, case, expressions, queries

DOC = "<a><b>b1</b><b>b2</b><c id=\"7\" x=\"1.5\">3</c><d/><e>x<f>y</f>z</e><n>-2.9</n><w> 12 </w><big>3000000000</big></a>"
PATHS = [
    "a/b/text()", "a/b", "a/c/@id", "a/c", "/a/c/@*", "//b", "a/x", "a/d", "a/e", "a/e/text()", "a/n", "a/w", "a/big", "a", "/", "count(a/b)", "sum(a/c)", "sum(a/b)",
    "a/b[2]", "a/b[last()]/text()", "a/b[.=\"b2\"]", "a/c[@id=\"7\"]", "a/b = \"b1\"", "a/c > 2", "true()", "string(a/c)", "number(a/n)", "concat(a/b, a/c)", "1 div 0", "-1 div 0",
    "0 div 0", "name(a/*[3])", "a/*/@id", "a/c/@id | a/b", "string-length(a/b)", "floor(a/n)", "a/*[position() < 3]", "not(a/x)", "\"text\"", "3.7", "\"\"", "a/text()", "local-name(/*)",
    "normalize-space(a/w)", "translate(a/b, \"b\", \"c\")", "substring(a/b, 2)", "starts-with(a/b, \"b\")", "a/b/..", "a/b/following-sibling::c", "a/comment()", "boolean(a/d)", "1e3", "a/c/@id + 1", "-a/c",
]
FUNCTIONS = ["xpath", "xpath_boolean", "xpath_double", "xpath_number", "xpath_float", "xpath_int", "xpath_long", "xpath_short", "xpath_string"]
for path_number, path in enumerate(PATHS):
    for function in FUNCTIONS:
        query = f"SELECT {function}('{DOC}', '{path}')"
        _add(__name__, f"path_{path_number:02}_{function}", lambda spark, q=query: spark.sql(q))

BAD = [
    "('<a><b>1</a>', 'a/b')", "('', 'a')", "('  ', 'a')", "(NULL, 'a')", "('<a/>', NULL)", "('<a/>', '')", "('<a/>', 'a[')", "('<a/>', 'a/b/')", "('<a/>', 'no_such_function(a)')", "('<a/>', '!')",
    "('text', 'a')", "('<a/><b/>', 'a')", "(CAST(NULL AS STRING), CAST(NULL AS STRING))", "(1, 'a')", "('<a/>', 1)", "('<a/>')", "('<a/>', 'a', 'b')", "('<a>&nope;</a>', 'a')", "('<a>&amp;&#65;</a>', 'a')", "('<a x=1/>', 'a')",
    "('<?xml version=\"1.0\"?><a>1</a>', 'a')", "('<a><![CDATA[1<2]]></a>', 'a')", "('<!DOCTYPE a><a>1</a>', 'a')", "('<!DOCTYPE a [<!ENTITY e \"5\">]><a>&e;</a>', 'a')", "('<p:a xmlns:p=\"u\">1</p:a>', 'p:a')", "('<p:a xmlns:p=\"u\">1</p:a>', '*')", "('<a xmlns=\"u\">1</a>', 'a')", "('<a>1</a>', '$x')", "('<a>1</a>', upper('a'))",
    "('<p:a>1</p:a>', 'p:a')", "('<a>1</a>', concat('a', ''))", "(array('a'), 'a')", "('<a>\n<!-- c -->1</a>', 'a')", "('<a b=\"x\" b=\"y\"/>', 'a/@b')", "('<a>1</a> ', 'a')", "(' <a>1</a>', 'a')",
]
for bad_number, bad in enumerate(BAD):
    for function in ["xpath", "xpath_boolean", "xpath_double", "xpath_int", "xpath_string"]:
        query = f"SELECT {function}{bad}"
        _add(__name__, f"bad_{bad_number:02}_{function}", lambda spark, q=query: spark.sql(q))

queries(__name__, "path_of_rows", [
    "SELECT id, xpath(x, 'a/b/text()') l, xpath_int(x, 'a/b') i, xpath_string(x, 'a/b') s, xpath_boolean(x, 'a/b') b, xpath_double(x, 'a/b') d FROM VALUES (1, '<a><b>1</b><b>2</b></a>'), (2, NULL), (3, '<a/>'), (4, ''), (5, '<a><b>x</b></a>') t(id, x) ORDER BY id",
    "SELECT xpath(x, p) FROM VALUES ('<a>1</a>', 'a') t(x, p)", "SELECT xpath_int(x, p) FROM VALUES ('<a>1</a>', 'a') t(x, p)", "SELECT id, xpath_string(x, 'a') s FROM VALUES (1, '<a>1</a>'), (2, '<a>') t(id, x) ORDER BY id",
    "SELECT xpath_long('<a>1e18</a>', 'a'), xpath_long('<a>1000000000000000000000</a>', 'a'), xpath_short('<a>40000</a>', 'a'), xpath_int('<a>1e100</a>', 'a'), xpath_float('<a>0.1</a>', 'a'), xpath_double('<a>1e400</a>', 'a')",
    "SELECT typeof(xpath('<a/>', 'a')), typeof(xpath_short('<a/>', 'a')), typeof(xpath_float('<a/>', 'a')), typeof(xpath_number('<a/>', 'a'))",
])

queries(__name__, "from", [f"SELECT from_xml({arguments}) AS x" for arguments in [
    "'<p><a>1</a><b>0.8</b></p>', 'a INT, b DOUBLE'", "'<p><a>1</a></p>', 'STRUCT<a: INT>'", "'<p><a>1</a><a>2</a></p>', 'a ARRAY<INT>'", "'<p><a>1</a><a>2</a></p>', 'a INT'", "'<p><a>x</a></p>', 'a INT'", "'<p><a>x</a><b>1</b></p>', 'a INT, b INT'",
    "'<p><a>x</a></p>', 'a INT, _corrupt_record STRING'", "'<p><a>x</a></p>', 'a INT', map('mode', 'FAILFAST')", "'<p><a>1</a></p>', 'a INT', map('mode', 'FAILFAST')", "'<p><a>x</a></p>', 'a INT', map('mode', 'DROPMALFORMED')", "'<p><a>1</a></p>', 'a INT', map('mode', 'DROPMALFORMED')",
    "'<p><a>1</p>', 'a INT'", "'<p><a>1</p>', 'a INT, _corrupt_record STRING'", "'<p><a>1</p>', 'a INT', map('mode', 'FAILFAST')", "'', 'a INT'", "'  ', 'a INT'", "'text', 'a INT'", "NULL, 'a INT'", "CAST(NULL AS STRING), 'a INT'", "'<p/>', 'a INT'", "'<p></p>', 'a INT'",
    "'<p><a>26/08/2015</a></p>', 'a TIMESTAMP', map('timestampFormat', 'dd/MM/yyyy')", "'<p><a>26/08/2015</a></p>', 'a DATE', map('dateFormat', 'dd/MM/yyyy')", "'<p><a>26/08/2015</a></p>', 'a TIMESTAMP_NTZ', map('timestampNTZFormat', 'dd/MM/yyyy')", "'<p><a>2015-08-26</a></p>', 'a DATE'", "'<p><a>2015-08-26T01:02:03</a></p>', 'a TIMESTAMP'", "'<p><a>2015-08-26 01:02:03</a></p>', 'a TIMESTAMP_NTZ'",
    "'<p x=\"1\"><a y=\"2\">3</a></p>', '_x INT, a STRUCT<_y: INT, _VALUE: INT>'", "'<p x=\"1\"><a y=\"2\">3</a></p>', 'x INT, a STRUCT<y: INT, v: INT>', map('attributePrefix', '', 'valueTag', 'v')", "'<p x=\"1\"><a y=\"2\">3</a></p>', '`@x` INT, a STRUCT<`@y`: INT, `#`: INT>', map('attributePrefix', '@', 'valueTag', '#')", "'<p x=\"1\"><a>3</a></p>', '_x INT, a INT', map('excludeAttribute', 'true')",
    "'<p><a>NA</a></p>', 'a INT', map('nullValue', 'NA')", "'<p><a> x </a></p>', 'a STRING'", "'<p><a> x </a></p>', 'a STRING', map('ignoreSurroundingSpaces', 'false')", "'<n:p xmlns:n=\"u\"><n:a>1</n:a></n:p>', 'a INT', map('ignoreNamespace', 'true')", "'<n:p xmlns:n=\"u\"><n:a>1</n:a></n:p>', '`n:a` INT'", "'<p><r><a>1</a></r></p>', 'a INT', map('rowTag', 'r')", "'<p><a>1</a></p>', 'a INT', map('rowTag', 'q')",
    "'<p><m><k>1</k><l>2</l></m></p>', 'm MAP<STRING, INT>'", "'<p><s><a>1</a><b>x</b></s></p>', 's STRUCT<a: INT, b: STRING>'", "'<p><s><a>1</a></s><s><a>2</a></s></p>', 's ARRAY<STRUCT<a: INT>>'", "'<p><a>true</a><b>1.50</b><c>9999999999</c><d>abc</d></p>', 'a BOOLEAN, b DECIMAL(5,2), c BIGINT, d BINARY'", "'<p><a>300</a></p>', 'a TINYINT'", "'<p><a>NaN</a><b>Infinity</b></p>', 'a DOUBLE, b FLOAT'",
    "'<p><a><b>1</b></a></p>', 'a STRING'", "'<p><a>1</a><z>2</z></p>', 'a INT'", "'<p><a/><b></b></p>', 'a STRING, b INT'", "'<p><A>1</A></p>', 'a INT'", "'<p><a>1</a></p>', 'INT'", "'<p><a>1</a></p>', 'ARRAY<INT>'", "'<p><a>1</a></p>', 'MAP<STRING, INT>'", "'<p><a>1</a></p>', 'a'", "'<p><a>1</a></p>', 1", "'<p><a>1</a></p>', NULL", "1, 'a INT'", "'<p/>'", "'<p/>', 'a INT', map('a', 1)", "'<p/>', 'a INT', 'x'", "'<p/>', 'a INT', map('mode', 'nope')",
    "'<p/>', 'a INT', map(), 1", "'<p><a>1</a></p>', schema_of_xml('<p><a>1</a></p>')", "'<p><a>1</a><bad>x</bad></p>', 'a INT, bad STRING', map('columnNameOfCorruptRecord', 'bad')", "'<p><a>x</a></p>', 'a INT, bad STRING', map('columnNameOfCorruptRecord', 'bad')", "'<p><a>x</a></p>', 'a INT, bad INT', map('columnNameOfCorruptRecord', 'bad')", "'<p><a>1</a></p>', 'a INT NOT NULL'", "'<p><a>1</a></p>', 'a INTERVAL DAY'", "'<p><a>1</a></p>', 'a VARIANT'", "'<p><a>1</a></p>', 'VARIANT'", "'<p><a>1</a></p>', 'a MAP<INT, INT>'",
    "'<p><a>1</a></p><q/>', 'a INT'", "'<?xml version=\"1.0\"?><p><a>1</a></p>', 'a INT'", "'<p><a>&lt;x&gt;</a></p>', 'a STRING'", "'<p><a><![CDATA[<x>]]></a></p>', 'a STRING'", "'<p>5</p>', '_VALUE INT'", "'<p><a>1</a><a>x</a></p>', 'a ARRAY<INT>'", "'<p><a>1</a><!-- c --></p>', 'a INT'", "'<p><a>1</a></p>', 'a INT', map('timestampFormat', 'yyyyyyy')", "'<p><a>12:30:00</a></p>', 'a TIME'",
]])
queries(__name__, "from_rows", [
    "SELECT id, from_xml(x, 'a INT, b STRING') r FROM VALUES (1, '<p><a>1</a><b>x</b></p>'), (2, NULL), (3, '<p><a>'), (4, '<p><a>y</a><b>z</b></p>'), (5, '') t(id, x) ORDER BY id",
    "SELECT id, from_xml(x, 'a INT, _corrupt_record STRING') r FROM VALUES (1, '<p><a>1</a></p>'), (2, NULL), (3, '<p><a>'), (4, '<p><a>y</a></p>') t(id, x) ORDER BY id", "SELECT from_xml(x, s) FROM VALUES ('<p/>', 'a INT') t(x, s)", "SELECT from_xml('<p><a>1</a></p>', 'a INT').a + 1", "SELECT from_xml('<p><a>1</a></p>', 'a INT')",
])

queries(__name__, "schema", [f"SELECT schema_of_xml({arguments})" for arguments in [
    "'<p><a>1</a></p>'", "'<p><a attr=\"2\">1</a><a>3</a></p>'", "'<p><a attr=\"2\">1</a><a>3</a></p>', map('excludeAttribute', 'true')", "'<p><a>x</a><b>1.5</b><c>true</c><d>2020-01-01</d><e>2020-01-01 01:02:03</e><f/><g>99999999999999999999</g></p>'", "'<p><a>1</a><a>x</a></p>'", "'<p><s><a>1</a></s><s><b>2</b></s></p>'", "'<p>5</p>'", "'<p/>'", "''", "'  '", "'text'", "'<p><a></p>'", "NULL", "CAST(NULL AS STRING)", "1",
    "'<p><a></p>', map('mode', 'FAILFAST')", "'<p><a></p>', map('mode', 'DROPMALFORMED')", "'<p x=\"1\"><a>1</a></p>', map('attributePrefix', '@')", "'<p><a>1.5</a></p>', map('prefersDecimal', 'true')", "'<p><a>1</a></p>', map('inferSchema', 'false')", "'<p><a>26/08/2015</a></p>', map('timestampFormat', 'dd/MM/yyyy')", "'<p><a>26/08/2015</a></p>', map('dateFormat', 'dd/MM/yyyy')", "'<p><a b=\"1\">5</a></p>', map('valueTag', 'v')", "'<p><a-b>1</a-b><B>1</B><a>2</a></p>'", "'<n:p xmlns:n=\"u\"><n:a>1</n:a></n:p>'", "'<n:p xmlns:n=\"u\"><n:a>1</n:a></n:p>', map('ignoreNamespace', 'true')", "'<p><r><a>1</a></r></p>', map('rowTag', 'r')", "concat('<p>', '<a>1</a></p>')", "'<p/>', 'x'", "'<p/>', map('a', 1)", "", "'<p><a>1</a></p>', map(), 3", "'<p><a><b>1</b></a><a>x</a></p>'",
]] + ["SELECT schema_of_xml(x) FROM VALUES ('<p/>') t(x)"])

queries(__name__, "to", [f"SELECT to_xml({arguments}) AS x" for arguments in [
    "named_struct('a', 1, 'b', 2)", "named_struct('time', timestamp'2015-08-26 01:02:03.456'), map('timestampFormat', 'dd/MM/yyyy')", "named_struct('time', timestamp'2015-08-26 01:02:03.456', 'd', date'2015-08-26', 'n', timestamp_ntz'2015-08-26 01:02:03')", "named_struct('d', date'2015-08-26'), map('dateFormat', 'dd/MM/yyyy')", "named_struct('d', timestamp_ntz'2015-08-26 01:02:03'), map('timestampNTZFormat', 'dd/MM/yyyy HH')",
    "named_struct('a', CAST(NULL AS INT), 'b', 'x')", "named_struct('a', CAST(NULL AS INT), 'b', 'x'), map('nullValue', 'NA')", "named_struct('a', CAST(NULL AS INT))", "named_struct('a', array(1, 2))", "named_struct('a', array(array(1, 2), array(3)))", "named_struct('a', array(array(1, 2), array(3))), map('arrayElementName', 'e')", "named_struct('a', array())", "named_struct('a', array(1, NULL))", "named_struct('a', map('k', 1, 'l', 2))", "named_struct('s', named_struct('a', 1, 'b', 'x'))", "named_struct('_id', 1, 'a', 2)", "named_struct('_id', 1, '_VALUE', 2)", "named_struct('@id', 1, '#', 2), map('attributePrefix', '@', 'valueTag', '#')", "named_struct('a', 1), map('rowTag', 'r')", "named_struct('a', '<x>&\"')", "named_struct('a', true, 'b', 1.50, 'c', 1.5D, 'd', CAST('NaN' AS DOUBLE), 'e', X'4142')", "named_struct('a b', 1)",
    "map('a', 1)", "array(named_struct('a', 1))", "1", "'x'", "NULL", "CAST(NULL AS STRUCT<a: INT>)", "named_struct('a', 1), map('a', 1)", "named_struct('a', 1), 'x'", "", "named_struct('a', 1), map(), 3", "named_struct('a', 1), map('rootTag', 'q', 'declaration', '')", "named_struct('a', 1), map('indent', '')", "named_struct('a', array(named_struct('b', 1), named_struct('b', 2)))", "named_struct('a', '')", "named_struct('a', interval 1 day)", "named_struct('a', parse_json('1'))", "named_struct('a', time'12:30:00')", "parse_json('{\"a\": 1}')", "struct()", "named_struct('a', '\n\t x ')", "named_struct('1a', 1)", "named_struct('a', map('x y', 1))", "named_struct('a', map(1, 2))", "named_struct('_a', '<\"&>', 'b', 1)",
]] + ["SELECT to_xml(named_struct('a', 1, 'b', 2))", "SELECT id, to_xml(r) x FROM (SELECT id, CASE WHEN id > 1 THEN named_struct('a', id, 'b', s) END r FROM VALUES (1, 'x'), (2, 'y'), (3, NULL) t(id, s)) ORDER BY id"])


@case
def frames(spark):
    df = spark.createDataFrame([(1, "<p><a>1</a><b>x</b></p>"), (2, None), (3, "<p>")], "id int, x string")
    return df.select(F.from_xml("x", "a int, b string"), F.from_xml(df.x, T.StructType([T.StructField("a", T.IntegerType())]).simpleString(), {"mode": "PERMISSIVE"}), F.xpath(df.x, F.lit("p/a/text()")))


@case
def frames_by_type(spark):
    df = spark.createDataFrame([(1, "<p><a>1</a><b>x</b></p>")], "id int, x string")
    schema = T.StructType([T.StructField("a", T.IntegerType()), T.StructField("b", T.StringType(), False)])
    return df.select(F.from_xml("x", schema).alias("r"), F.from_xml("x", F.schema_of_xml(F.lit("<p><a>1</a></p>"))).alias("s"))


@case
def frames_of_paths(spark):
    df = spark.createDataFrame([("<a><b>1</b><b>2</b></a>",), (None,), ("<a><b>x</b></a>",)], "x string")
    path = F.lit("sum(a/b)")
    return df.select(F.xpath_boolean("x", path), F.xpath_double("x", path), F.xpath_number("x", path), F.xpath_float("x", path), F.xpath_int("x", path), F.xpath_long("x", path), F.xpath_short("x", path), F.xpath_string("x", path))


@case
def frames_path_of_column(spark):
    return spark.createDataFrame([("<a>1</a>", "a")], "x string, p string").select(F.xpath("x", "p"))


@case
def frames_written(spark):
    df = spark.createDataFrame([Row(id=1, r=Row(a=1, b=[1, 2])), Row(id=2, r=Row(a=2, b=[]))])
    return df.select(F.to_xml("r"), F.to_xml("r", {"rowTag": "person"}), F.schema_of_xml("<p><a>1</a></p>"), F.schema_of_xml(F.lit("<p><a x='1'>1</a></p>"), {"excludeAttribute": "true"}))
