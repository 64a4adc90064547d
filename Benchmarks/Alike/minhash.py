"""MinHash on title words beside `akin-bench-alike --part duplicates`: offers whose estimated Jaccard
reaches a threshold are joined; the threshold is chosen on half 0 of the clusters, reported on half 1.

128 permutations, 32 bands of 4 rows (Broder, 1997; Leskovec, Rajaraman, Ullman, chapter 3).
python minhash.py PRODUCTS.csv
"""
import csv, sys, time
from collections import defaultdict

import numpy as np

rows = list(csv.DictReader(open(sys.argv[1], encoding="utf-8")))
titles = [set(r["title"].lower().split()) for r in rows]
cluster = np.array([int(r["cluster_id"]) for r in rows])


def half(c):
    h = (c * 0x9E3779B97F4A7C15) & (2**64 - 1)
    h ^= h >> 29
    return h >> 40 & 1


halves = np.array([half(int(c)) for c in cluster])
begin = time.perf_counter()
words = {w: i for i, w in enumerate(sorted(set().union(*titles)))}
rng = np.random.default_rng(0)
P = (1 << 31) - 1
hashes = (np.arange(1, len(words) + 1, dtype=np.int64)[:, None] * rng.integers(1, P, 128)
          + rng.integers(0, P, 128)) % P
signatures = np.stack([hashes[[words[w] for w in t]].min(0) if t else np.full(128, P) for t in titles])
pairs = set()
for band in range(32):
    buckets = defaultdict(list)
    for row, key in enumerate(map(bytes, np.ascontiguousarray(signatures[:, band * 4:band * 4 + 4]))):
        buckets[key].append(row)
    for members in buckets.values():
        if len(members) <= 200:   # a bucket of everything says nothing and costs its square
            pairs.update((a, b) for i, a in enumerate(members) for b in members[i + 1:])
pairs = np.array(sorted(pairs))
estimate = np.concatenate([(signatures[p[:, 0]] == signatures[p[:, 1]]).mean(1)
                           for p in np.array_split(pairs, len(pairs) // 100_000 + 1)])
sizes = defaultdict(int)
for c in cluster:
    sizes[c] += 1


def components(threshold):
    root = list(range(len(rows)))

    def find(x):
        while root[x] != x:
            root[x] = root[root[x]]
            x = root[x]
        return x

    for a, b in pairs[estimate >= threshold]:
        root[find(a)] = find(b)
    groups = defaultdict(list)
    for row in range(len(rows)):
        groups[find(row)].append(row)
    return groups.values()


def pairwise(groups, h):
    said = right = 0
    for members in groups:
        counts = defaultdict(int)
        for row in members:
            counts[cluster[row]] += 1
        for row in members:
            if halves[row] == h:
                said += len(members) - 1
                right += counts[cluster[row]] - 1
    there = sum(sizes[c] - 1 for c, h_ in zip(cluster, halves) if h_ == h)
    precision, recall = right / max(said, 1), right / there
    return 2 * precision * recall / max(precision + recall, 1e-9), precision, recall


best = max((pairwise(components(t), 0)[0], t) for t in np.arange(0.3, 1.0, 0.025))
f1, precision, recall = pairwise(components(best[1]), 1)
print(f'{{"bench": "pricerunner duplicates half 1", "peer": "MinHash 128, title words", "metric": "pairwise F1", '
      f'"value": {f1:.4f}, "note": "precision {precision:.3f}, recall {recall:.3f}; half 0 {best[0]:.3f} at '
      f'{best[1]:.3f}; {time.perf_counter() - begin:.0f} s"}}')
