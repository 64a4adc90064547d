"""Time and memory of fitting as interactions grow: synthetic shoppers of 50 clicks each, whose items
follow a Zipf law within the taste of one of 200 groups, written as adjacency lists."""
import argparse, json, os, random, resource, subprocess, tempfile, time

p = argparse.ArgumentParser(description=__doc__)
p.add_argument("--benchmark", required=True, help="akin-bench-recommend")
p.add_argument("--sizes", default="1000000,3000000,10000000")
p.add_argument("--items", type=int, default=50_000)
p.add_argument("--recommenders", default="popularity,item-knn k=100;ials factors=64 iterations=5;graph-filter rank=128")
args = p.parse_args()


def write(folder, interactions):
    rng, groups, history = random.Random(1), 200, 50
    share = args.items // groups
    ranks = [int(share * rng.random() ** 3) for _ in range(1 << 16)]
    with open(f"{folder}/train.txt", "w") as train, open(f"{folder}/test.txt", "w") as test:
        for user in range(interactions // history):
            base = user % groups * share
            drawn = rng.choices(ranks, k=history + 20)
            taste = list(dict.fromkeys((base + r if n % 5 else rng.randrange(args.items)) for n, r in enumerate(drawn)))
            train.write(f"{user} {' '.join(map(str, taste[:-1]))}\n")
            if user % 50 == 0:
                test.write(f"{user} {taste[-1]}\n")


print(f"{'interactions':>13} {'recommender':40}{'fit s':>8}{'us/interaction':>16}{'peak MiB':>10}")
for size in map(int, args.sizes.split(",")):
    with tempfile.TemporaryDirectory() as folder:
        write(folder, size)
        count = sum(len(line.split()) - 1 for line in open(f"{folder}/train.txt"))
        for call in args.recommenders.replace(",", ";").split(";"):
            run = subprocess.Popen([args.benchmark, f"{folder}/train.txt", f"{folder}/test.txt", *call.split()],
                                   stdout=subprocess.PIPE, text=True)
            out = run.stdout.read()
            _, _, usage = os.wait4(run.pid, 0)
            fit = json.loads(out)["fit_seconds"]
            print(f"{count:13} {call:40}{fit:8.2f}{fit / count * 1e6:16.3f}{usage.ru_maxrss / 1024:10.0f}", flush=True)
