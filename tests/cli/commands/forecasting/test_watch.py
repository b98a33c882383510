"""`gated watch`: rows on stdin, lines of JSON on stdout, a state between runs."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from gated.cli.app import app
from gated.cli.requests.forecasting.watch_request import UNLIKELY
from gated.forecast.live.options import DEFAULT_UNLIKELY


def watch(*words: object, stdin: str | bytes = "", code: int = 0) -> Result:
    arguments = ["watch", *map(str, words), "--horizon", "3"]
    found = CliRunner().invoke(app, arguments, input=stdin)
    assert found.exit_code == code, found.stderr
    return found


def lines(found: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in found.stdout.splitlines()]


@pytest.fixture
def sales(write_sales) -> Path:
    return write_sales(days=84, series=("a", "b"))  # to 24 March 2024


def test_the_default_of_the_terminal_is_that_of_python():
    assert UNLIKELY == DEFAULT_UNLIKELY


def test_each_row_gets_a_line_with_surprise_and_forecast(sales):
    rows = "unique_id,ds,y,promo\na,2024-03-25,20,0\nb,2024-03-25,900,1\na,2024-03-26,21,1\n"
    found = lines(watch(sales, "--level", "80,95", stdin=rows))
    assert [line["unique_id"] for line in found] == ["a", "b", "a"]
    assert [line["unlikely"] for line in found] == [False, True, False]
    assert found[1]["probability"] < 1e-6
    assert found[0]["expected"] == pytest.approx(20, abs=2)
    assert "forecast" not in found[0]  # the last line of each series has it
    ahead = found[2]["forecast"]
    assert [step["ds"] for step in ahead] == ["2024-03-27", "2024-03-28", "2024-03-29"]
    assert list(ahead[0]) == [
        "ds", "gated", "gated-mean", "gated-lo-80", "gated-hi-80", "gated-lo-95", "gated-hi-95",
    ]  # fmt: skip


def test_rows_without_a_header_have_the_columns_of_the_table(sales):
    found = lines(watch(sales, stdin="a,2024-03-25,20,0"))
    assert found[0]["y"] == 20


def test_json_lines_and_other_separators(sales):
    row = {"y": 20, "ds": "2024-03-25", "unique_id": "b", "more": [1]}
    assert lines(watch(sales, stdin=json.dumps(row)))[0]["unique_id"] == "b"
    assert lines(watch(sales, stdin="y;ds;unique_id\n7;2024-03-25;b\n"))[0]["y"] == 7


def test_wrong_lines_are_named_and_do_not_stop(sales):
    rows = (
        "unique_id,ds,y\na,2024-03-25\na,someday,20\nc,2024-03-25,20\n{]\n"
        'a,2024-03-25,many\n{"ds": 1}\n\na,2024-03-25,20\na,2024-03-25,21\n'
    )
    found = watch(sales, stdin=rows)
    assert [line["y"] for line in lines(found)] == [20]
    for number, words in (
        (2, "has 2 cells. Expected 3: `unique_id`, `ds`, `y`"),
        (3, '"someday" is not a date'),
        (4, "there is no series `c`"),
        (5, "is no JSON object"),
        (6, '"many" is not a number'),
        (7, "lacks `unique_id`, `y`"),
        (10, "2024-03-25 has the value 20 already, found 21"),
    ):
        assert any(
            f"line {number}: " in line and words in line for line in found.stderr.splitlines()
        ), (number, found.stderr)
    assert "1 value, 0 unlikely, 7 lines not used." in found.stderr


def test_strict_stops_at_the_first_wrong_line(sales):
    found = watch(sales, "--strict", stdin="unique_id,ds,y\na,2024-03-25,many\n", code=2)
    assert "line 2" in found.stderr
    assert not found.stdout


def test_a_state_goes_on_where_it_ended(sales, tmp_path):
    state, header = tmp_path / "shop.live", "unique_id,ds,y\n"
    rows = ["a,2024-03-25,20\n", "a,2024-03-26,21\n", "b,2024-03-25,20\n"]
    watch(sales, "--state", state, stdin=header + rows[0])
    sales.unlink()
    second = watch(sales.with_name("sales.csv"), "--state", state, stdin=header, code=2)
    assert "sales.csv" in second.stderr  # the table must be there, also if it is not read
    sales.write_text("unique_id,ds,y\n")
    again = watch(sales, "--state", state, stdin=header + rows[1] + rows[2])
    assert "Goes on from" in again.stderr
    assert [line["expected"] is not None for line in lines(again)] == [True, True]
    arguments = ["watch", str(sales), "--state", str(state), "--horizon", "4"]
    other = CliRunner().invoke(app, arguments, input="")
    assert other.exit_code == 2
    assert "was made with --horizon 3, found 4" in other.stderr


def test_options_that_contradict(sales):
    assert "--horizon is missing" in CliRunner().invoke(app, ["watch", str(sales)]).stderr
    assert "stdin has the new rows" in watch("-", code=2).stderr
    assert "uses no covariates" in watch(sales, "--covariate", "promo", code=2).stderr
    assert "Expected a probability" in watch(sales, "--unlikely", "7", code=2).stderr


def test_new_series_and_fixed_widths(sales):
    rows = "unique_id,ds,y\nc,2024-03-25,20\n"
    found = lines(watch(sales, "--new-series", "--fixed-widths", stdin=rows))
    assert found[0]["unique_id"] == "c"
    assert len(found[0]["forecast"]) == 3


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_and_sigterm_end_cleanly_and_keep_the_state(sales, tmp_path, number):
    state = tmp_path / "shop.live"
    command = [sys.executable, "-c", "from gated.cli import main; main()", "watch", str(sales)]
    command += ["--horizon", "3", "--state", str(state)]
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=os.environ,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(b"unique_id,ds,y\na,2024-03-25,20\n")
        process.stdin.flush()
        line = process.stdout.readline()
        process.send_signal(number)
        rest, errors = process.communicate(timeout=60)
    assert json.loads(line)["y"] == 20
    assert process.returncode == 0, errors
    assert b"Traceback" not in errors
    assert rest == b""
    assert state.exists()


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_waiting_for_rows_is_said(sales):
    command = [sys.executable, "-c", "from gated.cli import main; main()", "watch", str(sales)]
    with subprocess.Popen(
        [*command, "--horizon", "3"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=os.environ,
    ) as process:
        assert process.stderr is not None
        lines = iter(process.stderr.readline, b"")
        said = next((line for line in lines if b"Waiting" in line), b"")
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
    assert b"Waiting for rows with `unique_id`, `ds`, `y` on stdin; Ctrl-C ends." in said
    assert process.returncode == 0
