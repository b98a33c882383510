"""Describes a validation result: the errors to expect, the best baseline, and the methods used."""

from collections.abc import Iterator, Mapping
from typing import Protocol

from gated.forecast.validation.expected_error import ExpectedError
from gated.text import counted, percent, plain, roughly

__all__ = ["FEW_WINDOWS", "NOT_BASELINES", "ValidationResult", "best_baseline", "verdict_text"]

NOT_BASELINES = ("network", "forecast")
"""The errors of a validation result that are not those of baselines."""

FEW_WINDOWS = 80
"""With fewer windows, the accuracy on other tables has the larger weight."""

# Errors with a smaller relative difference count as equal.
_ROUNDING = 1e-9  # an error of this share of the network's is one of rounding
_AS_MUCH = 0.005
_HALF = 0.5
_NAMES = {
    "pretrained": "pretrained network",
    "tuned": "fine-tuned network",
    "scratch": "network trained on this table",
}


class ValidationResult(Protocol):
    """The attributes of a validation result that its text uses; see `Combination`."""

    @property
    def share(self) -> float:
        """Weight of the network."""

    @property
    def baseline(self) -> str:
        """Name of the baseline with the other weight."""

    @property
    def errors(self) -> Mapping[str, float]:
        """Error of "network", "forecast" and of each baseline."""

    @property
    def windows(self) -> int:
        """Number of held-out windows."""

    @property
    def h(self) -> int:
        """Steps of each window."""

    @property
    def origin(self) -> str:
        """Origin of the network."""

    @property
    def instead(self) -> Mapping[str, float]:
        """Relative loss with or without training."""

    @property
    def expected(self) -> ExpectedError | None:
        """The errors in the unit of the table; None in files of older versions."""


def best_baseline(errors: Mapping[str, float]) -> str:
    """The baseline with the lowest error."""
    others = {name: error for name, error in errors.items() if name not in NOT_BASELINES}
    return min(others, key=lambda name: others[name])


def verdict_text(result: ValidationResult, h: int | None = None) -> str:
    """The validation result in a few sentences.

    Args:
        result: of the held-out windows.
        h: steps of the forecast, which may be more than the windows have.
    """
    if not result.windows:
        method = "pretrained network's, without validation on this table"
        if not result.share:
            method = f"{plain(result.baseline)} baseline's, with wide, uncalibrated intervals"
        return (
            "The series are too short for held-out windows, so there was no validation: "
            f"the forecast is the {method}."
        )
    checked = (_expected(result), *_unchecked(result, h or result.h))
    if result.share == 0 and result.errors["forecast"] <= _ROUNDING * result.errors["network"]:
        rule = plain(result.baseline)
        exact = f"{rule[0].upper()}{rule[1:]} was exact on all windows"
        decided = f"{exact}: the forecast is that of this rule."
        return " ".join((*checked, decided, *_left_out(result)))
    return " ".join((*checked, _compared(result), _decision(result), *_left_out(result)))


def _expected(result: ValidationResult) -> str:
    """What errors to expect."""
    windows = counted(result.windows, "held-out window")
    expected = result.expected
    if expected is None:
        return f"The forecast was validated on {windows} of {counted(result.h, 'step')}."
    step, many = expected.step, expected.series > 1
    text = f"Expect errors of about {roughly(expected.typical)} per {'series and ' * many}{step}"
    if expected.share is not None:
        text += f" ({percent(expected.share)} of {expected.target})"
    if expected.total is not None:
        whole = "the total of all series" if many else "the total"
        text += f", and of {percent(expected.total)} in {whole} over {counted(result.h, step)}"
    return f"{text}, as on {windows}."


def _unchecked(result: ValidationResult, h: int) -> Iterator[str]:
    """A sentence on the steps that are farther ahead than the windows reach."""
    if h > result.h:
        step = "step" if result.expected is None else result.expected.step
        yield (
            f"Only the first {counted(result.h, step)} of {h:,} could be checked, because the "
            "past is too short."
        )


def _compared(result: ValidationResult) -> str:
    """The error of the forecast and of the best baseline."""
    name = best_baseline(result.errors)
    forecast, baseline = result.errors["forecast"], result.errors[name]
    subject = f"The best baseline there, {plain(name)},"
    if baseline == 0:
        return f"{subject} made no error" + ("." if forecast else ", like the forecast.")
    if forecast == 0 or abs(baseline / forecast - 1) < _AS_MUCH:
        return f"{subject} {'erred as much' if forecast else 'did'}."
    if baseline > forecast:
        return f"{subject} erred {_more(baseline / forecast)}."
    return f"{subject} erred {percent(1 - baseline / forecast)} less."


def _decision(result: ValidationResult) -> str:
    """What the forecast consists of, and why."""
    errors, baseline = result.errors, plain(result.baseline)
    network, other = errors["network"], errors.get(result.baseline, errors["forecast"])
    is_worse = network > (1 + _AS_MUCH) * other
    compared = f"erred {_more_than(network / other, baseline)}" if other else "alone erred"
    if result.share == 0:
        reason = f": the network {compared}" if is_worse else ""
        return f"The forecast is that of {baseline}{reason}."
    name, rest = _NAMES[result.origin], percent(1 - result.share)
    forecast, subject = f"The forecast is that of the {name}", "it"
    if result.share < 1:
        forecast = f"The forecast is {percent(result.share)} {name} and {rest} {baseline}"
        subject = "the network alone"
    if not is_worse:
        return f"{forecast}."
    if result.share < _HALF:  # as its error says: nothing to excuse
        return f"{forecast}: {subject} {compared}."
    reason = _reason(result)
    if result.share < 1 and errors["forecast"] < other and not reason:
        return f"{forecast}: {subject} {compared}, and their mean erred least."
    why = f": {reason}" if reason else ""
    is_compared = result.windows < FEW_WINDOWS or result.baseline == best_baseline(errors)
    if result.share == 1 and is_compared:  # with the best baseline, in the sentence before
        return f"{forecast.replace('is that', 'is still that')}{why}."
    return f"{forecast}, although {subject} {compared}{why}."


def _reason(result: ValidationResult) -> str:
    """Why a network is used that erred more than the baseline; empty if measured weights say so."""
    if result.windows < FEW_WINDOWS and result.origin == "pretrained":
        few = "one window proves" if result.windows == 1 else f"{result.windows} windows prove"
        return f"{few} little, and on other tables it erred less"
    # A baseline that would lower the error by less than 1 % is not added.
    return "so small a difference may be chance" if result.share == 1 else ""


def _left_out(result: ValidationResult) -> Iterator[str]:
    """A sentence on training, if it was compared with a forecast without."""
    for name, ratio in result.instead.items():
        how = "With" if name == "training" else "Without"
        compared = "as large" if ratio < 1 + _AS_MUCH else _more(ratio)
        yield f"{how} training, the network's loss there was {compared}."


def _more_than(ratio: float, other: str) -> str:
    """A ratio above 1 to another method."""
    return f"{_more(ratio)} {'than' if ratio < 2 else 'as'} {other}"


def _more(ratio: float) -> str:
    """Describe a ratio above 1.

    >>> _more(1.12), _more(2.34), _more(515.8)
    ('12 % more', '2.3 times as much', '516 times as much')
    """
    if ratio < 2:
        return f"{percent(ratio - 1)} more"
    if ratio >= 1000:
        return "over a thousand times as much"
    return f"{ratio:.{0 if ratio >= 9.95 else 1}f} times as much"
