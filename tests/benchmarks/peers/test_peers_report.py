"""What a comparison with other libraries shows: tables, markdown, a picture."""

import xml.etree.ElementTree as ET
from dataclasses import replace

import numpy as np
import pytest

from benchmarks.peers.accuracy_chart import label_places, picture
from benchmarks.peers.peers_markdown import markdown
from benchmarks.peers.peers_report import as_report, load, with_ratios
from gated.errors import DataError, UsageError

MACHINE = {"processor": "made up", "threads": 1}
FACTS = {"data": "m4_hourly", "cut": "test", "trial": False}


def made_up(method, configuration="default", outcome="done", **figures):
    return {
        "method": method,
        "configuration": configuration,
        "covariates": "none",
        "settings": "none",
        "source": "defaults",
        "version": "1.0",
        "outcome": outcome,
        **figures,
    }


@pytest.fixture
def report():
    costs = {"predict": 0.5, "import": 2.0, "installed": 900.0, "peak": 500.0}
    rows = [
        made_up("gated", fit=40.0, mase=0.8, smape=10.0, wape=0.04, crps=0.03, **costs),
        made_up("darts RNNModel GRU", fit=400.0, mase=1.2, smape=12.0, wape=0.05, **costs),
        made_up("GluonTS DeepAR", outcome="not done in 1,800 s", installed=800.0),
        made_up("GluonTS DeepAR", "recommended", outcome="failed: ValueError: a | b"),
    ]
    return as_report(FACTS, MACHINE, with_ratios(rows), ["A note."])


def test_ratios_are_to_the_first_row(report):
    scores, costs, _ = report.sheets
    assert [row.get("mase_ratio") for row in scores.rows] == pytest.approx(
        [1.0, 1.5, None, None], nan_ok=True
    )
    assert costs.rows[1]["fit_ratio"] == 10.0


def test_what_was_saved_is_loaded_as_it_was(report, tmp_path):
    path = tmp_path / "results.json"
    path.write_text(report.to_json(), encoding="utf-8")
    assert load(path).to_json() == report.to_json()
    assert markdown(load(path)) == markdown(report)


@pytest.mark.parametrize("text", ["{", "[]", '{"benchmark": "forecast"}'])
def test_a_file_of_something_else_is_refused(text, tmp_path):
    path = tmp_path / "results.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=r"results\.json"):
        load(path)


def test_markdown_has_a_line_for_every_method_and_hides_no_failure(report):
    text = markdown(report)
    assert text.startswith("## m4_hourly\n")
    assert "| GluonTS DeepAR | default | none | – | – |" in text
    assert "not done in 1,800 s" in text
    assert "failed: ValueError: a \\| b" in text
    assert "- A note." in text


def test_a_trial_cannot_be_mistaken(report):
    trial = replace(report, facts={**report.facts, "trial": True})
    assert markdown(trial).startswith("## TRIAL")
    assert "TRIAL" in picture(trial)


@pytest.mark.parametrize(("name", "score"), [("m4_hourly", "MASE"), ("shop", "WAPE")])
def test_the_picture_has_a_dot_for_what_was_done_and_words_for_what_was_not(report, name, score):
    drawn = picture(replace(report, facts={**report.facts, "data": name}))
    root = ET.fromstring(drawn)
    texts = [node.text for node in root.iter("{http://www.w3.org/2000/svg}text")]
    assert texts[0].startswith(f"{score} against seconds, {name}")
    assert len(list(root.iter("{http://www.w3.org/2000/svg}circle"))) == 2
    assert {"gated", "darts RNNModel GRU", "GluonTS DeepAR: not done in 1,800 s"} <= set(texts)


def test_a_picture_of_nothing_is_refused(report):
    [scores, *rest] = report.sheets
    failed = replace(scores, rows=[dict(row, outcome="failed") for row in scores.rows])
    nothing = replace(
        report,
        sheets=[failed, replace(rest[0], rows=failed.rows), replace(rest[1], rows=failed.rows)],
    )
    with pytest.raises(UsageError, match="nothing to draw"):
        picture(nothing)


def test_labels_keep_clear_of_each_other():
    labels = [f"a method of some length {number}" for number in range(12)]
    random = np.random.default_rng(0)
    dots = [(float(x), float(y)) for x, y in random.uniform((300, 200), (420, 260), (12, 2))]
    places = label_places(labels, dots)
    width = 6.2 * len(labels[0])
    left = {"start": 0.0, "middle": width / 2, "end": width}
    begins = [(x - left[anchor], y) for x, y, anchor in places]
    boxes = [(x, y - 11, x + width, y + 3) for x, y in begins]
    for i, one in enumerate(boxes):
        for other in boxes[:i]:
            across = one[0] < other[2] and other[0] < one[2]
            down = one[1] < other[3] and other[1] < one[3]
            assert not (across and down)


def test_the_terminal_shows_what_was_saved(call, report, tmp_path):
    saved, drawn = tmp_path / "results.json", tmp_path / "peers.svg"
    saved.write_text(report.to_json(), encoding="utf-8")
    code, said, _ = call("peers", "--saved", str(saved), "--markdown", "--picture", str(drawn))
    assert code == 0
    assert said == markdown(report)
    assert drawn.read_text(encoding="utf-8") == picture(report)
    code, said, _ = call("peers", "--saved", str(saved))
    assert code == 0
    assert "not done in 1,800 s" in said
