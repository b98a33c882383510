"""The help, completion, check, default and field of each option agree."""

import inspect
import os
import subprocess
import sys
from dataclasses import fields
from pathlib import Path
from typing import get_args

import pytest

from gated import Forecaster, read_table
from gated.cli import library_keywords
from gated.cli.app import command
from gated.cli.library_keywords import ModelOptions, TableOptions
from gated.cli.options.option import options_of
from gated.cli.requests.forecasting import backtest_request
from gated.cli.requests.forecasting.backtest_request import BacktestRequest
from gated.cli.requests.forecasting.forecast_request import ForecastRequest
from gated.errors import UsageError
from gated.forecast.baselines import simple, statsforecast
from gated.forecast.config import TRAINING_MODES
from gated.table.series.aggregation import Aggregate

REQUESTS = {"forecast": ForecastRequest, "backtest": BacktestRequest}


def request_of(kind, **typed):
    """The request that these options make, as typer passes them."""
    not_given = dict.fromkeys(options_of(kind))
    return kind.of("forecast", {**not_given, "table": Path("sales.csv"), "horizon": ["7"], **typed})


def error_of(result):
    """Return the error message of a command, on one line."""
    assert result.exit_code == 2, (result.exception, result.stderr)
    assert result.stdout == ""
    return " ".join(result.stderr.split())


class TestEntries:
    def test_choices_of_the_terminal_equal_those_of_the_library(self):
        assert tuple(TRAINING_MODES) == library_keywords.TRAINING_MODES
        assert get_args(Aggregate) == library_keywords.AGGREGATES
        assert (*simple.BASELINES, *statsforecast.MODELS) == library_keywords.METHODS
        by = options_of(BacktestRequest)["by"]
        assert by.choices == get_args(backtest_request.By)

    @pytest.mark.parametrize(
        ("group", "function"), [(TableOptions, read_table), (ModelOptions, Forecaster)]
    )
    def test_fields_are_keywords_of_the_library(self, group, function):
        names = {field.name for field in fields(group)}
        assert names <= inspect.signature(function).parameters.keys()

    @pytest.mark.parametrize("command", REQUESTS)
    def test_each_is_in_the_help_with_its_text(self, gated, monkeypatch, command):
        monkeypatch.setenv("COLUMNS", "500")
        shown = gated(command, "--help").stdout
        for option in options_of(REQUESTS[command]).values():
            line = next(line for line in shown.splitlines() if f" {option.help}" in line)
            spellings = option.flags.replace("/", " ").split() or [option.metavar]
            assert all(spelling in line for spelling in spellings)
            assert option.panel == "" or f"─ {option.panel} ─" in shown

    def test_defaults_are_in_the_help(self, gated, monkeypatch):
        monkeypatch.setenv("COLUMNS", "200")
        shown = gated("backtest", "--help").stdout
        assert "The number of cutoffs. Default: 4." in shown
        assert "Prediction intervals to score. Default: 80,95." in shown
        assert "Print errors only. Default" not in shown

    def test_options_that_are_not_given_have_their_default(self, sales):
        made = request_of(BacktestRequest)
        assert (made.n_windows, made.level, made.by, made.quiet) == (4, (80, 95), "overall", False)
        assert made.table_keywords == {}
        assert made.hyperparameters == {}

    def test_given_options_are_passed_on(self, sales):
        made = request_of(ForecastRequest, season_length=["5"], seed=["0"], wide=False)
        assert made.table_keywords == {"season_length": 5, "wide": False}
        assert made.hyperparameters == {"seed": 0}


class TestValues:
    @pytest.mark.parametrize("typed", [["80,95"], ["80", "95"], ["80, 95", "80"]])
    def test_levels_add_up(self, sales, typed):
        assert request_of(ForecastRequest, level=typed).level == (80.0, 95.0)

    def test_levels_given_one_by_one_are_all_forecast(self, gated, sales):
        result = gated("forecast", sales, "--horizon", 7, "--level", 80, "--level", 95)
        assert result.exit_code == 0, result.stderr
        assert result.stdout.startswith(
            "unique_id,ds,gated,gated-mean,gated-lo-80,gated-hi-80,gated-lo-95,gated-hi-95\n"
        )

    def test_a_name_may_contain_a_comma(self, sales):
        made = request_of(ForecastRequest, covariates=["a,b", "c"])
        assert made.covariates == ("a,b", "c")

    @pytest.mark.parametrize(
        ("typed", "expected"),
        [
            (("--target-col", "y"), "--target-col was given 2 times: `y`, `y`."),
            (("--horizon", "7"), "--horizon was given 2 times: `7`, `7`."),
            (("--out", "a.csv"), "--out was given 2 times: `a.csv`, `a.csv`."),
        ],
    )
    @pytest.mark.parametrize("command", REQUESTS)
    def test_a_second_value_is_an_error(self, gated, sales, command, typed, expected):
        horizon = () if typed[0] == "--horizon" else ("--horizon", 7)
        message = error_of(gated(command, sales, *typed, *typed, *horizon))
        assert message == f"Error: {expected} Expected one value. Keep one of them."

    @pytest.mark.parametrize(
        ("words", "expected"),
        [
            ("thet", "--against thet is unknown. Did you mean `theta`?"),
            ("naive,ets", "--against ets is unknown. Did you mean `AutoETS`?"),
            ("arima", "--against arima is unknown. Did you mean `AutoARIMA`?"),
            ("xyz", "--against xyz is unknown. Expected one of naive, seasonal_naive, drift"),
        ],
    )
    def test_an_unknown_competitor_is_an_error(self, gated, sales, words, expected):
        message = error_of(gated("backtest", sales, "--horizon", 7, "--against", words))
        assert message.startswith(f"Error: {expected}")
        assert message.endswith("theta, AutoETS, AutoTheta, AutoARIMA.")

    def test_competitors_may_be_given_one_by_one(self, sales):
        made = request_of(BacktestRequest, against=["naive, theta", "AutoETS"])
        assert made.against == ("naive", "theta", "AutoETS")

    @pytest.mark.parametrize(
        ("typed", "expected"),
        [
            (
                ("--training", "tuned"),
                "--training tuned is unknown. Did you mean `tune`? Expected one of none, tune, "
                "scratch, auto.",
            ),
            (
                ("--fill", "zeros"),
                "--fill zeros is unknown. Did you mean `zero`? Expected one of missing, zero.",
            ),
        ],
    )
    def test_values_that_are_not_among_the_choices(self, gated, sales, typed, expected):
        message = error_of(gated("forecast", sales, "--horizon", 7, *typed))
        assert message == f"Error: {expected}"

    def test_max_steps_without_training_is_an_error(self, sales):
        with pytest.raises(UsageError, match=r"--max-steps has no effect.*--training auto"):
            request_of(ForecastRequest, max_steps=["9"])
        assert request_of(ForecastRequest, max_steps=["9"], training=["tune"]).max_steps == 9

    def test_an_error_loads_no_large_library(self, sales):
        program = (
            "import sys, gated.cli\n"
            f"sys.argv = ['gated', 'backtest', {str(sales)!r}, '--horizon', '7', "
            "'--against', 'thet']\n"
            "try:\n    gated.cli.main()\n"
            "finally:\n    print({'torch', 'numpy', 'pandas', 'pyarrow'} & set(sys.modules))\n"
        )
        result = subprocess.run(
            [sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=60
        )
        assert (result.returncode, result.stdout) == (2, "set()\n")
        assert "Did you mean `theta`?" in result.stderr


class TestHelp:
    @pytest.mark.parametrize("command", ["", "demo", "forecast", "backtest", "doctor"])
    def test_a_switch_has_no_type(self, gated, command):
        result = gated(*command.split(), "-h")
        assert result.exit_code == 0
        assert "--help" in result.stdout
        assert "bool" not in result.stdout

    @pytest.mark.parametrize("command", REQUESTS)
    def test_the_examples_fit_a_narrow_terminal(self, gated, monkeypatch, command):
        monkeypatch.setenv("COLUMNS", "60")
        shown = gated(command, "-h").stdout
        head = shown.partition("╭─")[0]  # before the arguments and options
        lines = [line.strip() for line in head.partition("Examples:")[2].splitlines()]
        examples = [line for line in lines if line]
        assert len(examples) >= 5
        assert all(line.startswith(f"gated {command} ") for line in examples)
        known = {flag for option in options_of(REQUESTS[command]).values()
                 for flag in option.flags.split()}  # fmt: skip
        used = {word for line in examples for word in line.split() if word.startswith("--")}
        assert used <= known | {"--config"}

    def test_panels_keep_their_order(self, gated, monkeypatch):
        monkeypatch.setenv("COLUMNS", "100")
        shown = gated("backtest", "--help").stdout
        panels = ["Arguments", "Options", "Forecast", "Backtest", "Covariates", "Output"]
        places = [shown.index(f"╭─ {panel} ") for panel in (*panels, "Training", "Table")]
        assert places == sorted(places)


class TestCompletion:
    OFFERED = (
        ("gated fore", ["forecast"]),
        ("gated forecast a.csv --hor", ["--horizon"]),
        ("gated backtest a.csv --by s", ["series", "step"]),
        ("gated forecast a.csv --training ", ["none", "tune", "scratch", "auto"]),
        ("gated backtest a.csv --against Auto", ["AutoETS", "AutoTheta", "AutoARIMA"]),
        ("gated backtest a.csv --against naive,th", ["naive,theta"]),
        ("gated demo d", ["digits", "drawing", "dance"]),
        ("gated train sp", ["speech"]),
    )
    FILES = ("gated forecast a", "gated train recordings", "gated forecast a.csv --out ")

    @pytest.fixture
    def completed(self, monkeypatch, capsys):
        """What the command offers to a shell: exit code and stdout."""

        def run(shell, **words):
            for name, value in {"_GATED_COMPLETE": f"complete_{shell}", **words}.items():
                monkeypatch.setenv(name, value)
            with pytest.raises(SystemExit) as ended:
                command().main(prog_name="gated")
            shown = capsys.readouterr()
            assert shown.err == ""
            return ended.value.code, shown.out

        return run

    @pytest.mark.parametrize(
        ("words", "offered"), [*OFFERED, *((words, []) for words in FILES)]
    )  # where nothing is offered, bash completes names of files
    def test_of_bash(self, completed, words, offered):
        place = str(len(words.split(" ")) - 1)
        _, shown = completed("bash", COMP_WORDS=words, COMP_CWORD=place)
        assert sorted(shown.split()) == sorted(offered)

    @pytest.mark.parametrize("words", FILES)
    def test_zsh_and_fish_complete_names_of_files(self, completed, words):
        assert completed("zsh", _TYPER_COMPLETE_ARGS=words)[1].strip() == "_files"
        action = {"_TYPER_COMPLETE_FISH_ACTION": "is-args", "_TYPER_COMPLETE_ARGS": words}
        assert completed("fish", **action)[0] == 1  # no: fish completes names of files

    @pytest.mark.parametrize(("words", "offered"), OFFERED[:4])
    def test_of_zsh_and_fish(self, completed, words, offered):
        shown = completed("zsh", _TYPER_COMPLETE_ARGS=words)[1]
        assert all(f'"{word}"' in shown for word in offered)
        action = {"_TYPER_COMPLETE_FISH_ACTION": "get-args", "_TYPER_COMPLETE_ARGS": words}
        shown = completed("fish", **action)[1]
        assert [line.split("\t")[0] for line in shown.splitlines()] == offered

    def test_it_can_be_installed(self, gated):
        shown = gated("--help").stdout
        assert "--install-completion" in shown
        assert "--show-completion" in shown

    def test_in_a_process_of_its_own_it_ignores_a_configuration(self):
        words = {"COMP_WORDS": "gated fore", "COMP_CWORD": "1", "GATED_CONFIG": "none.toml"}
        result = subprocess.run(
            [sys.executable, "-c", "from gated.cli import main; main()"],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
            env={**os.environ, "_GATED_COMPLETE": "complete_bash", **words},
        )
        assert (result.returncode, result.stdout, result.stderr) == (0, "forecast\n", "")
