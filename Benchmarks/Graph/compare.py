"""Akin's exact graph beside faiss Flat and PyTorch, in one run. See README.md."""
import argparse, json, os, subprocess, sys, tempfile
from pathlib import Path

import numpy as np

p = argparse.ArgumentParser(description=__doc__)
p.add_argument("--peers", type=Path, required=True, help="the folder with knn.py and vectors.py")
p.add_argument("--benchmark", type=Path, required=True, help="the akin-bench-graph executable")
p.add_argument("--n", type=int, default=100_000)
p.add_argument("--runs", type=int, default=3)
p.add_argument("--exact-rows", type=int, default=20_000)
a = p.parse_args()


def load():
    return f"load {os.getloadavg()[0]:.2f}"


def ours(file, k, folder):
    out = subprocess.run([a.benchmark, file, str(k), folder / "ids"], check=True, capture_output=True, text=True)
    return json.loads(out.stdout), np.fromfile(folder / "ids", np.int32).reshape(-1, k)


def recall(X, ids, rows=1000):
    """The share of ids whose float32 score reaches the true k-th, over evenly spaced rows."""
    r = np.arange(0, len(X), max(1, len(X) // rows))
    k, hit = ids.shape[1], 0
    for s in range(0, len(r), 250):
        b = r[s:s + 250]
        S = X[b] @ X.T
        S[np.arange(len(b)), b] = -np.inf
        kth = -np.partition(-S, k - 1, axis=1)[:, k - 1]
        hit += (np.take_along_axis(S, ids[b], 1) >= kth[:, None] - 1e-6).sum()
    return hit / len(r) / k


with tempfile.TemporaryDirectory() as name:
    folder = Path(name)
    file = folder / "vectors.npy"
    # knn.py draws 1,000 queries with its vectors: the same rows, less those.
    sys.path.insert(0, str(a.peers))
    sys.argv = sys.argv[:1]
    from vectors import make
    X = make(a.n + 1000)[:a.n]
    np.save(file, X)
    print(f"# {a.n} x {X.shape[1]}, {load()}", flush=True)
    results = {}
    for k in (20, 100):
        for run in range(a.runs):
            before = load()
            figures, ids = ours(file, k, folder)
            results.setdefault(k, []).append(figures["seconds"])
            print(f"akin k={k}: {figures}, {before} -> {load()}", flush=True)
        print(f"akin k={k}: recall {recall(X, ids):.5f}", flush=True)
    out = subprocess.run(
        [sys.executable, a.peers / "knn.py", "--only", "exact", "--n", str(a.n), "--exact-rows", str(a.exact_rows)],
        check=True, capture_output=True, text=True).stdout
    for line in out.splitlines():
        if not line.startswith("{"):
            continue
        row = json.loads(line)
        k = int(row["bench"].split("k=")[1].split()[0])
        best = min(results[k])
        print(f"{row['peer']} k={k}: {row['value']} s, akin {best:.2f} s, ratio {row['value'] / best:.1f}; {row['note']}")
    for k in (20, 100):
        results[k].append(ours(file, k, folder)[0]["seconds"])
        print(f"akin k={k} again after the peers: {results[k][-1]:.2f} s, {load()}")
