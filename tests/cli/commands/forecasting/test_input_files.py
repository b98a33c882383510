"""Tests the kinds of input that the commands read: stdin, pipes, sheets, folders, archives."""

import gzip
import json
import os
import threading
from datetime import datetime, timedelta
from time import sleep

import pytest
from typer.testing import CliRunner

from gated.cli.app import app
from gated.cli.commands.forecasting import read
from gated.cli.console import progress
from gated.table import read_table
from tests.cli.bad_input.messages import error_of
from tests.table.io.databases.shops import write_sqlite
from tests.table.io.kinds.workbooks import xlsx, zipped

ROWS = [
    ["Date", "Sales"],
    *([datetime(2024, 1, 1) + timedelta(days=day), 20 + day % 7] for day in range(70)),
]


def with_stdin(content, *arguments):
    return CliRunner().invoke(app, list(map(str, arguments)), input=content)


def results(result):
    assert result.exit_code == 0, result.stderr
    return result.stdout


@pytest.mark.parametrize("command", ["forecast", "backtest", "explain"])
def test_stdin_is_read_as_the_file_is(gated, sales, command):
    expected = results(gated(command, sales, "--horizon", 7))
    for content in (sales.read_bytes(), gzip.compress(sales.read_bytes())):
        result = with_stdin(content, command, "-", "--horizon", 7)
        assert results(result) == expected
        assert "stdin: 70 steps of 1 series" in result.stderr


def test_an_empty_stdin_is_an_error():
    message = error_of(with_stdin(b"", "forecast", "-", "--horizon", 7))
    assert message.startswith("Error: stdin: it is empty (0 bytes)")


def test_a_named_pipe(forecast, sales, tmp_path):
    expected = results(forecast(sales))
    os.mkfifo(tmp_path / "pipe")
    content = sales.read_bytes()
    writer = threading.Thread(target=(tmp_path / "pipe").write_bytes, args=(content,))
    writer.start()
    assert results(forecast("pipe")) == expected
    writer.join()


@pytest.mark.parametrize("command", ["read", "forecast"])
def test_the_wait_for_a_pipe_is_said(gated, sales, tmp_path, monkeypatch, command):
    monkeypatch.setattr(progress, "_PATIENCE", 0.05)
    os.mkfifo(tmp_path / "pipe")
    content = sales.read_bytes()
    writer = threading.Timer(0.5, (tmp_path / "pipe").write_bytes, (content,))
    writer.start()
    given = ("--horizon", 7) if command == "forecast" else ()
    result = gated(command, "pipe", *given)
    assert results(result)
    said = "Reading  Waiting until another program has written pipe to its end.\n"
    assert result.stderr.startswith(said)
    writer.join()


def test_a_long_reading_is_said_in_a_log(gated, sales, monkeypatch):
    monkeypatch.setattr(progress, "_LONG", 0.05)
    monkeypatch.setattr(read, "read_table", lambda *a, **k: sleep(0.5) or read_table(*a, **k))
    result = gated("read", sales)
    assert results(result)
    assert result.stderr == f"Reading  {sales.name} is still being read.\n"
    assert gated("read", sales, "--quiet").stderr == ""


@pytest.mark.parametrize("command", ["forecast", "backtest", "explain"])
def test_a_sheet_is_named(gated, tmp_path, command):
    (tmp_path / "a.xlsx").write_bytes(xlsx({"North": ROWS, "South": ROWS}))
    message = error_of(gated(command, "a.xlsx", "--horizon", 7))
    assert "several sheets hold a table: `North`, `South`. Name one with --sheet." in message
    result = gated(command, "a.xlsx", "--horizon", 7, "--sheet", "South")
    assert "a.xlsx: 70 steps of 1 series, 2024-01-01 to 2024-03-10." in result.stderr
    assert result.exit_code == 0


def test_a_file_of_an_archive_is_named(forecast, sales, tmp_path):
    content = sales.read_bytes()
    (tmp_path / "a.zip").write_bytes(zipped({"north.csv": content, "south.csv": content}))
    assert "Name one with --sheet." in error_of(forecast("a.zip"))
    assert results(forecast("a.zip", "--sheet", "south.csv")) == results(forecast(sales))


def test_a_folder_of_parts(forecast, sales, tmp_path):
    header, *rows = sales.read_text().splitlines(keepends=True)
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "1.csv").write_text("".join([header, *rows[:30]]))
    (tmp_path / "parts" / "2.csv").write_text("".join([header, *rows[30:]]))
    result = forecast("parts", "--json")
    assert json.loads(results(result))["table"] == "parts"
    assert "parts holds 2 files with the same columns, read as one table" in result.stdout
    os.chdir(tmp_path / "parts")
    assert "parts: 70 steps of 1 series" in forecast(".").stderr


@pytest.mark.parametrize("command", ["forecast", "backtest", "explain"])
def test_several_tables(gated, sales, tmp_path, command):
    expected = results(gated(command, sales, "--horizon", 7))
    header, *rows = sales.read_text().splitlines(keepends=True)
    (tmp_path / "1.csv").write_text("".join([header, *rows[:30]]))
    (tmp_path / "2.csv").write_text("".join([header, *rows[30:]]))
    result = gated(command, "1.csv", "2.csv", "--horizon", 7)
    assert results(result) == expected
    assert "1.csv and 1 more: 70 steps of 1 series" in result.stderr
    assert "2 files with the same columns were read as one table" in result.stderr
    as_json = results(gated(command, "1.csv", "--horizon", 7, "2.csv", "--json"))
    assert json.loads(as_json)["table"] == ["1.csv", "2.csv"]


def test_every_table_is_checked_before_the_work(forecast, sales):
    assert "8: there is no such file" in error_of(forecast(sales, 8))
    assert "would overwrite the table" in error_of(
        forecast("sales.csv", "sales.csv", "--out", "sales.csv")
    )


def test_the_question_about_a_sheet_of_another_file_names_no_option(forecast, sales, tmp_path):
    (tmp_path / "future.xlsx").write_bytes(xlsx({"North": ROWS, "South": ROWS}))
    message = error_of(forecast(sales, "--covariate", "promo", "--future", "future.xlsx"))
    assert "several sheets hold a table: `North`, `South`. Expected one. Save the sheet" in message
    assert "--sheet" not in message


@pytest.mark.parametrize("command", ["forecast", "explain", "future", "read"])
def test_a_query_of_a_database(gated, tmp_path, command):
    path = write_sqlite(tmp_path / "shop.db", "sales", "stores")
    horizon = () if command == "read" else ("--horizon", 2)
    query = "select day, revenue from sales"
    for address in ("shop.db", "sqlite:///shop.db", f"sqlite:///{path}"):
        found = results(gated(command, address, *horizon, "--query", query))
        named = ("--sheet", "sales", "--target-col", "revenue")
        whole = results(gated(command, address, *horizon, *named))
        assert whole.splitlines()[-2:] == found.splitlines()[-2:]
    message = error_of(gated(command, "sqlite:///shop.db", *horizon))
    assert "Name one with --sheet, or give a query with --query, such as" in message


def test_a_password_is_in_no_message(gated):
    address = "postgresql://anna:ge@heim@host/shop"
    result = gated("forecast", address, "--horizon", 7, "--query", "select 1")
    assert "heim" not in result.output
    assert "postgresql://anna:***@host/shop" in result.output


def test_a_future_and_features_of_a_database(gated, tmp_path):
    write_sqlite(tmp_path / "shop.db", "sales")
    write_sqlite(tmp_path / "ahead.db", "ahead", first="2024-01-31")
    known = ("--covariate", "open", "--future", "sqlite:///ahead.db", "--target-col", "revenue")
    assert "2024-02-01" in results(gated("forecast", "shop.db", "--horizon", 2, *known))
