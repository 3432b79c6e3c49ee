"""GraphFrames through the unmodified client, beside networkx on the same graph.

    cargo build --release -p spark-connect-server
    python3 -m venv target/bench-graphs
    target/bench-graphs/bin/pip install graphframes-py==0.12.3 pyspark-client==4.2.0 \\
        'pandas<3' pyarrow zstandard grpcio-status googleapis-common-protos setuptools \\
        typing_extensions networkx scipy
    target/bench-graphs/bin/python plugins/graphframes/bench/compare.py

Makes an R-MAT graph (100,000 vertices, 1,000,000 edges by default) as Parquet files, starts
the server, and times connected components, PageRank in 10 rounds and the triangle count, best
of several runs, with the server's peak memory. Then the same in networkx, in a process of its
own. The server reads the files anew for every run; networkx builds its graph once, which is
told apart. Both must find the same components, triangles and ranks. Memory is told on Linux.
"""

import argparse
import json
import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
os.environ.setdefault("SPARK_HOME", str(ROOT))


def rmat(vertices, edges, seed):
    """Pairs of vertices, drawn quarter by quarter of the adjacency matrix."""
    import numpy as np

    chance = np.random.default_rng(seed)
    src, dst = np.zeros(edges, dtype=np.int64), np.zeros(edges, dtype=np.int64)
    for _ in range((vertices - 1).bit_length()):
        draw = chance.random(edges)
        src = 2 * src + (draw >= 0.57 + 0.19)
        dst = 2 * dst + (((draw >= 0.57) & (draw < 0.57 + 0.19)) | (draw >= 0.57 + 2 * 0.19))
    return src % vertices, dst % vertices


def write(folder, vertices, edges, seed):
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq

    src, dst = rmat(vertices, edges, seed)
    pq.write_table(pa.table({"id": np.arange(vertices)}), folder / "vertices.parquet")
    pq.write_table(pa.table({"src": src, "dst": dst}), folder / "edges.parquet")


def peak(pid):
    """The most memory that a process ever had, MiB."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return None
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def forget_peak(pid):
    try:
        Path(f"/proc/{pid}/clear_refs").write_text("5")
    except OSError:
        pass


def best(runs, work):
    times = []
    for _ in range(runs):
        begun = time.monotonic()
        answer = work()
        times.append(time.monotonic() - begun)
    return min(times), answer


def of_server(arguments, folder):
    server = subprocess.Popen(
        [arguments.server, "--listen", "127.0.0.1:0"], stdout=subprocess.PIPE, text=True
    )
    try:
        address = server.stdout.readline().split()[-1]
        os.environ["SPARK_REMOTE"] = f"sc://{address}"
        return through_client(arguments.runs, folder, server.pid)
    finally:
        server.terminate()
        server.wait()


def through_client(runs, folder, pid):
    from graphframes import GraphFrame
    from pyspark import StorageLevel
    from pyspark.sql import SparkSession
    from pyspark.sql import functions as F

    spark = SparkSession.builder.remote(os.environ["SPARK_REMOTE"]).create()
    graph = lambda: GraphFrame(
        spark.read.parquet(str(folder / "vertices.parquet")),
        spark.read.parquet(str(folder / "edges.parquet")),
    )

    def components():
        found = graph().connectedComponents()
        return found.agg(F.count_distinct("component")).first()[0]

    def ranks():
        found = graph().pageRank(maxIter=10).vertices
        return found.agg(F.max("pagerank")).first()[0]

    def triangles():
        found = graph().triangleCount(StorageLevel.MEMORY_ONLY)
        return found.agg(F.sum("count")).first()[0] // 3

    results = {}
    for name, work in [("components", components), ("page rank", ranks), ("triangles", triangles)]:
        forget_peak(pid)
        seconds, answer = best(runs, work)
        results[name] = {"seconds": seconds, "MiB": peak(pid), "answer": answer}
    spark.stop()
    return results


def of_networkx(folder, sender):
    import networkx as nx
    import pyarrow.parquet as pq

    begun = time.monotonic()
    vertices = pq.read_table(folder / "vertices.parquet")["id"].to_pylist()
    edges = pq.read_table(folder / "edges.parquet")
    edges = list(zip(edges["src"].to_pylist(), edges["dst"].to_pylist()))
    directed = nx.MultiDiGraph()
    directed.add_nodes_from(vertices)
    directed.add_edges_from(edges)
    simple = nx.Graph((a, b) for a, b in edges if a != b)
    simple.add_nodes_from(vertices)
    results = {"build": {"seconds": time.monotonic() - begun, "MiB": peak(os.getpid())}}

    def ranks():
        # Without a tolerance it makes all its rounds, and then complains.
        try:
            nx.pagerank(directed, alpha=0.85, max_iter=10, tol=0)
        except nx.PowerIterationFailedConvergence:
            return None

    works = [
        ("components", lambda: nx.number_connected_components(simple)),
        ("page rank", ranks),
        ("triangles", lambda: sum(nx.triangles(simple).values()) // 3),
    ]
    for name, work in works:
        forget_peak(os.getpid())
        seconds, answer = best(1, work)
        results[name] = {"seconds": seconds, "MiB": peak(os.getpid()), "answer": answer}
    sender.send(results)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--server", default=str(ROOT / "target/release/spark-connect-server"))
    parser.add_argument("--vertices", type=int, default=100_000)
    parser.add_argument("--edges", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--json", action="store_true", help="print all figures as JSON")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write(folder, arguments.vertices, arguments.edges, arguments.seed)
        ours = of_server(arguments, folder)
        receiver, sender = multiprocessing.Pipe(duplex=False)
        child = multiprocessing.get_context("spawn").Process(
            target=of_networkx, args=(folder, sender)
        )
        child.start()
        theirs = receiver.recv()
        child.join()
    if arguments.json:
        json.dump({"graphframes": ours, "networkx": theirs}, sys.stdout, indent=2)
        return 0
    build = theirs["build"]["seconds"]
    print(f"{arguments.vertices} vertices, {arguments.edges} edges; networkx builds in {build:.2f} s")
    print(f"{'':12}{'here':>18}{'networkx':>18}{'time':>9}{'memory':>9}")
    agree = True
    for name, here in ours.items():
        there = theirs[name]
        cell = lambda r: f"{r['seconds']:.2f} s {r['MiB'] or 0:.0f} MiB"
        time_ratio = here["seconds"] / there["seconds"]
        memory_ratio = here["MiB"] / there["MiB"] if here["MiB"] else float("nan")
        print(f"{name:12}{cell(here):>18}{cell(there):>18}{time_ratio:9.3f}{memory_ratio:9.3f}")
        agree &= there["answer"] in (None, here["answer"])
    print("both found the same" if agree else "THE ANSWERS DIFFER")
    return 0 if agree else 1


if __name__ == "__main__":
    sys.exit(main())
