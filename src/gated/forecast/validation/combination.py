"""Combines network and baseline by their errors on the held-out windows.

If the network is clearly more accurate, it forecasts alone. Otherwise network and best baseline are
averaged with the ensemble weight of the lowest error, which may be zero. The intervals are
calibrated on the same windows.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np

from gated.arrays import FloatArray
from gated.forecast.model.views import PLAIN
from gated.forecast.quantiles import QUANTILES
from gated.forecast.validation.calibration import Widths, fitted_widths
from gated.forecast.validation.expected_error import ExpectedError
from gated.forecast.validation.shrinkage import measured_weight
from gated.forecast.validation.verdict_text import FEW_WINDOWS, best_baseline, verdict_text

_MEDIAN = QUANTILES.index(0.5)
_SHARES = (1.0, 0.75, 0.5, 0.25, 0.0)
# A baseline is added only if that lowers the error by 1 %: less may be chance on a few windows.
_WORTH_MIXING = 0.99
# With this many windows, the measured share and the prior share have equal weights.
_WINDOWS_FOR_HALF = 20
# The same for the pretrained network, which was validated on other tables; and its prior odds,
# which decrease with the fourth power of the errors.
_WINDOWS_FOR_HALF_PRETRAINED, _ODDS, _POWER = FEW_WINDOWS, 50.0, 4
# The same for a short horizon: over the next few steps of smooth values theta is often as accurate
# as the network, on other tables too (decision 32).
_WINDOWS_FOR_HALF_SHORT, _ODDS_SHORT = 20, 3.0
_THETA_BENEFIT = 0.1
_UNVALIDATED_WIDTH_FACTOR = 2.0
# The origin of the pretrained network in model files.
_ORIGIN_IN_FILES = "shipped"
_PLAIN_ALONE = MappingProxyType({PLAIN: 1.0})
# Limit of relative errors, which would be infinite for a series that did not change before.
_LARGEST_ERROR = 1e300
# A smaller share is rounded to 0, and no second forecast is needed.
_SMALLEST_SHARE = 0.1


@dataclass(frozen=True)
class Combination:
    """The validation result of network and baselines, and their combination.

    Attributes:
        share: ensemble weight of the network, 1 to 0; the baseline has the rest.
        baseline: name of the baseline that the network is combined with.
        errors: mean absolute error of "network", of every baseline and of their combination
            "forecast", relative to that of seasonal naive.
        windows: number of held-out windows.
        h: number of steps of each window.
        widen_80, widen_95: factors of the widths of the 80 % and 95 % intervals, in the middle of
            the horizon.
        origin: "pretrained" for the pretrained network, "tuned" if it was fine-tuned on the table,
            "scratch" for a network trained only on the table.
        views: the weights of the views whose quantiles are averaged, see `model.views`.
        widen_slope: how the factors change with the steps ahead, see `Widths`.
        instead: the loss on the held-out windows with "training" or with "no training", whichever
            was tried and left out, relative to that of the network in use.
        expected: the errors in the unit of the table; None in files of older versions.
    """

    share: float
    baseline: str
    errors: dict[str, float]
    windows: int
    h: int
    widen_80: float
    widen_95: float
    origin: str = "scratch"
    views: dict[str, float] = field(default_factory=lambda: dict(_PLAIN_ALONE))
    widen_slope: float = 0.0
    instead: dict[str, float] = field(default_factory=dict)
    expected: ExpectedError | None = None

    def __str__(self) -> str:
        return self.text

    @property
    def text(self) -> str:
        """The validation result in a few sentences."""
        return verdict_text(self)

    def describe(self, h: int) -> str:
        """The same, of a forecast of `h` steps: it says if not all of them could be checked."""
        return verdict_text(self, h)

    @property
    def best_baseline(self) -> str:
        """The baseline with the lowest error on the held-out windows."""
        return best_baseline(self.errors)

    def to_json(self) -> dict[str, Any]:
        """Convert to plain values for a model file."""
        stored = asdict(self)
        if self.origin == "pretrained":
            stored["origin"] = _ORIGIN_IN_FILES
        return stored

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> "Combination":
        """Build the combination from the values of `to_json`."""
        values = dict(stored)
        if "rule" in values:  # the key of the baseline up to version 3 of the model file
            values["baseline"] = values.pop("rule")
        if values.get("origin") == _ORIGIN_IN_FILES:
            values["origin"] = "pretrained"
        if values.get("expected") is not None:
            values["expected"] = ExpectedError.from_json(values["expected"])
        return cls(**values)

    def mix(self, quantiles: FloatArray, points: FloatArray | None) -> FloatArray:
        """Average quantiles [M, h, Q] of the network with points [M, h] of a baseline.

        The widths of the intervals are multiplied by their factors.
        """
        median = quantiles[..., _MEDIAN, None]
        mixed = median
        if points is not None and self.share < 1:
            mixed = self.share * median + (1 - self.share) * points[..., None]
        # The two intervals have different factors, so that quantiles could cross: sort them.
        widths = Widths(self.widen_80, self.widen_95, self.widen_slope)
        factors = widths.factors(quantiles.shape[1], (self.h + 1) / 2)
        return np.sort(mixed + (quantiles - median) * factors, axis=-1)


def relative_error(error: float, unit: float) -> float:
    """An error relative to another one, finite also where that is 0."""
    return min(error / unit, _LARGEST_ERROR) if unit > 0 else _LARGEST_ERROR


def unvalidated(
    baseline: str, origin: str = "scratch", views: Mapping[str, float] = _PLAIN_ALONE
) -> Combination:
    """The combination without held-out windows.

    The pretrained network forecasts alone, because it was trained on many short series. A network
    that is trained on this table is not used: the baseline forecasts alone.
    """
    if origin == "pretrained":
        return Combination(1.0, baseline, {}, 0, 0, 1.0, 1.0, origin, dict(views))
    factor = _UNVALIDATED_WIDTH_FACTOR
    return Combination(0.0, baseline, {}, 0, 0, factor, factor, origin)


def combine(
    y: FloatArray,
    network: FloatArray,
    baselines: Mapping[str, FloatArray],
    weight: FloatArray,
    independent: float,
    origin: str = "scratch",
    views: Mapping[str, float] = _PLAIN_ALONE,
    *,
    short: bool = False,
) -> Combination:
    """Compare network and baselines on M held-out windows, and combine the best.

    Args:
        y: [M, h] the actual values, NaN where unobserved; at least one per window is observed.
        network: [M, h, Q] the network's quantiles.
        baselines: maps a name to points [M, h]; "seasonal_naive" is required.
        weight: [M] the divisor of each window's error, so that series of all sizes count equally.
        independent: number of independent windows, which the interval widths count.
        origin: origin of the network, see `Combination`.
        views: the weights of the views in the network's quantiles.
        short: whether the horizon is short, see `split.is_short`.
    """
    observed = np.isfinite(y)

    def error(points: FloatArray) -> float:
        absolute = np.where(observed, np.abs(np.where(observed, y, 0.0) - points), 0.0)
        return float((absolute.sum(1) / observed.sum(1) / weight).mean())

    median = network[..., _MEDIAN]
    errors = {name: error(points) for name, points in baselines.items()}
    windows = len(y)
    best = _best_baseline(errors, windows)
    shares = {s: error(s * median + (1 - s) * baselines[best]) for s in _SHARES}
    share = _share(shares, windows, origin, short=short)
    mixed = share * median + (1 - share) * baselines[best]
    unit = errors["seasonal_naive"] or 1.0
    relative = {"network": shares[1.0], **errors, "forecast": error(mixed)}
    moved = mixed[..., None] + (network - median[..., None])
    widths = fitted_widths(y, moved, independent)
    return Combination(
        share=share,
        baseline=best,
        errors={name: min(value / unit, _LARGEST_ERROR) for name, value in relative.items()},
        windows=windows,
        h=y.shape[1],
        widen_80=widths.at_80,
        widen_95=widths.at_95,
        widen_slope=widths.slope,
        origin=origin,
        views=dict(views),
    )


def _best_baseline(errors: Mapping[str, float], windows: int) -> str:
    """The baseline with the lowest error; with few windows, theta unless another is clearly better.

    Theta was the best simple method for the thousands of series of the M3 and M4 competitions
    (Makridakis & Hibon 2000), which counts more than a few percent on a few windows.
    """
    benefit = 1 + _THETA_BENEFIT * (1 - measured_weight(windows, _WINDOWS_FOR_HALF))
    return min(errors, key=lambda name: errors[name] * (1 if name == "theta" else benefit))


def _share(errors: Mapping[float, float], windows: int, origin: str, *, short: bool) -> float:
    """The network's share, from the error at each tried share and the number of windows.

    The share with the lowest error is combined with a prior share, whose weight is larger for few
    windows. For a network trained only on this table, the prior is given by inverse squared errors
    (Bates & Granger 1969). For the pretrained network, which is more accurate than any baseline on
    nearly all other tables, the prior includes odds in its favour (decision 12); smaller ones for a
    short horizon (decision 32).
    """
    measured = min(errors, key=lambda share: errors[share])
    if errors[measured] > _WORTH_MIXING * errors[1.0]:
        measured = 1.0
    if origin == "pretrained" and short:
        prior = _by_errors(errors, _POWER, _ODDS_SHORT)
        weight = measured_weight(windows, _WINDOWS_FOR_HALF_SHORT)
    elif origin == "pretrained":
        prior = _by_errors(errors, _POWER, _ODDS)
        weight = measured_weight(windows, _WINDOWS_FOR_HALF_PRETRAINED)
    else:
        prior = _by_errors(errors, 2, 1.0)
        weight = measured_weight(windows, _WINDOWS_FOR_HALF)
    share = weight * measured + (1 - weight) * prior
    nearest = float(np.round(share, 2))
    return nearest if _SMALLEST_SHARE <= nearest <= 1 - _SMALLEST_SHARE else float(round(nearest))


def _by_errors(errors: Mapping[float, float], power: int, odds: float) -> float:
    """The network's share by inverse powers of the errors, with prior odds."""
    largest = max(errors[1.0], errors[0.0])
    if not 0 < largest < np.inf:
        return odds / (odds + 1)
    # Errors are scaled by the largest: the square of 1e300 would overflow.
    network, baseline = errors[1.0] / largest, errors[0.0] / largest
    return float(odds * baseline**power / (odds * baseline**power + network**power))
