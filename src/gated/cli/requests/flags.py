"""Names the option of each keyword of Python, for messages."""

import shlex

from gated.cli.options.option import options_of
from gated.cli.requests.forecasting.backtest_request import BacktestRequest
from gated.cli.requests.forecasting.explain_request import ExplainRequest
from gated.cli.requests.forecasting.forecast_request import ForecastRequest
from gated.cli.requests.sequences.generate_request import GenerateRequest
from gated.cli.requests.sequences.train_request import TrainRequest
from gated.cli.requests.sequences.transcribe_request import TranscribeRequest

__all__ = ["flag"]

_KINDS = (
    *(TrainRequest, GenerateRequest, TranscribeRequest),
    *(ExplainRequest, ForecastRequest, BacktestRequest),
)
_FLAGS = {name: entry.name for kind in _KINDS for name, entry in options_of(kind).items()}


def flag(name: str, value: str | None = None) -> str:
    """Return the option of a keyword of Python; for `gated.text.option_style`.

    A keyword that no command has stays as it is. A value is quoted where a shell needs it.

    >>> flag("season_length"), flag("freq", "YS"), flag("covariates")
    ('--season-length', '--freq YS', '--covariate')
    >>> flag("missing", "<1"), flag("missing", "-999")
    ("--missing '<1'", '--missing -999')
    """
    known = _FLAGS.get(name, name)
    return known if value is None else f"{known} {shlex.quote(value)}"
