"""What can be set, and what is chosen from the data where nothing is set."""

import math
from dataclasses import asdict, dataclass
from numbers import Integral, Real
from typing import Any, TypeGuard

from gated.errors import UsageError
from gated.text import grouped, option
from gated.train import TrainingPlan

MODEL_NAME = "gated"
"""The name of the forecast in columns and scores."""

# The horizon where none is given, by season length: what is usually wanted of years,
# quarters, business days, days, months, hours, half-hours, weeks, minutes and quarter-hours.
_DEFAULT_HORIZON = {1: 6, 4: 8, 5: 20, 7: 28, 12: 24, 24: 48, 48: 96, 52: 26, 60: 120, 96: 96}
# About so many lead patches are forecast in a training window, over all its cutoffs.
_QUESTIONS_PER_WINDOW = 24
_MOST_DENSE = 6
_LARGEST_HORIZON_IN_SERIES = 5
WAYS = {"none": (), "tune": ("tune",), "scratch": ("scratch",), "auto": ("tune", "scratch")}
_ALWAYS_ALLOWED = 1_000
# The long season that is usual for steps of five minutes, a week of them, is 2,016 steps.
_LONG_ALLOWED = 10_000
# Larger values need days or all memory, and no forecast is better for it.
LARGEST = {
    "hidden_size": 4_096,
    "num_layers": 64,
    "max_steps": 1_000_000,
    "batch_size": 65_536,
    "seed": 2**63 - 1,
}
# Tuning, beside learning from scratch: how long; and how hard what comes from the shipped network
# learns, while what is new learns as from scratch (docs/decisions/0010).
_TUNING_STEPS = 2 / 3
SHIPPED_SHARE = 2 / 3


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
            if not (_is_whole(value) and least <= value <= most):
                raise UsageError(
                    f"{name} is {_shown(value)}. Expected a whole number from {least} to {most:,}."
                )
        if self.training not in WAYS:
            ways = ", ".join(repr(name) for name in WAYS)
            raise UsageError(f"training is {self.training!r}. Expected one of {ways}.")
        if self.dropout is not None and not (_is_number(self.dropout) and 0 <= self.dropout < 1):
            raise UsageError(f"dropout is {self.dropout!r}. Expected a number from 0 to below 1.")
        if not (_is_number(self.learning_rate) and 0 < self.learning_rate < 1):
            raise UsageError(
                f"learning_rate is {self.learning_rate!r}. Expected a number between 0 and 1, "
                "such as 0.003."
            )

    def to_json(self) -> dict[str, Any]:
        """As plain values."""
        return asdict(self)

    def dropout_for(self, points: int) -> float:
        """The less data, the more dropout: 0.3 up to a thousand points, none from a million.

        >>> [round(ForecasterConfig().dropout_for(n), 2) for n in (100, 1_000, 50_000, 1_000_000)]
        [0.3, 0.3, 0.13, 0.0]
        """
        if self.dropout is not None:
            return self.dropout
        return min(0.3, max(0.0, 0.3 - 0.1 * math.log10(max(points, 1) / 1000)))

    @property
    def ways_to_learn(self) -> tuple[str, ...]:
        """The ways to try: "tune" (from the pretrained weights), "scratch"."""
        return WAYS[self.training]

    def learning(self, points: int) -> TrainingPlan:
        """The plan from scratch: longer with more data, 1,400 steps at most."""
        steps = self.max_steps or min(1400, round(100 + 6 * math.sqrt(points)))
        return TrainingPlan(steps, self.learning_rate)

    def tuning(self, points: int) -> TrainingPlan:
        """The plan from the pretrained weights: shorter; they move less than new ones."""
        learning = self.learning(points)
        return TrainingPlan(max(1, round(learning.budget * _TUNING_STEPS)), self.learning_rate)

    def finishing(self, learned_for: int, learning_rate: float) -> TrainingPlan:
        """The plan for going on over all data, held-out part included: short and gentle."""
        return TrainingPlan(max(1, learned_for // 4), learning_rate / 4)


def _shown(value: object) -> str:
    """A value as it was given."""
    return grouped(int(value)) if _is_whole(value) else repr(value)


def _is_whole(value: object) -> TypeGuard[int]:
    """Whole numbers of numpy count; True and False do not."""
    return isinstance(value, Integral) and not isinstance(value, bool)


def _is_number(value: object) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool)


def default_horizon(season_length: int) -> int:
    """The horizon where none is given; two seasons where nothing else is usual.

    >>> default_horizon(7), default_horizon(24), default_horizon(30)
    (28, 48, 60)
    """
    return _DEFAULT_HORIZON.get(season_length, 2 * season_length)


def checked_horizon(h: object, longest: int) -> int:
    """A horizon as a whole number of steps, within reason for the longest series.

    Raises:
        UsageError: it is no whole number, below 1, or more than five times the longest past.
    """
    if not _is_whole(h) or h < 1:
        raise UsageError(
            f"The horizon h is {_shown(h)}. Expected a whole number of steps ahead, at least 1."
        )
    steps = int(h)
    beyond = max(_LARGEST_HORIZON_IN_SERIES * longest, _ALWAYS_ALLOWED)
    if steps > beyond:
        raise UsageError(
            f"The horizon h is {grouped(steps)}, but the longest series has {longest:,} steps: a "
            f"forecast that far ahead would be invention. Ask for at most {beyond:,} steps, or "
            "give a longer past."
        )
    return int(steps)


def check_seasons(season_length: int, long_season: int | None, longest: int) -> None:
    """Refuse seasons beyond reason for the longest series: their windows would need all memory.

    Raises:
        UsageError: one is longer than five times the longest past.
    """
    within = _LARGEST_HORIZON_IN_SERIES * longest
    for steps, allowed in ((season_length, _ALWAYS_ALLOWED), (long_season or 0, _LONG_ALLOWED)):
        if steps > max(within, allowed):
            raise UsageError(
                f"{option('season_length')} is {steps:,}, but the longest series has {longest:,} "
                "steps, too few for so long a season. Give at most "
                f"{max(within, allowed):,} steps, or a longer past."
            )


def dense_cutoffs(leads: int, context: int) -> int:
    """From how many of a training window's last patches it is forecast."""
    return max(1, min(_MOST_DENSE, context, _QUESTIONS_PER_WINDOW // leads))
