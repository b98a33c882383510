"""The worker of aeon and sktime: labels sequences of equal length.

It runs in the environment of one library, where this project is not installed. The first argument
is a folder with `job.json` (method, settings, seed, threads, compiles) and `sequences.npz` (train
and test [n, channels, steps], labels [n]); the worker writes `result.json` into it.
"""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np


def main(folder: Path) -> None:
    """Read the job, fit, predict, and write the labels and the seconds."""
    job = json.loads((folder / "job.json").read_text(encoding="utf-8"))
    with np.load(folder / "sequences.npz") as arrays:
        train, labels, test = (arrays[name] for name in ("train", "labels", "test"))
    make = METHODS[job["method"]]
    if job["compiles"]:  # numba compiles at the first call: that is no training
        make(job).fit(train, labels).predict(test[:2])
    begin = time.perf_counter()
    model = make(job).fit(train, labels)
    fitted = time.perf_counter()
    predicted = model.predict(test)
    result = {
        "predicted": [str(label) for label in predicted],
        "fit_seconds": fitted - begin,
        "predict_seconds": time.perf_counter() - fitted,
    }
    (folder / "result.json").write_text(json.dumps(result), encoding="utf-8")


def _aeon_rocket(job: dict[str, Any]) -> Any:
    from aeon.classification.convolution_based import RocketClassifier

    return RocketClassifier(random_state=job["seed"], n_jobs=job["threads"], **job["settings"])


def _aeon_minirocket(job: dict[str, Any]) -> Any:
    from aeon.classification.convolution_based import MiniRocketClassifier

    return MiniRocketClassifier(random_state=job["seed"], n_jobs=job["threads"], **job["settings"])


def _sktime_rocket(job: dict[str, Any]) -> Any:
    from sktime.classification.kernel_based import RocketClassifier

    return RocketClassifier(random_state=job["seed"], n_jobs=job["threads"], **job["settings"])


def _sktime_gru_fcn(job: dict[str, Any]) -> Any:
    import torch
    from sktime.classification.deep_learning.gru import GRUFCNNClassifier

    torch.set_num_threads(job["threads"])
    return GRUFCNNClassifier(random_state=job["seed"], **job["settings"])


METHODS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "aeon Rocket": _aeon_rocket,
    "aeon MiniRocket": _aeon_minirocket,
    "sktime Rocket": _sktime_rocket,
    "sktime GRU-FCN": _sktime_gru_fcn,
}


if __name__ == "__main__":
    main(Path(sys.argv[1]))
