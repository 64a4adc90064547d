"""Our recommenders beside the peers' (implicit's ALS, BPR and item-kNN; EASE by torch), in one run.

Each pair runs one after the other on the same files with the same settings and threads. The peers
are run by their own script, cf.py, named by --peer-script; one JSON line a figure comes out.
"""
import argparse, json, os, subprocess, sys

p = argparse.ArgumentParser(description=__doc__)
p.add_argument("--benchmark", required=True, help="akin-bench-recommend")
p.add_argument("--data", required=True, help="folder with behaviour-cf/")
p.add_argument("--peer-script", help="cf.py; left out, only ours are measured")
p.add_argument("--python", default=sys.executable)
p.add_argument("--sets", default="amazon-electronics,ml-1m,gowalla")
p.add_argument("--peers", default="als64,als256,knn,bpr,ease")
args = p.parse_args()

# As in cf.py: als (regularisation, alpha, iterations), bpr (rate, regularisation, epochs), knn, ease.
SET = {
    "gowalla": dict(als64=(10, 80, 15), als256=(30, 80, 15), bpr=(.02, .001, 100), knn=400),
    "amazon-electronics": dict(als64=(30, 5, 15), als256=(100, 20, 15), bpr=(.02, .05, 100), knn=400, ease=300),
    "ml-1m": dict(als64=(30, 5, 15), als256=(100, 20, 15), bpr=(.02, .02, 100), knn=20, ease=1000),
}


def settings(peer, value):
    if peer.startswith("als"):
        # implicit's confidence is alpha where something was taken, ours 1 + alpha.
        return "ials", [f"factors={peer[3:]}", f"regularisation={value[0]}", f"alpha={value[1] - 1}",
                        f"iterations={value[2]}"], value[2]
    if peer == "bpr":
        return "bpr", ["factors=64", f"learningRate={value[0]}", f"regularisation={value[1]}",
                       f"epochs={value[2]}"], value[2]
    if peer == "knn":
        return "item-knn", [f"k={value}"], 1
    return "ease", [f"regularisation={value}", "isRelative=false", "diagonalExponent=1", "userExponent=0",
                    "itemExponent=0", "outputExponent=0"], 1


def ours(name, peer, value):
    recommender, arguments, steps = settings(peer, value)
    folder = os.path.join(args.data, "behaviour-cf", name)
    out = subprocess.run([args.benchmark, f"{folder}/train.txt", f"{folder}/test.txt", recommender, *arguments],
                         check=True, capture_output=True, text=True).stdout
    r = json.loads(out)
    return dict(set=name, system="akin", model=peer, seconds_per_step=r["fit_seconds"] / steps,
                fit_seconds=r["fit_seconds"], evaluate_seconds=r["evaluate_seconds"],
                recall=r["recall@20"], ndcg=r["ndcg@20"])


def peers(name, peer):
    if not args.peer_script:
        return None
    out = f"/tmp/akin-peer-{os.getpid()}.jsonl"
    subprocess.run([args.python, args.peer_script, "--sets", name, "--peers", peer, "--data", args.data, "--json", out],
                   check=True, capture_output=True, text=True, cwd=os.path.dirname(args.peer_script))
    found = {}
    for line in open(out):
        row = json.loads(line)
        found[row["metric"]] = row["value"]
    os.remove(out)
    steps = SET[name][peer][2] if peer[:3] in ("als", "bpr") else 1
    return dict(set=name, system="peer", model=peer, seconds_per_step=found["fit"] / steps, fit_seconds=found["fit"],
                recall=found["recall@20"], ndcg=found["ndcg@20"])


print(f"{'set':20}{'model':8}{'akin s/step':>12}{'peer s/step':>12}{'ratio':>7}{'akin R@20':>11}{'peer R@20':>11}"
      f"{'akin N@20':>11}{'peer N@20':>11}{'rank s':>8}")
for name in args.sets.split(","):
    for peer in args.peers.split(","):
        if peer not in SET[name]:
            continue
        a, b = ours(name, peer, SET[name][peer]), peers(name, peer)
        ratio = b["seconds_per_step"] / a["seconds_per_step"] if b else float("nan")
        other = b or dict(seconds_per_step=float("nan"), recall=float("nan"), ndcg=float("nan"))
        print(f"{name:20}{peer:8}{a['seconds_per_step']:12.4f}{other['seconds_per_step']:12.4f}{ratio:7.1f}"
              f"{a['recall']:11.4f}{other['recall']:11.4f}{a['ndcg']:11.4f}{other['ndcg']:11.4f}"
              f"{a['evaluate_seconds']:8.1f}", flush=True)
