"""`gated explain`: its output, its files and its errors."""

import json
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import Result

Gated = Callable[..., Result]
WriteSales = Callable[..., Path]


@pytest.fixture
def explain(gated: Gated) -> Gated:
    """Run `gated explain …` seven steps ahead."""

    def run(*arguments: object) -> Result:
        return gated("explain", *arguments, "--horizon", 7)

    return run


def test_it_says_what_moves_the_forecast(explain: Gated, sales: Path) -> None:
    result = explain(sales)
    assert result.exit_code == 0
    assert result.stdout.startswith("y: the median of 7 steps\nsame weekday, last 4 weeks")
    assert "What moves the forecast away from the mean of all past values (" in result.stdout
    assert "(same weekday, last 4 weeks)" in result.stdout
    assert "Read     sales.csv: 70 steps of 1 series" in result.stderr


def test_files_and_json(explain: Gated, sales: Path) -> None:
    result = explain(sales, "--json", "--quiet", "--out", "why.csv", "--report", "why.html")
    assert (result.exit_code, result.stderr) == (0, "")
    report = json.loads(result.stdout)
    [one] = report["explained"]
    assert one["series"] == "y"
    assert sum(driver["share"] for driver in one["drivers"]) == pytest.approx(1)
    assert report["reference"] == "the mean of all past values"
    frame = pd.read_csv("why.csv")
    assert frame.columns.tolist() == ["unique_id", "ds", "driver", "contribution", "share"]
    assert len(report["contributions"]) == len(frame)
    page = Path("why.html").read_text("utf-8")
    assert "What it remembered" in page
    assert "same weekday, last 4 weeks" in page


def test_one_series_is_explained(explain: Gated, write_sales: WriteSales) -> None:
    table = write_sales(series=("a", "b", "c", "d"))
    three = [line for line in explain(table).stdout.splitlines() if ": the median of" in line]
    assert three == [f"{label}: the median of 7 steps" for label in "acd"]
    assert explain(table, "--series", "b").stdout.startswith("b: the median of 7 steps")
    result = explain(table, "--series", "e")
    assert result.exit_code == 2
    assert "There is no series 'e'" in result.stderr


def test_what_if(explain: Gated, write_sales: WriteSales) -> None:
    table = write_sales(unsold=7)
    result = explain(table, "--covariate", "promo", "--what-if", "promo=1")
    assert result.exit_code == 0
    assert "What the changes move, in 1 series, 7 steps ahead." in result.stdout
    changes = ("--what-if", "y@2024-03-10=60", "--what-if", "y@2024-03-09=60")
    report = json.loads(explain(table, *changes, "--json", "--quiet").stdout)
    assert max(abs(row["difference"]) for row in report["what_if"]["rows"]) > 1
    assert report["what_if"]["text"].startswith("The sum over 7 steps moves from")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--what-if", "promo"), "--what-if promo has no column and value. Expected column=value"),
        (("--what-if", "promo@=1"), "--what-if promo@=1 has no column and value"),
        (
            ("--what-if", "promo=1", "--what-if", "promo=2"),
            "--what-if changes `promo` twice. Expected one value",
        ),
        (("--what-if", "y=1", "--what-if", "y@3=2"), "--what-if changes `y` twice"),
        (("--what-if", "y@3=1", "--what-if", "y@3=2"), "--what-if changes `y` twice"),
        (("--what-if", "y=1"), "'y' is the target, whose future is forecast"),
        (("--what-if", "y@2031-01-01=1"), "There is no step at 2031-01-01"),
        (("--what-if", "yy@2024-01-01=1"), "Did you mean `y`?"),
        (("--out", "why.txt"), "why.txt"),
    ],
)
def test_options_that_do_not_fit(
    explain: Gated, sales: Path, options: tuple[str, ...], message: str
) -> None:
    result = explain(sales, *options)
    assert (result.exit_code, result.stdout) == (2, "")
    assert message in result.stderr


def test_a_saved_model_explains_another_table(
    gated: Gated, explain: Gated, write_sales: WriteSales
) -> None:
    gated("forecast", write_sales(), "--horizon", 7, "--save", "m.gated", "--out", "f.csv")
    result = explain(write_sales("other.csv", days=80), "--model", "m.gated")
    assert result.exit_code == 0
    assert "same weekday, last 4 weeks" in result.stdout
    result = explain(write_sales("other.csv"), "--model", "m.gated", "--training", "auto")
    assert "--training" in result.stderr
    assert result.exit_code == 2


def test_the_gates_of_the_past(explain: Gated, sales: Path) -> None:
    result = explain(sales, "--gates", "--report", "why.html")
    assert "The recurrence reads 10 steps of 7 days, from 20" in result.stdout
    assert "Block 3: share of the memory kept in a step (z), 192 units" in result.stdout
    assert "Units by the time in which they overwrite half of their memory:" in result.stdout
    page = Path("why.html").read_text("utf-8")
    assert "What the recurrence kept at each step of the past" in page
    assert "below 7 days" in page
    [gates] = json.loads(explain(sales, "--gates", "--json", "--quiet").stdout)["gates"]
    assert (gates["series"], gates["steps_of"], len(gates["steps"])) == ("y", 7, 10)
    assert [len(block["kept"]) for block in gates["blocks"]] == [10, 10, 10]
    assert [len(block["half_lives"]) for block in gates["blocks"]] == [192, 192, 192]
    assert "gates" not in json.loads(explain(sales, "--json", "--quiet").stdout)
