"""Defines the hyperparameters, and the values chosen from the data if none is given."""

import math
from dataclasses import asdict, dataclass
from numbers import Integral, Real
from typing import Any, TypeGuard

from gated.errors import UsageError
from gated.text import grouped, option
from gated.train.plan import TrainingPlan

MODEL_NAME = "gated"
"""The name of the forecast in columns and scores; the column of this name has the median."""

MEAN_NAME = f"{MODEL_NAME}-mean"
"""The name of the column of means."""

# The default horizon by season length: usual horizons for years, quarters, business days, days,
# months, hours, half-hours, weeks, minutes and quarter-hours.
_DEFAULT_HORIZON = {1: 6, 4: 8, 5: 20, 7: 28, 12: 24, 24: 48, 48: 96, 52: 26, 60: 120, 96: 96}
# About this many lead patches are forecast in a training window, over all its cutoffs.
_LEADS_PER_WINDOW = 24
_MOST_DENSE = 6
_LARGEST_HORIZON_IN_SERIES = 5
TRAINING_MODES = {
    "none": (),
    "tune": ("tune",),
    "scratch": ("scratch",),
    "auto": ("tune", "scratch"),
}
_ALWAYS_ALLOWED = 1_000
# The usual long season of steps of five minutes, a week, has 2,016 steps.
_LONG_ALLOWED = 10_000
# Larger values need days or all memory, and do not improve a forecast.
LARGEST = {
    "hidden_size": 4_096,
    "num_layers": 64,
    "max_steps": 1_000_000,
    "batch_size": 65_536,
    "seed": 2**63 - 1,
}
# Fine-tuning relative to training from scratch: the number of steps, and the learning rate of the
# pretrained weights; new weights have the full rate (docs/decisions/0010).
_TUNING_STEPS = 2 / 3
PRETRAINED_RATE_FACTOR = 2 / 3


@dataclass(frozen=True)
class ForecasterConfig:
    """Hyperparameters; `None` means "chosen from the data". See `gated.Forecaster`."""

    hidden_size: int = 128
    num_layers: int = 2
    dropout: float | None = None
    max_steps: int | None = None
    batch_size: int = 64
    learning_rate: float = 3e-3
    seed: int = 0
    holidays: str | None = None
    training: str = "none"
    device: str = "cpu"

    def __post_init__(self) -> None:
        for name, most in LARGEST.items():
            value, least = getattr(self, name), 0 if name == "seed" else 1
            if value is None and name == "max_steps":
                continue
            check_whole(name, value, least, most)
        if self.training not in TRAINING_MODES:
            ways = ", ".join(repr(name) for name in TRAINING_MODES)
            raise UsageError(f"training is {self.training!r}. Expected one of {ways}.")
        if self.dropout is not None and not (is_number(self.dropout) and 0 <= self.dropout < 1):
            raise UsageError(f"dropout is {self.dropout!r}. Expected a number from 0 to below 1.")
        if not (is_number(self.learning_rate) and 0 < self.learning_rate < 1):
            raise UsageError(
                f"learning_rate is {self.learning_rate!r}. Expected a number between 0 and 1, "
                "such as 0.003."
            )

    def to_json(self) -> dict[str, Any]:
        """Convert to plain values."""
        return asdict(self)

    def dropout_for(self, points: int) -> float:
        """The dropout for a number of observed values: 0.3 up to a thousand, 0 from a million.

        >>> [round(ForecasterConfig().dropout_for(n), 2) for n in (100, 1_000, 50_000, 1_000_000)]
        [0.3, 0.3, 0.13, 0.0]
        """
        if self.dropout is not None:
            return self.dropout
        return min(0.3, max(0.0, 0.3 - 0.1 * math.log10(max(points, 1) / 1000)))

    @property
    def starts(self) -> tuple[str, ...]:
        """The initial weights to try: "tune" (the pretrained weights), "scratch" (random)."""
        return TRAINING_MODES[self.training]

    def scratch_plan(self, points: int) -> TrainingPlan:
        """The training plan from scratch: longer with more data, 1,400 steps at most."""
        steps = self.max_steps or min(1400, round(100 + 6 * math.sqrt(points)))
        return TrainingPlan(steps, self.learning_rate)

    def tuning_plan(self, points: int) -> TrainingPlan:
        """The plan of fine-tuning, which has fewer steps than training from scratch."""
        scratch = self.scratch_plan(points)
        return TrainingPlan(max(1, round(scratch.budget * _TUNING_STEPS)), self.learning_rate)

    def final_plan(self, steps: int, learning_rate: float) -> TrainingPlan:
        """The plan of the final stage on all data, held-out part included: short, at a low rate."""
        return TrainingPlan(max(1, steps // 4), learning_rate / 4)


def check_whole(name: str, value: object, least: int, most: int | None = None) -> None:
    """Check that an argument is a whole number in a range; without `most`, from `least` on.

    Raises:
        UsageError: it is not.
    """
    if _is_whole(value) and value >= least and (most is None or value <= most):
        return
    expected = f", at least {least}" if most is None else f" from {least} to {most:,}"
    raise UsageError(f"{name} is {_shown(value)}. Expected a whole number{expected}.")


def _shown(value: object) -> str:
    """A given value, for a message."""
    return grouped(int(value)) if _is_whole(value) else repr(value)


def _is_whole(value: object) -> TypeGuard[int]:
    """Whether a value is a whole number of Python or numpy, but not True or False."""
    return isinstance(value, Integral) and not isinstance(value, bool)


def is_number(value: object) -> TypeGuard[float]:
    """Whether a value is a number of Python or numpy, but not True or False."""
    return isinstance(value, Real) and not isinstance(value, bool)


def default_horizon(season_length: int) -> int:
    """The default horizon of a season length: the usual one, or two seasons.

    >>> default_horizon(7), default_horizon(24), default_horizon(30)
    (28, 48, 60)
    """
    return _DEFAULT_HORIZON.get(season_length, 2 * season_length)


def checked_horizon(h: object, longest: int) -> int:
    """Check that a horizon is a whole number of steps, and not too long for the longest series.

    Raises:
        UsageError: it is not a whole number, below 1, or more than five times the longest past.
    """
    if not _is_whole(h) or h < 1:
        raise UsageError(
            f"The horizon h is {_shown(h)}. Expected a whole number of steps ahead, at least 1."
        )
    steps = int(h)
    beyond = max(_LARGEST_HORIZON_IN_SERIES * longest, _ALWAYS_ALLOWED)
    if steps > beyond:
        raise UsageError(
            f"The horizon h is {grouped(steps)}, but the longest series has {longest:,} steps. "
            f"Request at most {beyond:,} steps, or give a longer past."
        )
    return int(steps)


def check_seasons(season_length: int, long_season: int | None, longest: int) -> None:
    """Check that seasons are not too long for the longest series: windows would need all memory.

    Raises:
        UsageError: a season is longer than five times the longest past.
    """
    within = _LARGEST_HORIZON_IN_SERIES * longest
    for steps, allowed in ((season_length, _ALWAYS_ALLOWED), (long_season or 0, _LONG_ALLOWED)):
        if steps > max(within, allowed):
            raise UsageError(
                f"{option('season_length')} is {steps:,}, but the longest series has {longest:,} "
                f"steps, too few for such a season. Give at most {max(within, allowed):,} steps, "
                "or a longer past."
            )


def dense_cutoffs(leads: int, context: int) -> int:
    """The number of the last patches of a training window from which forecasts begin."""
    return max(1, min(_MOST_DENSE, context, _LEADS_PER_WINDOW // leads))
