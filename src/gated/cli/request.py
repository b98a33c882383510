"""What `gated forecast` was asked for, checked as far as the words alone allow."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from gated.cli.output import check_forecast_suffix, check_place
from gated.errors import UsageError

__all__ = ["ForecastRequest", "numbers", "whole_number"]

_DEFAULT_LEVEL = (80.0,)
_CHECKPOINT_SUFFIX = ".gated-checkpoint"


@dataclass(frozen=True)
class ForecastRequest:
    """The arguments and options of `gated forecast`; None where one was not given.

    Attributes:
        table: the past.
        horizon: steps ahead.
        level, quantiles: the intervals and quantiles asked for; the 80 % interval if none are.
        future: the file that holds the covariates of the steps ahead.
        reading: how the columns are to be read, as keywords of `gated.read_table`.
        learning: hyperparameters, as keywords of `gated.Forecaster`.
        out, save, model, checkpoint: files.
        as_json, explain, quiet: how to answer.
    """

    table: Path
    horizon: int
    level: tuple[float, ...]
    quantiles: tuple[float, ...]
    future: Path | None
    covariates: tuple[str, ...]
    reading: Mapping[str, str | int | bool | None]
    learning: Mapping[str, int | None]
    out: Path | None
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
    def resumable(self) -> Path:
        """The file that Ctrl-C leaves: the one named, or one beside the result."""
        if self.checkpoint is not None:
            return self.checkpoint
        folder = self.out.parent if self.out is not None else Path()
        name = self.table.name.removesuffix(".gz")
        return folder / (Path(name).stem + _CHECKPOINT_SUFFIX)

    def _check_model(self) -> None:
        """A saved model has learned already: what only learning needs cannot be asked of it."""
        if self.model is None:
            return
        idle = {
            "--covariate": bool(self.covariates),
            "--freq": self.reading["freq"] is not None,
            "--season-length": self.reading["season_length"] is not None,
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
        written = {"--out": self.out, "--save": self.save, "--checkpoint": self.checkpoint}
        read = {"the table": self.table, "--future": self.future, "--model": self.model}
        taken = {path.absolute(): name for name, path in read.items() if path is not None}
        for option, path in written.items():
            if path is None:
                continue
            if path.absolute() in taken:
                raise UsageError(
                    f"{option} {path} would overwrite {taken[path.absolute()]}. "
                    "Choose another name."
                )
            check_place(option, path)
            if option == "--out":
                check_forecast_suffix(path)
            taken[path.absolute()] = option


def whole_number(option: str, text: str, *, least: int) -> int:
    """Read the whole number given with an option.

    Raises:
        UsageError: it is none, or below `least`.

    >>> whole_number("--horizon", "28", least=1)
    28
    """
    expected = f"Expected a whole number, at least {least}."
    try:
        value = int(text)
    except ValueError:
        raise UsageError(f"{option} {text} is not a whole number. {expected}") from None
    if value < least:
        raise UsageError(f"{option} {text} is too small. {expected}")
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
