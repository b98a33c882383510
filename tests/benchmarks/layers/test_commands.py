"""The commands `recurrences` and `roofline`: saved results, options, faults of the user."""

import pytest


def test_saved_results_are_printed_unchanged(call, report, results):
    code, output, _ = call("recurrences", "--saved", str(results), "--json")
    assert (code, output) == (0, report.to_json() + "\n")


def test_saved_results_as_markdown_and_as_a_picture(call, results, tmp_path):
    code, output, _ = call("recurrences", "--saved", str(results), "--markdown")
    assert code == 0
    assert "| what | threads | cells |" in output
    assert "| GRU | 6 |" in output
    assert "Measured: processor" in output
    picture = tmp_path / "roofline.svg"
    code, output, _ = call("roofline", str(results), str(picture))
    assert (code, output) == (0, "")
    assert "<svg" in picture.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--kinds", "gru,tcn"], "Expected some of rnn,lstm,gru"),
        (["--kinds", "gru,gru"], "each once"),
        (["--threads", "0"], "Expected 1 or more"),
        (["--threads", "two"], "--threads is two"),
        (["--saved", "nowhere.json"], "nowhere.json cannot be read"),
    ],
)
def test_a_fault_of_the_user_is_one_message(call, arguments, expected):
    code, output, errors = call("recurrences", *arguments)
    assert (code, output) == (2, "")
    assert expected in errors


def test_help_lists_the_options(call):
    code, output, _ = call("recurrences", "--help")
    assert code == 0
    for option in ("--quick", "--threads", "--kinds", "--out", "--saved", "--markdown"):
        assert option in output
