"""Records the answers of a real Spark server, to compare with later.

    record.py --remote sc://127.0.0.1:15002 [--only MODULE]

Run it with pyspark-client 4.2, whose answers are the base. With another client
only the answers that differ from the base are written, to a file with the
client's version in its name.
"""

import argparse
import json
import sys

import data
import kit


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--remote", required=True)
    parser.add_argument("--only", help="record this module alone")
    options = parser.parse_args()
    for module in kit.modules():
        if options.only in (None, module):
            record(module, options.remote)


def record(module, remote):
    spark = kit.session(remote)
    data.views(spark)
    answers = {name: kit.run(f, spark) for name, f in kit.CASES.get(module, {}).items()}
    if not answers:
        return
    spark.stop()
    for name, answer in answers.items():
        if kit.kind(answer) == "error" and "condition" not in answer:
            print(f"{module}.{name} is no Spark error: {kit.brief(answer)}", file=sys.stderr)
    path = kit.ANSWERS / f"{module}.json"
    line = kit.client_line()
    if line != BASE:
        base = json.loads(path.read_text())
        path = kit.ANSWERS / f"{module}.{line}.json"
        answers = {n: a for n, a in answers.items() if kit.differences(base[n], a)}
        if not answers:
            path.unlink(missing_ok=True)
            return
    lines = ",\n".join(f"{json.dumps(n)}: {dump(a)}" for n, a in answers.items())
    path.write_text("{\n" + lines + "\n}\n")
    print(f"{path.name}: {len(answers)} answers")


def dump(answer):
    return json.dumps(answer, ensure_ascii=False, sort_keys=True)


BASE = "4.2"

if __name__ == "__main__":
    main()
