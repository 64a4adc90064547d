"""Seconds that an epoch of RecTools' SASRec takes: softmax over all items, two blocks, width 64,
length 50, batch 128, on all but the last two items of each row; two threads."""
import argparse
import logging
import time
import warnings

import pandas as pd
import torch
from pytorch_lightning import Trainer
from rectools.dataset import Dataset
from rectools.models import SASRecModel

arguments = argparse.ArgumentParser(description=__doc__)
arguments.add_argument("file")
arguments.add_argument("--epochs", type=int, default=1)
given = arguments.parse_args()

warnings.filterwarnings("ignore")
logging.getLogger("pytorch_lightning").setLevel(logging.ERROR)
torch.set_num_threads(2)
torch.manual_seed(0)
sequences = [list(map(int, line.split()[1:])) for line in open(given.file)]
rows = [(u, i, 1.0, n) for u, s in enumerate(sequences) for n, i in enumerate(s[:-2])]
frame = pd.DataFrame(rows, columns=["user_id", "item_id", "weight", "datetime"])
frame["datetime"] = pd.to_datetime(frame["datetime"], unit="D")
dataset = Dataset.construct(frame)


def quiet():
    return Trainer(max_epochs=1, accelerator="cpu", logger=False, enable_checkpointing=False,
                   enable_progress_bar=False, enable_model_summary=False)


model = SASRecModel(n_blocks=2, n_heads=2, n_factors=64, session_max_len=50, dropout_rate=0.2,
                    loss="softmax", lr=1e-3, batch_size=128, get_trainer_func=quiet,
                    recommend_torch_device="cpu")
for epoch in range(given.epochs):
    began = time.perf_counter()
    model.fit_partial(dataset, min_epochs=1, max_epochs=1)
    print(f"RecTools SASRec softmax, epoch {epoch + 1}: {time.perf_counter() - began:.1f} s")
