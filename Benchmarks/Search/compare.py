"""Figures of search/homedepot beside bm25s and sentence-transformers + faiss, the same rows.

compare.py prepare JUDGMENTS FOLDER     writes judged.tsv, queries.txt, titles.txt
compare.py peers FOLDER bm25s|faiss MODEL  writes the peer's scores
compare.py lists FOLDER bm25s|faiss MODEL [--test]  NDCG@10 of whole lists, what nobody judged worth nothing
compare.py report FOLDER [--test]       prints the table
compare.py texts ROWS FOLDER            writes zh-queries.txt and zh-titles.txt
"""

import hashlib
import json
import math
import sys


def read(folder):
    with open(f"{folder}/judged.tsv", encoding="utf-8") as lines:
        return [line.rstrip("\n").split("\t") for line in lines]


def prepare(judgments, folder):
    queries, titles, rows = {}, {}, []
    with open(judgments, encoding="utf-8") as lines:
        next(lines)
        for line in lines:
            row, product, title, term, relevance = line.rstrip("\n").split("\t")
            query = " ".join(term.lower().split())
            part = int(hashlib.md5(query.encode()).hexdigest(), 16) % 10
            split = "train" if part < 5 else "validation" if part == 5 else "test"
            queries.setdefault(query, None)
            titles.setdefault(product, title)
            rows.append((row, product, title, query, relevance, split))
    for name, lines in [("queries.txt", queries), ("titles.txt", titles.values())]:
        with open(f"{folder}/{name}", "w", encoding="utf-8") as out:
            out.writelines(line + "\n" for line in lines)
    with open(f"{folder}/judged.tsv", "w", encoding="utf-8") as out:
        out.writelines("\t".join(row) + "\n" for row in rows)


def choice_texts(path, folder):
    queries, titles = {}, {}
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            queries.setdefault(row["query"])
            for title in row["candidates"]:
                titles.setdefault(title)
    for name, texts in [("zh-queries.txt", queries), ("zh-titles.txt", titles)]:
        with open(f"{folder}/{name}", "w", encoding="utf-8") as out:
            out.writelines(text + "\n" for text in texts)


def texts(folder, name):
    with open(f"{folder}/{name}", encoding="utf-8") as lines:
        return lines.read().split("\n")[:-1]


def bm25s_scores(folder, rows, order):
    import bm25s
    import Stemmer

    stemmer = Stemmer.Stemmer("english")
    titles, queries = texts(folder, "titles.txt"), texts(folder, "queries.txt")
    index = bm25s.BM25()
    index.index(
        bm25s.tokenize(titles, stopwords="en", stemmer=stemmer, show_progress=False),
        show_progress=False,
    )
    words = bm25s.tokenize(
        queries, stopwords="en", stemmer=stemmer, return_ids=False, show_progress=False
    )
    needed = {row[3] for row in rows if row[5] != "train"}
    scores = {}
    for query, tokens in zip(queries, words):
        if query in needed:
            scores[query] = index.get_scores(tokens) if tokens else None
    return {
        row[0]: float(scores[row[3]][order[row[1]]]) if scores[row[3]] is not None else 0.0
        for row in rows
        if row[5] != "train"
    }


def faiss_scores(folder, rows, order, model):
    import faiss
    import numpy
    from sentence_transformers import SentenceTransformer

    encoder = SentenceTransformer(model, device="cpu")
    kept = [row for row in rows if row[5] != "train"]
    products = sorted({row[1] for row in kept}, key=order.get)
    titles = texts(folder, "titles.txt")
    queries = sorted({row[3] for row in kept})
    left = encoder.encode(queries, normalize_embeddings=True, batch_size=64)
    right = encoder.encode(
        [titles[order[product]] for product in products], normalize_embeddings=True, batch_size=64
    )
    index = faiss.IndexFlatIP(right.shape[1])
    index.add(numpy.asarray(right))
    scores, found = index.search(numpy.asarray(left), len(products))
    place = {product: number for number, product in enumerate(products)}
    by_query = {}
    for number, query in enumerate(queries):
        line = numpy.empty(len(products), dtype="float32")
        line[found[number]] = scores[number]
        by_query[query] = line
    return {row[0]: float(by_query[row[3]][place[row[1]]]) for row in kept}


def bm25s_lists(folder, queries):
    import bm25s
    import Stemmer

    stemmer = Stemmer.Stemmer("english")
    index = bm25s.BM25()
    index.index(
        bm25s.tokenize(
            texts(folder, "titles.txt"), stopwords="en", stemmer=stemmer, show_progress=False
        ),
        show_progress=False,
    )
    words = bm25s.tokenize(
        queries, stopwords="en", stemmer=stemmer, return_ids=False, show_progress=False
    )
    return [
        index.retrieve([tokens], k=10, show_progress=False)[0][0].tolist() if tokens else []
        for tokens in words
    ]


def faiss_lists(folder, queries, model):
    import faiss
    import numpy
    from sentence_transformers import SentenceTransformer

    encoder = SentenceTransformer(model, device="cpu")
    titles = encoder.encode(texts(folder, "titles.txt"), normalize_embeddings=True, batch_size=64)
    index = faiss.IndexFlatIP(titles.shape[1])
    index.add(numpy.asarray(titles))
    asked = encoder.encode(queries, normalize_embeddings=True, batch_size=64)
    return index.search(numpy.asarray(asked), 10)[1].tolist()


def lists(folder, name, model, splits):
    """Each query asked of all products."""
    order, gains = {}, {}
    for row in read(folder):
        place = order.setdefault(row[1], len(order))
        if row[5] in splits:
            gains.setdefault((row[5], row[3]), {})[place] = float(row[4]) - 1
    asked = [key for key, found in gains.items() if max(found.values()) > 0]
    queries = [query for _, query in asked]
    found = (
        bm25s_lists(folder, queries) if name == "bm25s" else faiss_lists(folder, queries, model)
    )
    values = {split: [] for split in splits}
    for (split, query), places in zip(asked, found):
        known = gains[split, query]
        ideal = sorted(known.values(), reverse=True)[:10]
        values[split].append(
            sum(known.get(p, 0) / math.log2(r + 2) for r, p in enumerate(places))
            / sum(g / math.log2(r + 2) for r, g in enumerate(ideal))
        )
    for split, part in values.items():
        print(f"{split}, whole list, {name}: {sum(part) / len(part):.4f}, {len(part)} queries")


def peers(folder, name, model):
    rows = read(folder)
    order = {}
    for row in rows:
        order.setdefault(row[1], len(order))
    scores = (
        bm25s_scores(folder, rows, order)
        if name == "bm25s"
        else faiss_scores(folder, rows, order, model)
    )
    with open(f"{folder}/{name}.tsv", "w", encoding="utf-8") as out:
        out.writelines(f"{row}\t{score}\n" for row, score in scores.items())


def ndcg(rows, column):
    """Mean NDCG@10 over queries with unequal judgments; ties in file order."""
    groups = {}
    for row in rows:
        groups.setdefault(row["query"], []).append(row)
    values = []
    for group in groups.values():
        gains = [row["relevance"] - 1 for row in group]
        if len(group) < 2 or min(gains) == max(gains):
            continue
        ranked = sorted(range(len(group)), key=lambda place: -group[place][column])
        found = sum(gains[p] / math.log2(r + 2) for r, p in enumerate(ranked[:10]))
        ideal = sum(g / math.log2(r + 2) for r, g in enumerate(sorted(gains, reverse=True)[:10]))
        values.append(found / ideal)
    return sum(values) / len(values), values


def ranks(values):
    order = sorted(range(len(values)), key=values.__getitem__)
    result = [0.0] * len(values)
    place = 0
    while place < len(order):
        end = place
        while end < len(order) and values[order[end]] == values[order[place]]:
            end += 1
        for index in order[place:end]:
            result[index] = (place + end - 1) / 2
        place = end
    return result


def spearman(left, right):
    left, right = ranks(left), ranks(right)
    mean = (len(left) - 1) / 2
    top = sum((a - mean) * (b - mean) for a, b in zip(left, right))
    return top / math.sqrt(
        sum((a - mean) ** 2 for a in left) * sum((b - mean) ** 2 for b in right)
    )


def calibrated(rows, fit, column):
    """RMSE of the score's piecewise mean on `fit`, twenty bins, on `rows`."""
    ordered = sorted(fit, key=lambda row: row[column])
    bins = []
    for start in range(0, len(ordered), max(1, len(ordered) // 20)):
        part = ordered[start : start + max(1, len(ordered) // 20)]
        bins.append((part[-1][column], sum(r["relevance"] for r in part) / len(part)))
    total = 0.0
    for row in rows:
        value = next((mean for bound, mean in bins if row[column] <= bound), bins[-1][1])
        total += (value - row["relevance"]) ** 2
    return math.sqrt(total / len(rows))


def report(folder, splits):
    with open(f"{folder}/akin.tsv", encoding="utf-8") as lines:
        names = next(lines).rstrip("\n").split("\t")
        table = []
        for line in lines:
            row = dict(zip(names, line.rstrip("\n").split("\t")))
            for name in names[3:]:
                row[name] = float(row[name])
            table.append(row)
    columns = ["words", "meaning", "fused", "tuned", "order", "mixed", "value"]
    for peer in ["bm25s", "faiss"]:
        try:
            with open(f"{folder}/{peer}.tsv", encoding="utf-8") as lines:
                scores = dict(line.rstrip("\n").split("\t") for line in lines)
        except FileNotFoundError:
            continue
        columns.append(peer)
        for row in table:
            row[peer] = float(scores[row["id"]])
    order = {row[0]: place for place, row in enumerate(read(folder))}
    table.sort(key=lambda row: order[row["id"]])
    fit = [row for row in table if row["split"] == "validation"]
    for split in splits:
        rows = [row for row in table if row["split"] == split]
        print(f"{split}: {len(rows)} rows")
        print("| ranker | NDCG@10 | Spearman | RMSE |\n| --- | --- | --- | --- |")
        for column in columns:
            if column == "value":
                error = math.sqrt(
                    sum((min(3, max(1, r[column])) - r["relevance"]) ** 2 for r in rows) / len(rows)
                )
            else:
                error = calibrated(rows, fit, column)
            print(
                f"| {column} | {ndcg(rows, column)[0]:.4f} | "
                f"{spearman([r[column] for r in rows], [r['relevance'] for r in rows]):.4f} | "
                f"{error:.4f} |"
            )


if __name__ == "__main__":
    command, arguments = sys.argv[1], sys.argv[2:]
    if command == "prepare":
        prepare(*arguments)
    elif command == "texts":
        choice_texts(*arguments)
    elif command == "peers":
        peers(*arguments)
    else:
        splits = ["validation"] + (["test"] if "--test" in arguments else [])
        if command == "lists":
            lists(*arguments[:3], splits)
        else:
            report(arguments[0], splits)
