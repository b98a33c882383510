"""Labels the same cuts with aeon and sktime, each in its own environment, and with ours."""

import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.common.folders import Folder
from benchmarks.common.measure import in_fresh_process, machine, show_progress
from benchmarks.common.report import Column, Report, Row, Sheet, spread
from benchmarks.peers.environments import require_environments
from benchmarks.peers.libraries import Peer
from benchmarks.peers.worker_process import Script, run_script
from benchmarks.sequences.data import CASES, Fold
from benchmarks.sequences.run import measure
from gated.errors import GatedError

__all__ = ["DATA", "LIBRARIES", "METHODS", "Method", "padded", "run"]

DATA = ("japanese_vowels", "basic_motions")
LIBRARIES = {
    "aeon": Peer("aeon", "import aeon.classification.convolution_based", (), {}),
    "sktime": Peer("sktime", "import sktime.classification.kernel_based", (), {}),
}
_WORKER = Path(__file__).parent / "workers" / "labels_worker.py"
_OURS = "gated"


@dataclass(frozen=True)
class Method:
    """A classifier of a library.

    Attributes:
        library: a key of `LIBRARIES`.
        name: of the worker's methods.
        title: of the row.
        source: of the settings.
        settings: arguments of the classifier; all others are its defaults.
        compiles: whether the first call compiles with numba, which is not counted.
    """

    library: str
    name: str
    title: str
    source: str = "defaults"
    settings: Mapping[str, object] = field(default_factory=dict)
    compiles: bool = True


# The batches of sktime 1.2.0 are [n, steps, channels]: with its default, batch_first False, the GRU
# would read one sequence of the batch after another instead of the steps.
_GRU_FCN = {"hidden_dim": 8, "gru_layers": 1, "batch_first": True}
METHODS = (
    Method("aeon", "aeon Rocket", "aeon ROCKET"),
    Method("aeon", "aeon MiniRocket", "aeon MiniROCKET"),
    Method("sktime", "sktime Rocket", "sktime ROCKET"),
    Method(
        "sktime",
        "sktime GRU-FCN",
        "sktime GRU-FCN, 10 epochs",
        "defaults; hidden_dim and gru_layers, which have none, of arXiv 1812.07683; batch_first",
        _GRU_FCN,
        compiles=False,
    ),
    Method(
        "sktime",
        "sktime GRU-FCN",
        "sktime GRU-FCN, 2,000 epochs",
        "arXiv 1812.07683: dropout 0.8, batches of 128, 2,000 epochs; batch_first",
        {**_GRU_FCN, "gru_dropout": 0.8, "batch_size": 128, "num_epochs": 2_000},
        compiles=False,
    ),
)


def run(
    name: str,
    folder: Folder,
    seeds: tuple[int, ...],
    threads: int,
    environments: Path,
    limit: float,
) -> Report:
    """Label one data set with every method.

    Args:
        name: one of `DATA`.
        folder: of the data sets.
        seeds: one training each.
        threads: of every method.
        environments: the folder that `make peers` filled.
        limit: seconds after which a method is stopped.

    Raises:
        UsageError: an environment is missing.
        GatedError: a method failed.
    """
    installed = require_environments(environments, list(LIBRARIES.values()))
    described = machine(threads) | {name: one.version() for name, one in installed.items()}
    (fold,) = CASES[name].folds(folder)
    rows: list[Row] = [_ours(fold, seeds, threads)]
    for method in METHODS:
        found = []
        for seed in seeds:
            show_progress(f"{method.title}, seed {seed}")
            python = installed[method.library].python
            found.append(_measured(method, fold, seed, threads, python, limit))
        rows.append(_row(method.title, method.source, found))
    columns = (
        Column("method", "method"),
        Column("accuracy", "accuracy %, mean", 2),
        Column("runs", "over seeds", 2),
        Column("seconds", "seconds of training", 1),
        Column("source", "settings"),
    )
    notes = [
        _padding_note(fold),
        "The first call of ROCKET compiles; it is not part of its seconds.",
        "aeon and sktime get the training sequences in an order drawn with the seed: the files are "
        "sorted by label, and the batches of sktime's networks follow the order.",
    ]
    facts: dict[str, str | int | bool] = {
        "data": name,
        "seeds": ",".join(map(str, seeds)),
        "figure": "mean over the seeds, not the best",
    }
    sheet = Sheet("labels", CASES[name].protocol, columns, rows, frozenset({_OURS}))
    return Report("sequence_peers", facts, described, [sheet], notes)


def padded(sequences: Sequence[NDArray[np.float32]], steps: int) -> NDArray[np.float32]:
    """[n, channels, steps] sequences [T, channels] with zeros after their ends.

    >>> padded([np.ones((1, 2), dtype=np.float32)], 3).tolist()
    [[[1.0, 0.0, 0.0], [1.0, 0.0, 0.0]]]
    """
    arrays = np.zeros((len(sequences), sequences[0].shape[1], steps), dtype=np.float32)
    for row, sequence in enumerate(sequences):
        arrays[row, :, : len(sequence)] = sequence.T
    return arrays


def _ours(fold: Fold, seeds: Sequence[int], threads: int) -> Row:
    found = []
    for seed in seeds:
        show_progress(f"{_OURS}, seed {seed}")
        accuracy, seconds, _ = in_fresh_process(threads, measure, fold, {}, seed)
        found.append((accuracy, seconds))
    return _row(_OURS, "defaults; unequal lengths as they are", found)


def _row(method: str, source: str, found: Sequence[tuple[float, float]]) -> Row:
    accuracies, seconds = zip(*found, strict=True)
    return {
        "method": method,
        "accuracy": float(np.mean(accuracies)),
        "runs": spread(accuracies),
        "seconds": spread(seconds),
        "source": source,
    }


def _measured(
    method: Method, fold: Fold, seed: int, threads: int, python: Path, limit: float
) -> tuple[float, float]:
    """Accuracy in percent and seconds of training, by a worker in the library's environment."""
    job = {
        "method": method.name,
        "settings": dict(method.settings),
        "seed": seed,
        "threads": threads,
        "compiles": method.compiles,
    }
    steps = _longest(fold)
    order = np.random.default_rng(seed).permutation(len(fold.train))
    with tempfile.TemporaryDirectory(prefix="gated-peer-") as name:
        folder = Path(name)
        (folder / "job.json").write_text(json.dumps(job), encoding="utf-8")
        np.savez(
            folder / "sequences.npz",
            train=padded(fold.train, steps)[order],
            labels=fold.train_labels[order].astype(str),
            test=padded(fold.test, steps),
        )
        failure = run_script(Script(_WORKER, python, threads, limit), folder)
        if failure:
            raise GatedError(
                f"{method.title}: {failure}. Expected the labels of the test part. Run `make peers`"
                " again, or allow more seconds with --limit."
            )
        result: dict[str, Any] = json.loads((folder / "result.json").read_text(encoding="utf-8"))
    right = np.array(result["predicted"]) == fold.test_labels.astype(str)
    return 100 * float(right.mean()), float(result["fit_seconds"])


def _longest(fold: Fold) -> int:
    return max(map(len, (*fold.train, *fold.test)))


def _padding_note(fold: Fold) -> str:
    lengths = [len(sequence) for sequence in (*fold.train, *fold.test)]
    if min(lengths) == max(lengths):
        return f"All sequences have {lengths[0]} steps; nothing is padded."
    return (
        f"The sequences have {min(lengths)} to {max(lengths)} steps. aeon and sktime get them with "
        f"zeros up to {max(lengths)}, because their methods need one length; ours reads them as "
        "they are."
    )
