"""Reports: equal figures in the terminal and in JSON."""

import json

import pytest

from benchmarks.common.report import Column, Report, Sheet, Spread, spread


@pytest.fixture
def report():
    columns = [Column("method", "method"), Column("mase", "MASE"), Column("wape", "WAPE", 4)]
    rows = [
        {"method": "gated", "mase": spread([0.9, 0.7, 0.8]), "wape": 0.12345},
        {"method": "[other]", "mase": float("nan")},
    ]
    sheet = Sheet("scores", "Scores", columns, rows, frozenset({"gated"}))
    return Report("forecast", {"data": "shop"}, {"cores": 2, "threads": 1}, [sheet], ["A note."])


def test_json_has_numbers_spreads_and_null(report):
    content = json.loads(report.to_json())
    assert content["benchmark"] == "forecast"
    assert content["machine"] == {"cores": 2, "threads": 1}
    ours, other = content["scores"]
    assert ours == {
        "method": "gated",
        "mase": {"median": 0.8, "low": 0.7, "high": 0.9},
        "wape": 0.12345,
    }
    assert other == {"method": "[other]", "mase": None}


def test_the_terminal_shows_every_row_the_machine_and_the_notes(report, capsys):
    report.show()
    shown = capsys.readouterr().out
    for expected in ("gated", "0.800", "0.700..0.900", "0.1235", "[other]", "–", "A note."):
        assert expected in shown
    assert "cores 2, threads 1" in shown


def test_several_runs_become_median_and_range():
    assert spread([2.0]) == 2.0
    assert spread([4.0, 1.0, 2.0, 3.0]) == Spread(2.5, 1.0, 4.0)
