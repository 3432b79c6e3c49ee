"""Patterns of dates: how often a letter may stand there, and what becomes of one that may not."""

from kit import _add, queries

AT = "timestamp'2024-10-05 13:04:05.678901'"

# The most of each letter, one more, and many.
LETTERS = {"y": 6, "M": 4, "L": 4, "d": 2, "D": 3, "E": 4, "a": 1, "H": 2, "h": 2, "K": 2, "k": 2, "m": 2, "s": 2, "S": 9, "Q": 4, "q": 4}
for letter, most in LETTERS.items():
    for count in (*range(1, most + 2), most + 7):
        query = f"select date_format({AT}, '{letter * count}')"
        _add(__name__, f"written_{letter}{'_upper' * letter.isupper()}_{count}", lambda spark, q=query: spark.sql(q).collect())
queries(__name__, "refused", [
    f"select date_format({AT}, '{pattern}')"
    for pattern in ["u", "uuuu", "Y", "YYYY", "w", "W", "e", "c", "A", "B", "N", "n", "p", "b", "f", "i", "j", "l", "o", "r", "t", "C", "I", "J", "P", "R", "T", "U",
                    "F" * 2, "V", "VVV", "OO", "vv", "XXXXXX", "xxxxxx", "ZZZZZZ", "zzzzz", "GGGGG",
                    "yyyyyyy b", "yyyyyyy QQ", "YYYY yyyyyyy", "e yyyyyyy", "hhh AAA", "[yyyy] {d", "#", "yyyy-MM-dd''yyyyyyy"]
] + [f'select date_format({AT}, "\'yyyyyyy")'])
for name, query in {"quoted": f'select date_format({AT}, "\'yyyyyyy\' yyyy")', "quarters": f"select date_format({AT}, 'QQQQ qqqq')"}.items():
    _add(__name__, name, lambda spark, q=query: spark.sql(q).collect())
queries(__name__, "read", [
    f"select {function}('zz', '{pattern}')"
    for function in ("to_timestamp", "to_date", "unix_timestamp")
    for pattern in ["yyyyyyy", "MMMMM", "E", "EEE", "u", "Q", "q", "F", "aa", "SSSSSSSSSS", "b", "e", "A", "ddd"]
])
queries(__name__, "elsewhere", [
    "select from_unixtime(0, 'yyyyyyy')", "select try_to_timestamp('x', 'yyyyyyy')", "select date_format(date'2024-01-01', 'MMMMM')",
    "select from_csv('1', 'a timestamp', map('timestampFormat', 'yyyyyyy'))", "select to_csv(named_struct('a', timestamp'2024-10-01'), map('timestampFormat', 'yyyyyyy'))",
    "select to_json(named_struct('a', timestamp'2024-10-01'), map('timestampFormat', 'yyyyyyy'))", "select from_json('{\"a\": \"1\"}', 'a date', map('dateFormat', 'MMMMM'))",
])
