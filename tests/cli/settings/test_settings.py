"""Options from a file and from the environment: order, places, errors, and what is said."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from gated.cli.options.option import options_of
from gated.cli.options.parameters import typer_parameters
from gated.cli.requests.with_request import _COMMANDS
from gated.cli.settings.environment import OTHER_VARIABLES, variable
from gated.cli.settings.setting import named_options


@pytest.fixture(autouse=True)
def _no_variables(monkeypatch):
    for name in os.environ:
        if name.startswith("GATED_"):
            monkeypatch.delenv(name)


@pytest.fixture
def config(tmp_path):
    """Write a configuration file, and return its path."""

    def write(text, name="gated.toml"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    return write


def rows(result):
    assert result.exit_code == 0, result.stderr
    return result.stdout.splitlines()[1:]


class TestOrder:
    def test_typed_before_variable_before_file(self, gated, sales, config, monkeypatch):
        file = config("horizon = 5")
        assert len(rows(gated("future", sales, "--config", file))) == 5
        monkeypatch.setenv("GATED_HORIZON", "4")
        assert len(rows(gated("future", sales, "--config", file))) == 4
        assert len(rows(gated("future", sales, "--config", file, "--horizon", 3))) == 3

    def test_the_table_of_a_command_before_the_keys_of_all(self, gated, sales, config):
        file = config("horizon = 5\n[future]\nhorizon = 2\n[forecast]\nhorizon = 9\n")
        assert len(rows(gated("future", sales, "--config", file))) == 2

    def test_before_the_command_and_by_a_variable(self, gated, sales, config, monkeypatch):
        file = config("horizon = 5")
        assert len(rows(gated("--config", file, "future", sales))) == 5
        monkeypatch.setenv("GATED_CONFIG", str(file))
        assert len(rows(gated("future", sales))) == 5

    def test_a_file_that_was_not_named_is_not_read(self, gated, sales, config):
        config("horizon = 5")
        result = gated("future", sales)
        assert result.exit_code == 2
        assert "--horizon is missing" in result.stderr

    def test_keys_of_other_commands_have_no_effect(self, gated, sales, config):
        file = config("horizon = 5\ntemperature = 2.0\nlevel = [80]\nseason_length = 7\n")
        result = gated("read", sales, "--config", file)
        assert result.exit_code == 0
        assert "From gated.toml: season_length 7." in result.stderr.replace(f"{file.parent}/", "")

    def test_no_variable_has_two_meanings(self):
        names = {variable(name) for kind in _COMMANDS.values() for name in named_options(kind)}
        assert {"GATED_HORIZON", "GATED_ID_COL", "GATED_TABLE", "GATED_LONG"} <= names
        assert not names & set(OTHER_VARIABLES)

    def test_the_demo_takes_no_shared_option(self, gated, sales, monkeypatch):
        before = sales.read_bytes()
        monkeypatch.setenv("GATED_TABLE", str(sales))  # --table of the demo writes this file
        monkeypatch.setenv("GATED_SEED", "1")
        result = gated("demo", "--explain")
        assert "--explain is given" in result.stderr
        assert sales.read_bytes() == before


class TestValues:
    def test_lists_switches_and_the_table(self, gated, write_sales, config):
        write_sales("a.csv", series=("N", "S"))
        file = config(
            '[read]\ntable = "a.csv"\nid-col = ["unique_id", "promo"]\nquiet = true\njson = true\n'
        )
        result = gated("read", "--config", file)
        assert result.exit_code == 0, result.stderr
        assert '"series": "unique_id/promo"' in result.stdout
        assert result.stderr == ""

    def test_several_files_are_one_table(self, gated, write_sales, config):
        write_sales("a.csv", series=("N",))
        write_sales("b.csv", series=("S",))
        file = config('table = ["a.csv", "b.csv"]')
        assert "series   2" in gated("read", "--config", file).stdout.replace("  ", "  ")
        assert gated("read", "b.csv", "--config", file).stdout.count("S,2024") == 6  # typed: alone

    def test_the_opposite_of_a_switch(self, gated, sales, config, monkeypatch):
        monkeypatch.setenv("GATED_LONG", "yes")
        assert "From the environment: GATED_LONG no." in gated("read", sales).stderr

    @pytest.mark.parametrize("origin", ["file", "variable"])
    def test_a_switch_is_switched_off(self, gated, write_sales, config, monkeypatch, origin):
        path = write_sales(series=("Oslo", "Bergen"))
        path.write_text(path.read_text() + "Lone,2024-01-01,,0\nLone,2024-01-02,,0\n")
        typed = ["read", path]
        if origin == "file":
            typed += ["--config", config("[read]\nstrict = true\n")]
        else:
            monkeypatch.setenv("GATED_STRICT", "1")
        assert gated(*typed).exit_code == 3
        assert gated(*typed, "--no-strict").exit_code == 0

    def test_every_switch_has_an_opposite_that_the_help_leaves_out(self, gated):
        for command, request in _COMMANDS.items():
            parameters = {each.name: each for each in typer_parameters(request)}
            shown = gated(command, "--help").stdout
            for name, option in options_of(request).items():
                spellings = " ".join(getattr(parameters[name].default, "param_decls", None) or ())
                assert ("/--" in spellings) == option.is_switch, (command, name)
            assert "--no-" not in shown

    def test_paths_start_in_the_folder_of_the_file(self, gated, write_sales, config, tmp_path):
        (tmp_path / "jobs").mkdir()
        write_sales("jobs/a.csv")
        file = config('table = "a.csv"\n[read]\nout = "tidy.csv"\n', "jobs/night.toml")
        assert gated("read", "--config", file).exit_code == 0
        assert (tmp_path / "jobs" / "tidy.csv").exists()

    def test_a_path_of_a_variable_starts_in_the_working_folder(self, gated, sales, monkeypatch):
        monkeypatch.setenv("GATED_TABLE", sales.name)
        monkeypatch.setenv("GATED_OUT", "tidy.csv")
        assert gated("read").exit_code == 0
        assert Path("tidy.csv").exists()

    def test_empty_is_not_set(self, gated, sales, config, monkeypatch):
        monkeypatch.setenv("GATED_HORIZON", "")
        file = config('horizon = 5\ncovariate = ["nothing"]\n[future]\ncovariate = []\n')
        assert len(rows(gated("future", sales, "--config", file))) == 5


class TestMessages:
    def test_what_took_effect_is_said(self, gated, sales, config, monkeypatch):
        monkeypatch.setenv("GATED_FREQ", "D")
        file = config('[future]\nhorizon = 5\ncovariate = ["promo"]\nseason-length = 7\n')
        result = gated("future", sales, "--config", file, "--season-length", 7)
        said = " ".join(result.stderr.split())
        assert f"From {file}: horizon 5, covariate promo." in said
        assert "From the environment: GATED_FREQ D." in said
        assert "season-length" not in said  # typed

    def test_not_if_quiet(self, gated, sales, config):
        assert gated("future", sales, "--config", config("horizon = 5"), "-q").stderr == ""

    def test_a_variable_with_a_typing_error(self, gated, sales, monkeypatch):
        monkeypatch.setenv("GATED_HORIZN", "5")
        said = gated("read", sales).stderr
        assert "GATED_HORIZN has no effect. Did you mean GATED_HORIZON?" in said

    def test_an_error_says_where_an_option_came_from(self, gated, sales, config):
        file = config('[forecast]\nhorizon = 3\nmodel = "no.gated"\ncovariate = "promo"\n')
        result = gated("forecast", sales, "--config", file)
        assert result.exit_code == 2
        assert f"From {file}: horizon 3, model {file.parent}/no.gated, covariate promo." in (
            " ".join(result.stderr.split())
        )

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("horizn = 3", "line 1: `horizn` is no option of any command. Did you mean `horizon`?"),
            (
                "[forecast]\n# a comment\nhorizn = 3",
                "line 3: `horizn` is no option of gated forecast. Did you mean `horizon`?",
            ),
            ("\n[forcast]\nhorizon = 3", "line 2: there is no command `forcast`. Did you mean"),
            ("[read]\nhorizon = 3", "line 2: `horizon` is no option of gated read."),
            ("horizon = true", "line 1: `horizon` has the value true. Expected a text, a number"),
            ("horizon = 2024-01-01", "line 1: `horizon` has the value 2024-01-01. Expected"),
            ("forecast.level = [[80]]", "line 1: `level` has the value a list. Expected a text"),
            ('[forecast]\n"strict" = "yes"', 'line 2: `strict` is "yes". Expected true or false.'),
            ('horizon = "two"', "line 1: --horizon two is not a whole number."),
            ("horizon = 2.5", "line 1: --horizon 2.5 is not a whole number."),
            ('training = "tuned"', "line 1: --training tuned is unknown. Did you mean `tune`?"),
            ("horizon = \n", " is not valid TOML: Invalid value (at line 1, column 11)."),
            ("[forecast]\nhorizon = 1\nhorizon = 2", " is not valid TOML: Cannot overwrite"),
        ],
    )
    def test_errors_of_a_file(self, gated, sales, config, text, expected):
        file = config(text)
        result = gated("forecast", sales, "--config", file)
        assert (result.exit_code, result.stdout) == (2, "")
        message = " ".join(result.stderr.split())
        assert message.startswith((f"Error: {file}, {expected}", f"Error: {file}{expected}"))

    def test_files_that_cannot_be_read(self, gated, sales, tmp_path):
        (tmp_path / "utf16.toml").write_bytes("horizon = 3".encode("utf-16"))
        (tmp_path / "large.toml").write_bytes(b"#" * 1_000_001)
        for name, expected in (
            ("none.toml", "there is no such file."),
            (".", "the file cannot be read (Is a directory)."),
            ("utf16.toml", "the file is not UTF-8 (byte 0). Save it as UTF-8."),
            ("large.toml", "the file is larger than 1,000,000 bytes."),
        ):
            result = gated("forecast", sales, "--config", name)
            assert result.exit_code == 2
            assert f"Error: --config {name}: {expected}" in " ".join(result.stderr.split())

    def test_a_switch_in_a_variable_is_yes_or_no(self, gated, sales, monkeypatch):
        monkeypatch.setenv("GATED_STRICT", "perhaps")
        result = gated("read", sales)
        assert result.exit_code == 2
        assert "GATED_STRICT is `perhaps`. Expected 1 or 0" in result.stderr

    def test_a_byte_order_mark_is_no_error(self, gated, sales, tmp_path):
        (tmp_path / "a.toml").write_bytes(b"\xef\xbb\xbfhorizon = 3\r\n")
        assert len(rows(gated("future", sales, "--config", "a.toml"))) == 3

    @pytest.mark.parametrize("command", sorted(_COMMANDS))
    def test_the_help_names_it(self, gated, command):
        result = gated(command, "--help")
        assert result.exit_code == 0
        assert "--config" in result.stdout
        assert "GATED_HORIZON" in result.stdout


def test_from_cron(sales, config):
    """Without a home, a terminal or a locale, as cron runs a command."""
    file = config('table = "sales.csv"\nhorizon = 5\n')
    kept = {name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ}
    result = subprocess.run(
        [sys.executable, "-c", "from gated.cli import main; main()", "future", "--config", file],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        stdin=subprocess.DEVNULL,
        cwd="/",
        env={**kept, "OMP_NUM_THREADS": "1"},
    )
    assert result.returncode == 0, result.stderr
    assert len(result.stdout.splitlines()) == 6
