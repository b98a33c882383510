"""Reports as Markdown."""

from benchmarks.common.markdown import report_as_markdown
from benchmarks.common.report import Column, Report, Sheet


def test_a_report_has_its_machine_its_tables_and_its_notes():
    columns = [Column("method", "method"), Column("mase", "MASE", 2)]
    sheet = Sheet("scores", "Scores", columns, [{"method": "a | b", "mase": 0.5}, {"method": "c"}])
    report = Report("forecast", {"data": "shop"}, {"threads": 1}, [sheet], ["A note."])
    assert report_as_markdown(report) == (
        "Measured: data shop; threads 1.\n\n**Scores**\n\n| method | MASE |\n|---|---|\n"
        "| a \\| b | 0.50 |\n| c | – |\n\n- A note.\n"
    )


def test_a_report_without_notes_ends_with_its_tables():
    report = Report("forecast", {}, {}, [Sheet("s", "Title", [Column("a", "a")], [])])
    assert report_as_markdown(report).endswith("| a |\n|---|\n")
