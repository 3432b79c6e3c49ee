"""Runs the TPC-H programs against a server and compares with recorded answers.

    run.py --remote sc://127.0.0.1:PORT --data DIR --answers FILE [--record] [--only q01,q06]

`--data` is a folder of `tpchgen-cli` Parquet files, one a table, which the
server must be able to read. Answers hold the schema and every row, in order.
"""

import argparse
import json
import pathlib
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

import kit  # noqa: E402
from tpch import queries  # noqa: E402


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--remote", required=True)
    parser.add_argument("--data", required=True, type=pathlib.Path)
    parser.add_argument("--answers", required=True, type=pathlib.Path)
    parser.add_argument("--record", action="store_true", help="write the answers")
    parser.add_argument("--only", default="", help="query numbers, comma separated")
    parser.add_argument("--runs", type=int, default=1, help="time the best of so many runs")
    options = parser.parse_args()
    only = set(filter(None, options.only.split(",")))
    programs = {n: p for n, p in programs_of(options).items() if not only or n.split("_")[0] in only}
    if options.record:
        record(programs, options.answers)
    else:
        sys.exit(check(programs, options))


def programs_of(options):
    spark = kit.session(options.remote)
    tables = {}
    for name in queries.TABLES:
        tables[name] = spark.read.parquet(str(options.data.resolve() / f"{name}.parquet"))
        tables[name].createOrReplaceTempView(name)
    programs = {}
    for name in queries.SQL:
        programs[f"{name}_sql"] = lambda name=name: spark.sql(queries.SQL[name])
        programs[f"{name}_frame"] = lambda name=name: queries.FRAMES[name](tables)
    return programs


def answer_of(program):
    return kit.run(lambda _: kit.Ordered(program()), None)


def record(programs, path):
    answers = {name: answer_of(program) for name, program in programs.items()}
    lines = ",\n".join(f"{json.dumps(n)}: {json.dumps(a, ensure_ascii=False)}"
                       for n, a in answers.items())
    path.write_text("{\n" + lines + "\n}\n")


def check(programs, options):
    answers, failed, total = json.loads(options.answers.read_text()), 0, 0.0
    for name, program in programs.items():
        seconds = []
        for _ in range(options.runs):
            start = time.monotonic()
            actual = answer_of(program)
            seconds.append(time.monotonic() - start)
        wrong = kit.differences(answers[name], actual)
        failed, total = failed + bool(wrong), total + min(seconds)
        rows = len(answers[name].get("rows", []))
        verdict = f"DIFF {'; '.join(wrong)}" if wrong else f"ok, {rows} rows"
        print(f"{name:10} {min(seconds):7.2f} s  {verdict}", flush=True)
    print(f"{kit.client_line()}: {len(programs) - failed} of {len(programs)} TPC-H programs "
          f"as in Spark, {total:.2f} s")
    return int(failed > 0)


if __name__ == "__main__":
    main()
