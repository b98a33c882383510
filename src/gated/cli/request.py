"""What `gated forecast` was asked for, checked as far as the words alone allow."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from gated.cli.places import check_places
from gated.errors import UsageError
from gated.text import grouped

__all__ = ["BacktestRequest", "ForecastRequest", "numbers", "whole_number"]

_DEFAULT_LEVEL = (80.0,)
LARGEST_NUMBER = 10**15
"""Of steps, windows and whatever else is counted: what lies beyond is a typing error."""
_CHECKPOINT_SUFFIX = ".gated-checkpoint"


@dataclass(frozen=True)
class ForecastRequest:
    """The arguments and options of `gated forecast`; None where one was not given.

    Attributes:
        table: the past.
        horizon: steps ahead.
        level, quantiles: the intervals and quantiles asked for; the 80 % interval if none are.
        future: the file that holds the covariates of the steps ahead.
        covariates, past_covariates: columns known in advance, and up to the present.
        static: the file that holds the features of the series.
        reading: how the columns are to be read, as keywords of `gated.read_table`.
        learning: hyperparameters, as keywords of `gated.Forecaster`.
        out, report, save, model, checkpoint: files.
        as_json, explain, quiet: how to answer.
    """

    table: Path
    horizon: int
    level: tuple[float, ...]
    quantiles: tuple[float, ...]
    future: Path | None
    covariates: tuple[str, ...]
    past_covariates: tuple[str, ...]
    static: Path | None
    reading: Mapping[str, str | int | bool | None]
    learning: Mapping[str, int | str | None]
    out: Path | None
    report: Path | None
    save: Path | None
    model: Path | None
    checkpoint: Path | None
    as_json: bool
    explain: bool
    quiet: bool

    def __post_init__(self) -> None:
        self._check_model()
        self._check_places()

    @property
    def intervals(self) -> tuple[float, ...]:
        """The levels to forecast, in percent."""
        return self.level if self.level or self.quantiles else _DEFAULT_LEVEL

    @property
    def hyperparameters(self) -> dict[str, int | str]:
        """Those to give to `gated.Forecaster`."""
        return _settled(self.learning, self.covariates, self.past_covariates, self.static)

    @property
    def resumable(self) -> Path:
        """The file that Ctrl-C leaves: the one named, or one beside the result."""
        if self.checkpoint is not None:
            return self.checkpoint
        folder = self.out.parent if self.out is not None else Path()
        name = self.table.name.removesuffix(".gz")
        return folder / (Path(name).stem + _CHECKPOINT_SUFFIX)

    def without(self, options: Iterable[str]) -> "ForecastRequest":
        """The same without the files of some options."""
        missing: dict[str, Any] = dict.fromkeys(options)
        return replace(self, **missing)

    def _check_model(self) -> None:
        """A saved model has learned already: what only learning needs cannot be asked of it."""
        if self.model is None:
            return
        idle = {
            "--covariate": bool(self.covariates),
            "--past-covariate": bool(self.past_covariates),
            "--holidays": self.learning["holidays"] is not None,
            "--freq": self.reading["freq"] is not None,
            "--season-length": self.reading["season_length"] is not None,
            "--training": self.learning["training"] is not None,
            "--seed": self.learning["seed"] is not None,
            "--max-steps": self.learning["max_steps"] is not None,
            "--save": self.save is not None,
            "--checkpoint": self.checkpoint is not None,
        }
        given = [option for option, is_given in idle.items() if is_given]
        if given:
            raise UsageError(
                f"--model {self.model} has learned already, so {' and '.join(given)} would change "
                "nothing. Leave it out, or leave out --model to learn afresh."
            )

    def _check_places(self) -> None:
        is_named = self.checkpoint is not None or self.model is not None
        check_places(
            {
                "the table": self.table,
                "--future": self.future,
                "--static": self.static,
                "--model": self.model,
            },
            {
                "--out": self.out,
                "--report": self.report,
                "--save": self.save,
                "--checkpoint": self.checkpoint,
            },
            {"the checkpoint that Ctrl-C leaves": None if is_named else self.resumable},
        )


@dataclass(frozen=True)
class BacktestRequest:
    """The arguments and options of `gated backtest`; None where one was not given.

    Attributes:
        table: the past.
        horizon: steps to forecast from each cutoff.
        windows: how many cutoffs.
        step_size: steps between two of them.
        refit: whether to learn anew at each.
        level: the intervals to check, in percent.
        against: methods beside gated; the simple rules if none are named.
        by: what the scores on stdout are by.
        covariates, past_covariates, static, reading, learning: as of `ForecastRequest`.
        out, report, scores: files.
        as_json, quiet: how to answer.
    """

    table: Path
    horizon: int
    windows: int
    step_size: int | None
    refit: bool
    level: tuple[float, ...]
    against: tuple[str, ...] | None
    by: str
    covariates: tuple[str, ...]
    past_covariates: tuple[str, ...]
    static: Path | None
    reading: Mapping[str, str | int | bool | None]
    learning: Mapping[str, int | str | None]
    out: Path | None
    report: Path | None
    scores: Path | None
    as_json: bool
    quiet: bool

    @property
    def hyperparameters(self) -> dict[str, int | str]:
        """Those to give to `gated.Forecaster`."""
        return _settled(self.learning, self.covariates, self.past_covariates, self.static)

    def without(self, options: Iterable[str]) -> "BacktestRequest":
        """The same without the files of some options."""
        missing: dict[str, Any] = dict.fromkeys(options)
        return replace(self, **missing)

    def __post_init__(self) -> None:
        check_places(
            {"the table": self.table, "--static": self.static},
            {"--out": self.out, "--scores": self.scores, "--report": self.report},
            {},
        )


def whole_number(option: str, text: str, *, least: int, most: int = LARGEST_NUMBER) -> int:
    """Read the whole number given with an option.

    Raises:
        UsageError: it is none, or out of range.

    >>> whole_number("--horizon", "28", least=1)
    28
    """
    expected = f"Expected a whole number, at least {least}."
    if most < LARGEST_NUMBER:
        expected = f"Expected a whole number from {least} to {most:,}."
    try:
        value = int(text)
    except ValueError:
        raise UsageError(f"{option} {text} is not a whole number. {expected}") from None
    if value < least:
        raise UsageError(f"{option} {text} is too small. {expected}")
    if value > most:
        raise UsageError(f"{option} is {grouped(value)}, which is too large. {expected}")
    return value


def numbers(option: str, text: str, example: str) -> tuple[float, ...]:
    """Read the numbers given with an option, separated by commas.

    Raises:
        UsageError: a part is no number.

    >>> numbers("--level", "80,95", "80,95")
    (80.0, 95.0)
    """
    values = []
    for part in text.split(","):
        try:
            values.append(float(part))
        except ValueError:
            raise UsageError(
                f'{option} {text}: "{part.strip()}" is not a number. Expected numbers separated '
                f"by commas, such as {option} {example}."
            ) from None
    return tuple(values)


def _settled(learning: Mapping[str, int | str | None], *inputs: object) -> dict[str, int | str]:
    """What was given; where nothing asks for learning, the shipped network forecasts as it is.

    >>> _settled({"seed": None, "training": None}, ()), _settled({"seed": 1, "training": None})
    ({'training': 'none'}, {'seed': 1, 'training': 'auto'})
    """
    given = {name: value for name, value in learning.items() if value is not None}
    given.setdefault("training", "auto" if given or any(inputs) else "none")
    return given
