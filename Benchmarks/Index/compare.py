"""The live index beside hnswlib, usearch and faiss, on the same vectors in one run.

Run by Benchmarks/Index/run. Real vectors: MiniLM rows of pricerunner titles, 1,000 of them queries;
synthetic: the peers' hard set. Ours is measured before and after the peers. A row of the table is
the fastest setting that reaches the recall; the whole curves go into an SVG. A single query of a
peer includes its call from Python (a microsecond or two), ours the call from Swift.
"""
import argparse, datetime, json, os, pathlib, re, subprocess, sys, tempfile

import numpy as np

p = argparse.ArgumentParser(description=__doc__)
p.add_argument("--peers", required=True, help="folder of the peers' scripts")
p.add_argument("--benchmark", required=True, help="akin-bench-index")
p.add_argument("--sets", default="real,synthetic", help="of real, synthetic")
p.add_argument("--n", type=int, default=100_000, help="rows of the synthetic set")
p.add_argument("--data", help="data folder of the peers' scripts")
p.add_argument("--plots", help="folder for SVG files")
p.add_argument("--ours", action="store_true", help="leave the peers out")
args = p.parse_args()
sys.path[:0] = [args.peers, str(pathlib.Path(__file__).parent.parent)]
sys.argv = ["knn.py", "--only", "none"] + (["--data", args.data] if args.data else [])
import knn  # noqa: E402  defines the peers and, asked for no part, measures nothing
import plot  # noqa: E402
from common import rss, timed  # noqa: E402

TARGETS = (0.95, 0.98)
PEERS = (knn.Hnswlib, knn.Usearch8, knn.Usearch16, knn.FaissHnsw, knn.FaissIvf)


def processor():
    return re.search(r"model name\s*: (.*)", pathlib.Path("/proc/cpuinfo").read_text())[1]


def ours(base, queries):
    """[(recall, one thread, two threads, one query)], build seconds, memory, filtered figures."""
    with tempfile.TemporaryDirectory() as folder:
        np.save(f"{folder}/base.npy", base)
        np.save(f"{folder}/queries.npy", queries)
        out = subprocess.run([args.benchmark, f"{folder}/base.npy", f"{folder}/queries.npy"],
                             check=True, capture_output=True, text=True).stdout
    found = {(l["what"], l.get("target"), l["metric"]): l["value"] for l in map(json.loads, out.splitlines())}
    metrics = ("recall@10", "queries/s, 1t", "queries/s, 2t", "single p50, ms")
    curves = {}
    for what, target, metric in found:
        if metric == "recall@10":
            curves.setdefault(what, []).append(tuple(found[what, target, m] for m in metrics))
    return sorted(curves.pop("unfiltered")), found["build", None, "seconds"], found["memory", None, "MiB"], curves


def peer(P, base, queries, truth):
    before = rss()
    build, _, _, index = timed(lambda: P(base), 1)
    memory = rss() - before
    curve = []
    for setting in index.efs:
        recall = knn.recall(index.search(queries, 10, setting), truth)
        if recall < 0.9 and setting != index.efs[-1]:
            continue
        rates = [len(queries) / timed(lambda: index.search(queries, 10, setting, n), 5)[0] for n in (1, 2)]
        single = np.median([timed(lambda: index.search(q[None], 10, setting, 1), 1)[0] for q in queries[:500]])
        curve.append((recall, *rates, single * 1e3))
        if recall >= 0.99:
            break
    return curve, build, memory


def figure(value):
    return "–" if value is None else f"{value:,.3g}" if abs(value) < 1000 else f"{value:,.0f}"


def row(*cells):
    print("| " + " | ".join(str(c) for c in cells) + " |")


def report(name, key, base, queries):
    truth = knn.Faiss(base).search(queries, 10, 1)
    engines = {"Akin": ours(base, queries)[:3]}
    load = os.getloadavg()[0]
    for P in () if args.ours else PEERS:
        engines[P.name] = peer(P, base, queries, truth)
    curve, build, memory, filtered = ours(base, queries)
    if not args.ours:
        engines["Akin, again"] = (curve, build, memory)
    print(f"\n## {name}: {len(base):,} × {base.shape[1]}\n")
    print(f"{datetime.date.today()}, {processor()}, {os.cpu_count()} cores, load {load:.1f} after our first run.\n")
    metrics = ("queries/s, 1 thread", "2 threads", "one, ms", "recall")
    row("engine", "build, s", "memory, MiB", *(f"≥ {t}: {m}" for t in TARGETS for m in metrics))
    row("---", *["---:"] * (2 + len(metrics) * len(TARGETS)))
    for engine, (curve, build, memory) in engines.items():
        cells = [figure(build), figure(memory)]
        for target in TARGETS:
            reached = max((c for c in curve if c[0] >= target), key=lambda c: c[2], default=None)
            cells += ["–"] * 3 + [f"max {max(c[0] for c in curve):.3f}"] if reached is None else \
                [figure(v) for v in reached[1:]] + [f"{reached[0]:.3f}"]
        row(f"**{engine}**" if engine.startswith("Akin") else engine, *cells)
    print("\nAkin's filtered searches, asked for a recall of .98:\n")
    row("filter", "recall", *metrics[:3])
    row("---", *["---:"] * 4)
    for what, ((recall, *rest),) in filtered.items():
        row(what, f"{recall:.3f}", *map(figure, rest))
    sys.stdout.flush()
    if args.plots:
        lines = {e: sorted((c[0], c[2]) for c in curve if 0.9 <= c[0] < 0.9999) for e, (curve, *_) in engines.items() if e != "Akin, again"}
        plot.save(f"{args.plots}/index-{key}.svg", f"{name}, {len(base):,} × {base.shape[1]}: batches of 1,000 on two threads",
                  "recall@10", "queries a second", {e: l for e, l in lines.items() if l}, x_log=False)


for chosen in args.sets.split(","):
    if chosen == "real":
        V = np.random.default_rng(0).permutation(knn.real(knn.args.data))
        report("Real titles", "real", V[:-1000], V[-1000:])
    else:
        X = knn.make(args.n + 1000)
        report("Synthetic", f"synthetic-{args.n}", X[:args.n], X[args.n:])
