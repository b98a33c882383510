"""Options with missing or invalid values."""

import pytest

from tests.cli.bad_input.messages import error_of


def test_a_missing_horizon_is_explained_with_an_example(gated, sales):
    message = error_of(gated("forecast", "sales.csv"))
    assert message.startswith("Error: --horizon is missing")
    assert "gated forecast sales.csv --horizon 28" in message


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("sale.csv",), "sale.csv: there is no such file. Did you mean `sales.csv`?"),
        (("sales.csv", "--level", "x"), '--level x: "x" is not a number.'),
        (("sales.csv", "--out", "f.xlsx"), 'the suffix ".xlsx" is unknown'),
    ],
)
def test_a_missing_horizon_is_reported_with_other_errors(gated, sales, words, expected):
    message = error_of(gated("forecast", *words))
    assert expected in message
    assert "Also, --horizon is missing. Expected the number of steps to forecast" in message


@pytest.mark.parametrize(
    ("horizon", "expected"),
    [
        ("0", "--horizon 0 is too small."),
        ("-3", "--horizon -3 is too small."),
        ("week", "--horizon week is not a whole number."),
        ("1e9", "--horizon 1e9 is not a whole number."),
        ("2.5", "--horizon 2.5 is not a whole number."),
        ("1000000000", "1,000,000,000, but the longest series has 70 steps"),
    ],
)
def test_horizon(gated, sales, horizon, expected):
    assert expected in error_of(gated("forecast", sales, "--horizon", horizon))


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (("--level", "120"), "120"),
        (("--level", "80,x"), '--level 80,x: "x" is not a number.'),
        (("--level", ""), 'Error: --level : "" is not a number.'),
        (("--quantiles", "2"), "Expected numbers between 0 and 1"),
        (("--seed", "x"), "--seed x is not a whole number."),
        (("--time-format", ""), "--time-format is empty. Expected strptime codes"),
        (("--time-format", "%Q"), "--time-format %Q is not a pattern for dates"),
        (("--season-length", "0"), "--season-length 0 is too small."),
        (("--freq", "fortnight"), "fortnight"),
        (("--fill", "zeros"), "--fill zeros is unknown. Did you mean `zero`?"),
        (("--target-col", "z"), "sales.csv: there is no column `z` (--target-col)."),
    ],
)
def test_values(forecast, sales, options, expected):
    assert expected in error_of(forecast(sales, *options))


@pytest.mark.parametrize("command", ["forecast", "backtest"])
@pytest.mark.parametrize("training", [(), ("--training", "none")])
def test_steps_where_nothing_is_trained(gated, sales, command, training):
    message = error_of(gated(command, sales, "--horizon", 7, "--max-steps", 9, *training))
    assert message == (
        "Error: --max-steps has no effect, because nothing is trained. Leave it out, or train "
        "with --training auto."
    )
