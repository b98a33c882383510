"""Options and output that the commands share."""

import json

import pytest

from benchmarks.common.options import print_report, save_report, whole_numbers
from benchmarks.common.report import Column, Report, Sheet
from gated.errors import UsageError


@pytest.fixture
def report():
    sheet = Sheet("costs", "Costs", [Column("what", "what")], [{"what": "a fit"}])
    return Report("forecast", {}, {"threads": 1}, [sheet])


def test_whole_numbers_of_a_list():
    assert whole_numbers("--threads", "2,1") == (2, 1)


@pytest.mark.parametrize(
    ("text", "expected"), [("one", "--seeds is one. Expected whole"), ("1,1", "each number once")]
)
def test_a_list_that_is_none_is_refused(text, expected):
    with pytest.raises(UsageError, match=expected):
        whole_numbers("--seeds", text)


def test_a_report_is_printed_as_tables_or_as_json(report, capsys):
    print_report(report, as_json=True)
    assert json.loads(capsys.readouterr().out)["costs"] == [{"what": "a fit"}]
    print_report(report, as_json=False)
    assert "Costs" in capsys.readouterr().out


def test_a_report_is_saved_where_a_path_is_given(report, tmp_path):
    save_report(report, tmp_path / "results.json")
    save_report(report, None)
    assert [path.name for path in tmp_path.iterdir()] == ["results.json"]
    saved = (tmp_path / "results.json").read_text(encoding="utf-8")
    assert saved == report.to_json() + "\n"
