"""The type VARIANT: values that carry their types."""

import contextlib
import io

from pyspark.sql import functions as F
from pyspark.sql.types import StructField, StructType, VariantType, VariantVal
from kit import case, queries

ONE = """values (parse_json('{"a":{"b":[5]},"x y":1}')) t(v)"""
NUMBER = "values (parse_json('1')) t(v)"
OBJECT = """values (parse_json('{"a":1}')) t(v)"""

queries(__name__, "parse", [
    """select parse_json('{"a":1,"b":[1,2.5,"x",null,true,1e3,12345678901,1.10,123456789012345678901234567890,1234567890123456789012345678901234567890]}') v""",
    """select parse_json('{"b":1,"a":{"z":[1]},"b c":[],"e":{}}') v""",
    "select parse_json('-0'), parse_json('-0.0'), parse_json('0.001'), parse_json('128'), parse_json('-129'), parse_json('40000'), parse_json('-2147483649'), parse_json('9223372036854775808')",
    "select parse_json('1E400'), parse_json('-1e-7'), parse_json('123456789.123456789'), parse_json('0.0000000001'), parse_json('0.00000000000000000000000000000000000000001')",
    "select parse_json(concat('\"', repeat('x', 63), '\"')), parse_json(concat('\"', repeat('é', 40), '\"'))",
    "select schema_of_variant(parse_json(concat('[', repeat('1,', 300), '1]'))), length(cast(parse_json(concat('[', repeat('\"abc\",', 300), '1]')) as string))",
    "select parse_json('1 2'), parse_json(' [1 , 2] ')",
    "select parse_json(j) from values (1, '{\"a\":1}'), (2, null) t(i, j)",
    "select parse_json(null), try_parse_json(null)",
    "select try_parse_json('{\"a\":1'), try_parse_json(''), try_parse_json('  '), try_parse_json('{\"a\":1,\"a\":2}'), try_parse_json('{\"a\":1}')",
    "select try_parse_json('NaN'), try_parse_json('{a:1}'), try_parse_json('[1,]'), try_parse_json('01'), try_parse_json('1.'), try_parse_json('.5'), try_parse_json('+1'), try_parse_json('tru')",
    "select try_parse_json(\"{'a':1}\"), try_parse_json(repeat('1', 1001)), try_parse_json(repeat('[', 1001)), try_parse_json('\"\\\\ud83d\\\\ude00\"')",
    "select parse_json('{\"a\":1')",
    "select parse_json('')",
    "select parse_json('{\"a\":1,\"a\":2}')",
    "select parse_json(j) from values ('1'), ('x') t(j)",
    "select parse_json(1)",
    "select parse_json()",
    "select parse_json('1', '2')",
    "select try_parse_json(1.5)",
    "select parse_json(X'31')",
    f"select parse_json(v) from {NUMBER}",
])

queries(__name__, "inspect", [
    "select is_variant_null(parse_json('null')), is_variant_null(parse_json('\"null\"')), is_variant_null(parse_json(null)), is_variant_null(null)",
    "select is_variant_null(1)",
    "select is_valid_variant(parse_json('1')), is_valid_variant(null), is_valid_variant(parse_json(null))",
    "select is_valid_variant('1')",
    """select schema_of_variant(parse_json('{"a":1,"b":[1,"x"],"c":[1,2.5],"d":null,"e":{},"f":[]}'))""",
    "select schema_of_variant(parse_json('null')), schema_of_variant(null), schema_of_variant(parse_json('1')), schema_of_variant(parse_json('1.5')), schema_of_variant(parse_json('1e3')), schema_of_variant(parse_json('\"s\"')), schema_of_variant(parse_json('true'))",
    """select schema_of_variant(parse_json('0.001')), schema_of_variant(parse_json('100.0')), schema_of_variant(parse_json('0.0')), schema_of_variant(parse_json('[1,1e3]')), schema_of_variant(parse_json('[1.5,1e3]')), schema_of_variant(parse_json('[1,true]')), schema_of_variant(parse_json('[{"a":1},{"b":2,"a":"x"}]')), schema_of_variant(parse_json('[[1],["x"],[]]')), schema_of_variant(parse_json('{"a b":1}')), schema_of_variant(parse_json('[1,[1]]')), schema_of_variant(parse_json('[null,1]'))""",
    "select schema_of_variant(parse_json('[12345678901234567890123456789012345678, 0.12345678]'))",
    "select schema_of_variant(cast(date'2020-01-01' as variant)), schema_of_variant(cast(array(cast(date'2020-01-01' as variant), cast(timestamp'2020-01-01 00:00:00' as variant)) as variant)), schema_of_variant(cast(array(cast(1.5f as variant), cast(1 as variant)) as variant)), schema_of_variant(cast(array(cast(1.5f as variant), cast(1.5 as variant)) as variant)), schema_of_variant(cast(X'AA' as variant)), schema_of_variant(cast(1y as variant))",
    "select schema_of_variant(v), v from values (cast(null as variant)) t(v)",
    "select schema_of_variant(1)",
    """select schema_of_variant_agg(parse_json(j)) from values ('{"a":1}'),('{"b":"x"}'),(null),('{"a":2.5}') t(j)""",
    "select schema_of_variant_agg(parse_json(j)) from values ('1') t(j) where false",
    """select g, schema_of_variant_agg(parse_json(j)) from values (1,'{"a":[1]}'),(1,'{"a":["x"]}'),(2,'null'),(3,null) t(g,j) group by g order by g""",
    "select schema_of_variant_agg(null)",
    "select schema_of_variant_agg(1)",
    "select schema_of_variant_agg()",
    "select typeof(parse_json('1')), typeof(array(parse_json('1')))",
    "select schema_of_variant_agg(v), schema_of_variant_agg(v) filter (where false) from values (parse_json('1')), (parse_json('\"x\"')) t(v)",
])

queries(__name__, "get", [
    """select variant_get(parse_json('{"a":1}'),'$.a','int'), variant_get(parse_json('{"a":1}'),'$.b','int'), variant_get(parse_json('[1,"2"]'),'$[1]','string')""",
    """select variant_get(parse_json('{"a":1}'),'$.a')""",
    """select variant_get(parse_json('{"a":"x"}'),'$.a','int')""",
    """select try_variant_get(parse_json('{"a":"x"}'),'$.a','int')""",
    """select variant_get(parse_json('{"a":1}'),'.a','int')""",
    """select variant_get(parse_json('{"a":1}'),'$.','int')""",
    """select try_variant_get(parse_json('{"a":1}'),'$..a','int')""",
    """select variant_get(parse_json('{"a":1}'),'$["a"]','int'), variant_get(parse_json('{"a":1}'),"$['a']",'int'), variant_get(parse_json('{"a b":1}'),"$.a b",'int')""",
    """select variant_get(parse_json('{"a":1}'),'$.a','foo')""",
    """select variant_get('{"a":1}','$.a','int')""",
    """select variant_get(parse_json('{"a":1}'),1,'int')""",
    """select variant_get(parse_json('{"a":1}'),p,'int') from values ('$.a'),('$.b'),(null) t(p)""",
    """select variant_get(parse_json('{"a":1}'),p,'int') from values ('$.a'),('zz') t(p)""",
    """select try_variant_get(parse_json('{"a":1}'),p,'int') from values ('$.a'),('zz') t(p)""",
    """select variant_get(parse_json('{"a":1}'),'$.a',t) from values ('int') t(t)""",
    """select variant_get(parse_json('{"a":1}'), '$ .a', 'int')""",
    "select variant_get(parse_json('[1,2]'), '$[ 1 ]', 'int')",
    "select variant_get(parse_json('[1,2]'), '$[-1]', 'int')",
    "select variant_get(parse_json('[1,2]'), '$[99999999999]', 'int')",
    """select variant_get(parse_json('{"a":1}'), '$a', 'int')""",
    """select variant_get(parse_json('{"a":1}'), '$', 'string'), variant_get(parse_json('{"a.b":1}'), "$['a.b']", 'int'), variant_get(parse_json('{"a":1}'), '$[0]', 'int'), variant_get(parse_json('[1]'), '$.a', 'int'), variant_get(parse_json('{"a":{"b":2}}'), '$.a["b"]', 'int')""",
    """select variant_get(parse_json('{" a":1}'), '$. a', 'int'), variant_get(parse_json('{"a ":1}'), '$.a ', 'int'), variant_get(parse_json('{"é":1}'), '$.é', 'int'), variant_get(parse_json('[1]'), '$[00]', 'int'), variant_get(parse_json('{"":1}'), "$['']", 'int'), variant_get(parse_json('{"a]":1}'), '$.a]', 'int')""",
    """select variant_get(parse_json('{"a":1}'), null, 'int'), variant_get(null, '$.a', 'int')""",
    """select variant_get(parse_json('{"a":1}'), '$.a', null)""",
    """select variant_get(parse_json('{"a":1}'), '$.a', 'map<int,int>')""",
    """select variant_get(parse_json('{"a":1}'), '$.a', 'interval day')""",
    """select variant_get(parse_json('{"a":1}'), '$.a', 'a int, b string')""",
    """select variant_get(parse_json('{"a":{"a":1}}'), '$.a', 'struct<a int not null>')""",
    """select variant_get(parse_json('{"a":1}'))""",
    """select variant_get(parse_json('[1,[2]]'), '$[0][1]'), variant_get(parse_json('{"a":1}'), '$', 'variant'), variant_get(parse_json('{"a":{"a":1}, "b":2}'), '$.a')""",
    """select variant_get(v, '$.a', 'int') + 1, sum(variant_get(v, '$.a', 'int')) over () from values (parse_json('{"a":1}')), (parse_json('{"a":41}')) t(v)""",
    "select variant_get(parse_json(concat('{', repeat('\"k\":1,', 0), '\"a01\":1,\"a02\":2,\"a03\":3,\"a04\":4,\"a05\":5,\"a06\":6,\"a07\":7,\"a08\":8,\"a09\":9,\"a10\":10,\"a11\":11,\"a12\":12,\"a13\":13,\"a14\":14,\"a15\":15,\"a16\":16,\"a17\":17,\"a18\":18,\"a19\":19,\"a20\":20,\"a21\":21,\"a22\":22,\"a23\":23,\"a24\":24,\"a25\":25,\"a26\":26,\"a27\":27,\"a28\":28,\"a29\":29,\"a30\":30,\"a31\":31,\"a32\":32,\"a33\":33}')), p, 'int') from values ('$.a01'), ('$.a17'), ('$.a33'), ('$.a34'), ('$.a') t(p)",
])

queries(__name__, "path", [
    f"select v:a.b[0]::int, v:a.b[0], v:['a'], v:`a`, v:a.b from {ONE}",
    f"select v:['x y'], v:`x y`, v:A, v :a, v: a, v : a from {ONE}",
    "select v:[0], v:[0]['a'], v:[0].a from values (parse_json('[{\"a\":1}]')) t(v)",
    f"select v:a:b, t.v:a, (v):a, t.v:a.b as z from {ONE}",
    "select v:a.`b.c` from values (parse_json('{\"a\":{\"b.c\":5}}')) t(v)",
    "select v:a['b'], v:['a']['b'], v:['a'].b from values (parse_json('{\"a\":{\"b\":5}}')) t(v)",
    f"select v:a::int + 1, upper(v:a::string), v:a is null, typeof(v:a), array(v:a) from {OBJECT}",
    f"select cast(v:a as int), try_cast(v:a as int), v:a.b::int, (v:a)::string, v::string, -v:a::int from {OBJECT}",
    f"select cast(cast(v:a as string) as int), v:a::string::int from {OBJECT}",
    f"select v:a = 1 from {OBJECT}",
    f"select v:[0] + 1 from {OBJECT}",
    f"select max(v:a::int), count(v:a), sum(v:a::int) from {OBJECT}",
    f"select v:a::int as z from {OBJECT} where v:a::int = 1 order by v:a::int",
    f"select v:a::int, count(*) from {OBJECT} group by v:a::int",
    "select s.v:a from values (named_struct('v', parse_json('{\"a\":5}'))) t(s)",
    "select parse_json('{\"a\":1}'):a, parse_json('{\"a\":1}'):a::int, parse_json('{\"select\":1}'):select",
    "select v:a from values (cast(null as variant)) t(v)",
    "select x:a from values ('{\"a\":5}') t(x)",
    "select x:a from values (1) t(x)",
    "select null:a",
    f"select v:* from {OBJECT}",
    f"select v:1 from {OBJECT}",
    f"select v.a from {OBJECT}",
    f"select v.value from {OBJECT}",
    f"select v[0] from {OBJECT}",
    f"select v['a'] from {OBJECT}",
    f"select v.* from {OBJECT}",
])

queries(__name__, "cast", [
    "select cast(1 as variant), cast('x' as variant), cast(1.5 as variant), cast(date'2020-01-01' as variant), cast(timestamp'2020-01-01 00:00:00' as variant), cast(timestamp_ntz'2020-01-01 00:00:00' as variant), cast(true as variant), cast(null as variant), cast(X'AB' as variant), cast(1.5f as variant), cast(1.5d as variant), cast(1L as variant), cast(1y as variant)",
    "select cast(cast(1.50 as decimal(38,2)) as variant), cast(123456789012.5 as variant), try_cast(1 as variant)",
    "select cast(named_struct('a',1) as variant)",
    "select cast(array(1,2) as variant), cast(array(1, null) as variant), cast(array(parse_json('{\"a\":1}')) as variant), cast(array(array('x')) as variant)",
    "select cast(map('a',1) as variant)",
    "select cast(array(struct(1)) as variant)",
    "select cast(array(null) as variant)",
    "select cast(interval '1' day as variant)",
    "select cast(interval '1' year as variant)",
    "select try_cast(struct(1) as variant)",
    """select cast(parse_json('[1,2]') as array<int>), cast(parse_json('{"a":1}') as map<string,int>), cast(parse_json('{"a":1,"b":"x"}') as struct<a int, c string>), cast(parse_json('1') as string), cast(parse_json('"x"') as string), cast(parse_json('{"a":[1, 2]}') as string), cast(parse_json('null') as string)""",
    "select cast(parse_json('\"x\"') as int)",
    "select try_cast(parse_json('\"x\"') as int)",
    "select cast(parse_json('\"12\"') as int), cast(parse_json('12.7') as int), cast(parse_json('12') as double), cast(parse_json('12') as boolean), cast(parse_json('\"true\"') as boolean), cast(parse_json('true') as int), cast(parse_json('12') as timestamp), cast(parse_json('\"2020-01-01\"') as date), cast(parse_json('1.55') as decimal(3,1))",
    "select cast(parse_json('300') as tinyint)",
    "select cast(parse_json('123456') as decimal(3,1))",
    "select cast(parse_json('[1,\"x\"]') as array<int>)",
    "select cast(parse_json('1') as array<int>)",
    "select cast(parse_json('[1]') as int)",
    "select cast(parse_json('1') as variant), cast(array(parse_json('1')) as array<variant>), cast(array(1) as array<variant>), cast(array(parse_json('1')) as array<int>)",
    "select cast(parse_json('{\"a\":1}') as map<int,int>)",
    "select cast(parse_json('1') as interval)",
    "select cast(parse_json('1') as interval day)",
    "select cast(parse_json('1') as date)",
    "select cast(parse_json('\"abc\"') as binary), cast(parse_json('\"2020-01-01 01:02:03\"') as timestamp), cast(parse_json('\"2020-01-01 01:02:03\"') as timestamp_ntz), cast(parse_json('1.5') as timestamp)",
    "select cast(parse_json('9223372036854775807') as timestamp)",
    "select cast(parse_json('true') as timestamp)",
    "select cast(parse_json('1') as binary)",
    "select cast(parse_json('{\"a\":1}') as struct<a int not null>), cast(parse_json('1') as char(3))",
    """select cast(parse_json('{"A":1}') as struct<a int>), cast(parse_json('{"a":[{"b":"x"}]}') as struct<a array<struct<b string>>>), cast(parse_json('{"a":1}') as struct<a variant>), cast(parse_json('[{"z":1}]') as array<variant>)""",
    "select cast(parse_json('null') as struct<a int>), cast(parse_json('{}') as struct<a int>), cast(parse_json('null') as array<int>), cast(parse_json('[null]') as array<int>), cast(parse_json('null') as variant)",
    "select cast(parse_json('100.0') as string), cast(parse_json('1.50') as string), cast(parse_json('1e3') as string), cast(parse_json('1e3') as int), cast(parse_json('1.5e3') as decimal(10,2)), cast(parse_json('0.00') as string), cast(parse_json('1200') as decimal(4,0))",
    "select cast(parse_json('1.5e300') as decimal(10,2))",
    """select try_cast(parse_json('1.5e300') as decimal(10,2)), try_cast(parse_json('[1,"x"]') as array<int>), try_cast(parse_json('{"a":"x","b":2}') as struct<a int, b int>), try_cast(parse_json('{"a":"x","b":2}') as map<string,int>)""",
    "select cast(cast(date'2020-01-01' as variant) as string), cast(cast(timestamp'2020-01-01 01:02:03.12' as variant) as string), cast(cast(timestamp_ntz'2020-01-01 01:02:03' as variant) as string), cast(cast(X'616263' as variant) as string), cast(cast(1.5f as variant) as string), cast(cast(1e30d as variant) as string)",
    "select v::bigint, v::string, v::double from values (parse_json('1')), (parse_json('2.0')), (parse_json('\"3\"')), (parse_json('4e0')), (parse_json('null')), (null) t(v)",
    "select cast(array(v) as string), cast(named_struct('x', v) as string), cast(map('k', v) as string) from values (parse_json('{\"a\":\"x\"}')) t(v)",
    "select concat(v, 'a'), length(v), v || 'a', substring(v, 1, 2), upper(v), concat_ws(',', v, 'b'), v like '1%' from values (parse_json('\"abc\"')) t(v)",
])

queries(__name__, "object", [
    "select to_variant_object(named_struct('a',1,'b',array(1.5,2.5),'c',map('k',date'2020-01-01')))",
    "select to_variant_object(array(1,2)), to_variant_object(map('a',1)), to_variant_object(map('b',1,'a',2))",
    "select to_variant_object(struct(parse_json('1') as a, cast(null as int) as b, array(struct(1 as x)) as c))",
    "select to_variant_object(cast(null as struct<a int>))",
    "select to_variant_object(x) from values (1, struct(1 as a, 'x' as b)), (2, null) t(i, x)",
    "select to_variant_object(1)",
    "select to_variant_object('x')",
    "select to_variant_object(map(1,1))",
    "select to_variant_object(parse_json('1'))",
    "select to_variant_object(null)",
    "select to_variant_object(struct(1 as a, 2 as a))",
    "select to_variant_object(struct(interval '1' day as a))",
    "select to_variant_object()",
])

queries(__name__, "json", [
    """select to_json(parse_json('{"a":[1, "x"]}')), to_json(named_struct('v', parse_json('{"b":1}'))), to_json(array(parse_json('1'))), to_json(parse_json(null))""",
    "select to_json(cast(array(cast(date'2020-01-01' as variant), cast(timestamp'2020-01-01 01:02:03.12' as variant), cast(timestamp_ntz'2020-01-01 01:02:03.120' as variant), cast(timestamp_ntz'2020-01-01 01:02:00' as variant), cast(X'616263' as variant), cast(1.5f as variant), cast(1e30d as variant), cast(100.00bd as variant), cast(double('NaN') as variant), cast(float('-Infinity') as variant), cast(date'-0044-01-01' as variant), cast(date'12020-01-01' as variant)) as variant)) j",
    """select to_json(parse_json('{"q":"a\\\\"b\\\\\\\\c/\\\\u0001\\\\n"}')) j""",
    """select from_json('{"a":1}', 'variant'), from_json('{"a":1', 'variant'), from_json('{"a":{"b":2}}', 'a variant'), from_json('[{"a":1}]', 'array<variant>')""",
    """select from_json('{"a":{"b":2}, "c":1}', 'map<string,variant>') m""",
    """select from_json('{"a":2.50,"b":[1]}', 'a variant, b array<variant>'), from_json('{"a":null}', 'a variant'), from_json('null','variant'), from_json('', 'variant'), from_json('[1,2]', 'variant'), from_json('2.50','variant')""",
    "select to_csv(struct(v)) from values (parse_json('1')) t(v)",
])

queries(__name__, "explode", [
    """select * from variant_explode(parse_json('["hello", "world"]'))""",
    """select * from variant_explode(input => parse_json('{"a": true, "b": 3.14}'))""",
    "select * from variant_explode(parse_json('1'))",
    "select * from variant_explode_outer(parse_json('1'))",
    "select * from variant_explode_outer(parse_json(null))",
    "select * from variant_explode(parse_json('[]'))",
    "select * from variant_explode_outer(parse_json('[]'))",
    "select * from variant_explode_outer(parse_json('null'))",
    "select * from variant_explode(null)",
    "select * from variant_explode('x')",
    "select * from variant_explode(parse_json('[1]'), 2)",
    """select t.* from variant_explode(parse_json('{"b":1,"a":[2]}')) as t(p, k, v)""",
    """select key from variant_explode(parse_json('{"b":1,"a":[2]}'))""",
    """select * from values (1) a, lateral variant_explode(parse_json('{"b":1}'))""",
    """select j, e.* from values (parse_json('[1,2]')),(parse_json('{"k":null}')),(parse_json('3')) t(j), lateral variant_explode(j) e""",
    """select j, e.* from values (parse_json('[1,2]')),(parse_json('{"k":null}')),(parse_json('3')) t(j) left join lateral variant_explode_outer(j) e""",
    "select j, e.* from values (parse_json('[1,2]')) t(j) lateral view variant_explode(j) e as p,k,v",
    "select variant_explode(parse_json('[1,2]'))",
    "select array(variant_explode(parse_json('[1,2]')))",
    f"select explode(array(v, v)), 1 from {NUMBER}",
    f"select posexplode(array(v)) from {NUMBER}",
    f"select inline(array(struct(v))) from {NUMBER}",
    f"select stack(2, v, v) from {NUMBER}",
])

queries(__name__, "change", [
    """select variant_insert(parse_json('{"a":1}'), '$.b', 2), variant_insert(parse_json('{"b":1}'), '$.a', 2), variant_insert(parse_json('{"b":{"c":1}}'), '$.b.a', 2)""",
    """select variant_insert(parse_json('{"a":1}'), '$.a', 2)""",
    "select variant_insert(parse_json('[1,2]'), '$[1]', 9), variant_insert(parse_json('[1,2]'), '$[2]', 9), variant_insert(parse_json('[1,2]'), '$[5]', 9)",
    """select variant_insert(parse_json('{"a":{"b":1}}'), '$.a.c', parse_json('[1]')), variant_insert(parse_json('{"a":{"b":1}}'), '$.x.y', 'q'), variant_insert(parse_json('{}'), '$.x[2].y', 2)""",
    "select variant_insert(parse_json('1'), '$.a', 2)",
    "select variant_insert(parse_json('1'), '$', 2)",
    """select variant_insert(parse_json('{"a":1}'), '$.b', null), variant_insert(null, '$.b', 1), variant_insert(parse_json('{"a":1}'), null, 1)""",
    """select variant_insert(parse_json('{"a":1}'), '$.b', named_struct('x',1))""",
    """select variant_insert(parse_json('{"a":1}'), '$.b', interval '1' day)""",
    """select try_variant_insert(parse_json('{"a":1}'), '$.a', 2), try_variant_insert(parse_json('1'), '$.a', 2), try_variant_insert(parse_json('{}'), '$.a', 2)""",
    """select try_variant_insert(parse_json('{"a":1}'), 'zz', 2)""",
    """select variant_insert(parse_json('{"a":1}'), p, 2) from values ('$.b'),('$.c') t(p)""",
    """select variant_insert(parse_json('{"a":1}'), '$.b')""",
    "select variant_insert(parse_json('[]'), '$[2000000000]', 1)",
    """select variant_insert(parse_json('{"a":[1]}'), "$['a'][0].c", 2)""",
    """select variant_set(parse_json('{"a":1}'), '$.b', 2), variant_set(parse_json('{"a":1}'), '$.a', 'x'), variant_set(parse_json('{"a":{"b":[1,2]}}'), '$.a.b[1]', 7)""",
    """select variant_set(parse_json('{"a":1}'), '$.b', 2, false), variant_set(parse_json('{}'), '$.x[2].y', 2, false), variant_set(parse_json('[1]'), '$[2]', 2, false), variant_set(parse_json('[1]'), '$[3]', 2), variant_set(parse_json('{"a":1}'), '$.x.y', 2)""",
    "select variant_set(parse_json('[1]'), '$', 2)",
    """select variant_set(parse_json('{"a":1}'), '$.a.b', 2)""",
    """select variant_set(parse_json('{"a":null}'), '$.a.b', 2, false)""",
    """select variant_set(parse_json('{"a":1}'), '$.a', 2, null), variant_set(parse_json('{"a":1}'), '$.a', null), variant_set(parse_json('{"a":1}'), '$.a', parse_json('null'))""",
    """select variant_set(parse_json('{"a":1}'), '$.a', 2, 1)""",
    """select try_variant_set(parse_json('{"a":1}'), '$.a.b', 2), try_variant_set(parse_json('[1]'), '$[3]', 2)""",
    """select variant_delete(parse_json('{"a":1,"b":2}'), '$.a'), variant_delete(parse_json('{"a":1,"b":2}'), '$.c'), variant_delete(parse_json('{"a":1,"b":2}'), '$.a', '$.b'), variant_delete(parse_json('[1,2,3]'), '$[0]', '$[0]'), variant_delete(parse_json('{"b":{"z":1},"a":2}'), '$.a')""",
    """select variant_delete(parse_json('{"a":1,"b":2}'), null), variant_delete(null, '$.a'), variant_delete(parse_json('1'), '$.a'), variant_delete(parse_json('[1]'), '$[7]'), variant_delete(parse_json('{"a":{"b":1}}'), '$.a.b')""",
    """select variant_delete(parse_json('{"a":1,"b":2}'), '$')""",
    """select variant_delete(parse_json('{"a":1,"b":2}'))""",
    """select variant_array_append(parse_json('[1]'), '$', 2), variant_array_append(parse_json('{"a":[1]}'), '$.a', 'x'), variant_array_append(parse_json('{"a":[1]}'), '$.b', 'x'), variant_array_append(parse_json('[[1]]'), '$[0]', 2), variant_array_append(parse_json('[[1]]'), '$[3]', 2)""",
    """select variant_array_append(parse_json('{"a":1}'), '$.a', 2)""",
    """select variant_array_append(parse_json('{"a":1}'), '$.a.b', 2)""",
    "select variant_array_append(parse_json('[1]'), '$', array(1, null)), variant_array_append(parse_json('[1]'), '$', array(parse_json('{\"a\":1}')))",
    """select try_variant_array_append(parse_json('{"a":1}'), '$.a', 2)""",
    """select variant_strip_nulls(parse_json('{"a":null,"b":[null,1,{"c":null}],"d":{"e":null}}')), variant_strip_nulls(parse_json('null')), variant_strip_nulls(parse_json('[null,{"a":null}]'), false)""",
    "select variant_strip_nulls(null), variant_strip_nulls(parse_json('1'), null)",
    "select variant_strip_nulls(parse_json('1'), 1)",
])

queries(__name__, "refused", [
    "select parse_json('1') = parse_json('1')",
    "select parse_json('1') < parse_json('1')",
    "select parse_json('1') <=> parse_json('1')",
    f"select v = 'x' from {NUMBER}",
    f"select v in (v) from {NUMBER}",
    f"select v and true from {NUMBER}",
    f"select abs(v) from {NUMBER}",
    f"select v + 1 from {NUMBER}",
    f"select * from {NUMBER} order by v",
    f"select v, count(*) from {NUMBER} group by v",
    f"select distinct v from {NUMBER}",
    "select parse_json('1') union select parse_json('2')",
    "select parse_json('1') v intersect select parse_json('1') v",
    "select array(parse_json('1')) union select array(parse_json('1'))",
    "select parse_json('1') union all select 2",
    "select * from values (parse_json('1')) t(v) join values (parse_json('1')) u(w) on v=w",
    f"select max(v) from {NUMBER}",
    f"select max_by(1, v) from {NUMBER}",
    f"select hash(v) from {NUMBER}",
    f"select xxhash64(v) from {NUMBER}",
    f"select map(v, 1) from {NUMBER}",
    f"select map_from_arrays(array(v), array(1)) from {NUMBER}",
    f"select array(v, 1) from {NUMBER}",
    f"select coalesce(v, 1) from {NUMBER}",
    f"select greatest(v, v) from {NUMBER}",
    f"select array_contains(array(v), v) from {NUMBER}",
    f"select sort_array(array(v)) from {NUMBER}",
    f"select array_distinct(array(v)) from {NUMBER}",
    f"select row_number() over (order by v) from {NUMBER}",
    f"select row_number() over (partition by v order by 1) from {NUMBER}",
    "select * from values (parse_json('1')), (2) t(v)",
    "select 1 where parse_json('true')",
])

queries(__name__, "use", [
    "select parse_json('1') union all select parse_json('2')",
    "select * from values (parse_json('1')), (null), (cast(3 as variant)) t(v)",
    f"select first(v), any_value(v), collect_list(v), count(v), last(v) from {NUMBER}",
    "select k, first(v), collect_list(v), max_by(v, k) from values (1, parse_json('1')), (1, parse_json('2')), (2, parse_json('3')) t(k, v) group by k order by k",
    f"select coalesce(v, parse_json('2')), if(true, v, parse_json('3')), case when true then v end, nvl(v, v), coalesce(v, 'x'), array(v, 'x') from {NUMBER}",
    f"select v is null, v is not null, isnull(v) from {NUMBER}",
    f"select array(v, v), map('k', v), struct(v), named_struct('x', v), named_struct('x', v).x from {NUMBER}",
    f"select lag(v) over (order by 1), first_value(v) over (order by 1) from {NUMBER}",
    "select * from (select parse_json('1') v, 1 k) a full join (select parse_json('2') w, 2 k) b on a.k = b.k order by a.k",
    "select k, v from values (2, parse_json('\"b\"')), (1, parse_json('\"a\"')) t(k, v) order by k limit 1",
])


@case
def shown(spark):
    df = spark.sql("select parse_json('\"x\"') a, array(parse_json('\"x\"')) b, parse_json('null') c, cast(null as variant) d, cast(timestamp'2020-01-01' as variant) e")
    return printed(lambda: df.show(truncate=False))


def printed(work):
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        work()
    return out.getvalue()


@case
def schema(spark):
    df = spark.sql("select parse_json('1') v, array(parse_json('1')) w, cast(null as variant) x")
    return [df.schema.json(), printed(df.printSchema), str(df.dtypes)]


@case
def from_client(spark):
    rows = [(VariantVal.parseJson('{"a":[1,2.5]}'),), (None,)]
    return spark.createDataFrame(rows, "v variant").selectExpr("v", "v:a[1]", "typeof(v)")


@case
def from_client_with_schema(spark):
    rows = [(VariantVal.parseJson('"x"'), [VariantVal.parseJson("1")])]
    schema = "v variant, w array<variant>"
    return spark.createDataFrame(rows, schema).selectExpr("v::string", "w[0]::int", "w")


@case
def inferred(spark):
    return spark.createDataFrame([(VariantVal.parseJson('{"a":[1,2.5]}'),)])


@case
def valid(spark):
    values = [
        b"\x0c\x01\x05", b"\x0c", b"", b"\x02\x01\x00\x00\x02\x0c\x01", b"\x05\xff", b"\x4c\x01", b"\xff",
        b"\x03\x01\x00\x05\x0c\x01", b"\x20\x0a\x01\x00\x00\x00", b"\x20\x02\xff\xff\xff\x7f",
        b"\x03\x02\x02\x00\x04\x0c\x01\x0c\x02", b"\x50" + bytes(range(16)),
    ]
    rows = [(VariantVal(value, b"\x01\x00\x00"),) for value in values]
    rows += [(VariantVal(b"\x0c\x01", metadata),) for metadata in (b"", b"\x02\x00\x00", b"\x01\x05\x00")]
    rows += [(VariantVal(b"\x02\x01\x00\x00\x02\x0c\x01", b"\x11\x01\x00\x01a"),)]
    return spark.createDataFrame(rows, "v variant").selectExpr("is_valid_variant(v)")


@case
def malformed(spark):
    return spark.createDataFrame([(VariantVal(b"\xff", b"\x01\x00\x00"),)], "v variant").selectExpr("v::string")


@case
def unknown_type(spark):
    return spark.createDataFrame([(VariantVal(b"\x4c\x01", b"\x01\x00\x00"),)], "v variant").selectExpr("v::string")


@case
def uuid(spark):
    rows = [(VariantVal(b"\x50" + bytes(range(16)), b"\x01\x00\x00"),)]
    df = spark.createDataFrame(rows, "v variant")
    return df.selectExpr("v::string s", "schema_of_variant(v) t", "to_json(v) j")


@case
def arrow(spark):
    return str(spark.sql("select parse_json('{\"a\":1}') v, array(parse_json('1')) a").toArrow().schema)


@case
def functions(spark):
    df = spark.sql("select parse_json('[1,2]') v, '[1,2]' j")
    return df.select(
        F.col("v").cast("array<int>"), F.variant_get("v", "$[0]", "int").alias("q"), F.col("v").cast("variant"),
        F.try_variant_get("v", F.lit("$[1]"), "string"), F.parse_json("j"), F.try_parse_json("j"),
        F.is_variant_null(F.parse_json("j")), F.schema_of_variant(F.parse_json("j")), F.is_valid_variant("v"),
        F.to_variant_object(F.struct("j")), F.expr("v:[1]::int"),
    )


@case
def table_function(spark):
    return spark.tvf.variant_explode(F.parse_json(F.lit('{"b":1,"a":[2]}')))


@case
def outer_table_function(spark):
    return spark.tvf.variant_explode_outer(F.parse_json(F.lit("1")))


@case
def lateral_table_function(spark):
    df = spark.sql("select parse_json('{\"a\":[1,2]}') v")
    return df.lateralJoin(spark.tvf.variant_explode(F.col("v").outer()))


@case
def called_as_scalar(spark):
    return spark.sql("select parse_json('[1]') v").select(F.call_function("variant_explode", F.col("v")))


@case
def other_zone(spark):
    spark.conf.set("spark.sql.session.timeZone", "Asia/Tokyo")
    try:
        df = spark.sql("select cast(timestamp'2020-01-01 01:02:03' as variant) v")
        return df.selectExpr("to_json(v) j", "v::string s", "v::timestamp_ntz n", "v::date d", "cast(array(v) as string) a").collect()
    finally:
        spark.conf.set("spark.sql.session.timeZone", "America/Los_Angeles")


@case
def without_ansi(spark):
    spark.conf.set("spark.sql.ansi.enabled", "false")
    try:
        return spark.sql("select cast(parse_json('\"x\"') as int)").collect()
    finally:
        spark.conf.set("spark.sql.ansi.enabled", "true")


@case
def repartition(spark):
    return spark.sql("select parse_json('1') v, 1 as k").repartition(2, "v")


@case
def drop_duplicates(spark):
    return spark.sql("select parse_json('1') v, 1 as k").dropDuplicates(["v"])


@case
def drop_duplicates_by_others(spark):
    return spark.sql("select parse_json('1') v, 1 as k").dropDuplicates(["k"])


@case
def view(spark):
    spark.sql("select parse_json('{\"a\":1}') v").createOrReplaceTempView("variants_view")
    return spark.sql("select v:a, v, typeof(v) from variants_view")


@case
def cached(spark):
    df = spark.sql("select parse_json('{\"a\":1}') v").cache()
    try:
        return [df.collect(), df.selectExpr("v:a::int").collect()]
    finally:
        df.unpersist()


@case
def to_schema(spark):
    wanted = StructType([StructField("v", VariantType())])
    return spark.sql("select parse_json('1') v, 2 w").to(wanted)


def through_table(spark, form):
    spark.sql("drop table if exists variants_kept")
    spark.sql(f"create table variants_kept (k int, v variant, w array<variant>) using {form}")
    try:
        spark.sql("insert into variants_kept select 1, parse_json('{\"a\":[2.25,2.75]}'), array(parse_json('null'))")
        spark.sql("insert into variants_kept values (2, null, null), (3, parse_json('\"x\"'), array())")
        return spark.sql("select *, v:a[1]::double d from variants_kept order by k").collect()
    finally:
        spark.sql("drop table variants_kept")


@case
def through_parquet(spark):
    return through_table(spark, "parquet")


@case
def through_json(spark):
    return through_table(spark, "json")


@case
def through_csv(spark):
    return through_table(spark, "csv")


@case
def described(spark):
    spark.sql("drop table if exists variants_kept")
    spark.sql("create table variants_kept (v variant not null comment 'x') using parquet")
    try:
        return [spark.table("variants_kept").schema.json(), spark.sql("describe variants_kept").collect()]
    finally:
        spark.sql("drop table variants_kept")
