"""What record.py and check.py share: cases, how they run, how results are written down.

A case is a function of a session. What it returns is its result: a DataFrame
(schema and rows), any plain value, or, if it raises, the error. Programs live
in `programs/`, one module a topic; each gets a session of its own with the
views of `data.py`.
"""

import contextlib
import importlib
import io
import logging
import math
import os
import pathlib
import pkgutil
import re
import signal
import sys
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
ANSWERS = HERE / "answers"
TIMEOUT = int(os.environ.get("CASE_TIMEOUT", "60"))

# Python shows timestamps in the zone of its process: the same one everywhere.
os.environ["TZ"] = "UTC"
time.tzset()
# The full package, which has a JVM API too, is told to use Connect's.
os.environ["SPARK_CONNECT_MODE_ENABLED"] = "1"
# The 4.2 client looks for Spark's home on import; any folder will do.
os.environ.setdefault("SPARK_HOME", str(HERE))

CASES = {}


class Ordered:
    """A DataFrame whose rows come in a defined order."""

    def __init__(self, df):
        self.df = df


def case(function):
    """Registers a function as the case `<module>.<function>`."""
    _add(function.__module__, function.__name__, function)
    return function


def _add(module, name, function):
    cases = CASES.setdefault(module.rsplit(".", 1)[-1], {})
    if name in cases:
        raise ValueError(f"two cases are named {module}.{name}")
    cases[name] = function


def expressions(module, group, texts):
    """A case for each expression text: its value, its column name and its type."""
    for number, text in enumerate(texts):
        function = lambda spark, text=text: spark.sql(f"SELECT {text}")
        function.parts = split(text)
        _add(module, f"{group}_{number:02}", function)


def split(text):
    """The items of a select list without a FROM clause, one by one."""
    items, depth, quote = [""], 0, ""
    for letter in text:
        if quote or letter in "'\"`":
            quote = "" if letter == quote else quote or letter
        depth += (letter in "([{") - (letter in ")]}") if not quote else 0
        if letter == "," and not depth and not quote:
            items.append("")
        else:
            items[-1] += letter
    return items if " from values" not in text else [text]


def parts_that_differ(function, expected, spark):
    """Which items of a select list alone give another column than Spark's answer."""
    parts = getattr(function, "parts", [])
    if kind(expected) != "rows" or len(parts) != len(expected["schema"]) or len(parts) < 2:
        return
    for index, part in enumerate(parts):
        wanted = {"schema": expected["schema"][index:index + 1],
                  "rows": [row[index:index + 1] for row in expected["rows"]]}
        wrong = differences(wanted, run(lambda s, part=part: s.sql(f"SELECT {part}"), spark))
        if wrong:
            yield f"{part.strip()}: {'; '.join(wrong)}"


def queries(module, group, texts):
    """A case for each SQL query; rows count in order if the query ends with ORDER BY."""
    for number, text in enumerate(texts):
        ordered = re.search(r"order\s+by[^)]*$", text, re.I)
        wrap = Ordered if ordered else (lambda df: df)
        _add(module, f"{group}_{number:02}", lambda spark, t=text, w=wrap: w(spark.sql(t)))


def modules():
    """Imports every program; returns their names."""
    sys.path.insert(0, str(HERE))
    names = [m.name for m in pkgutil.iter_modules([str(HERE / "programs")])]
    return [name for name in names if _import(name)]


def _import(name):
    try:
        importlib.import_module(f"programs.{name}")
    except ImportError as error:
        # Old clients lack what newer programs are about.
        print(f"{name}: not with this client: {error}", file=sys.stderr)
        return False
    return True


def session(remote):
    """A new session of its own, in the time zone that the answers were recorded in."""
    from pyspark.sql import SparkSession

    logging.disable(logging.CRITICAL)  # the client logs every error with its stack trace
    spark = SparkSession.builder.remote(remote).create()
    # Checkpoints belong to the active session, whichever session they are made in.
    getattr(type(spark), "_active_session", threading.local()).session = spark
    spark.conf.set("spark.sql.session.timeZone", "America/Los_Angeles")
    return spark


def client_line():
    """The client's major and minor version, such as `4.2`."""
    import pyspark

    return ".".join(pyspark.__version__.split(".")[:2])


def run(function, spark):
    """The result of one case, as plain JSON data."""
    with _deadline():
        try:
            return _result(function(spark))
        except Exception as error:  # the error is the answer
            return _error(error)


@contextlib.contextmanager
def _deadline():
    def stop(_signal, _frame):
        raise TimeoutError(f"no answer in {TIMEOUT} seconds")

    signal.signal(signal.SIGALRM, stop)
    signal.alarm(TIMEOUT)
    try:
        yield
    finally:
        signal.alarm(0)


def _result(value):
    if isinstance(value, Ordered):
        return {"ordered": True, **_frame(value.df)}
    if type(value).__name__ == "DataFrame":
        return _frame(value)
    return {"value": encode(value)}


def _frame(df):
    rows = [[encode(cell) for cell in row] for row in df.collect()]
    return {"schema": [field(f) for f in df.schema.fields], "rows": rows}


def field(f):
    """A field as text: name, type, nullability and metadata."""
    public = {k: v for k, v in f.metadata.items() if not k.startswith("__")}  # Spark's own marks
    metadata = f" {public}" if public else ""
    return f"{f.name}: {data_type(f.dataType)}{'' if f.nullable else ' not null'}{metadata}"


def data_type(t):
    """A type as text, with the nullability of what it nests."""
    from pyspark.sql import types

    if isinstance(t, types.ArrayType):
        return f"array<{data_type(t.elementType)}{'' if t.containsNull else ' not null'}>"
    if isinstance(t, types.MapType):
        value = f"{data_type(t.valueType)}{'' if t.valueContainsNull else ' not null'}"
        return f"map<{data_type(t.keyType)}, {value}>"
    if isinstance(t, types.StructType):
        return f"struct<{', '.join(field(f) for f in t.fields)}>"
    return t.simpleString()


def encode(value):
    """A Python value as JSON data; what JSON has no form for becomes `{"$": repr}`."""
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else {"$": repr(value)}
    if isinstance(value, dict):
        return {"map": [[encode(k), encode(v)] for k, v in value.items()]}
    if isinstance(value, (list, tuple)):
        return [encode(item) for item in value]
    return {"$": repr(bytes(value) if isinstance(value, bytearray) else value)}


def _error(error):
    """Class, condition and SQLSTATE of an error, and where in a text it lies.

    The wording is left out: it is the server's own. An error that is no Spark
    error is a fault of the client or of the test, so its text is kept.
    """
    described = {"error": type(error).__name__}
    condition = _ask(error, "getCondition" if hasattr(error, "getCondition") else "getErrorClass")
    named = re.match(r"\(?[\w.]*\)?\s*\[([A-Z][A-Z_.0-9]+)\]", str(error))  # old clients: in the text
    if not condition and not named:
        return {**described, "text": str(error).split("\n")[0][:200]}
    state = re.search(r"SQLSTATE: (\w{5})", str(error))
    described["condition"] = condition or named[1]
    described["sqlstate"] = _ask(error, "getSqlState") or (state[1] if state else None)
    at = re.search(r"\(line (\d+), pos (\d+)\)", str(error))
    if at:
        described["at"] = [int(at[1]), int(at[2])]
    parameters = _ask(error, "getMessageParameters") or {}
    described["parameters"] = {k: v.replace(str(HERE), "<here>") for k, v in parameters.items()}
    return described


def _ask(error, method):
    try:
        return getattr(error, method)()
    except Exception:
        return None


def printed(function):
    """What a call prints."""
    with contextlib.redirect_stdout(io.StringIO()) as out:
        function()
    return out.getvalue()


# Parameters that name what the user wrote: these must agree. Others hold
# wording, or depend on how the server works inside.
COMPARED_PARAMETERS = {
    "objectName", "relationName", "fieldName", "name", "colName", "routineName",
    "extensionTypeUrl", "sqlConf", "path", "functionName", "columnName", "operator",
    "firstNumColumns", "invalidNumColumns", "error", "index", "size", "sqlExpr",
}


def differences(expected, actual):
    """What tells two results apart; empty if they agree."""
    kinds = [kind(expected), kind(actual)]
    if kinds[0] != kinds[1]:
        return [f"expected {brief(expected)}, got {brief(actual)}"]
    if kinds[0] == "error":
        return _error_differences(expected, actual)
    if kinds[0] == "value":
        same = close(expected["value"], actual["value"])
        return [] if same else [f"expected {brief(expected)}, got {brief(actual)}"]
    found = []
    if expected["schema"] != actual["schema"]:
        found.append(f"schema: expected {expected['schema']}, got {actual['schema']}")
    rows = expected["rows"], actual["rows"]
    if not expected.get("ordered"):
        rows = tuple(sorted(r, key=_sort_key) for r in rows)
    if not close(*rows):
        found.append(f"rows: expected {_short(rows[0])}, got {_short(rows[1])}")
    return found


def _error_differences(expected, actual):
    found = []
    for key in ("error", "condition", "sqlstate", "at"):
        if expected.get(key) != actual.get(key):
            found.append(f"{key}: expected {expected.get(key)}, got {actual.get(key)}")
    ours = actual.get("parameters", {})
    for key, value in expected.get("parameters", {}).items():
        if key in COMPARED_PARAMETERS and not found and ours.get(key) != value:
            found.append(f"parameter {key}: expected {value!r}, got {ours.get(key)!r}")
    if found and "text" in actual:
        found.append(actual["text"])
    return found


def _sort_key(row):
    return repr([f"{cell:.6g}" if isinstance(cell, float) else cell for cell in row])


def close(a, b):
    """Equal, with doubles within 1e-9 relative."""
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(close(x, y) for x, y in zip(a, b))
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(close(a[k], b[k]) for k in a)
    if isinstance(a, float) and isinstance(b, float):
        return math.isclose(a, b, rel_tol=1e-9) and math.copysign(1, a) == math.copysign(1, b)
    return type(a) is type(b) and a == b


def kind(result):
    """`error`, `value` or `rows`."""
    return next((k for k in ("error", "value") if k in result), "rows")


def brief(result):
    """A result in one line."""
    if kind(result) == "error":
        text = f": {result['text']}" if "text" in result else ""
        return f"{result['error']} {result.get('condition', '')}{text}".strip()
    if kind(result) == "value":
        return _short(result["value"])
    return f"{result['schema']} {_short(result['rows'])}"


def _short(value):
    text = repr(value)
    return text if len(text) < 400 else text[:400] + "..."
