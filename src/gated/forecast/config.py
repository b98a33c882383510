"""What can be set, and what is chosen from the data where nothing is set."""

import math
from dataclasses import asdict, dataclass
from numbers import Integral, Real
from typing import Any, TypeGuard

from gated.errors import UsageError
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
        for name in ("hidden_size", "num_layers", "max_steps", "batch_size"):
            value = getattr(self, name)
            if value is not None and not (_is_whole(value) and value >= 1):
                raise UsageError(f"{name} is {value!r}. Expected a whole number, at least 1.")
        if self.training not in WAYS:
            ways = ", ".join(repr(name) for name in WAYS)
            raise UsageError(f"training is {self.training!r}. Expected one of {ways}.")
        if not (_is_whole(self.seed) and 0 <= self.seed < 2**63):
            raise UsageError(f"seed is {self.seed!r}. Expected a whole number, at least 0.")
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
            f"The horizon h is {h!r}. Expected a whole number of steps ahead, at least 1."
        )
    steps = int(h)
    beyond = max(_LARGEST_HORIZON_IN_SERIES * longest, _ALWAYS_ALLOWED)
    if steps > beyond:
        raise UsageError(
            f"The horizon h is {steps:,}, but the longest series has {longest:,} steps: a forecast "
            f"that far ahead would be invention. Ask for at most {beyond:,} steps, or give a "
            "longer past."
        )
    return int(steps)


def dense_cutoffs(leads: int, context: int) -> int:
    """From how many of a training window's last patches it is forecast."""
    return max(1, min(_MOST_DENSE, context, _QUESTIONS_PER_WINDOW // leads))
