"""Says which library to install where a part of the package needs one that is absent."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from importlib.util import find_spec

from gated.errors import UsageError

__all__ = ["has_pandas", "has_torch", "require_torch", "without_pandas"]


def has_torch() -> bool:
    """Whether torch is installed."""
    return find_spec("torch") is not None


def require_torch(doing: str) -> None:
    """Raise UsageError where torch is not installed.

    Args:
        doing: what needs it, as the subject of a sentence: "Training a forecaster".
    """
    if not has_torch():
        raise UsageError(
            f"{doing} needs PyTorch, which is not installed. Install it with pip install "
            '"gated[train]".'
        )


def has_pandas() -> bool:
    """Whether pandas may be imported for a frame; it is not imported here.

    >>> with without_pandas():
    ...     has_pandas()
    False
    """
    return not _without_pandas.get() and find_spec("pandas") is not None


@contextmanager
def without_pandas() -> Iterator[None]:
    """Within the block, the frames of a file are pyarrow tables, as where pandas is absent.

    The command line does not import pandas: that takes longer than most forecasts.
    """
    token = _without_pandas.set(True)
    try:
        yield
    finally:
        _without_pandas.reset(token)


_without_pandas: ContextVar[bool] = ContextVar("without_pandas", default=False)
