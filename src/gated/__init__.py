"""gated: forecasting with gated recurrent networks, and fast RNN, LSTM and GRU layers.

The names below load when they are first used, so that `import gated` itself stays fast:

- `gated.Forecaster`: forecasts the series of a table, with prediction intervals.
- `gated.forecast`: forecasts arrays, `gated.forecast(values, h)`; without a frame or names.
- `gated.Live`: a state of series that follows every new value; `Forecaster.watch` makes it.
- `gated.SequenceClassifier`: labels sequences, such as recordings of words.
- `gated.Generator`: continues texts, music, drawings and images, and makes new ones.
- `gated.Transcriber`: writes sequences down as symbols, such as speech as words.
- `gated.Answerer`: answers questions about stories.
- `gated.Conversationalist`: chooses replies in a dialogue.
- `gated.nn`: RNN, LSTM, GRU and their cells, drop-in replacements for those of `torch.nn`.
- `gated.ops`: the recurrences as functions.
- `gated.read_table`: reads a CSV or Parquet file, or a frame, into a checked table.
- `gated.datasets`: example data of the package.
- `gated.errors`: the exceptions and warnings.
"""

from typing import TYPE_CHECKING

from gated._version import __version__
from gated.lazy import loaded_on_use

if TYPE_CHECKING:
    from gated import datasets, errors, forecast, nn, ops
    from gated.forecast import Forecaster, Live
    from gated.table import read_table
    from gated.tasks import (
        Answerer,
        Conversationalist,
        Generator,
        SequenceClassifier,
        Transcriber,
    )

__all__ = [
    "Answerer",
    "Conversationalist",
    "Forecaster",
    "Generator",
    "Live",
    "SequenceClassifier",
    "Transcriber",
    "__version__",
    "datasets",
    "errors",
    "forecast",
    "nn",
    "ops",
    "read_table",
]

__getattr__, __dir__ = loaded_on_use(
    __name__,
    {
        "Answerer": "gated.tasks",
        "Conversationalist": "gated.tasks",
        "Forecaster": "gated.forecast",
        "Generator": "gated.tasks",
        "Live": "gated.forecast",
        "SequenceClassifier": "gated.tasks",
        "Transcriber": "gated.tasks",
        "read_table": "gated.table",
        "datasets": "gated.datasets",
        "errors": "gated.errors",
        "forecast": "gated.forecast",
        "nn": "gated.nn",
        "ops": "gated.ops",
    },
)
