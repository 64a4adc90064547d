"""corpus.py DATA CORPUS QUERIES: 100,000 real products in English and Chinese, and what people typed.

A line of the corpus is id, title, brand, category, description, price, separated by tabs.
"""

import csv
import json
import sys

WANTED = 100_000


def clean(text):
    return " ".join(text.split())


def products(data):
    with open(f"{data}/search/homedepot/judgments.tsv", encoding="utf-8") as lines:
        next(lines)
        seen = set()
        for line in lines:
            _, uid, title, _, _ = line.rstrip("\n").split("\t")
            if uid not in seen:
                seen.add(uid)
                yield title, title.split(" ")[0], "", "", ""
    with open(f"{data}/catalogue/pricerunner/products.csv", encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            yield row["title"], "", row["category"], "", ""
    with open(f"{data}/catalogue/myntra/products.tsv", encoding="utf-8") as lines:
        for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
            yield (
                row["product_name"], row["product_brand"], row["gender"], row["description"],
                row["price"],
            )
    with open(f"{data}/catalogue/zh_shopee_tw_titles/test.tsv", encoding="utf-8") as lines:
        next(lines)
        for line in lines:
            yield line, "", "", "", ""
    with open(f"{data}/catalogue/zh_taobao_title_ner/train.jsonl", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)["title"], "", "", "", ""


def queries(data):
    with open(f"{data}/search/homedepot/judgments.tsv", encoding="utf-8") as lines:
        next(lines)
        english = sorted({line.split("\t")[3].strip() for line in lines})
    with open(f"{data}/search/zh_multicpr_select/product_select.jsonl", encoding="utf-8") as lines:
        chinese = sorted({json.loads(line)["query"] for line in lines})
    return english[::5] + chinese


data, corpus, wanted = sys.argv[1:]
with open(corpus, "w", encoding="utf-8") as out:
    for number, cells in enumerate(products(data)):
        if number == WANTED:
            break
        out.write("\t".join([f"p{number}", *map(clean, cells)]) + "\n")
with open(wanted, "w", encoding="utf-8") as out:
    out.writelines(clean(query) + "\n" for query in queries(data))
