"""Combines network and baseline by their errors on the held-out windows.

The network forecasts alone where it wins. Where a baseline comes close or wins, the two are
averaged with the weights that erred least, down to the baseline alone. The intervals are then
calibrated on the same windows.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from gated.arrays import FloatArray
from gated.forecast.quantiles import QUANTILES
from gated.forecast.training.calibration import widths
from gated.text import plain

_MEDIAN = QUANTILES.index(0.5)
_SHARES = (1.0, 0.75, 0.5, 0.25, 0.0)
# A baseline joins only if that lowers the error by 1 %: less is luck on a few windows.
_WORTH_MIXING = 0.99
# With this many windows the measured share counts as much as the prior one.
_WINDOWS_TO_CHOOSE = 20
# The same of the pretrained network, which has forecast other tables; and the odds in its
# favour, unless it errs several times as much: they fall by the fourth power of the errors.
_WINDOWS_TO_DOUBT, _ODDS, _POWER = 80, 50.0, 4
_THETA_BENEFIT = 0.1
_UNCHECKED_WIDENING = 2.0
_NAMES = {
    "shipped": "the pretrained network",
    "tuned": "the pretrained network, fine-tuned on this table,",
    "scratch": "the network",
}
# Of a series that hardly changed before, in units of that change: finite.
_LARGEST_ERROR = 1e300
# Errors closer than this are called equal.
_AS_MUCH = 0.005
# A smaller share is not worth a second forecast.
_SMALLEST_SHARE = 0.1


@dataclass(frozen=True)
class Combination:
    """How network and baseline compared on the held-out windows, and how they are combined.

    Attributes:
        share: ensemble weight of the network, 1 to 0; the baseline has the rest.
        baseline: the best baseline's name.
        errors: mean absolute error of "network", of every baseline and of their combination
            "forecast", relative to seasonal naive's.
        windows: how many held-out windows were compared.
        h: how many steps each.
        widen_80, widen_95: factors on the widths of the 80 % and 95 % intervals.
        origin: "shipped" for the pretrained network, "tuned" where it was fine-tuned on the table,
            "scratch" for one trained on nothing but the table.
    """

    share: float
    baseline: str
    errors: dict[str, float]
    windows: int
    h: int
    widen_80: float
    widen_95: float
    origin: str = "scratch"

    @property
    def text(self) -> str:
        """In words."""
        if not self.windows:
            answer = "network's, untested on this table"
            if not self.share:
                answer = f"{plain(self.baseline)} baseline's, its intervals a guess, made wide"
            return (
                "The series are too short to hold anything out, so nothing could be checked: "
                f"the forecast is the {'pretrained ' if self.share else ''}{answer}."
            )
        number = "" if self.windows == 1 else "s"
        checked = f"on {self.windows} held-out window{number} of {self.h} steps"
        network, baseline = self.errors["network"], self.errors[self.baseline]
        name = _NAMES[self.origin]
        best = f"the best baseline ({plain(self.baseline)})"
        if baseline == 0:
            lead = f"the {plain(self.baseline)} baseline made no error"
        elif abs(network / baseline - 1) < _AS_MUCH:
            lead = f"{name} erred as much as {best}"
        elif network < baseline:
            lead = f"{name} erred {_percent(1 - network / baseline)} less than {best}"
        else:
            lead = f"{name} erred {_more(network / baseline)} {best}"
        if self.share == 1 and network > (1 + _AS_MUCH) * baseline:
            decision = "so few windows do not prove a difference, and the forecast is the network's"
        elif self.share == 1:
            decision = "the forecast is the network's"
        elif self.share == 0:
            decision = "the forecast is that baseline's"
        else:
            rest = _percent(1 - self.share)
            decision = f"the forecast is {_percent(self.share)} network and {rest} baseline"
        return f"{checked.capitalize()}, {lead}: {decision}."

    def to_json(self) -> dict[str, Any]:
        """As plain values."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> "Combination":
        """Back from plain values."""
        plain = dict(stored)
        if "rule" in plain:  # its name up to version 3 of the model file
            plain["baseline"] = plain.pop("rule")
        return cls(**plain)

    def mix(self, quantiles: FloatArray, points: FloatArray | None) -> FloatArray:
        """Average the network's quantiles [M, h, Q] with a baseline's points [M, h], and widen."""
        median = quantiles[..., _MEDIAN, None]
        mixed = median
        if points is not None and self.share < 1:
            mixed = self.share * median + (1 - self.share) * points[..., None]
        # The two intervals are widened by factors of their own, and so could cross.
        return np.sort(mixed + (quantiles - median) * self._widths(), axis=-1)

    def _widths(self) -> FloatArray:
        """[Q] the factor of each quantile: widen_80 up to the deciles, then on to widen_95."""
        distance = np.abs(np.array(QUANTILES) - 0.5)
        return np.interp(distance, [0.4, 0.475], [self.widen_80, self.widen_95])


def unchecked(baseline: str, origin: str = "scratch") -> Combination:
    """The verdict where nothing could be held out.

    The pretrained network forecasts as it is, for it was trained on many short series; a network
    that would have to be trained on this table leaves the forecast to the baseline.
    """
    if origin == "shipped":
        return Combination(1.0, baseline, {}, 0, 0, 1.0, 1.0, origin)
    return Combination(0.0, baseline, {}, 0, 0, _UNCHECKED_WIDENING, _UNCHECKED_WIDENING, origin)


def combine(
    y: FloatArray,
    network: FloatArray,
    baselines: Mapping[str, FloatArray],
    weight: FloatArray,
    origin: str = "scratch",
) -> Combination:
    """Compare on M held-out windows.

    Args:
        y: [M, h] the actual values, NaN where unobserved.
        network: [M, h, Q] the network's quantiles.
        baselines: name to points [M, h]; "seasonal_naive" among them.
        weight: [M] what a window's error is divided by, so that series of all sizes count.
        origin: how the network was made.

    Every window must have something observed.
    """
    seen = np.isfinite(y)

    def error(points: FloatArray) -> float:
        absolute = np.where(seen, np.abs(np.where(seen, y, 0.0) - points), 0.0)
        return float((absolute.sum(1) / seen.sum(1) / weight).mean())

    median = network[..., _MEDIAN]
    errors = {name: error(points) for name, points in baselines.items()}
    windows = len(y)
    best = _best_baseline(errors, windows)
    shares = {s: error(s * median + (1 - s) * baselines[best]) for s in _SHARES}
    share = _share(shares, windows, origin)
    mixed = share * median + (1 - share) * baselines[best]
    unit = errors["seasonal_naive"] or 1.0
    relative = {"network": shares[1.0], **errors, "forecast": error(mixed)}
    moved = mixed[..., None] + (network - median[..., None])
    widen_80, widen_95 = widths(y, moved)
    return Combination(
        share=share,
        baseline=best,
        errors={name: min(value / unit, _LARGEST_ERROR) for name, value in relative.items()},
        windows=windows,
        h=y.shape[1],
        widen_80=widen_80,
        widen_95=widen_95,
        origin=origin,
    )


def _best_baseline(errors: Mapping[str, float], windows: int) -> str:
    """The baseline that erred least; from few windows, theta unless another was clearly better.

    Over the thousands of series of the M3 and M4 competitions theta was the best simple
    method (Makridakis & Hibon 2000): that is worth more than a few percent on a few windows.
    """
    benefit = 1 + _THETA_BENEFIT * (1 - _evidence(windows, _WINDOWS_TO_CHOOSE))
    return min(errors, key=lambda name: errors[name] * (1 if name == "theta" else benefit))


def _evidence(windows: int, for_half: int) -> float:
    return windows / (windows + for_half)


def _share(errors: Mapping[float, float], windows: int, origin: str) -> float:
    """The network's share, from the error at each share tried and the number of windows.

    From many windows the share that erred least is taken. From few, that choice is luck in good
    part. A network that learned from this table alone is then averaged with the baseline by their
    inverse squared errors (Bates & Granger 1969). The pretrained one, which erred less than any
    baseline on nearly all other tables, has odds in its favour (decision 12).
    """
    measured = min(errors, key=lambda share: errors[share])
    if errors[measured] > _WORTH_MIXING * errors[1.0]:
        measured = 1.0
    if origin == "shipped":
        safe, evidence = _by_errors(errors, _POWER, _ODDS), _evidence(windows, _WINDOWS_TO_DOUBT)
    else:
        safe, evidence = _by_errors(errors, 2, 1.0), _evidence(windows, _WINDOWS_TO_CHOOSE)
    share = evidence * measured + (1 - evidence) * safe
    nearest = float(np.round(share, 2))
    return nearest if _SMALLEST_SHARE <= nearest <= 1 - _SMALLEST_SHARE else float(round(nearest))


def _by_errors(errors: Mapping[float, float], power: int, odds: float) -> float:
    """The network's share by inverse powers of the errors, with odds in its favour."""
    largest = max(errors[1.0], errors[0.0])
    if not 0 < largest < np.inf:
        return odds / (odds + 1)
    # In units of the largest: the square of 1e300 would overflow.
    network, baseline = errors[1.0] / largest, errors[0.0] / largest
    return float(odds * baseline**power / (odds * baseline**power + network**power))


def _more(ratio: float) -> str:
    """A ratio above 1, in words that fit a sentence."""
    if ratio < 2:
        return f"{_percent(ratio - 1)} more than"
    return f"{ratio:.1f} times as much as" if ratio < 1000 else "over a thousand times as much as"


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"
