"""Compares a server's answers with those recorded from Spark.

    check.py --remote sc://127.0.0.1:PORT [--passing passing.txt] [--only REGEX] [--update]

`--passing` names a list of the cases that must pass: one that fails is a
regression. One that passes without being listed is named, so that it is added
(`--update` does that), and with `--strict` it fails the check too.
"""

import argparse
import json
import pathlib
import re
import sys
import time

import data
import kit


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--remote", required=True)
    parser.add_argument("--passing", type=pathlib.Path)
    parser.add_argument("--only", default="", help="only cases whose name matches")
    parser.add_argument("--update", action="store_true", help="add new passes to the list")
    parser.add_argument("--strict", action="store_true", help="insist that the list is complete")
    parser.add_argument("--split", action="store_true", help="try items of select lists alone")
    parser.add_argument("--quiet", action="store_true", help="name failures, say no more")
    options = parser.parse_args()
    verdicts = {}
    for module in kit.modules():
        check(module, options, verdicts)
    passed = [name for name, wrong in verdicts.items() if not wrong]
    print(f"{kit.client_line()}: {len(passed)} of {len(verdicts)} cases as in Spark")
    code = judge(verdicts, options)
    for spark in OPEN:
        spark.stop()
    sys.exit(code)


def answers_of(module):
    answers = json.loads((kit.ANSWERS / f"{module}.json").read_text())
    own = kit.ANSWERS / f"{module}.{kit.client_line()}.json"
    if own.exists():
        answers.update(json.loads(own.read_text()))
    return answers


def check(module, options, verdicts):
    wanted = {n: f for n, f in kit.CASES.get(module, {}).items()
              if re.search(options.only, f"{module}.{n}")}
    if not wanted:
        return
    answers, start = answers_of(module), time.monotonic()
    spark = ready_session(options.remote)
    for name, function in wanted.items():
        if name not in answers:
            sys.exit(f"{module}.{name} has no recorded answer: run record.py")
        wrong = ["the session could not be prepared"] if spark is None else \
            kit.differences(answers[name], kit.run(function, spark))
        verdicts[f"{module}.{name}"] = wrong
        if wrong:
            report(f"{module}.{name}", wrong, options)
        if wrong and options.split and spark is not None:
            for part in kit.parts_that_differ(function, answers[name], spark):
                print(f"     item {part}")
    print(f"     {module}: {time.monotonic() - start:.1f} s", flush=True)


def report(name, wrong, options):
    print(f"DIFF {name}" + ("" if options.quiet else f"  {'; '.join(wrong)}"))


OPEN = []  # until the end: the 4.0 client shares a pool of threads, which stop() shuts down


def ready_session(remote):
    spark = kit.session(remote)
    OPEN.append(spark)
    try:
        data.views(spark)
    except Exception as error:  # every case then fails, with this as the reason
        print(f"cannot prepare the session: {type(error).__name__}: {error}")
        return None
    return spark


def judge(verdicts, options):
    """Compares with the list: lines `name`, or `name except 4.0` where a client differs."""
    if options.passing is None:
        return int(any(verdicts.values()))
    lines = options.passing.read_text().splitlines() if options.passing.exists() else []
    excepted = f" except {kit.client_line()}"
    listed = {line.split(" ")[0] for line in lines if not line.endswith(excepted)}
    regressed = [n for n in sorted(listed)
                 if re.search(options.only, n) and verdicts.get(n, ["is gone"])]
    new = [n for n, wrong in verdicts.items() if not wrong and n not in listed]
    if options.update:
        kept = [line for line in lines if not (line.endswith(excepted) and line.split()[0] in new)]
        options.passing.write_text("".join(f"{n}\n" for n in sorted({*kept, *new})))
        new = []
    for name in regressed:
        print(f"REGRESSION {name}: {'; '.join(verdicts.get(name, ['is gone']))}")
    for name in new:
        print(f"NEW {name} passes: add it to {options.passing.name}")
    return int(bool(regressed or new and options.strict))


if __name__ == "__main__":
    main()
