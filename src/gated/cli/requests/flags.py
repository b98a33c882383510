"""Names the option of each keyword of Python, for messages."""

from gated.cli.options import options_of
from gated.cli.requests.backtest_request import BacktestRequest
from gated.cli.requests.forecast_request import ForecastRequest

__all__ = ["flag"]

_FLAGS = {
    name: entry.name
    for kind in (ForecastRequest, BacktestRequest)
    for name, entry in options_of(kind).items()
}


def flag(name: str, value: str | None = None) -> str:
    """Return the option of a keyword of Python; for `gated.text.option_style`.

    >>> flag("season_length"), flag("freq", "YS"), flag("covariates")
    ('--season-length', '--freq YS', '--covariate')
    """
    return _FLAGS[name] if value is None else f"{_FLAGS[name]} {value}"
