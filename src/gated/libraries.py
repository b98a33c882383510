"""Says which library to install where a part of the package needs one that is absent."""

from importlib.util import find_spec

from gated.errors import UsageError

__all__ = ["require_torch"]


def require_torch(doing: str) -> None:
    """Raise UsageError where torch is not installed.

    Args:
        doing: what needs it, as the subject of a sentence: "Training a forecaster".
    """
    if find_spec("torch") is None:
        raise UsageError(
            f"{doing} needs PyTorch, which is not installed. Install it with pip install "
            '"gated[train]".'
        )
