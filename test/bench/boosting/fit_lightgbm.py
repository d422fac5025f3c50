"""Fits LightGBM on what the bench wrote, one line of JSON after the other; predictions go to a file."""
import json
import sys
import time

import lightgbm
import numpy as np
from scipy import sparse


def table(part):
    if part["kind"] == "dense":
        return np.fromfile(part["values"], np.float32).reshape(part["rows"], part["columns"])
    cells = [np.fromfile(part[name], kind) for name, kind in [("values", np.float32), ("indices", np.int32), ("starts", np.int32)]]
    return sparse.csr_matrix(tuple(cells), shape=(part["rows"], part["columns"]))


def fit(known, asked):
    params = {"num_leaves": 31, "learning_rate": 0.1, "max_bin": 255, "min_data_in_leaf": 20, "verbose": -1,
              "num_threads": asked["threads"], **asked["objective"]}
    x, y = known["train"]
    start = time.perf_counter()
    made = lightgbm.Dataset(x, y, params=params).construct()
    binned = time.perf_counter()
    booster = lightgbm.train(params, made, num_boost_round=100)
    done = time.perf_counter()
    booster.predict(known["test"], num_threads=asked["threads"]).astype(np.float64).tofile(asked["predictions"])
    return {"ms": 1000 * (done - start), "binMs": 1000 * (binned - start)}


known = {}
for line in sys.stdin:
    asked = json.loads(line)
    if "train" in asked:
        known = {"train": (table(asked["train"]), np.fromfile(asked["train"]["y"], np.float64)), "test": table(asked["test"])}
        print(json.dumps({"version": lightgbm.__version__}), flush=True)
    else:
        print(json.dumps(fit(known, asked)), flush=True)
