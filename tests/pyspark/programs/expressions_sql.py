"""Expressions as SQL text: value, name and type of each."""

from kit import expressions, queries

expressions(__name__, "arithmetic", [
    "1 + 1, 1L + 1, 1S + 1Y, 1Y + 1Y, 1.5 + 1, 1.5D + 1, 1.5F + 1, 1.5F + 1.5",
    "7 / 2, 7L / 2, 7.0 / 2, 1 / 3.0, 1D / 3, 10BD / 3BD",
    "7 div 2, -7 div 2, 7 % 3, -7 % 3, 7 % -3, 7.5 % 2, -7.5D % 2",
    "mod(7, 4), pmod(-7, 3), pmod(7, -3)",
    "1 / 0", "1 % 0", "1 div 0", "1.0 / 0", "1D / 0", "1D / 0D", "cast(null as int) / 0",
    "2147483647 + 1", "-2147483648 - 1", "9223372036854775807 + 1", "2147483647 * 2", "127Y + 1Y", "32767S + 1S",
    "-(-2147483648)", "abs(-2147483648)", "-(cast(-128 as tinyint))", "9223372036854775807 * 2",
    "2147483647 + 1L, 127Y + 1, 2147483648, -2147483648, -9223372036854775808",
    "9223372036854775808, 1e3, 1.0e-2, .5, 5., 1e400BD", "1e400", "128Y", "32768S", "9223372036854775808L",
    "1.5 * 1.25, 1.10 + 2.225, 1.10 - 2.225, 1.1 / 2.2, 10.0 % 3.3, cast(1 as decimal(38,0)) / 3",
    "cast(1 as decimal(38,18)) * cast(1 as decimal(38,18)), cast(1 as decimal(38,10)) + cast(1 as decimal(38,0))",
    "cast('99999999999999999999999999999999999999' as decimal(38,0)) + 1", "cast(99 as decimal(2,0)) * cast(99 as decimal(2,0))",
    "1 + '2', '3' * '4', '10' / 4, '7' % 4, '1.5' + 1", "'a' + 1", "1 + null, null + null, -null",
    "true + 1", "1 + array(1)", "'1' + 1.5BD, '1' + 2L", "+1, +'5', -'5', - -1", "-1 - -1, 2 - 3 - 4, 2 + 3 * 4, (2 + 3) * 4",
    "3 & 5, 3 | 5, 3 ^ 5, ~5, 1Y & 3L", "1 << 4, -16 >> 2, -16 >>> 28", "shiftleft(1, 3), shiftright(-8, 1)",
    "1.5 & 1", "try_add(2147483647, 1), try_divide(1, 0), try_subtract(1, 2), try_multiply(9223372036854775807, 2), try_mod(1, 0)",
    "cast(0.1 as float) + cast(0.2 as float), 0.1D + 0.2D, 1e308 * 10, -1e308 * 10, 0D / 1 * -1",
    "cast('nan' as double) = cast('nan' as double), cast('nan' as double) > 1e308, 0.0D = -0.0D, cast('inf' as double)",
    "abs(-1.5), abs(-5), abs('-3'), sign(-2.5), sign(3), negative(5), positive(5)",
    "round(2.5), round(-2.5), round(1.25, 1), round(2.567BD, 2), bround(2.5), bround(3.5), round(123, -1), round(1.5D)",
    "ceil(1.5), floor(-1.5), ceil(1.5D), floor(1), ceiling(-0.1), ceil(1.234, 2), rint(2.5)",
    "sqrt(2), power(2, 10), pow(2, 0.5), exp(1), ln(10), log10(100), log2(8), log(2, 8), cbrt(27), sqrt(-1), ln(0), ln(-1)",
    "greatest(1, 2.5, null), least(3, 1L), greatest('a', 'b'), least(null, null)", "greatest(1)", "pi(), e()",
    "sin(1), cos(1), tan(1), atan2(1, 2), degrees(1), radians(180), hypot(3, 4)", "width_bucket(5.3, 0.2, 10.6, 5), factorial(5), hex(255), unhex('FF'), bin(13), conv('100', 2, 10)",
])

expressions(__name__, "comparison", [
    "1 = 1, 1 <> 2, 1 != 2, 1 < 2, 1 <= 1, 2 > 1, 2 >= 3, 1 <=> null, null <=> null, 1 = null",
    "1 = '1', '1' = 1.0, 1 = 1.0, 1L = 1, 1.5D > 1, 'a' < 'B', 'a' = 'A', '' = ' '",
    "'abc' = 1", "true = 1", "true = 'true', false < true, true = 'x'", "date'2024-01-01' = '2024-01-01', date'2024-01-01' < timestamp'2024-01-01 00:00:01'",
    "date'2024-01-01' = 1", "array(1, 2) = array(1, 2), array(1) < array(2), array(1) < array(1, 0), struct(1, 'a') = struct(1, 'a')",
    "map(1, 2) = map(1, 2)", "array(1) = array('1')", "struct(1) < struct(2), struct(1) = struct(1L)",
    "1 between 0 and 2, 1 not between 0 and 2, null between 1 and 2, 'b' between 'a' and 'c'",
    "1 in (1, 2), 1 in (2, null), 1 not in (2, null), null in (1), '1' in (1, 2), 1 in ('1', '2')", "1 in ()", "(1, 2) in ((1, 2), (3, 4))",
    "1 in (1, 'x')", "1 in (1, array(1))",
    "true and null, false and null, true or null, false or null, not null, !true, not false and false",
    "1 and true", "not 1", "null is null, 1 is not null, null is not null, isnull(1), isnotnull(null)",
    "true is true, null is true, false is not true, null is unknown, null is not unknown, null is false, 1 = 1 is true",
    "1 is distinct from null, null is not distinct from null, 1 is distinct from 1", "equal_null(1, null), equal_null(null, null)",
    "'abc' like 'a%', 'abc' like '_b_', 'a%c' like 'a\\\\%c', 'abc' not like 'A%', null like 'a', 'a\nb' like 'a_b'",
    "'abc' like any ('a%', 'z%'), 'abc' like all ('a%', '%c'), 'abc' not like any ('a%', 'z%'), 'abc' like some ('z')",
    "'abc' rlike 'b+', 'abc' regexp '^b', 'abc' not rlike 'z', 'ABC' ilike 'a%', regexp_like('a1', '[0-9]')", "'abc' like 'a\\\\'", "'a' like 'ab!' escape '!'",
    "nullif(1, 1), nullif(1, 2), ifnull(null, 3), nvl(null, 'x'), nvl2(null, 1, 2), coalesce(null, null, 5), coalesce(null), coalesce(1, 2.5, 3L)",
    "if(true, 1, 'a'), if(null, 1, 2), if(1 > 0, 1, 2.5), iff(true, 1, 2)", "if(1, 2, 3)",
    "case when 1 > 2 then 'a' when 2 > 1 then 'b' else 'c' end, case when false then 1 end, case 3 when 1 then 'one' when 3 then 'three' end",
    "case when true then 1 else 2.5 end, case when true then 1 else 'x' end, case when null then 1 else null end", "case when 1 then 2 end",
    "case null when null then 1 else 2 end", "isnan(cast('nan' as float)), isnan(1), nanvl(cast('nan' as double), 5)",
    "zeroifnull(null), nullifzero(0), assert_true(true)", "assert_true(1 > 2)", "raise_error('boom')",
])

expressions(__name__, "literal", [
    "1, 1L, 1S, 1Y, 1.5, 1.50BD, 1.5F, 1.5D, 1e2, 'a', true, false, null, X'01ff', 12345678901",
    "'it''s', \"double\", 'a' 'b', r'\\n', 'tab\\there', 'u\\u00e9', 'nul\\0x', '\\%\\_', 'back\\\\slash'",
    "date'2024-02-29', date '2024-2-9', timestamp'2024-02-29 12:34:56.789', timestamp_ntz'2024-02-29 12:34:56', timestamp_ltz'2024-02-29'",
    "timestamp'2024-02-29 12:34:56+02:00', timestamp'2024-02-29T12:34:56Z', timestamp'2024-02-29 01:02:03 Europe/Paris'",
    "date'2023-02-29'", "timestamp'nope'", "date'nope'", "date'-0001-01-01', date'+10000-01-01'",
    "interval 1 day, interval '1 2:3:4.5' day to second, interval '3-4' year to month, interval 5 months, interval '90' minute",
    "interval 1 year 2 months, interval 3 days 4 hours 5 minutes 6.789 seconds, interval -1 week, interval 10 milliseconds",
    "interval '1 year 3 days', interval 1 month 1 day", "interval 1 fortnight", "interval 'x' day", "interval '25' hour + interval '1' day",
    "array(), array(1, 2), array(1, null), array(1, 2.5), array('a', 1)", "map(), map('a', 1, 'b', 2), map(1, null)", "map('a', 1, 'a', 2)", "map(null, 1)",
    "struct(1, 'a'), struct(1 as x, 2 y), named_struct('a', 1, 'b', array(1)), (1, 2), struct(*) from values (1, 2) t(p, q)",
    "current_date() = current_date, typeof(current_timestamp()), typeof(now()), current_catalog(), current_database(), current_schema()",
    "typeof(1), typeof('a'), typeof(null), typeof(array(1)), typeof(map(1, 'a')), typeof(1.50), typeof(interval 1 day), typeof(struct(1 a))",
    "`a` from values (1) t(a)", "T.A, t.a + 1, `t`.`a` from values (1) t(a)", "1 as `strange name`, 2 as `a.b`, 3 as `tick``s`", "1 AS Select_, 2 date, 3 timestamp, 4 AS interval",
    "1 -- comment\n + /* inner /* nested */ */ 2", "1 as a, 2 as a", "x'0'", "x'zz'", "'unterminated", "1 2", "*", "1 +", "cast(1 as nope)", "foo(1)", "nope",
])

expressions(__name__, "naming", [
    "1 + 1, 1+1*2, (1), ((1 + 1)), -1, -(1), +1, not true, 1 > 2 and 2 > 1, 1 in (1, 2), 1 between 0 and 3",
    "cast(1 as string), 1::string, cast('1' as int) + 1, int('5'), string(5), date('2024-01-01'), double(1), boolean('true'), decimal(5)",
    "case when 1 > 2 then 3 else 4 end, case 1 when 2 then 3 end, if(true, 1, 2)", "'it''s', 'a' || 'b', concat('a', 'b'), 'a' like 'b', 'a' not like 'b', 'a' rlike 'b'",
    "count(*), count(1), sum(1), count(distinct 1), max('x'), avg(2.5)", "array(1, 2)[0], map('a', 1)['a'], struct(1 as a).a, named_struct('f', 2)['f']",
    "interval 1 day, date'2024-01-01', timestamp'2024-01-01 00:00:00', X'ab', null, true, 1.50, 1e2, 1.5f", "1 is null, 1 is not null, null <=> 1, 1 <> 2, 1 != 2, 1 == 1",
    "UPPER('a'), Lower('B'), substr('abc', 1, 2), substring('abc' from 2 for 1), trim('  a '), trim(both 'x' from 'xax'), position('b' in 'abc'), extract(year from date'2024-01-01')",
    "current_date() is not null, ~1, 1 & 2, 1 | 2, 1 ^ 3, 7 div 2, 7 % 2, 1 << 2", "exists(array(1), x -> x > 0), transform(array(1, 2), x -> x + 1), filter(array(1, 2), (x, i) -> i = 0)",
    "count(*) filter (where 1 = 1), first_value(1) ignore nulls, row_number() over (order by 1)", "explode(array(1, 2))", "try_cast('x' as int), 1 is distinct from 2, coalesce(null, 1), date_add(date'2024-01-01', 1)",
])

expressions(__name__, "strings", [
    "'a' || 'b' || 'c', 'a' || 1, 'a' || null, concat('a', 1, true), concat(), concat_ws('-', 'a', null, 'b', array('c', 'd'))",
    "upper('aé'), lower('AÉ'), length('héllo'), char_length('a '), octet_length('é'), bit_length('a'), initcap('hello wORLD'), reverse('abc'), repeat('ab', 2)",
    "substring('hello', 2), substring('hello', 2, 3), substring('hello', -3, 2), substring('hello', 0, 2), substring('hello', 10), substr('hello', 2, -1), left('abc', 2), right('abc', 2)",
    "trim('  a '), ltrim('  a'), rtrim('a  '), trim('x' from 'xxaxx'), trim(leading 'x' from 'xax'), btrim('xax', 'x')",
    "lpad('a', 3, 'xy'), rpad('a', 3), lpad('abc', 2), replace('abcabc', 'b', 'z'), replace('abc', 'b'), translate('abc', 'ab', 'x'), overlay('abcdef' placing 'XX' from 2 for 3)",
    "instr('abcb', 'b'), locate('b', 'abcb', 3), position('z' in 'abc'), find_in_set('b', 'a,b'), ascii('A'), chr(65), char(66), contains('abc', 'b'), startswith('abc', 'a'), endswith('abc', 'c')",
    "split('a,b,,c', ','), split('a1b2', '[0-9]'), split('a,b,c', ',', 2), split_part('a.b.c', '.', 2), substring_index('a.b.c', '.', 2), substring_index('a.b.c', '.', -1)",
    "regexp_replace('a1b2', '[0-9]', '#'), regexp_extract('a12', '([a-z])([0-9]+)', 2), regexp_extract_all('a1b2', '([a-z])([0-9])', 1), regexp_count('aaa', 'a')",
    "format_string('%s-%05d', 'a', 42), format_number(1234567.891, 2), printf('%d', 1), md5('a'), sha1('a'), sha2('a', 256), crc32('a'), base64('abc'), unbase64('YWJj'), hex('a')",
    "space(3), soundex('Robert'), levenshtein('kitten', 'sitting'), encode('a', 'utf-8'), decode(X'61', 'utf-8'), to_number('12,345', '99,999'), to_char(1234, '9,999')", "elt(2, 'a', 'b'), elt(3, 'a')", "substring(null, 1), upper(null), concat_ws(',', null)", "upper(1), length(123), trim(5), lower(true)", "upper(array('a'))", "upper('a', 'b')", "substring('a')",
])

expressions(__name__, "collections", [
    "array(1, 2, 3)[0], array(1, 2)[1], map('a', 1)['b'], element_at(array(1, 2), -1), element_at(map('a', 1), 'z'), get(array(1), 5), try_element_at(array(1), 3)",
    "array(1, 2)[5]", "element_at(array(1), 2)", "element_at(array(1), 0)", "array(1)[-1]", "array(1)['a']", "array(1)[null], map('a', 1)[null]", "size(array(1, 2)), size(map(1, 2)), size(null), cardinality(array()), array_size(array(1))",
    "array_contains(array(1, 2), 2), array_contains(array(1, null), 3), array_position(array('a', 'b'), 'b'), array_distinct(array(1, 1, null, null)), array_union(array(1, 2), array(2, 3)), array_except(array(1, 2), array(2)), array_intersect(array(1, 2), array(2, 3))",
    "sort_array(array(3, null, 1)), sort_array(array(3, null, 1), false), array_sort(array(3, null, 1)), array_max(array(1, 3)), array_min(array(null, 2)), array_join(array('a', null, 'b'), ',', '?'), slice(array(1, 2, 3), 2, 2), flatten(array(array(1), array(2))), reverse(array(1, 2)), sequence(1, 5, 2), array_repeat('a', 2)",
    "map_keys(map('a', 1)), map_values(map('a', 1)), map_entries(map('a', 1)), map_from_arrays(array('a'), array(1)), map_concat(map('a', 1), map('b', 2)), map_contains_key(map('a', 1), 'a'), map_from_entries(array(struct('a', 1))), str_to_map('a:1,b:2')",
    "transform(array(1, 2), x -> x * 2), filter(array(1, 2, 3), x -> x > 1), aggregate(array(1, 2, 3), 0, (acc, x) -> acc + x), exists(array(1, 2), x -> x = 2), forall(array(1, 2), x -> x > 1), zip_with(array(1), array(2), (x, y) -> x + y), transform_values(map('a', 1), (k, v) -> v + 1)",
    "named_struct('a', 1).a, struct(1 as x, named_struct('y', 2) as s).s.y", "struct(1 as x).z", "(1).a", "arrays_zip(array(1, 2), array('a')), array_append(array(1), 2), array_prepend(array(1), 0), array_remove(array(1, 2, 1), 1), array_insert(array(1, 3), 2, 2), array_compact(array(1, null))",
    "to_json(struct(1 as a, 'x' as b)), from_json('{\"a\": 1}', 'a int'), get_json_object('{\"a\": {\"b\": 2}}', '$.a.b'), json_array_length('[1,2]')", "array(1, array(2))", "explode(array(1, 2)), 'x'", "posexplode(array('a', 'b'))", "inline(array(struct(1, 'a'), struct(2, 'b')))", "explode(map('a', 1, 'b', 2))", "stack(2, 1, 'a', 2, 'b')", "explode_outer(cast(null as array<int>))",
])

queries(__name__, "columns", [
    "select i + l, i * dec, f + d, dec / i, d / f, -b, b + s from numbers where i = 100",
    "select i = l, str = '12', bin = X'01ff', t and i > 0, d > f from numbers",
    "select p.x, p.y, s.name, s.in.z, s.IN.Z, a[0], m['k'], m.k, ps.x, ps[1].y from nested where id = 1",
    "select p.*, s.in.* from nested where id = 1", "select p.nope from nested", "select a.x from nested", "select id.x from nested", "select a[1] from nested where id = 2", "select m['zz'], m.zz from nested",
    "select * except (a, m, ps) from nested where id = 1", "select * except (nope) from people",
    "select n.p.x, nested.s.name from nested n", "select n.p.x, n.s.name from nested n",
    "select id, pos, col from nested lateral view posexplode(a)", "select id, e.x from nested lateral view outer explode(ps) t as e",
    "select id, k, v from nested, lateral explode(m) as t(k, v)",
    "select id, x from nested lateral view explode(a) t as x where x is not null",
])
