"""Names with escape sequences, marks of direction and line feeds never act on the terminal."""

import ast
import json
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import gated.cli

EVIL = "\x1b]0;PWNED\x1b\\\x1b[2J\x9b31m\u202etxt.exe\u2066\nError: false\r\x07"
SHOWN = r"\x1b]0;PWNED\x1b\\x1b[2J\u009b31m\u202etxt.exe\u2066\nError: false\r\x07"
PRINTED = ("explain", "read")  # the others write data to stdout, as they are


@pytest.fixture
def printed(gated):
    """Run a command, and return what a person sees of it."""

    def run(command, *arguments, code=0):
        horizon = () if command in ("read", "show") else ("--horizon", 2)
        result = gated(command, *arguments, *horizon)
        assert result.exit_code == code, (result.exception, result.stderr)
        text = result.stderr + (result.stdout if command in PRINTED else "")
        found = sorted({c for c in text if not c.isprintable() and c != "\n"})
        assert not found, (found, text)
        assert not any(line.startswith("Error: false") for line in text.splitlines()), text
        return text

    return run


def frame(target="y", label="a", covariate="x"):
    days = pd.date_range("2024-01-01", periods=40).strftime("%Y-%m-%d")
    values = np.arange(80) % 7
    return pd.DataFrame(
        {"unique_id": [label] * 40 + ["b"] * 40, "ds": [*days, *days], target: values,
         covariate: np.arange(80) % 2}
    )  # fmt: skip


@pytest.mark.parametrize("command", ["forecast", "read", "future", "explain", "backtest"])
class TestCommands:
    def test_names_of_columns_and_series(self, printed, tmp_path, command):
        frame(f"y{EVIL}", f"a{EVIL}", f"x{EVIL}").to_parquet("t.parquet")
        windows = ("--windows", 1) if command == "backtest" else ()
        named = printed(command, "t.parquet", "--target-col", f"y{EVIL}", *windows)
        if command not in ("future", "backtest"):
            assert SHOWN in named

    def test_an_unknown_column(self, printed, tmp_path, command):
        frame(f"y{EVIL}").to_csv("t.csv", index=False)
        text = printed(command, "t.csv", "--target-col", f"z{EVIL}", code=2)
        assert f"there is no column `z{SHOWN}`" in text

    def test_a_missing_file(self, printed, command):
        text = printed(command, f"none{EVIL}.csv", code=2)
        assert rf"none{SHOWN}.csv: there is no such file" in text


class TestPlaces:
    def test_a_cell(self, printed):
        Path("t.csv").write_text(f'ds,y\n2024-01-01,"{EVIL}"\n2024-01-02,2\n', encoding="utf-8")
        assert "\\x1b]0;PWNED" in printed("forecast", "t.csv", "--target-col", "y", code=2)

    def test_a_time(self, printed):
        Path("t.csv").write_text(f'ds,y\n2024-01-01,1\n"{EVIL}",2\n', encoding="utf-8")
        printed("forecast", "t.csv", "--time-col", "ds", code=2)

    def test_the_name_of_a_file(self, printed):
        name = EVIL.replace("\x07", "") + ".csv"
        frame().to_csv(name, index=False)
        assert "\\x1b]0;PWNED" in printed("forecast", name)
        Path(f"empty{EVIL}.csv").write_text("ds,y\n")
        assert "Error: empty\\x1b" in printed("forecast", f"empty{EVIL}.csv", code=2)

    def test_a_member_of_a_zip_and_files_of_a_folder(self, printed):
        content = frame().to_csv(index=False)
        with zipfile.ZipFile("t.zip", "w") as archive:
            archive.writestr(f"a{EVIL}.csv", content)
            archive.writestr(f"b{EVIL}.csv", content)
        printed("read", "t.zip", code=2)
        Path("folder").mkdir()
        for letter in "ab":
            Path("folder", f"{letter}{EVIL}.csv").write_text(content)
        printed("read", "folder", code=2)

    def test_keys_of_json(self, printed):
        rows = [{"ds": f"2024-01-{day:02}", f"y{EVIL}": day} for day in range(1, 20)]
        Path("t.json").write_text(json.dumps(rows))
        assert "\\x1b" in printed("forecast", "t.json", "--target-col", f"y{EVIL}")
        Path("t.json").write_text(json.dumps({f"a{EVIL}": rows, f"b{EVIL}": rows}))
        printed("forecast", "t.json", code=2)

    def test_a_category(self, printed):
        table = frame().assign(x=[EVIL, "c"] * 40)
        table.to_csv("t.csv", index=False)
        printed("explain", "t.csv", "--past-covariate", "x")

    def test_a_configuration_and_options(self, gated, sales, monkeypatch):
        monkeypatch.setenv("GATED_TARGET_COL", f"y{EVIL}".replace("\0", ""))
        Path("t.toml").write_text('[read]\n"a\\u001b[31m" = 1\n')
        for arguments in (("read", sales), ("read", sales, "--config", "t.toml"), (EVIL,)):
            text = gated(*arguments).stderr
            assert all(c.isprintable() or c == "\n" for c in text)

    def test_data_stay_as_they_are(self, gated):
        frame(label=f"a{EVIL}").to_csv("t.csv", index=False)
        csv = gated("forecast", "t.csv", "--target-col", "y", "--horizon", 2)
        assert EVIL.replace("\r", "") in csv.stdout.replace("\r", "")
        found = json.loads(gated("read", "t.csv", "--target-col", "y", "--json").stdout)
        assert found["first"][0]["unique_id"].replace("\r", "") == f"a{EVIL}".replace("\r", "")


def test_commands_print_by_this_console_only():
    """A new place that prints cannot forget it."""
    folder = Path(gated.cli.__file__).parent
    for path in folder.rglob("*.py"):
        if path.name == "visible_console.py":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                assert node.func.id not in ("Console", "print"), f"{path}:{node.lineno}"
