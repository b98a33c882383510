"""On a terminal, a chart and a short table are shown instead of CSV."""

import io
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from datetime import datetime, timedelta, timezone
from fcntl import ioctl
from types import SimpleNamespace

import numpy as np
import pandas as pd
from rich.console import Console

from gated import read_table
from gated.cli.console import progress as progress_module
from gated.cli.console.chart import ForecastChart
from gated.cli.console.messages import Messages
from gated.cli.console.progress import late_progress_bar, progress_bar
from gated.cli.output.stdout import to_stdout
from gated.train import Progress


def run_in_terminal(*arguments, columns=80, lines=24, **environment):
    """Run `gated` where stdin, stdout and stderr are a terminal, and return all it showed."""
    ours, theirs = pty.openpty()
    ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
    process = subprocess.Popen(
        [sys.executable, "-c", "from gated.cli import main; main()", *map(str, arguments)],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env={**os.environ, **environment},
    )
    os.close(theirs)
    shown = b""
    while chunk := _read(ours):
        shown += chunk
    os.close(ours)
    return process.wait(timeout=60), shown.decode(errors="replace")


def _read(terminal):
    try:
        return os.read(terminal, 65536)
    except OSError:  # Linux: the other side has been closed
        return b""


def forecast_chart(series=1, *, level=80.0, scale=1.0):
    days = pd.date_range("2024-01-01", periods=30)
    frames = [
        pd.DataFrame({"unique_id": f"s{i}", "ds": days, "y": scale * (np.arange(30) % 7 + i)})
        for i in range(series)
    ]
    table = read_table(pd.concat(frames))
    ahead = pd.date_range("2024-01-31", periods=10)
    values = scale * np.tile(np.arange(10) % 7, series)
    forecast = pd.DataFrame({"unique_id": np.repeat(table.ids, 10), "ds": np.tile(ahead, series)})
    forecast["gated"] = forecast["gated-mean"] = values
    if level is not None:
        forecast[f"gated-lo-{level:g}"] = values - scale
        forecast[f"gated-hi-{level:g}"] = values + scale
    return ForecastChart(table, forecast, 10, level)


def shown(picture, *, width=80, encoding="utf-8"):
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    console = Console(file=stream, width=width, height=24, highlight=False)
    picture.show(console)
    stream.flush()
    return stream.buffer.getvalue().decode(encoding)


def test_a_chart_and_a_table_fit_the_terminal(sales):
    code, text = run_in_terminal("forecast", sales, "--horizon", 14, columns=90, NO_COLOR="1")
    lines = text.replace("\x1b[?25l", "").splitlines()
    assert code == 0, text
    assert any("⠒⠒ history" in line and "80 % interval" in line for line in lines)
    assert any(line.startswith("2024-03-11") for line in lines)
    assert "Not shown: 7 rows. --out FILE writes all." in text
    assert "The line is the m" in text
    assert "Done " in text
    # The progress bar overwrites itself; all other lines must fit.
    assert all(len(line) <= 90 for line in lines if "\x1b" not in line)


def test_scores_keep_the_names_of_series_and_write_methods_in_words(write_sales):
    command = ("backtest", write_sales(series=("shop_a", "b")), "--horizon", 7, "--windows", 1)
    code, text = run_in_terminal(*command, "--by", "series", columns=120)
    assert code == 0
    assert "shop_a" in text
    assert "seasonal naive" in text


def test_scores_fit_a_narrow_terminal(sales):
    command = ("backtest", sales, "--horizon", 7, "--windows", 1)
    code, text = run_in_terminal(*command, columns=60, NO_COLOR="1")
    assert code == 0, text
    rows = [line for line in text.splitlines() if line.startswith("seasonal naive ")]
    assert len(rows) == 1
    assert len(rows[0]) <= 60
    assert "Not shown: columns cov. 80 %, MSIS 80, cov. 95 %, MSIS 95." in text


def test_only_the_label_of_a_message_is_bold():
    stream = io.StringIO()
    Messages(console=Console(file=stream, force_terminal=True, width=80)).write("Read", "a.csv")
    assert stream.getvalue() == "\x1b[1mRead     \x1b[0ma.csv\n"


def test_quiet_with_out_shows_nothing(sales, tmp_path):
    code, text = run_in_terminal("forecast", sales, "--horizon", 7, "--quiet", "--out", "f.csv")
    assert (code, text) == (0, "")
    assert (tmp_path / "f.csv").exists()


def test_one_series_has_its_next_rows():
    text = shown(forecast_chart())
    assert "gated-lo-80" in text
    assert text.count("2024-02-0") >= 5
    assert "Not shown: 3 rows." in text


def test_many_series_have_one_row_each():
    text = shown(forecast_chart(series=11))
    assert "s0 (the first of 11 series)" in text
    assert "forecast mean" in text
    assert "s7" in text
    assert "s8" not in text
    assert "Not shown: 3 series." in text


def test_without_an_interval():
    text = shown(forecast_chart(level=None))
    assert "interval" not in text
    assert "forecast" in text


def test_huge_values_are_drawn():
    assert "e+300" in shown(forecast_chart(scale=1e300))


def test_plain_ascii_if_the_encoding_has_no_more():
    text = shown(forecast_chart(series=3), encoding="ascii")
    assert "** history" in text


def test_no_line_is_wider_than_the_terminal():
    for series in (1, 9):
        text = shown(forecast_chart(series=series), width=60)
        assert max(map(len, text.splitlines())) <= 60


def test_the_bar_shows_the_stage_and_the_time_left():
    stream = io.StringIO()
    console = Console(file=stream, force_terminal=True, width=80)
    with progress_bar(Messages(console=console), "Reading a.csv") as bar:
        bar.stage("Forecasting")
        bar.step("scratch", Progress(step=5, steps=50, loss=1.0, score=1.0, seconds_left=75.0))
        bar._bar.refresh()
    text = stream.getvalue()
    assert "Training" in text
    assert "about 1 min 15 s left" in text


def test_no_bar_in_a_file():
    stream = io.StringIO()
    with progress_bar(Messages(console=Console(file=stream)), "Reading a.csv") as bar:
        bar.stage("Forecasting")
    assert stream.getvalue() == ""


def test_the_bar_of_a_generation_is_shown_after_two_seconds(monkeypatch):
    seconds = iter([0.0, 1.0, 2.5, 5.0])
    monkeypatch.setattr(progress_module, "time", SimpleNamespace(monotonic=lambda: next(seconds)))
    shown = []
    monkeypatch.setattr(progress_module.ProgressBar, "part", lambda self, *part: shown.append(part))
    output = io.StringIO()
    messages = Messages(console=Console(file=output, force_terminal=True, width=60, get_time=float))
    with late_progress_bar(messages, "Generating") as follow:
        assert follow is not None
        follow(1, 10)
        assert not shown
        follow(5, 10)
        assert shown == [("Generating", 5, 10, 2.5)]
        assert "Generating" in output.getvalue()
        follow(10, 10)
        assert shown[-1] == ("Generating", 10, 10, 0)
    with late_progress_bar(Messages(console=Console(file=output)), "Generating") as follow:
        assert follow is None


def test_control_characters_reach_a_pipe_but_not_a_terminal(monkeypatch, capfdbinary):
    content = "a\x1b[31m\x9b.wav,x\ty\n".encode()
    to_stdout(content)
    monkeypatch.setattr("gated.cli.output.stdout.is_stdout_terminal", lambda: True)
    to_stdout(content)
    assert capfdbinary.readouterr().out == content + b"a\\x1b[31m\\u009b.wav,x\ty\n"


def test_the_axis_has_the_zone_of_the_table(tmp_path):
    first = datetime(2024, 3, 1, tzinfo=timezone(timedelta(hours=1)))
    times = [first + timedelta(hours=hour) for hour in range(96)]
    rows = [f"{time.isoformat()},{time.hour}" for time in times]
    (tmp_path / "z.csv").write_text("ds,y\n" + "\n".join(rows) + "\n")
    code, text = run_in_terminal("forecast", tmp_path / "z.csv", "--horizon", 3, columns=100)
    assert code == 0
    assert "2024-03-05 02:00 (+01:00)" in text


def test_the_notes_of_read_fit_the_terminal(write_sales):
    code, text = run_in_terminal("read", write_sales(unsold=3), columns=60)
    assert code == 0
    assert "- not used: `promo`; name them with --covariate if their\r\n  future values" in text
    shown = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text)  # a bar has colours
    assert all(len(line) <= 60 for line in shown.splitlines())
