"""The tasks whose training step is timed: an estimator with its defaults, and what it learns."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

from benchmarks.common.folders import Folder
from benchmarks.sequences.data import CASES
from benchmarks.sequences.fsdd import RATE, parts, read_takes
from benchmarks.sequences.motion import NAME as DANCES
from benchmarks.sequences.motion import read_dances
from benchmarks.sequences.pieces import PIECES
from gated import Generator, SequenceClassifier, Transcriber
from gated.errors import GatedError
from gated.train import Loop

__all__ = ["TASKS", "Task", "training_loop"]

_LEARNED = 2_000  # pieces that windows are drawn from: enough for batches of the usual lengths
_HELD_OUT = 20  # the score of these is not computed


@dataclass(frozen=True)
class Task:
    """An estimator with its defaults, and a data set.

    Attributes:
        data: name of the data set.
        begin: reads the data set and calls `fit` of a new estimator.
    """

    data: str
    begin: Callable[[Folder], object]


class _StoppedError(Exception):
    """Ends a training before its first step."""

    def __init__(self, loop: Loop[Any]) -> None:
        self.loop = loop


def training_loop(begin: Callable[[], object]) -> Loop[Any]:
    """The loop that an estimator trains with: its own network, batches, loss and plan.

    Args:
        begin: calls `fit`, which is ended before the first step.

    Raises:
        GatedError: `fit` ended without a training.
    """

    def capture(loop: Loop[Any], progress: object = None) -> None:
        raise _StoppedError(loop)

    with patch.object(Loop, "run", capture):
        try:
            begin()
        except _StoppedError as captured:
            return captured.loop
    raise GatedError(
        "fit ended without a training. Expected it to call gated.train.Loop.run. Adapt "
        "benchmarks/sequences/speed/tasks.py to how estimators are trained now."
    )


def _labels(name: str) -> Task:
    def begin(folder: Folder) -> object:
        fold = CASES[name].folds(folder)[0]
        return SequenceClassifier(rate=fold.rate, seed=0).fit(fold.train, fold.train_labels)

    return Task(name, begin)


def _strings(folder: Folder) -> object:
    (first, _), (_, last), _ = parts(validation=False)
    takes = read_takes(folder, first, last)
    model = Transcriber(rate=RATE, join=(3, 7), symbols=list(range(10)), seed=0)
    return model.fit(takes.clips, takes.digits)


def _pieces(name: str) -> Task:
    def begin(folder: Folder) -> object:
        pieces = PIECES[name].read(folder)
        model = Generator(PIECES[name].medium)  # type: ignore[arg-type]  # a text of the case
        return model.fit(pieces.train[:_LEARNED], pieces.validation[:_HELD_OUT])

    return Task(name, begin)


def _dances(folder: Folder) -> object:
    dances = read_dances(folder)
    return Generator("motion").fit(dances.train, dances.validation)


TASKS = {
    "labels of sound": _labels("fsdd"),
    "labels of arrays": _labels("japanese_vowels"),
    "strings of sound": Task("fsdd_strings", _strings),
    "text": _pieces("tinyshakespeare"),
    "rolls": _pieces("nottingham"),
    "voices": _pieces("jsb_16ths"),
    "drawings": _pieces("omniglot"),
    "images": _pieces("mnist_binarised"),
    "motions": Task(DANCES, _dances),
}
