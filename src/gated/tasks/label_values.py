"""Converts labels to plain values of one type, which a model file can hold."""

from typing import Any

from numpy.typing import NDArray

from gated.errors import DataError

__all__ = ["LABEL_KINDS", "check_labels", "label_kind", "label_list"]

LABEL_KINDS = {"text": str, "integer": int, "number": float, "boolean": bool}


def label_list(classes: NDArray[Any]) -> list[Any]:
    """The labels as values that a file can hold.

    Raises:
        DataError: they are not text, numbers or booleans.
    """
    labels: list[Any] = classes.tolist()
    if len({type(label) for label in labels}) > 1 or type(labels[0]) not in LABEL_KINDS.values():
        raise DataError(
            f"The labels are of type {type(labels[0]).__name__}. Expected text, whole numbers or "
            "booleans, all of one type."
        )
    return labels


def label_kind(labels: list[Any]) -> str:
    """The name of the type of labels, which are all of one type."""
    return next(name for name, type_ in LABEL_KINDS.items() if type(labels[0]) is type_)


def check_labels(labels: list[Any], kind: str, least: int) -> None:
    """Check the number and the type of the labels of a header.

    Raises:
        ValueError: there are fewer, or one is of another type.
    """
    if len(labels) < least or any(type(label) is not LABEL_KINDS[kind] for label in labels):
        raise ValueError(f"the header has not {least} or more labels of kind {kind}")
