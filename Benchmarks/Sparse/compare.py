"""Akin's item-item cosine beside implicit's CosineRecommender, in one run. See docs/benchmarks/sparse.md."""
import argparse, json, os, statistics, subprocess, tempfile, time, warnings
os.environ["OPENBLAS_NUM_THREADS"] = "1"   # what implicit asks for; its own threads do the work
from pathlib import Path

import implicit
import numpy as np
import scipy.sparse as sp

warnings.filterwarnings("ignore")
p = argparse.ArgumentParser(description=__doc__)
p.add_argument("--train", type=Path, required=True, help="lines of `user item item …`")
p.add_argument("--benchmark", type=Path, required=True, help="the akin-bench-sparse executable")
p.add_argument("--k", default="20,100,400")
p.add_argument("--runs", type=int, default=3)
p.add_argument("--threads", type=int, default=2)
a = p.parse_args()

u, i = [], []
for line in open(a.train):
    w = line.split()
    u += [int(w[0])] * (len(w) - 1)
    i += map(int, w[1:])
X = sp.csr_matrix((np.ones(len(u), np.float32), (u, i)))
X.data[:] = 1
print(f"# {X.shape[0]} shoppers, {X.shape[1]} items, {X.nnz} entries; implicit {implicit.__version__}, "
      f"{a.threads} threads, load {os.getloadavg()[0]:.2f}", flush=True)

C = X.T.tocsr()
norms = np.sqrt(np.asarray(C.multiply(C).sum(1)).ravel())


def right(ids, k, rows=500):
    """The share of ids whose cosine in double precision reaches the true k-th, over some rows."""
    hit = total = 0
    for r in np.linspace(0, C.shape[0] - 1, rows).astype(int):
        s = np.asarray((C[r] @ X).todense()).ravel() / np.maximum(norms * norms[r], 1e-30)
        s[r] = 0
        n = min(k, (s > 0).sum())
        mine = ids[r][ids[r] >= 0]
        assert len(mine) == n and len(set(mine)) == n, (r, len(mine), n)
        if n:
            hit += (s[mine] >= np.sort(s)[-n] - 1e-6).sum()
            total += n
    return hit / total


def peer(k):
    m = implicit.nearest_neighbours.CosineRecommender(K=k, num_threads=a.threads)
    t = time.perf_counter()
    m.fit(X, show_progress=False)
    return time.perf_counter() - t


for k in map(int, a.k.split(",")):
    theirs, ours = [], []
    with tempfile.TemporaryDirectory() as folder:
        for run in range(a.runs):   # alternating, so that both meet the same load
            theirs.append(peer(k + 1))   # it lists the item itself, we do not
            out = subprocess.run([a.benchmark, a.train, str(k), f"{folder}/ids", "1"],
                                 check=True, capture_output=True, text=True).stdout
            ours += json.loads(out)["seconds"]
        share = right(np.fromfile(f"{folder}/ids", np.int32).reshape(-1, k), k)
    x, y = statistics.median(theirs), statistics.median(ours)
    print(f"k={k}: implicit {x:.3f} s ({min(theirs):.3f}-{max(theirs):.3f}), "
          f"akin {y:.3f} s ({min(ours):.3f}-{max(ours):.3f}), {x / y:.1f} times faster; "
          f"right {share:.5f}; load {os.getloadavg()[0]:.2f}", flush=True)
