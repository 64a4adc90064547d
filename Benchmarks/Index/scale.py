"""How building a live index grows with n, beside hnswlib and usearch: seconds by size, an SVG.

python scale.py --peers FOLDER --benchmark akin-bench-index --sizes 10000,30000,100000 --plots docs/benchmarks

One segment of the peers' hard set on two threads; a peer is left out from --largest rows on.
"""
import argparse, json, os, pathlib, subprocess, sys, tempfile

import numpy as np

p = argparse.ArgumentParser(description=__doc__)
p.add_argument("--peers", required=True, help="folder of the peers' scripts")
p.add_argument("--benchmark", required=True, help="akin-bench-index")
p.add_argument("--sizes", default="10000,30000,100000,300000,1000000")
p.add_argument("--largest", type=int, default=100_000, help="rows that peers build at most")
p.add_argument("--plots", help="folder for the SVG file")
a = p.parse_args()
sys.path[:0] = [a.peers, str(pathlib.Path(__file__).parent.parent)]
sys.argv = ["knn.py", "--only", "none"]
import knn  # noqa: E402
import plot  # noqa: E402
from common import timed  # noqa: E402

PEERS = (knn.Hnswlib, knn.Usearch16)
lines = {"Akin": []} | {P.name: [] for P in PEERS}
print("| n | " + " | ".join(lines) + " |\n|---:|" + "---:|" * len(lines))
for n in map(int, a.sizes.split(",")):
    X = knn.make(n + 1000)
    with tempfile.TemporaryDirectory() as folder:
        np.save(f"{folder}/base.npy", X[:n])
        np.save(f"{folder}/queries.npy", X[n:])
        with subprocess.Popen([a.benchmark, f"{folder}/base.npy", f"{folder}/queries.npy"],
                              stdout=subprocess.PIPE, text=True) as process:
            line = process.stdout.readline()   # the build; searches are not waited for
            process.kill()
    first = json.loads(line) if line else sys.exit(f"{a.benchmark} ended without a figure")
    lines["Akin"].append((n, first["value"]))
    for P in PEERS if n <= a.largest else ():
        lines[P.name].append((n, timed(lambda: P(X[:n]), 1)[0]))
    print(f"| {n:,} | " + " | ".join(f"{line[-1][1]:.3g}" if line and line[-1][0] == n else "–" for line in lines.values()) + " |", flush=True)
for name, line in lines.items():
    if len(line) > 1:
        slope = np.polyfit(*np.log(np.array(line)).T, 1)[0]
        print(f"\n{name}: seconds ≈ n^{slope:.2f}")
print(f"\nload {os.getloadavg()[0]:.1f} at the end")
if a.plots:
    plot.save(f"{a.plots}/index-building.svg", "Building a live index, synthetic × 384, two threads", "vectors", "seconds", lines)
