"""Network or rule? Measured on the held-out windows, and said aloud.

The network forecasts alone where it wins. Where a simple rule comes close or wins, the two are
mixed in the proportion that erred least, down to the rule alone. The intervals are then
calibrated on the same windows.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from gated.arrays import FloatArray
from gated.forecast.quantiles import QUANTILES
from gated.forecast.training.calibration import widths

_MEDIAN = QUANTILES.index(0.5)
_SHARES = (1.0, 0.75, 0.5, 0.25, 0.0)
# A rule joins only if that lowers the error by 1 %: less is luck on a few windows.
_WORTH_MIXING = 0.99
# With this many windows the measured share counts as much as what is believed with few.
_WINDOWS_TO_CHOOSE = 20
# The same of the shipped network, which has forecast other tables before; and the odds in its
# favour, unless it errs several times as much: they fall by the fourth power of the errors.
_WINDOWS_TO_DOUBT, _ODDS, _POWER = 80, 50.0, 4
_THETA_BENEFIT = 0.1
_UNCHECKED_WIDENING = 2.0
# Of a series that hardly changed before, in units of that change: a number, not infinity.
_LARGEST_ERROR = 1e300
_NAMES = {
    "shipped": "the shipped network",
    "tuned": "the shipped network, tuned on this table,",
    "scratch": "the network",
}
# Errors closer than this are told as equal.
_AS_MUCH = 0.005
# A tenth of a voice is not worth a sentence, nor a second forecast.
_SMALLEST_SHARE = 0.1


@dataclass(frozen=True)
class Combination:
    """What the held-out windows said.

    Attributes:
        share: of the network in the forecast, 1 to 0; the rule has the rest.
        rule: the best rule's name.
        errors: mean absolute error of "network", of every rule and of the mixture "forecast",
            relative to the seasonal-naive rule's.
        windows: how many windows were compared.
        h: how many steps each.
        widen_80, widen_95: factors on the widths of the 80 % and 95 % intervals.
        origin: "shipped" for the network as it comes with the package, "tuned" where it learned
            from the table, "scratch" for one that knows nothing but the table.
    """

    share: float
    rule: str
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
                answer = f"{_plain(self.rule)} rule, its intervals a guess, made wide"
            return (
                "The series are too short to hold anything out, so nothing could be checked: "
                f"the forecast is the {'shipped ' if self.share else ''}{answer}."
            )
        number = "" if self.windows == 1 else "s"
        checked = f"on {self.windows} held-out window{number} of {self.h} steps"
        network, rule = self.errors["network"], self.errors[self.rule]
        name = _NAMES[self.origin]
        beside = f"the simple rule beside it ({_plain(self.rule)})"
        if rule == 0:
            lead = f"the {_plain(self.rule)} rule made no error"
        elif abs(network / rule - 1) < _AS_MUCH:
            lead = f"{name} erred as much as {beside}"
        elif network < rule:
            lead = f"{name} erred {_percent(1 - network / rule)} less than {beside}"
        else:
            lead = f"{name} erred {_percent(network / rule - 1)} more than {beside}"
        if self.share == 1 and network > (1 + _AS_MUCH) * rule:
            decision = "so little is no reason to doubt it, and the forecast is the network's"
        elif self.share == 1:
            decision = "the forecast is the network's"
        elif self.share == 0:
            decision = "the forecast is that rule's"
        else:
            rest = _percent(1 - self.share)
            decision = f"the forecast is {_percent(self.share)} network and {rest} rule"
        return f"{checked.capitalize()}, {lead}: {decision}."

    def to_json(self) -> dict[str, Any]:
        """As plain values."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> "Combination":
        """Back from plain values."""
        return cls(**stored)

    def mix(self, quantiles: FloatArray, rule: FloatArray | None) -> FloatArray:
        """Move the network's quantiles [M, h, Q] towards a rule's points [M, h], and widen."""
        median = quantiles[..., _MEDIAN, None]
        mixed = median
        if rule is not None and self.share < 1:
            mixed = self.share * median + (1 - self.share) * rule[..., None]
        # The two intervals are widened by factors of their own, and so could cross.
        return np.sort(mixed + (quantiles - median) * self._widths(), axis=-1)

    def _widths(self) -> FloatArray:
        """[Q] the factor of each quantile: widen_80 up to the deciles, then on to widen_95."""
        distance = np.abs(np.array(QUANTILES) - 0.5)
        return np.interp(distance, [0.4, 0.475], [self.widen_80, self.widen_95])


def unchecked(rule: str, origin: str = "scratch") -> Combination:
    """The verdict where nothing could be held out.

    The shipped network answers as it is, for it has seen many short series; what would have had
    to learn from this one leaves it to the plainest defensible rule.
    """
    if origin == "shipped":
        return Combination(1.0, rule, {}, 0, 0, 1.0, 1.0, origin)
    return Combination(0.0, rule, {}, 0, 0, _UNCHECKED_WIDENING, _UNCHECKED_WIDENING, origin)


def judge(
    y: FloatArray,
    network: FloatArray,
    rules: Mapping[str, FloatArray],
    weight: FloatArray,
    origin: str = "scratch",
) -> Combination:
    """Compare on M held-out windows.

    Args:
        y: [M, h] what came, NaN where unobserved.
        network: [M, h, Q] the network's quantiles.
        rules: name to points [M, h]; "seasonal_naive" among them.
        weight: [M] what a window's error is divided by, so that series of all sizes count.
        origin: how the network came about.

    Every window must have something observed.
    """
    seen = np.isfinite(y)

    def error(points: FloatArray) -> float:
        absolute = np.where(seen, np.abs(np.where(seen, y, 0.0) - points), 0.0)
        return float((absolute.sum(1) / seen.sum(1) / weight).mean())

    median = network[..., _MEDIAN]
    errors = {name: error(points) for name, points in rules.items()}
    windows = len(y)
    best = _best_rule(errors, windows)
    shares = {s: error(s * median + (1 - s) * rules[best]) for s in _SHARES}
    share = _share(shares, windows, origin)
    mixed = share * median + (1 - share) * rules[best]
    unit = errors["seasonal_naive"] or 1.0
    relative = {"network": shares[1.0], **errors, "forecast": error(mixed)}
    moved = mixed[..., None] + (network - median[..., None])
    widen_80, widen_95 = widths(y, moved)
    return Combination(
        share=share,
        rule=best,
        errors={name: min(value / unit, _LARGEST_ERROR) for name, value in relative.items()},
        windows=windows,
        h=y.shape[1],
        widen_80=widen_80,
        widen_95=widen_95,
        origin=origin,
    )


def _best_rule(errors: Mapping[str, float], windows: int) -> str:
    """The rule that erred least; from few windows, theta unless another was clearly better.

    Over the thousands of series of the M3 and M4 competitions theta was the best of the simple
    rules (Makridakis & Hibon 2000): that is worth more than a few percent on a few windows.
    """
    benefit = 1 + _THETA_BENEFIT * (1 - _belief(windows, _WINDOWS_TO_CHOOSE))
    return min(errors, key=lambda name: errors[name] * (1 if name == "theta" else benefit))


def _belief(windows: int, for_half: int) -> float:
    return windows / (windows + for_half)


def _share(errors: Mapping[float, float], windows: int, origin: str) -> float:
    """The network's share, from the error at each share tried and the number of windows.

    From many windows the share that erred least is taken. From few, that choice is luck in good
    part. A network that learned from this table alone is then mixed with the rule by their inverse
    squared errors (Bates & Granger 1969). The shipped one, which erred less than any rule on
    nearly all other tables, is believed unless the rule is far better (decision 12).
    """
    measured = min(errors, key=lambda share: errors[share])
    if errors[measured] > _WORTH_MIXING * errors[1.0]:
        measured = 1.0
    if origin == "shipped":
        safe, belief = _by_errors(errors, _POWER, _ODDS), _belief(windows, _WINDOWS_TO_DOUBT)
    else:
        safe, belief = _by_errors(errors, 2, 1.0), _belief(windows, _WINDOWS_TO_CHOOSE)
    share = belief * measured + (1 - belief) * safe
    nearest = float(np.round(share, 2))
    return nearest if _SMALLEST_SHARE <= nearest <= 1 - _SMALLEST_SHARE else float(round(nearest))


def _by_errors(errors: Mapping[float, float], power: int, odds: float) -> float:
    """The network's share by inverse powers of the errors, with odds in its favour."""
    largest = max(errors[1.0], errors[0.0])
    if not 0 < largest < np.inf:
        return odds / (odds + 1)
    # In units of the largest: the square of 1e300 would overflow.
    network, rule = errors[1.0] / largest, errors[0.0] / largest
    return float(odds * rule**power / (odds * rule**power + network**power))


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def _plain(rule: str) -> str:
    return rule.replace("_", " ")
