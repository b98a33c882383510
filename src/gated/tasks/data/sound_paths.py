"""Reads files of sound, or a folder of them, which are given to an estimator instead of arrays."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import narwhals as nw
import numpy as np

from gated.errors import DataError, UsageError
from gated.media.audio import ListedRecordings, read_folder, read_list, sound_files_below
from gated.tasks.data.frontend import Frontend
from gated.tasks.data.inputs import Channels, GivenSequences, read_sequences
from gated.text import counted

__all__ = ["are_paths", "rate_of", "read_given", "read_with_answers"]


def are_paths(X: Any) -> bool:
    """Whether X is one path, or a list of paths.

    >>> are_paths("recordings/"), are_paths([Path("a.wav"), "b.wav"]), are_paths([[1.0, 2.0]])
    (True, True, False)
    """
    if _is_path(X):
        return True
    if nw.dependencies.is_into_series(X):
        X = nw.from_native(X, series_only=True).to_list()
    is_list = isinstance(X, (list, tuple, np.ndarray)) and len(X) > 0
    return is_list and all(_is_path(each) for each in X)


def read_with_answers(
    X: Any, y: Any, rate: int | None, *, answers: str = "label", for_training: bool = True
) -> tuple[GivenSequences, list[Any]]:
    """Read files of sound with the answer to each; files that cannot be read are left out.

    Args:
        X: a folder with one sub-folder for each label, or a list of paths.
        y: the answer to each path of a list; None for a folder.
        rate: samples a second; None for the most frequent rate of the files.
        answers: what y holds, for messages.
        for_training: whether a folder must have two labels, and two recordings of each.

    Returns:
        The sequences, and the answer to each.

    Raises:
        DataError: no file can be read, the folder has too few labels or recordings, or y has
            another length than X.
        UsageError: y is missing for a list, or given for a folder.
    """
    if _is_path(X):
        if y is not None:
            raise UsageError(
                f"X is the path {X}, and y is given too. Expected a folder, whose sub-folders name "
                "the labels, without y; or a list of paths with y. Leave out one of them."
            )
        found = read_folder(X, rate, for_training=for_training)
        samples = [recording.samples for recording in found.recordings]
        names = list(map(str, found.paths))
        given = GivenSequences(samples, names, rate=found.rate, notes=found.notes)
        return given, list(found.labels)
    paths = list(X)
    if y is None:
        raise UsageError(
            f"y is missing, and X is a list of paths. Expected the {answers} of each file; or one "
            "folder as X, whose sub-folders name the labels."
        )
    wanted = [y] if isinstance(y, str) else list(y)
    if len(wanted) != len(paths):
        raise DataError(
            f"y has {counted(len(wanted), answers)}, but X has {counted(len(paths), 'path')}. "
            "Expected one for each."
        )
    listed = read_list(paths, rate, without_silent=for_training)
    return _given(paths, listed), [wanted[index] for index in listed.positions]


def read_given(X: Any, channels: Channels | None, frontend: Frontend) -> GivenSequences:
    """Read sequences for a fitted network: arrays, a table; of sound also paths.

    Args:
        X: as `read_sequences` takes it; or a path of a file, a list of paths, or a folder, whose
            files of sound are read in the order of their paths.
        channels: as `read_sequences` takes it.
        frontend: of the network.

    Raises:
        DataError: a sequence or a file cannot be read, or has another number of channels.
        UsageError: X could be read in several ways, or is a path where the network reads arrays.
    """
    if not are_paths(X):
        given = read_sequences(X, channels, is_sound=frontend.axes == 1)
        if frontend.axes == 2:
            _check_widths(given, frontend.width)
        return given
    rate = rate_of(frontend)
    if not _is_path(X):
        paths = list(X)
    elif Path(X).is_dir():
        paths = sound_files_below(X)
    else:
        paths = [X]
    listed = read_list(paths, rate)
    if listed.failed:
        raise DataError(
            f"{counted(len(listed.failed), 'file')} of {len(paths):,} cannot be read. Expected "
            "files of sound only, because each gets an answer. Leave them out of X, or record "
            "them again:\n" + "\n".join(listed.failed.values())
        )
    return _given(paths, listed)


def rate_of(frontend: Frontend) -> int:
    """The rate at which a network reads files.

    Raises:
        UsageError: it reads arrays, not sound.
    """
    if frontend.rate is None:
        raise UsageError(
            "X is a path or a list of paths, but this network reads arrays (steps, channels). "
            "Expected arrays as in the training. Only networks of sound read files."
        )
    return frontend.rate


def _is_path(value: Any) -> bool:
    return isinstance(value, (str, os.PathLike))


def _check_widths(given: GivenSequences, width: int) -> None:
    """Check that the sequences [T, I] have the width of the training.

    Raises:
        DataError: one has not.
    """
    for array, name in zip(given.arrays, given.ids, strict=True):
        if len(array) and array.shape[1] != width:
            raise DataError(
                f"{name} has {counted(array.shape[1], 'channel')}. Expected {width}, as in "
                "training."
            )


def _given(paths: Sequence[str | Path], listed: ListedRecordings) -> GivenSequences:
    names = [str(paths[index]) for index in listed.positions]
    samples = [recording.samples for recording in listed.recordings]
    return GivenSequences(samples, names, rate=listed.rate, notes=listed.notes)
