"""How the exact graph grows with n: seconds by size, the fitted exponent, an SVG.

python scale.py --peers FOLDER --benchmark akin-bench-graph --sizes 10000,30000,100000 --plots docs/benchmarks
"""
import argparse, json, math, os, pathlib, subprocess, sys, tempfile

import numpy as np

p = argparse.ArgumentParser(description=__doc__)
p.add_argument("--peers", required=True)
p.add_argument("--benchmark", required=True)
p.add_argument("--sizes", default="10000,30000,100000,300000,1000000")
p.add_argument("--k", type=int, default=100)
p.add_argument("--memory", type=int, default=1900, help="MiB")
p.add_argument("--plots")
a = p.parse_args()
sys.path[:0] = [a.peers, str(pathlib.Path(__file__).parent.parent)]
import plot  # noqa: E402
from vectors import make  # noqa: E402

points = []
print("| n | seconds | processor seconds | resident, MiB |\n|---:|---:|---:|---:|")
for n in map(int, a.sizes.split(",")):
    with tempfile.TemporaryDirectory() as folder:
        np.save(f"{folder}/v.npy", make(n))
        out = json.loads(subprocess.run([a.benchmark, f"{folder}/v.npy", str(a.k), f"{folder}/ids", str(a.memory)],
                                        check=True, capture_output=True, text=True).stdout)
    points.append((n, out["seconds"]))
    print(f"| {n:,} | {out['seconds']:.1f} | {out['processor_seconds']:.1f} | {out['resident_mib']:,} |", flush=True)
logs = np.log(np.array(points))
slope, offset = np.polyfit(logs[:, 0], logs[:, 1], 1)
large = np.polyfit(logs[-3:, 0], logs[-3:, 1], 1)[0] if len(points) >= 3 else slope
print(f"\nseconds ≈ n^{slope:.2f} over all sizes, n^{large:.2f} over the three largest; load {os.getloadavg()[0]:.1f} at the end")
if a.plots:
    plot.save(f"{a.plots}/graph-scaling.svg", f"Exact graph, k = {a.k}, 384 dimensions, two threads", "vectors", "seconds",
              {"measured": points, f"n^{slope:.2f}": [(n, math.exp(offset) * n ** slope) for n, _ in points]})
