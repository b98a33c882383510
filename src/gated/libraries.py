"""Says which library to install where a part of the package needs one that is absent."""

from importlib.util import find_spec

from gated.errors import UsageError

__all__ = ["has_torch", "require_torch"]


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
