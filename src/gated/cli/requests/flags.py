"""Names the option of each keyword of Python, for messages."""

import shlex

from gated.cli.options import options_of
from gated.cli.requests.backtest_request import BacktestRequest
from gated.cli.requests.explain_request import ExplainRequest
from gated.cli.requests.forecast_request import ForecastRequest
from gated.cli.requests.sequence_request import GenerateRequest, TrainRequest
from gated.cli.requests.transcribe_request import TranscribeRequest

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
