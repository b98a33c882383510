"""`gated` itself: help, version, refusals, and what happens when something breaks."""

import os
import subprocess
import sys
import warnings

import pytest

import gated as package
from gated.cli.console import exits
from gated.cli.console.messages import Messages
from gated.cli.request import flag
from gated.text import option, option_style


def run_python(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a program of its own, as the installed entry point would."""
    if "PYTHONPATH" in os.environ:  # where gated is tested without being installed
        environment["PYTHONPATH"] = os.environ["PYTHONPATH"]
    return subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env={"PATH": "", "PYTHONPATH": os.environ.get("PYTHONPATH", ""), **environment},
        check=False,
        timeout=60,
    )


def test_version(gated):
    result = gated("--version")
    assert (result.exit_code, result.stdout) == (0, f"gated {package.__version__}\n")


@pytest.mark.parametrize("arguments", [(), ("--help",), ("-h",)])
def test_help_names_the_commands(gated, arguments):
    result = gated(*arguments)
    assert result.exit_code == 0
    assert all(command in result.stdout for command in ("demo", "forecast", "doctor"))


def test_help_loads_nothing_heavy():
    result = run_python(
        "import sys\n"
        "from gated.cli.app import command\n"
        "try:\n    command().main(['--help'])\n"
        "finally:\n    heavy = {'torch', 'numpy', 'pandas', 'pyarrow'} & set(sys.modules)\n"
        "    assert not heavy, heavy\n"
    )
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("forcast",), "No such command 'forcast'. Did you mean 'forecast'?"),
        (("forecast", "a.csv", "--horizont", "3"), "--horizont. Did you mean --horizon?"),
        (("forecast",), "Missing argument 'TABLE'."),
        (("forecast", "a.csv", "--horizon"), "--horizon"),
        (("demo", "now"), "now"),
    ],
)
def test_bad_usage_is_told_in_a_sentence(gated, arguments, said):
    result = gated(*arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.startswith("Error: ")
    assert said in result.stderr
    assert "--help" in result.stderr


def test_our_own_fault_has_an_apology_and_exit_code_1():
    program = (
        "import sys, gated.cli.app as app\n"
        "app.Messages = lambda **_: 1 / 0\n"
        "sys.argv = ['gated', 'demo']\n"
        "from gated.cli import main\n"
        "main()\n"
    )
    result = run_python(program)
    assert result.returncode == 1
    assert result.stdout == ""
    assert "Error: ZeroDivisionError: division by zero" in result.stderr
    assert "GATED_TRACEBACK=1" in result.stderr
    assert "Traceback" not in result.stderr

    result = run_python(program, GATED_TRACEBACK="1")
    assert result.returncode == 1
    assert "Traceback" in result.stderr


def test_an_exception_without_words_is_named(capsys, monkeypatch):
    monkeypatch.delenv("GATED_TRACEBACK", raising=False)
    exits.print_unexpected_error(MemoryError, MemoryError(), None)
    assert capsys.readouterr().err.startswith("Error: MemoryError\n")


def test_warnings_of_libraries_stay_inside(gated, monkeypatch):
    monkeypatch.setattr(
        "gated.cli.commands.doctor.run", lambda as_json: warnings.warn("deprecated", stacklevel=1)
    )
    result = gated("doctor")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "")


def test_ctrl_c_anywhere_is_answered_with_a_word(gated, monkeypatch):
    def interrupted(as_json):
        raise KeyboardInterrupt

    monkeypatch.setattr("gated.cli.commands.doctor.run", interrupted)
    result = gated("doctor")
    assert (result.exit_code, result.stderr) == (130, "Interrupted.\n")


def test_quiet_speech_still_tells_errors(capsys):
    messages = Messages(quiet=True)
    messages.write("Read", "a table")
    messages.write_line("done")
    messages.write_picture("Bars", "###")
    messages.write_error("no such file")
    assert capsys.readouterr().err == "Error: no such file\n"


def test_speech_hangs_sentences_behind_their_label(capsys):
    Messages().write("Read", "one", "two")
    assert capsys.readouterr().err == "Read     one\n         two\n"


def test_brackets_are_not_markup(capsys):
    Messages().write("Read", "column `[bold]`")
    assert "[bold]" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("given", "terminal"),
    [
        (("covariates",), "--covariate"),
        (("wide",), "--wide"),
        (("fill", "zero"), "--fill zero"),
        (("static_df",), "--static"),
    ],
)
def test_options_are_written_for_the_terminal(given, terminal):
    assert flag(*given) == terminal
    with option_style(flag):
        assert option(*given) == terminal


def test_a_message_names_only_flags(gated, tmp_path):
    (tmp_path / "a.csv").write_text("a,b\n1,2\n")
    message = gated("forecast", tmp_path / "a.csv", "--horizon", "3").stderr
    assert "--target-col" in message or "--time-col" in message
    assert "_col=" not in message
