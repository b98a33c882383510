"""gated: recurrent networks that remember.

The names below load when they are first used, so that `import gated` itself stays fast:

- `gated.Forecaster`: a table of past values in, a forecast with intervals out.
- `gated.nn`: RNN, LSTM, GRU and their cells, drop-in for `torch.nn`'s.
- `gated.ops`: the recurrences as functions.
- `gated.read_table`: a CSV or Parquet file, or a frame, checked and put in order.
- `gated.datasets`: example data that come with the package.
- `gated.errors`: the exceptions.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from gated._version import __version__

if TYPE_CHECKING:
    from gated import datasets, errors, nn, ops
    from gated.forecast import Forecaster
    from gated.table import read_table

__all__ = ["Forecaster", "__version__", "datasets", "errors", "nn", "ops", "read_table"]

_HOME = {
    "Forecaster": "gated.forecast",
    "read_table": "gated.table",
    "datasets": "gated.datasets",
    "errors": "gated.errors",
    "nn": "gated.nn",
    "ops": "gated.ops",
}


def __getattr__(name: str) -> object:
    """Load a public name on first use (PEP 562)."""
    if name not in _HOME:
        raise AttributeError(f"module 'gated' has no attribute {name!r}")
    module = import_module(_HOME[name])
    return module if _HOME[name] == f"gated.{name}" else getattr(module, name)


def __dir__() -> list[str]:
    return sorted(__all__)
