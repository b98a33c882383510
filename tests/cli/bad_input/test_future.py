"""Future covariates that are missing, incomplete or not expected."""

import pytest

from tests.cli.bad_input.messages import error_of


def test_missing(forecast, sales):
    message = error_of(forecast(sales, "--covariate", "promo"))
    assert "The forecast needs the values of `promo` in the 7 steps ahead" in message
    assert "--future" in message


def test_missing_before_a_training(forecast, sales):
    message = error_of(forecast(sales, "--covariate", "promo", "--training", "tune"))
    assert "`promo` must be known for the 7 future steps" in message
    assert "--future" in message


def test_too_short_at_the_end_of_the_table(forecast, write_sales):
    message = error_of(forecast(write_sales(unsold=3), "--covariate", "promo"))
    assert "lacks 2024-03-14: 3 of 7 steps given." in message


def test_a_gap_among_the_future_rows(forecast, write_sales):
    table = write_sales(unsold=7)
    lines = table.read_text().splitlines()
    lines[-3] = lines[-3].removesuffix("0").removesuffix("1")
    table.write_text("\n".join(lines))
    assert "lacks 2024-03-15" in error_of(forecast(table, "--covariate", "promo"))


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("ds,promo\n2024-03-11,1", "future.csv: the future of series `y` lacks 2024-03-12"),
        ("ds\n2024-03-11", "future.csv: the future table has no column `promo`."),
        ("", "future.csv: the file is empty"),
    ],
)
def test_in_a_file(forecast, sales, tmp_path, content, expected):
    (tmp_path / "future.csv").write_text(content)
    assert expected in error_of(forecast(sales, "--covariate", "promo", "--future", "future.csv"))


def test_no_such_file(forecast, sales):
    message = error_of(forecast(sales, "--covariate", "promo", "--future", "nope.csv"))
    assert "nope.csv: there is no such file." in message


def test_without_a_covariate(forecast, sales):
    message = error_of(forecast(sales, "--future", "sales.csv"))
    assert "no covariate was named" in message


def test_a_huge_horizon(gated, write_sales):
    table = write_sales(unsold=7)
    options = ("--covariate", "promo", "--horizon", "1000000000")
    assert "7 of 1,000 steps given" in error_of(gated("forecast", table, *options))
