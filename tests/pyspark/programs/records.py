"""Files and DataFrames of records (CSV, JSON, XML, text), read and written with options."""

import os
import tempfile

from pyspark.sql import functions as F
from kit import _add, case

ROOT = tempfile.mkdtemp(prefix="records")


def folder():
    return tempfile.mkdtemp(dir=ROOT)


def file(text, name="a.txt"):
    """A folder of one file."""
    at = folder()
    with open(os.path.join(at, name), "wb") as out:
        out.write(text if isinstance(text, bytes) else text.encode())
    return at


def condition(df):
    """The condition of an error whose parameters name temporary files."""
    try:
        return df.collect()
    except Exception as error:
        return error.getCondition()


def reader(spark, schema, options):
    read = spark.read.options(**options)
    return read.schema(schema) if schema else read


CSV = {
    "quoted_empty": ('a,"",b,,c\n"", ,x, y ,"  z "\n', None, {}),
    "empty_value": ('a,"",b,\n', None, {"emptyValue": "EE"}),
    "null_value": ('a,NA,"",\n', None, {"nullValue": "NA"}),
    "stray_quotes": ('a"b,"c"d,"e""f","g\\"h",i\\,j\n', None, {}),
    "more_stray_quotes": ('"a"b"c,d\n"x" ,y\n "z",w\n"q\\\\",r\n', None, {}),
    "open_quote": ('"abc,d\ne,f\n', None, {}),
    "ragged": ("a,b\n1,2,3\n4\n", None, {}),
    "repeated_names": ("a,A,,b,\n1,2,3,4,5\n", None, {"header": True}),
    "blank_lines": ("a,b\n\n  \n1,2\n", None, {"header": True}),
    "corrupt": ("1,2,3\n4\nx,y\n", "a int, b int, _corrupt_record string", {}),
    "permissive": ("1,2,3\n4\nx,y\n", "a int, b int", {}),
    "dropped": ("1,2,3\n4\nx,y\n5,6\n", "a int, b int", {"mode": "DROPMALFORMED"}),
    "corrupt_renamed": ("1,2,3\nx\n", "a int, b int, bad string", {"columnNameOfCorruptRecord": "bad"}),
    "inferred": (
        "a,b,c,d,e,f,g,h,i\n1,1.5,true,2020-01-01,2020-01-01 10:00:00,x,,99999999999,123456789012345678901234\n"
        "2,3,false,2020-02-01,2020-01-01T10:00:00Z,1,,1,1\n", None, {"header": True, "inferSchema": True}),
    "inferred_dates": (
        "2020-1-1,2020-01,2020-01-01 00:00,2020-01-01,2020-01-01\n"
        "2020-1-2,2021,2020-01-01,2020-01-01 10:00:00,abc\n", None, {"inferSchema": True}),
    "inferred_mixes": ("1,1,true,1.5,true\ntrue,2020-01-01,1,x,\n", None, {"inferSchema": True}),
    "inferred_numbers": ("+1,1e3,NaN,Inf,1d,0x10,1_0, 1,1.0\n-1,2,1,2,2,1,1,2,3\n", None, {"inferSchema": True}),
    "inferred_by_patterns": (
        "01/02/2020,01/02/2020 10:11\n", None,
        {"inferSchema": True, "dateFormat": "dd/MM/yyyy", "timestampFormat": "dd/MM/yyyy HH:mm"}),
    "types": (
        "1,2,3,4,1.5,2.5,1.234,true,2020-01-01,2020-01-01 10:11:12.123456,x\n",
        "a byte, b short, c int, d long, e float, f double, g decimal(5,2), h boolean, i date, j timestamp, k binary",
        {}),
    "bad_values": (
        "300,1.5,abc,1234567.1,tru,2020-13-01,xx\n",
        "a byte, b int, c double, d decimal(5,2), e boolean, f date, g timestamp, _corrupt_record string", {}),
    "doubles": (
        "NaN,Inf,-Inf,Infinity,-Infinity,nan,1d,1e3, 1 \n",
        "a double, b double, c double, d double, e double, f double, g double, h double, i double, "
        "_corrupt_record string", {}),
    "dates": (
        "2020,2020-1,2020-1-1,2020-01-01 10:00,2020-01-01T00:00:00Z\n",
        "a date, b date, c date, d date, e date, _corrupt_record string", {}),
    "timestamps": (
        "2020,2020-1,2020-1-1,2020-01-01 10:00:00+01:00,2020-01-01T00:00:00.1234567Z\n",
        "a timestamp, b timestamp, c timestamp, e timestamp, f timestamp, _corrupt_record string", {}),
    "ntz": (
        "2020-01-01 10:11:12\n2020-01-01T10:11:12Z\n", "a timestamp_ntz, _corrupt_record string", {}),
    "comment": ("#x\n1,2\n #y\n", None, {"comment": "#"}),
    "long_separator": ("a||b|c\n", None, {"sep": "||"}),
    "many_lines": ('a,"b\nc",d\ne,f,g\n', None, {"multiLine": True}),
    "many_lines_corrupt": (
        '1,"b\nc",d\nx,f,g,h\n', "a int, b string, c string, _corrupt_record string", {"multiLine": True}),
    "crlf": ("a,b\r\nc,d\r\n", None, {}),
    "line_end": ("a,b;c,d;", None, {"lineSep": ";"}),
    "names_ignored": ("b,a\n1,2\n", "a int, b int", {"header": True}),
    "byte_order_mark": ("\ufeffa,b\n1,2\n", None, {"header": True}),
    "too_many_columns": ("a,b,c\n", None, {"maxColumns": 2}),
    "words": ("nan,zz\n", "a double, b double", {"nanValue": "nan", "positiveInf": "zz"}),
    "no_such_mode": ("1\n", None, {"mode": "nope"}),
    "empty": ("", None, {}),
    "nested": ("1\n", "a array<int>", {}),
    "quote_escapes_itself": ('"a""b",c\n', None, {"escape": '"'}),
    "lengths": ("ab,cd\n", "a char(3), b varchar(5)", {}),
    "only_header": ("a,b\n", None, {"header": True, "inferSchema": True}),
}
for name, (text, schema, options) in CSV.items():
    _add(__name__, f"csv_{name}", lambda spark, t=text, s=schema, o=options: reader(spark, s, o).csv(file(t)))

JSON = {
    "basics": (
        '{"b":1,"a":"x","c":1.5,"d":true,"e":null,"f":[1,2.5],"g":{"z":1,"y":"q"},"h":[{"k":1},{"l":2}],'
        '"i":[],"j":{},"k":""}\n', None, {}),
    "mixes": (
        '{"a":1,"b":1,"c":"x","d":[1],"e":{"x":1},"f":1}\n'
        '{"a":1.5,"b":"y","c":{"q":1},"d":["s"],"e":{"y":2},"f":true}\n', None, {}),
    "big_numbers": (
        '{"a":12345678901234567890,"b":1e400,"c":123456789012345678901234567890123456789012,"d":1.0}\n{"a":1}\n',
        None, {}),
    "primitives_as_string": ('{"a":1.250,"b":true,"c":{"d":1}}\n', None, {"primitivesAsString": True}),
    "corrupt": ('{"a":1}\n{bad\n{"a":2}\n', None, {}),
    "corrupt_dropped": ('{"a":1}\n{bad\n{"a":2}\n', None, {"mode": "DROPMALFORMED"}),
    "corrupt_fail_fast": ('{"a":1}\n{bad\n', None, {"mode": "FAILFAST"}),
    "corrupt_schema": (
        '{"a":1,"b":"x"}\n{"a":"q","b":"x"}\n{"b":"z","a":1.5}\n{"a":3000000000}\n',
        "a int, b string, _corrupt_record string", {}),
    "root_array": ('[{"a":1},{"a":2}]\n{"a":3}\n', None, {}),
    "root_scalar": ('1\n{"a":3}\n"x"\n', None, {}),
    "root_scalar_schema": ('1\n{"a":3}\n[]\n[1]\nnull\n\n  \n', "a int", {}),
    "trailing": ('{"a":1} garbage\n{"a":2}{"a":3}\n', None, {}),
    "anything_as_string": (
        '{"a":1.00,"b":{"x": 1 , "y":[1, 2]},"c":[1,  "x"],"d":true,"e":1e5}\n',
        "a string, b string, c string, d string, e string", {}),
    "doubles": (
        '{"a":1,"b":1.5,"c":"NaN","d":"Infinity","e":"-INF","f":NaN,"g":Infinity,"h":"1.5","i":""}\n',
        "a double, b float, c double, d double, e float, f double, g double, h double, i double, "
        "_corrupt_record string", {}),
    "whole": ('{"a":1.0,"b":128,"c":"1","d":1e2}\n', "a int, b byte, c long, d int, _corrupt_record string", {}),
    "decimals": (
        '{"a":1.255,"b":"2.5","c":12345678901,"d":""}\n',
        "a decimal(5,2), b decimal(5,2), c decimal(5,2), d decimal(5,2), _corrupt_record string", {}),
    "dates": (
        '{"a":"2020-01-01","b":"2020-01-01 10:00:00","c":"2020-01-01T10:00:00+02:00","d":1577836800,"e":18262,'
        '"f":"2020-1-1","g":"x"}\n',
        "a date, b timestamp, c timestamp, d timestamp, e date, f date, g date, _corrupt_record string", {}),
    "patterns": (
        '{"a":"01/02/2020","b":"01/02/2020 10:11"}\n', "a date, b timestamp",
        {"dateFormat": "dd/MM/yyyy", "timestampFormat": "dd/MM/yyyy HH:mm"}),
    "bytes_and_booleans": (
        '{"a":"YWJj","b":"true","c":false,"d":1}\n',
        "a binary, b boolean, c boolean, d boolean, _corrupt_record string", {}),
    "partial": (
        '{"a":{"x":1,"y":"bad"},"b":[1,"x",3],"c":{"k":"v","l":2}}\n',
        "a struct<x:int,y:int>, b array<int>, c map<string,int>, _corrupt_record string", {}),
    "wrong_kinds": (
        '{"a":[{"x":1}],"b":{"x":1},"c":1,"d":"s"}\n',
        "a struct<x:int>, b array<struct<x:int>>, c array<int>, d struct<x:int>, _corrupt_record string", {}),
    "repeated": ('{"a":1,"a":2}\n', "a int", {}),
    "repeated_inferred": ('{"a":1,"A":"x"}\n', None, {}),
    "case": ('{"A":1}\n', "a int", {}),
    "bare_names": ("{a:1}\n", None, {"allowUnquotedFieldNames": True}),
    "comments": ('{"a":/* x */1}\n', None, {"allowComments": True}),
    "leading_zeros": ('{"a":001}\n', None, {"allowNumericLeadingZeros": True}),
    "any_escape": ('{"a":"\\x\\d"}\n', None, {"allowBackslashEscapingAnyCharacter": True}),
    "control_characters": ('{"a":"x\ty"}\n', None, {"allowUnquotedControlChars": True}),
    "no_numbers": ('{"a":NaN,"b":-Infinity,"c":+INF}\n', None, {}),
    "many_lines": ('[\n{"a":1},\n{"a":\n2}\n]', None, {"multiLine": True}),
    "line_end": ('{"a":1};{"a":2}', None, {"lineSep": ";"}),
    "no_null_fields": ('{"a":null,"b":[],"c":{},"d":1}\n', None, {"dropFieldIfAllNull": True}),
    "inferred_timestamps": (
        '{"a":"2020-01-01 10:00:00","b":"2020-01-01","c":"x"}\n', None, {"inferTimestamp": True}),
    "empty_object": ("{}\n", None, {}),
    "only_corrupt": ("bad\n", None, {}),
    "interval": ('{"a":"1 day"}\n', "a interval", {}),
}
for name, (text, schema, options) in JSON.items():
    _add(__name__, f"json_{name}", lambda spark, t=text, s=schema, o=options: reader(spark, s, o).json(file(t)))

XML = {
    "basic": (
        '<rows><row id="1"><a>1</a><b>x</b><c><d>1.5</d><e>true</e></c><l>1</l><l>2</l></row>\n'
        "<row><a>2</a><f/></row></rows>", None, {}),
    "attributes": ('<row><a x="1">foo</a><b>  y </b></row>', None, {}),
    "types": (
        "<row><a>2020-01-01</a><b>2020-01-01T10:00:00</b><c>99999999999</c><d>1.0</d><e>1e3</e><f>True</f><g></g>"
        "<h> </h><i>12345678901234567890</i><j>NaN</j><k>+1</k></row>", None, {}),
    "schema": (
        '<rs><row id="7"><a>1</a><b>x</b><c><d>1</d></c><l>1</l><l>2</l></row><row><a>q</a></row></rs>',
        "_id int, a int, b string, c struct<d:int>, l array<int>, m map<string,string>, _corrupt_record string", {}),
    "cut_off": ("<row><a>1</a></row><row><a>2</row><row><a>3</a></row>", None, {}),
    "mixed": ("<row><a>t1<b>x</b>t2</a></row>", None, {}),
    "names": ('<row id="7"><a x="1">foo</a></row>', None, {"attributePrefix": "@", "valueTag": "#v"}),
    "no_attributes": ('<row id="7"><a x="1">foo</a></row>', None, {"excludeAttribute": True}),
    "null_value": ("<row><a>NA</a><b>1</b></row>", None, {"nullValue": "NA"}),
    "text": ("<row><a>1</a></row>", None, {"inferSchema": False}),
    "namespace": ('<x:row xmlns:x="u"><x:a>1</x:a></x:row>', None, {"rowTag": "x:row"}),
    "escapes": ("<row><!-- c --><a><![CDATA[1 <2]]></a><b>&lt;x&gt;&amp;</b></row>", None, {}),
    "decimal": ("<row><a>1.25</a></row>", None, {"prefersDecimal": True}),
    "wildcard": ("<row><a>1</a><z>2</z></row>", "a int, xs_any string", {}),
    "case": ("<row><a>1</a><A>2</A></row>", None, {}),
    "blanks": ("<row><a> 1 </a><b> x </b></row>", None, {"ignoreSurroundingSpaces": False}),
}
for name, (text, schema, options) in XML.items():
    options = {"rowTag": "row", **options}
    _add(__name__, f"xml_{name}",
         lambda spark, t=text, s=schema, o=options: reader(spark, s, o).format("xml").load(file(t)))


@case
def csv_fail_fast(spark):
    return condition(reader(spark, "a int, b int", {"mode": "FAILFAST"}).csv(file("1,2\n4\nx,y\n")))


@case
def csv_names_checked(spark):
    options = {"header": True, "enforceSchema": False}
    return condition(reader(spark, "a int, b int", options).csv(file("x,y\n1,2\n")))


@case
def xml_without_row_tag(spark):
    return spark.read.format("xml").load(file("<ROWS><ROW><a>1</a></ROW></ROWS>"))


@case
def csv_pruned(spark):
    rows = spark.read.schema("a int, b int").option("mode", "DROPMALFORMED").csv(file("1,2,3\n4\nx,y\n5,6\n1,z\n"))
    return rows.select("a")


@case
def csv_counted(spark):
    return spark.read.schema("a int").option("mode", "DROPMALFORMED").csv(file("1\nx\n")).count()


@case
def json_pruned(spark):
    rows = spark.read.schema("a int, b int").option("mode", "DROPMALFORMED")
    return rows.json(file('{"a":1}\nx\n{"a":1,"b":"q"}\n')).select("a")


@case
def corrupt_alone(spark):
    return spark.read.schema("a int, _corrupt_record string").csv(file("1\nx\n")).select("_corrupt_record")


@case
def corrupt_of_wrong_type(spark):
    return spark.read.schema("a int, _corrupt_record int").csv(file("1\nx\n"))


@case
def path_twice(spark):
    return spark.read.option("path", file("1\n")).csv(file("2\n"))


@case
def no_path(spark):
    return spark.read.csv(folder())


def texts(spark, *values):
    return spark.createDataFrame([(value,) for value in values], "value string").coalesce(1)


@case
def json_of_texts(spark):
    return spark.read.json(texts(spark, '{"a":1}', "x", None))


@case
def json_of_texts_schema(spark):
    return spark.read.schema("a int").json(texts(spark, '{"a":1}', "x", None))


@case
def csv_of_texts(spark):
    return spark.read.csv(texts(spark, "1,2", "x"))


@case
def csv_of_texts_header(spark):
    return spark.read.csv(texts(spark, "a,b", "1,2", "x", "a,b"), header=True, inferSchema=True)


@case
def json_of_numbers(spark):
    return spark.read.json(spark.range(1))


TEXT = {
    "lines": ("a\n\nb\r\nc", None, {}),
    "whole": ("a\n\nb\r\nc\n", None, {"wholetext": True}),
    "line_end": ("a;b\nc", None, {"lineSep": ";"}),
    "schema": ("a\n", "x string", {}),
    "schema_number": ("a\n", "x int", {}),
    "empty": ("", None, {}),
}
for name, (text, schema, options) in TEXT.items():
    _add(__name__, f"text_{name}",
         lambda spark, t=text, s=schema, o=options: reader(spark, s, o).format("text").load(file(t)))


@case
def binary_file(spark):
    rows = spark.read.format("binaryFile").load(file(b"a\x00c", "a.bin"))
    return rows.select(F.element_at(F.split("path", "/"), -1), "length", "content")


def tree():
    at = folder()
    for name in ["x/y", "p=1"]:
        os.makedirs(os.path.join(at, name))
    for name in ["a.txt", "x/b.txt", "x/y/c.txt", "p=1/d.txt", "_h.txt", ".g.txt"]:
        with open(os.path.join(at, name), "w") as out:
            out.write(name + "\n")
    return at


@case
def tree_of_files(spark):
    return spark.read.text(tree())


@case
def tree_recursive(spark):
    return spark.read.option("recursiveFileLookup", "true").text(tree())


@case
def tree_pattern(spark):
    return spark.read.text(tree() + "/*/*.txt")


@case
def names_filtered(spark):
    return spark.read.option("pathGlobFilter", "*.bin").option("recursiveFileLookup", "true").text(tree())


@case
def modified_before(spark):
    return spark.read.option("modifiedBefore", "2020-01-01T00:00:00").text(file("abc"))


@case
def modified_after(spark):
    return spark.read.option("modifiedAfter", "2020-01-01T00:00:00").text(file("abc"))


@case
def modified_after_nonsense(spark):
    return spark.read.option("modifiedAfter", "x").text(file("abc"))


VALUES = """select 1 a, 'x<&"' b, array(1, 2) c, named_struct('d', 1.5, 'e', cast(null as int)) d, map('k', 1) m,
    date'2020-01-01' dt, timestamp'2020-01-01 10:00:00.123' ts, cast(null as int) n, '' em
    union all select null, null, array(), null, map(), null, null, null, ' s '"""


def written(df, form, **options):
    """The names' endings and the texts of the files that a DataFrame becomes."""
    at = folder()
    df.coalesce(1).write.mode("overwrite").options(**options).format(form).save(at)
    files = sorted(name for name in os.listdir(at) if name.startswith("part-"))
    return [(name.split("-c000", 1)[1], open(os.path.join(at, name)).read()) for name in files]


WRITE = {
    "csv": ("csv", "a b dt ts n em", {"header": True}),
    "csv_patterns": ("csv", "dt ts", {"dateFormat": "dd/MM/yyyy", "timestampFormat": "yyyy/MM/dd HH:mm"}),
    "csv_quoted": ("csv", "a b em", {"quoteAll": True, "nullValue": "N"}),
    "csv_complex": ("csv", "c", {}),
    "json": ("json", "a b c d m dt ts n em", {}),
    "json_nulls": ("json", "a b c d m dt ts n em", {"ignoreNullFields": False}),
    "json_pretty": ("json", "a d", {"pretty": True}),
    "json_patterns": ("json", "dt ts", {"dateFormat": "dd/MM/yyyy", "timestampFormat": "yyyy/MM/dd HH:mm"}),
    "xml": ("xml", "a b c d m dt ts n em", {"rowTag": "r"}),
    "xml_options": ("xml", "a b ts", {"rowTag": "r", "rootTag": "rs", "declaration": "", "nullValue": "NULL"}),
    "xml_without_row_tag": ("xml", "a", {}),
    "text": ("text", "b", {"lineSep": ";"}),
    "text_number": ("text", "a", {}),
    "text_no_codec": ("text", "b", {"compression": "foo"}),
    "binary_file": ("binaryFile", "a", {}),
}
for name, (form, columns, options) in WRITE.items():
    _add(__name__, f"write_{name}",
         lambda spark, f=form, c=columns, o=options: written(spark.sql(VALUES).select(*c.split()), f, **o))


@case
def write_xml_attributes(spark):
    rows = spark.sql("select 1 _id, named_struct('_x', 1, '_VALUE', 't') a")
    return written(rows, "xml", rowTag="r")


def again(spark, form, **options):
    at = folder()
    spark.range(5).selectExpr("id", "cast(id as string) s").write.mode("overwrite").options(**options).format(form).save(at)
    return at


for codec in ["gzip", "bzip2", "zstd", "none"]:
    _add(__name__, f"compressed_{codec}",
         lambda spark, c=codec: spark.read.csv(again(spark, "csv", compression=c), inferSchema=True))


@case
def most_rows_in_a_file(spark):
    at = folder()
    spark.range(5).coalesce(1).write.mode("overwrite").option("maxRecordsPerFile", 2).csv(at)
    return len([name for name in os.listdir(at) if name.startswith("part-")])


@case
def parquet_by_names(spark):
    at = folder()
    spark.sql("select 1 a, 'x' b").write.mode("overwrite").parquet(at)
    return spark.read.schema("a long, B string, z int").parquet(at)


@case
def parquet_of_another_type(spark):
    at = folder()
    spark.sql("select 1 a").write.mode("overwrite").parquet(at)
    return condition(spark.read.schema("a string").parquet(at))


def two_schemas(spark, second):
    at = folder()
    spark.sql("select 1 a, 'x' b").write.parquet(at + "/k=1")
    spark.sql(second).write.parquet(at + "/k=2")
    return spark.read.option("mergeSchema", "true").parquet(at)


@case
def schemas_merged(spark):
    return two_schemas(spark, "select 2 a, 1.5 c")


@case
def schemas_that_differ(spark):
    return two_schemas(spark, "select 2L a, 1.5 c")


@case
def buckets(spark):
    spark.sql("drop table if exists bucketed")
    rows = spark.range(20).selectExpr("id", "cast(id % 7 as string) k")
    rows.write.bucketBy(4, "k").sortBy("id").mode("overwrite").saveAsTable("bucketed")
    try:
        return [[c.name, c.isBucket] for c in spark.catalog.listColumns("bucketed")] + [
            spark.table("bucketed").count(),
            [list(r) for r in spark.sql("describe extended bucketed").collect()
             if r[0] in ("Num Buckets", "Bucket Columns", "Sort Columns")],
        ]
    finally:
        spark.sql("drop table bucketed")


@case
def buckets_of_files(spark):
    spark.range(1).write.bucketBy(4, "id").parquet(folder())


@case
def no_buckets(spark):
    spark.range(1).write.bucketBy(0, "id").saveAsTable("bucketed")


@case
def clustered_and_partitioned(spark):
    spark.range(1).selectExpr("id", "id k").write.clusterBy("id").partitionBy("k").saveAsTable("clustered")


@case
def facts_of_files(spark):
    rows = spark.read.text(file("abc", "a b.txt")).where("_metadata.file_block_start = 0")
    name = F.element_at(F.split(F.input_file_name(), "/"), -1)
    return rows.select("*", "_metadata.file_name", name).withColumn("n", F.lit(1))


@case
def facts_with_columns(spark):
    return spark.read.text(file("abc")).withColumn("size", F.col("_metadata.file_size"))


@case
def facts_of_no_file(spark):
    return spark.range(1).select(F.input_file_name(), F.input_file_block_start(), F.input_file_block_length())


@case
def facts_as_metadata_column(spark):
    rows = spark.read.text(file("abc"))
    return rows.groupBy(rows.metadataColumn("_metadata").file_size.alias("s")).count()


@case
def function_of_a_class(spark):
    spark.sql("DROP FUNCTION IF EXISTS of_a_class")
    spark.sql("CREATE FUNCTION of_a_class AS 'some.where.Class' USING JAR '/x.jar'")
    try:
        found = spark.catalog.getFunction("of_a_class")
        listed = [f.name for f in spark.catalog.listFunctions(pattern="of_a_*")]
        there = spark.catalog.functionExists("of_a_class", "default")
        return [found.name, found.catalog, found.namespace, found.className, found.isTemporary, listed, there]
    finally:
        spark.sql("DROP FUNCTION of_a_class")


@case
def collations(spark):
    return spark.tvf.collations().where("NAME like 'de%' or NAME like 'U%'")


@case
def keywords(spark):
    return spark.tvf.sql_keywords()
