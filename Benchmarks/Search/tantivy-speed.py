"""tantivy-speed.py CORPUS QUERIES: tantivy on the same products and queries, one thread, as JSON."""

import json
import math
import resource
import sys
import tempfile
import time

import tantivy

FIELDS = ["title", "brand", "category", "description"]
BOOSTS = {"title": 3.0, "brand": 2.5, "category": 1.5, "description": 0.6}


def build(lines, folder):
    schema = tantivy.SchemaBuilder()
    schema.add_text_field("id", stored=True, tokenizer_name="raw")
    for field in FIELDS:
        schema.add_text_field(field, stored=field == "title", tokenizer_name="en_stem")
    index = tantivy.Index(schema.build(), path=folder)
    writer = index.writer(heap_size=500_000_000, num_threads=1)
    for line in lines:
        cells = line.split("\t")
        document = tantivy.Document(id=cells[0])
        for field, text in zip(FIELDS, cells[1:5]):
            if text:
                document.add_text(field, text)
        writer.add_document(document)
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    return index


def main(corpus, queries):
    with open(corpus, encoding="utf-8") as file:
        lines = file.read().split("\n")[:-1]
    with open(queries, encoding="utf-8") as file:
        asked = file.read().split("\n")[:-1]
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        index = build(lines, folder)
        report = {"indexing_s": time.perf_counter() - start, "products": len(lines)}
        searcher = index.searcher()
        for name, conjunction in [("all_words", True), ("any_word", False)]:
            # Of each query the least of three times: what it costs, not what else the machine did.
            times, found = [math.inf] * len(asked), 0
            for number, text in enumerate(asked * 3):
                words = "".join(c if c.isalnum() else " " for c in text)
                start = time.perf_counter()
                query = index.parse_query_lenient(
                    words, FIELDS, field_boosts=BOOSTS, conjunction_by_default=conjunction
                )[0]
                result = searcher.search(query, 10, count=True)
                titles = [searcher.doc(address)["title"] for _, address in result.hits]
                elapsed = (time.perf_counter() - start) * 1000
                place = number % len(asked)
                times[place] = min(times[place], elapsed)
                if number < len(asked):
                    found += result.count or len(titles)
            times.sort()
            report[name] = {
                "p50_ms": times[len(times) // 2],
                "p99_ms": times[len(times) * 99 // 100],
                "max_ms": times[-1],
                "results": found,
            }
    report["peak_memory_MiB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(json.dumps(report))


main(*sys.argv[1:])
