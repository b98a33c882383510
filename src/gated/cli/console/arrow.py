"""Keeps pyarrow from importing pandas, which takes longer than most forecasts."""

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

__all__ = ["keep_pandas_out"]


class _Absent(MetaPathFinder):
    """Finds no pandas."""

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name == "pandas":
            raise ModuleNotFoundError("No module named 'pandas'", name=name)
        return None


def keep_pandas_out() -> None:
    """Let pyarrow see once that there is no pandas; afterwards pandas can be imported as ever.

    At its first conversion of Python values, pyarrow imports pandas where it is installed, to know
    its types; it does not try twice. Nothing that a command gives to pyarrow is of pandas. Where
    pandas has been imported already, nothing is to be gained.
    """
    if "pandas" in sys.modules:
        return
    import pyarrow as pa

    finder = _Absent()
    sys.meta_path.insert(0, finder)
    try:
        pa.array([0])
    finally:
        sys.meta_path.remove(finder)
