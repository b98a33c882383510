"""Says which library to install where a part of the package needs one that is absent."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from importlib.util import find_spec

from gated.errors import MissingLibraryError

__all__ = ["has_pandas", "has_torch", "importing", "require_torch", "without_pandas"]


def has_torch() -> bool:
    """Whether torch is installed."""
    return find_spec("torch") is not None


def require_torch(doing: str) -> None:
    """Raise MissingLibraryError where torch is not installed.

    Args:
        doing: what needs it, as the subject of a sentence: "Training a forecaster".
    """
    if not has_torch():
        raise MissingLibraryError(
            f"{doing} needs PyTorch, which is not installed. Install it with pip install "
            '"gated[train]".'
        )


@contextmanager
def importing(library: str, module: str, extra: str | None = None) -> Iterator[None]:
    """Within the block, an import of a library that is absent says what to install.

    Args:
        library: its name in an import.
        module: the module of gated that needs it.
        extra: the extra of gated that installs it; by default the name of the library.

    >>> with importing("no_such_library", "gated.example", "example"):
    ...     import no_such_library
    Traceback (most recent call last):
    gated.errors.MissingLibraryError: gated.example needs no_such_library, which is not \
installed. Install it with pip install "gated[example]".
    """
    try:
        yield
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] != library:
            raise  # the library is installed, without something that it needs
        raise MissingLibraryError(
            f"{module} needs {library}, which is not installed. Install it with pip install "
            f'"gated[{extra or library}]".'
        ) from None


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
