"""Tests the sentences on a validation result: numbers, comparisons and reasons."""

import pytest

from gated.forecast.validation.combination import Combination, unvalidated
from gated.forecast.validation.expected_error import ExpectedError

ONE = ExpectedError(13_006.0, 0.31, 0.17, "revenue", "day", 1)
MANY = ExpectedError(5.24, 0.48, 0.09, "qty", "day", 30)


def result(
    share: float, windows: int = 9, origin: str = "pretrained", expected=ONE, **errors: float
) -> Combination:
    return Combination(share, "theta", errors, windows, 28, 1.0, 1.0, origin, expected=expected)


def test_first_the_errors_to_expect_then_the_best_baseline_then_the_methods_used() -> None:
    text = result(1.0, network=0.8, theta=0.93, recent_seasonal_mean=0.88, forecast=0.8).text
    assert text == (
        "Expect errors of about 13,000 per day (31 % of revenue), and of 17 % in the total over 28 "
        "days, as on 9 held-out windows. The best baseline there, recent seasonal mean, erred 10 % "
        "more. The forecast is that of the pretrained network."
    )


def test_several_series() -> None:
    text = result(1.0, expected=MANY, network=0.8, theta=1.0, forecast=0.8).text
    assert text.startswith(
        "Expect errors of about 5.2 per series and day (48 % of qty), and of 9.0 % in the total of "
        "all series over 28 days, as on 9 held-out windows."
    )


def test_values_without_a_total_have_errors_only() -> None:
    degrees = ExpectedError(1.34, None, None, "temperature", "hour", 1)
    text = result(1.0, windows=1, expected=degrees, network=0.8, theta=1.0, forecast=0.8).text
    assert text.startswith("Expect errors of about 1.3 per hour, as on 1 held-out window. ")


@pytest.mark.parametrize(
    ("forecast", "theta", "sentence"),
    [
        (0.8, 0.8, "The best baseline there, theta, erred as much."),
        (1.0, 0.8, "The best baseline there, theta, erred 20 % less."),
        (0.5, 1.2, "The best baseline there, theta, erred 2.4 times as much."),
        (0.5, 0.0, "The best baseline there, theta, made no error."),
        (0.0, 0.0, "The best baseline there, theta, made no error, like the forecast."),
        (1e-9, 1.0, "The best baseline there, theta, erred over a thousand times as much."),
    ],
)
def test_the_best_baseline_is_compared(forecast: float, theta: float, sentence: str) -> None:
    text = result(1.0, network=forecast, theta=theta, naive=9.0, forecast=forecast).text
    assert sentence in text


def test_a_rule_that_repeats_the_series_exactly() -> None:
    """Not "erred 302011760518637 % more"."""
    errors = {"network": 5e12, "theta": 1.0, "naive": 7.7, "forecast": 1.0}
    text = result(0.0, **errors).text
    assert text.endswith("Theta was exact on all windows: the forecast is that of this rule.")


def test_a_network_that_erred_more_is_used_with_a_reason() -> None:
    errors = {"network": 1.1, "theta": 1.0, "forecast": 1.02}
    text = result(0.9, **errors).text
    assert text.endswith(
        "The forecast is 90 % pretrained network and 10 % theta, although the network alone erred "
        "10 % more than theta: 9 windows prove little, and on other tables it erred less."
    )
    assert "than theta: one window proves little" in result(0.9, windows=1, **errors).text
    assert result(0.4, **errors).text.endswith(
        "The forecast is 40 % pretrained network and 60 % theta: the network alone erred 10 % more "
        "than theta."
    )
    many = result(0.9, windows=500, **errors).text
    assert many.endswith(
        "The forecast is 90 % pretrained network and 10 % theta, although the network alone erred "
        "10 % more than theta."
    )
    better = result(0.9, windows=500, **(errors | {"forecast": 0.98})).text
    assert better.endswith(
        "The forecast is 90 % pretrained network and 10 % theta: the network alone erred 10 % more "
        "than theta, and their mean erred least."
    )


def test_a_network_that_erred_slightly_more_on_many_windows_is_used_alone() -> None:
    errors = {"network": 1.008, "theta": 1.0, "forecast": 1.008}
    text = result(1.0, windows=500, **errors).text
    assert text.endswith(
        "The best baseline there, theta, erred 0.8 % less. The forecast is still that of the "
        "pretrained network: so small a difference may be chance."
    )
    other = result(1.0, windows=500, origin="tuned", naive=0.5, **errors).text
    assert other.endswith(
        "The forecast is that of the fine-tuned network, although it erred 0.8 % more than theta: "
        "so small a difference may be chance."
    )


def test_a_horizon_beyond_the_windows_is_said() -> None:
    found = result(1.0, network=0.9, theta=1.0, forecast=0.9)
    text = found.describe(found.h + 300)
    assert f"Only the first {found.h} " in text
    assert f"of {found.h + 300} could be checked, because the past is too short." in text
    assert "could be checked" not in found.describe(found.h)
    assert "could be checked" not in found.text


def test_a_comparison_is_not_made_twice() -> None:
    text = result(1.0, network=1.02, theta=1.0, forecast=1.02).text
    assert text.endswith(
        "The best baseline there, theta, erred 2.0 % less. The forecast is still that of the "
        "pretrained network: 9 windows prove little, and on other tables it erred less."
    )


def test_the_forecast_of_a_baseline_says_why() -> None:
    text = result(0.0, network=2.3, theta=1.0, forecast=1.0).text
    assert text.endswith(
        "The forecast is that of theta: the network erred 2.3 times as much as theta."
    )


def test_training_is_compared_with_no_training() -> None:
    trained = Combination(
        1.0, "theta", {"network": 0.5, "theta": 1.0, "forecast": 0.5}, 9, 28, 1, 1, "tuned",
        instead={"no training": 1.05},
    )  # fmt: skip
    assert trained.text.endswith(
        "The forecast is that of the fine-tuned network. Without "
        "training, the network's loss there was 5.0 % more."
    )


def test_the_text_without_validation() -> None:
    assert "too short for held-out windows" in unvalidated("theta").text
    assert unvalidated("theta", "pretrained").text.endswith(
        "the forecast is the pretrained network's, without validation on this table."
    )


def test_a_file_of_an_older_version_has_no_errors_in_the_unit_of_the_table() -> None:
    text = result(1.0, expected=None, network=0.8, theta=1.0, forecast=0.8).text
    assert text.startswith("The forecast was validated on 9 held-out windows of 28 steps. ")
