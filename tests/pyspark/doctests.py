"""Runs the doctests of the installed PySpark client against a server.

    doctests.py --remote sc://127.0.0.1:15002                the modules that take seconds
    doctests.py --remote sc://127.0.0.1:15002 --all          functions too: minutes
    doctests.py --remote sc://127.0.0.1:15002 --modules catalog,tvf --show

One docstring is a case. Docstrings, globals and option flags are those of each module's
own tests. `doctests.txt` lists the cases that pass; a listed case that fails is a
regression, and the exit code says so. `--update` adds those that pass unlisted: the list
only grows.

Each module runs in a process and a session of its own. The tables, views and functions
of the database `default` are dropped on the way: never run this against one with data.
"""

import argparse
import contextlib
import doctest
import importlib
import io
import logging
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import warnings

HERE = pathlib.Path(__file__).resolve().parent
LIST = HERE / "doctests.txt"
TIMEOUT = int(os.environ.get("CASE_TIMEOUT", "60"))

PLAIN = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
LAX = PLAIN | doctest.IGNORE_EXCEPTION_DETAIL

# Which module's docstrings run, with which flags.
MODULES = {
    "catalog": ("pyspark.sql.connect.catalog", LAX),
    "column": ("pyspark.sql.column", LAX),
    "conf": ("pyspark.sql.connect.conf", LAX),
    "dataframe": ("pyspark.sql.dataframe", LAX),
    "group": ("pyspark.sql.connect.group", PLAIN),
    "observation": ("pyspark.sql.connect.observation", LAX),
    "plot": ("pyspark.sql.plot.core", LAX),
    "readwriter": ("pyspark.sql.connect.readwriter", LAX),
    "session": ("pyspark.sql.connect.session", LAX),
    "tvf": ("pyspark.sql.connect.tvf", LAX),
    "types": ("pyspark.sql.types", PLAIN),
    "window": ("pyspark.sql.window", LAX),
}
LONG = {"functions": ("pyspark.sql.connect.functions.builtin", LAX)}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--remote", required=True)
    parser.add_argument("--all", action="store_true", help="the modules that take minutes too")
    parser.add_argument("--modules", help="only these, separated by commas")
    parser.add_argument("--show", action="store_true", help="print why cases fail")
    parser.add_argument("--update", action="store_true", help="add what passes to the list")
    parser.add_argument("--child", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        return run_module(options.child, options)
    names = list(MODULES) + (list(LONG) if options.all else [])
    if options.modules:
        names = options.modules.split(",")
    results = {}
    for name in names:
        results.update(run_apart(name, options))
    return judge(results, names, options)


def run_apart(name, options):
    """The results of a module that runs in another process: case to whether it passed."""
    command = [sys.executable, "-Wignore", __file__, "--remote", options.remote, "--child", name]
    command += ["--show"] if options.show else []
    with tempfile.TemporaryDirectory() as scratch:
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, cwd=scratch, env=environment(options.remote))
    results = {}
    for line in done.stdout.splitlines():
        kind, _, rest = line.partition(" ")
        if kind in ("pass", "fail"):
            results[f"{name} {rest}"] = kind == "pass"
        else:
            print(line)
    if done.returncode:
        print(f"{name}: the process ended with {done.returncode}")
    passed = sum(results.values())
    print(f"{name}: {passed} of {len(results)}", flush=True)
    return results


def environment(remote):
    # Sets and hashes print alike, and so do times; some cases ask for a session themselves.
    return {**os.environ, "PYTHONHASHSEED": "0", "TZ": "UTC", "SPARK_REMOTE": remote}


def judge(results, names, options):
    listed = LIST.read_text().split("\n") if LIST.exists() else []
    listed = {line for line in listed if line}
    lost = sorted(case for case in listed if case.split(" ")[0] in names and not results.get(case))
    new = sorted(case for case, passed in results.items() if passed and case not in listed)
    if options.update:
        LIST.write_text("".join(f"{case}\n" for case in sorted(listed | set(new))))
    for case in lost:
        print(f"LOST {case}")
    for case in new:
        print(f"NEW  {case}")
    print(f"{sum(results.values())} of {len(results)} doctests pass, {len(lost)} that are listed do not")
    return 1 if lost else 0


def run_module(name, options):
    place, flags = {**MODULES, **LONG}[name]
    # Some modules of the client can only be imported after this one.
    importlib.import_module("pyspark.sql.connect.session")
    module = importlib.import_module(place)
    if name == "session":
        # What stands there is for the other kind of session.
        module.SparkSession.__doc__ = None
        module.SparkSession.Builder.master.__doc__ = None
    tests = doctest.DocTestFinder().find(module, globs={})
    tests = [test for test in tests if any(doctest.SKIP not in e.options for e in test.examples)]
    spark = connect(options.remote)
    clean(spark)
    for test in sorted(tests, key=lambda test: test.name):
        short = test.name.removeprefix(place).lstrip(".") or "the module"
        passed, report = run_case(test, module, flags, spark)
        print("pass" if passed else "fail", short, flush=True)
        if not passed:
            if options.show:
                print(report)
            clean(spark)
        if spark.is_stopped:
            spark = connect(options.remote)
    clean(spark)
    spark.stop()
    return 0


def run_case(test, module, flags, spark):
    from pyspark.sql import SparkSession

    test.globs = {**vars(module), "spark": spark, "__name__": "__main__"}
    if "SparkSession" not in test.globs or module.__name__.endswith("connect.session"):
        test.globs["SparkSession"] = SparkSession
    out = io.StringIO()
    runner = doctest.DocTestRunner(verbose=False, optionflags=flags)
    try:
        with limited(TIMEOUT):
            result = runner.run(test, out=out.write, clear_globs=False)
    except BaseException as error:
        return False, f"{type(error).__name__}: {error}"
    return result.failed == 0, out.getvalue()


@contextlib.contextmanager
def limited(seconds):
    """Ends what runs in it after a while."""

    def end(_signal, _frame):
        raise TimeoutError(f"no answer in {seconds} s")

    signal.signal(signal.SIGALRM, end)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)


def connect(remote):
    from pyspark.sql import SparkSession

    warnings.simplefilter("ignore")
    # Errors are what many cases are about.
    logging.getLogger("SQLQueryContextLogger").setLevel(logging.CRITICAL)
    spark = SparkSession.builder.remote(remote).getOrCreate()
    # On in Spark's own test runs, off otherwise.
    spark.conf.set("spark.sql.timeType.enabled", "true")
    return spark


def clean(spark):
    """Drops what cases left behind."""
    with contextlib.suppress(Exception):
        spark.sql("USE default").collect()
    with contextlib.suppress(Exception):
        for table in spark.catalog.listTables():
            kind = "VIEW" if table.isTemporary or table.tableType == "VIEW" else "TABLE"
            with contextlib.suppress(Exception):
                spark.sql(f"DROP {kind} IF EXISTS `{table.name}`").collect()
    with contextlib.suppress(Exception):
        for (function,) in spark.sql("SHOW USER FUNCTIONS").collect():
            temporary = "" if "." in function else "TEMPORARY "
            with contextlib.suppress(Exception):
                spark.sql(f"DROP {temporary}FUNCTION IF EXISTS {function}").collect()


if __name__ == "__main__":
    sys.exit(main())
