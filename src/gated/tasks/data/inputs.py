"""Reads what users pass as sequences: arrays of unequal length, a 3-D array, or a long table."""

import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import narwhals as nw
import numpy as np
from numpy.typing import NDArray

from gated.arrays import IntArray
from gated.errors import DataError, GatedWarning, UsageError
from gated.text import counted

__all__ = [
    "Channels",
    "GivenSequences",
    "read_sequences",
    "warn",
    "warn_each",
    "without_empty",
]

Channels: TypeAlias = Literal["last", "first"]

_NAMED = 5  # sequences that a message names


@dataclass(frozen=True)
class GivenSequences:
    """Sequences of one number of channels.

    Attributes:
        arrays: [T, I] float32 each, T may be 0; or [N] samples of sound where I is 0.
        ids: how messages name each sequence.
        labels: of the label column of a table; None for arrays.
        rate: samples a second of sound that was read from files; None otherwise.
        notes: what was left out or changed while files were read.
    """

    arrays: list[NDArray[np.float32]]
    ids: list[str]
    labels: NDArray[Any] | None = None
    rate: int | None = None
    notes: tuple[str, ...] = ()

    @property
    def empty(self) -> NDArray[np.bool_]:
        """Which sequences have no step."""
        return np.array([len(array) == 0 for array in self.arrays], dtype=bool)

    @property
    def empty_names(self) -> str:
        """The names of the first sequences that have no step, and the number of the others."""
        named = zip(self.ids, self.arrays, strict=True)
        return _first_names([name for name, array in named if len(array) == 0])


def read_sequences(
    X: Any,
    channels: Channels | None = None,
    *,
    is_sound: bool = False,
    label: str | None = None,
) -> GivenSequences:
    """Read sequences.

    Args:
        X: a list of arrays (steps, channels), or (steps,) for one channel; a 3-D array; or a frame
            with the columns `unique_id`, `ds` and one column for each channel.
        channels: which axis of an array has the channels; the last by default, and required for a
            3-D array.
        is_sound: whether each array has the samples of sound.
        label: column of the labels in a frame.

    Raises:
        DataError: a sequence has another number of channels than the others, is not numeric or not
            finite, or there is none.
        UsageError: X could be read in several ways.

    Example:
        >>> given = read_sequences([[[1.0, 2.0]], [[3.0, 4.0], [5.0, 6.0]]])
        >>> [array.shape for array in given.arrays]
        [(1, 2), (2, 2)]
    """
    if channels not in (None, "last", "first"):
        raise UsageError(f'channels is {channels!r}. Expected "last", "first" or None.')
    if not isinstance(X, (str, bytes)) and _is_frame(X):
        return _read_frame(X, label)
    parts, ids = _parts(X, channels, is_sound), []
    arrays = []
    for index, part in enumerate(parts):
        name = f"sequence {index}"
        arrays.append(_array(part, name, channels, is_sound))
        ids.append(name)
    if not arrays:
        raise DataError("X has no sequence. Expected at least one array (steps, channels).")
    if not is_sound:
        _check_channels(arrays, channels)
    return GivenSequences(arrays, ids)


def _is_frame(X: Any) -> bool:
    return nw.dependencies.is_into_dataframe(X)


def _parts(X: Any, channels: Channels | None, is_sound: bool) -> Sequence[Any]:
    """Split X into one part for each sequence."""
    if isinstance(X, np.ndarray) and X.dtype != object:
        if X.ndim == 3 and channels is None:
            raise UsageError(
                f"X is an array of shape {list(X.shape)}, in which the last axis or the second may "
                'hold the channels. Pass channels="last" for (sequences, steps, channels), or '
                'channels="first" for (sequences, channels, steps).'
            )
        if X.ndim != 3 and not (X.ndim == 2 and is_sound):
            raise UsageError(
                f"X is an array of shape {list(X.shape)}. Expected a list of arrays "
                "(steps, channels), or an array of three axes."
            )
        return list(X)
    if isinstance(X, (list, tuple, np.ndarray)):
        return list(X)
    raise UsageError(
        f"X is a {type(X).__name__}. Expected a list of arrays (steps, channels), an array of "
        "three axes, or a frame with the columns unique_id and ds."
    )


def _array(part: Any, name: str, channels: Channels | None, is_sound: bool) -> NDArray[np.float32]:
    """Convert one sequence, and check that its values are finite numbers."""
    try:
        array = np.asarray(part, dtype=np.float32)
    except (TypeError, ValueError) as error:
        raise DataError(f"{name} is no array of numbers ({error}). Expected numbers.") from error
    if array.size == 0:
        return np.zeros((0,) if is_sound else (0, max(array.shape[-1:], default=0)), np.float32)
    if is_sound:
        if array.ndim != 1:
            raise DataError(
                f"{name} has shape {list(array.shape)}. Expected the samples of one microphone, "
                "(samples,). Take the mean of the channels first."
            )
    elif array.ndim == 1:
        array = array[:, None]
    elif array.ndim != 2:
        raise DataError(f"{name} has shape {list(array.shape)}. Expected (steps, channels).")
    elif channels == "first":
        array = array.T
    if not np.isfinite(array).all():
        at = np.argwhere(~np.isfinite(array))[0]
        raise DataError(
            f"{name} holds {array[tuple(at)]} at step {at[0]}. Expected finite numbers. Fill or "
            "remove missing values first."
        )
    return np.ascontiguousarray(array)


def _check_channels(arrays: list[NDArray[np.float32]], channels: Channels | None) -> None:
    filled = [(index, array) for index, array in enumerate(arrays) if len(array)]
    if not filled:
        raise DataError("Every sequence of X is empty. Expected at least one step.")
    widths = {array.shape[1] for _, array in filled}
    if len(widths) == 1:
        return
    lengths = {len(array) for _, array in filled}
    if channels is None and len(lengths) == 1:
        raise UsageError(
            f"The arrays of X have the same first size, {lengths.pop()}, and different second "
            'sizes: they seem to be (channels, steps). Pass channels="first" if so.'
        )
    first = filled[0][1].shape[1]
    index, other = next((i, a) for i, a in filled if a.shape[1] != first)
    raise DataError(
        f"sequence {index} has {counted(other.shape[1], 'channel')}, but sequence {filled[0][0]} "
        f"has {first}. Expected the same channels in each sequence."
    )


def _read_frame(X: Any, label: str | None) -> GivenSequences:
    """Read a long table: the rows of a sequence in the order of `ds`."""
    frame = nw.from_native(X, eager_only=True)
    needed = ["unique_id", "ds", *([label] if label is not None else [])]
    missing = [name for name in needed if name not in frame.columns]
    if missing:
        raise DataError(
            f"The table lacks the column {missing[0]!r}; it has {', '.join(frame.columns)}. "
            "Expected unique_id (which sequence), ds (which step) and a column for each channel."
        )
    frame = frame.sort("unique_id", "ds")
    names = [name for name in frame.columns if name not in needed]
    if not names:
        raise DataError("The table has no column of values other than unique_id and ds.")
    for name in names:
        if not (frame[name].dtype.is_numeric() or frame[name].dtype == nw.Boolean):
            raise DataError(
                f"Column {name!r} holds {frame[name].dtype}. Expected numbers, or the column of "
                'labels, named by y="…".'
            )
    ids = frame["unique_id"].to_numpy()
    values = frame.select(names).to_numpy().astype(np.float32)
    begins = np.flatnonzero(np.concatenate([[True], ids[1:] != ids[:-1]]))
    ends = np.append(begins[1:], len(ids))
    labels = None
    if label is not None:
        column = frame[label].to_numpy()
        for begin, end in zip(begins, ends, strict=True):
            if (column[begin:end] != column[begin]).any():
                raise DataError(
                    f"{ids[begin]} has several labels, such as {column[begin]!r}. Expected one "
                    f"value of {label!r} for all rows of a sequence."
                )
        labels = column[begins]
    arrays = [
        _array(values[begin:end], str(ids[begin]), "last", False)
        for begin, end in zip(begins, ends, strict=True)
    ]
    return GivenSequences(arrays, [str(ids[begin]) for begin in begins], labels)


def without_empty(given: GivenSequences) -> tuple[IntArray, list[str]]:
    """The positions of the sequences that have steps, and a note on the others.

    Warns:
        GatedWarning: sequences have no step.
    """
    empty = given.empty
    kept = np.flatnonzero(~empty)
    if len(kept) == len(empty):
        return kept, []
    note = f"{given.empty_names}: no step, so left out of the training."
    warn(note)
    return kept, [note]


def warn(message: str) -> None:
    """Warn the caller of an estimator's method."""
    warnings.warn(message, GatedWarning, stacklevel=4)


def warn_each(messages: Iterable[str]) -> None:
    """Warn the caller of an estimator's method of several things."""
    for message in messages:
        warn(message)


def _first_names(names: Sequence[str]) -> str:
    """Join the first names, and count the others.

    >>> _first_names(["a", "b"])
    'a, b'
    """
    shown = ", ".join(names[:_NAMED])
    return shown if len(names) <= _NAMED else f"{shown} and {len(names) - _NAMED} more"
