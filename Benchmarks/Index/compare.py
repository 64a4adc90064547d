"""The live index beside hnswlib, usearch and faiss, on the same vectors in one run.

Run by Benchmarks/Index/run. Real vectors: MiniLM rows of pricerunner titles, 1,000 of them queries;
synthetic: the peers' hard set. Ours is measured before and after the peers; a peer's figure is that
of the smallest setting that reaches the recall. Prints a Markdown table a set.
"""
import argparse, datetime, json, os, pathlib, re, subprocess, sys, tempfile

import numpy as np

p = argparse.ArgumentParser(description=__doc__)
p.add_argument("--peers", required=True, help="folder of the peers' scripts")
p.add_argument("--benchmark", required=True, help="akin-bench-index")
p.add_argument("--sets", default="real,synthetic", help="of real, synthetic, million")
p.add_argument("--n", type=int, default=100_000, help="rows of the synthetic set")
p.add_argument("--data", help="data folder of the peers' scripts")
p.add_argument("--ours", action="store_true", help="leave the peers out")
args = p.parse_args()
sys.path.insert(0, args.peers)
sys.argv = [sys.argv[0]]
from vectors import make, real  # noqa: E402

TARGETS = (0.95, 0.98)


def processor():
    text = pathlib.Path("/proc/cpuinfo").read_text()
    return re.search(r"model name\s*: (.*)", text)[1]


def ours(folder):
    out = subprocess.run([args.benchmark, f"{folder}/base.npy", f"{folder}/queries.npy"],
                         check=True, capture_output=True, text=True).stdout
    found = {}
    for line in map(json.loads, out.splitlines()):
        found[(line["what"], line.get("target"), line["metric"])] = line["value"]
    return found


def peers(part, n):
    with tempfile.NamedTemporaryFile(suffix=".jsonl") as lines:
        command = [sys.executable, "knn.py", "--only", part, "--n", str(n), "--json", lines.name]
        if args.data:
            command += ["--data", args.data]
        subprocess.run(command, check=True, cwd=args.peers, stdout=sys.stderr)
        return [json.loads(line) for line in open(lines.name)]


def row(*cells):
    print("| " + " | ".join(str(c) for c in cells) + " |")


def figure(value, digits=3):
    return "–" if value is None else f"{value:,.{digits}g}" if value < 1000 else f"{value:,.0f}"


def report(name, base, queries, part):
    with tempfile.TemporaryDirectory() as folder:
        np.save(f"{folder}/base.npy", base)
        np.save(f"{folder}/queries.npy", queries)
        runs = [ours(folder)]
        lines = [] if args.ours else peers(part, len(base))
        if lines:
            runs.append(ours(folder))
    load = os.getloadavg()[0]
    print(f"\n## {name}: {len(base):,} × {base.shape[1]}\n")
    print(f"{datetime.date.today()}, {processor()}, {os.cpu_count()} cores, load {load:.1f} at the end.\n")
    row("engine", "build, s", "memory, MiB", *(f"≥ {t}: {m}" for t in TARGETS for m in
        ("queries/s, 1 thread", "2 threads", "one, ms", "recall")))
    row(*["---"] + ["---:"] * (2 + 4 * len(TARGETS)))
    for place, run in enumerate(runs):
        cells = [figure(run["build", None, "seconds"]), figure(run["memory", None, "MiB"])]
        for target in TARGETS:
            # The smallest setting whose measured recall reaches the target.
            setting = min(t for w, t, m in run if w == "unfiltered" and m == "recall@10"
                          and run[w, t, m] >= target)
            cells += [figure(run["unfiltered", setting, m]) for m in
                      ("queries/s, 1t", "queries/s, 2t", "single p50, ms")]
            cells.append(f"{run['unfiltered', setting, 'recall@10']:.3f}")
        row("**Akin**" + (", again" if place else ""), *cells)
    for peer in dict.fromkeys(line["peer"] for line in lines):
        own = {(re.sub(r" (synthetic|pricerunner).*", "", l["bench"]), l["metric"]): l
               for l in lines if l["peer"] == peer}
        value = lambda bench, metric: (own.get((bench, metric)) or {}).get("value")
        cells = [figure(value("build", "seconds")), figure(value("memory", "rss delta"))]
        for target in TARGETS:
            bench = f"recall@10>={target}"
            cells += [figure(value(bench, m)) for m in
                      ("batch qps 1t", "batch qps 2t", "single p50 1t")]
            note = (own.get((bench, "batch qps 2t")) or {}).get("note", "")
            found = re.search(r"recall ([\d.]+)", note)
            cells.append(found[1] if found else "–")
        row(peer, *cells)
    print("\nAkin's filtered searches, asked for recall .98:\n")
    row("filter", "recall", "queries/s, 1 thread", "2 threads", "one, ms")
    row("---", "---:", "---:", "---:", "---:")
    last = runs[-1]
    for what in ("unfiltered", "50 % pass", "10 % pass", "1 % pass"):
        row(what, f"{last[what, .98, 'recall@10']:.3f}",
            *(figure(last[what, .98, m]) for m in
              ("queries/s, 1t", "queries/s, 2t", "single p50, ms")))
    sys.stdout.flush()


for chosen in args.sets.split(","):
    if chosen == "real":
        data = args.data or str(pathlib.Path(args.peers).parent / "data")
        V = np.random.default_rng(0).permutation(real(pathlib.Path(data)))
        report("Real titles", V[:-1000], V[-1000:], "real")
    else:
        n = 1_000_000 if chosen == "million" else args.n
        X = make(n + 1000)
        report("Synthetic", X[:n], X[n:], "million" if chosen == "million" else "index")
