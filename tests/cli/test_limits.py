"""Numbers above a limit are errors that name the limit; huge values are forecast."""

import json
import time

import pytest


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (
            ("--max-steps", "1" + "0" * 30),
            "--max-steps is a number of 31 digits: too large.",
        ),
        (
            ("--max-steps", "1000001"),
            "Expected a whole number from 1 to 1,000,000.",
        ),
        (
            ("--season-length", "1000000000"),
            "--season-length is 1,000,000,000: too large.",
        ),
        (("--season-length", "1000000000"), "Expected a whole number from 1 to 1,000,000."),
        (("--season-length", "5000"), "--season-length is 5,000, but the longest series has 70"),
        (("--seed", "1" + "0" * 30), "from 0 to 9,223,372,036,854,775,807."),
        (("--horizon", "1" + "0" * 30), "--horizon is a number of 31 digits: too large."),
        (("--horizon", "9" * 5000), "is not a whole number"),
    ],
)
def test_are_errors_before_the_work(gated, sales, options, said) -> None:
    horizon = () if "--horizon" in options else ("--horizon", "7")
    started = time.monotonic()
    result = gated("forecast", sales, *horizon, *options)
    assert time.monotonic() - started < 10
    assert result.exit_code == 2, result.exception
    assert said in " ".join(result.stderr.split())
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("option", ["--windows", "--step-size"])
def test_of_a_backtest(gated, sales, option) -> None:
    for number in ("1" + "0" * 30, "1" + "0" * 12):
        result = gated("backtest", sales, "--horizon", "7", option, number)
        assert result.exit_code == 2, result.exception
        assert "Error: " in result.stderr


@pytest.mark.parametrize("command", ["forecast", "backtest"])
def test_zeros_and_then_huge_values(gated, tmp_path, command) -> None:
    days = [f"2024-{month:02}-{day:02}" for month in (1, 2, 3) for day in range(1, 29)]
    rows = [f"{when},{1e300 if place > 79 else 0}" for place, when in enumerate(days)]
    (tmp_path / "t.csv").write_text("\n".join(["ds,y", *rows]) + "\n")
    options = ["--horizon", 3, "--freq", "D", "--json"]
    saved = ["--save", "m.gated"] if command == "forecast" else []
    result = gated(command, "t.csv", *options, *saved)
    assert result.exit_code == 0, (result.exception, result.stderr)
    report = json.loads(result.stdout)
    assert all(row["gated"] is not None for row in report["forecast"])
