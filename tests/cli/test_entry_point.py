"""`gated` itself: help, version, usage errors and unexpected errors."""

import os
import subprocess
import sys
import warnings

import pytest

import gated as package
from gated.cli.console import exits
from gated.cli.console.messages import Messages
from gated.cli.requests.flags import flag
from gated.text import option, option_style


def run_python(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a program in a new process, as the installed entry point does."""
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


def test_help_loads_no_large_library():
    result = run_python(
        "import sys\n"
        "from gated.cli.app import command\n"
        "try:\n    command().main(['--help'])\n"
        "finally:\n    heavy = {'torch', 'numpy', 'pandas', 'pyarrow'} & set(sys.modules)\n"
        "    assert not heavy, heavy\n"
    )
    assert result.returncode == 0, result.stderr


def pyarrow_leaves_pandas_out() -> bool:
    """Whether an array can be made without pandas: older versions import it, if it is there."""
    program = "import sys, pyarrow\npyarrow.array([1])\nassert 'pandas' not in sys.modules"
    return run_python(program).returncode == 0


@pytest.mark.parametrize(
    ("name", "content", "code", "absent"),
    [
        ("missing.csv", None, 2, {"torch", "pandas", "pyarrow"}),
        ("words.csv", "ds,y\nsoon,many\nlater,few\n", 2, {"torch"}),
        ("days.csv", "ds,y\n" + "".join(f"2024-01-{d},{d % 7}\n" for d in range(10, 32)), 0,
         {"torch", "pandas", "array_api_compat", "holidays", "matplotlib", "plotly",
          "statsforecast"}),
    ],
    ids=["no file", "no table", "a forecast"],
)  # fmt: skip
def test_a_forecast_loads_only_what_it_needs(tmp_path, name, content, code, absent):
    if content is not None:
        (tmp_path / name).write_text(content)
    if code == 0 and not pyarrow_leaves_pandas_out():
        absent = absent - {"pandas"}
    result = run_python(
        "import sys\n"
        f"sys.argv = ['gated', 'forecast', {name!r}, '--horizon', '2']\n"
        "from gated.cli import main\n"
        "try:\n    main()\n"
        f"finally:\n    heavy = {absent} & set(sys.modules)\n"
        "    assert not heavy, heavy\n"
    )
    assert "AssertionError" not in result.stderr
    assert result.returncode == code, result.stderr


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("forcast",), "No such command 'forcast'. Did you mean 'forecast'?"),
        (("forecast", "a.csv", "--horizont", "3"), "--horizont. Did you mean --horizon?"),
        (("forecast",), "Missing argument 'TABLE'."),
        (
            ("forecast", "a.csv", "--horizon"),
            "--horizon' requires an argument.\nTry `gated forecast --help`",
        ),
        (("doctor", "now"), "now"),
    ],
)
def test_a_usage_error_is_one_message(gated, arguments, expected):
    result = gated(*arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.startswith("Error: ")
    assert expected in result.stderr
    assert "--help" in result.stderr


def test_an_unexpected_error_has_exit_code_1():
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


def test_an_exception_without_a_message_is_named(capsys, monkeypatch):
    monkeypatch.delenv("GATED_TRACEBACK", raising=False)
    exits.print_unexpected_error(MemoryError, MemoryError(), None)
    assert capsys.readouterr().err.startswith("Error: MemoryError\n")


def test_warnings_of_libraries_are_not_printed(gated, monkeypatch):
    monkeypatch.setattr(
        "gated.cli.commands.doctor.run", lambda as_json: warnings.warn("deprecated", stacklevel=1)
    )
    result = gated("doctor")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "")


def test_ctrl_c_ends_any_command_with_a_message(gated, monkeypatch):
    def interrupted(as_json):
        raise KeyboardInterrupt

    monkeypatch.setattr("gated.cli.commands.doctor.run", interrupted)
    result = gated("doctor")
    assert (result.exit_code, result.stderr) == (130, "Interrupted.\n")


def test_quiet_messages_print_errors(capsys):
    messages = Messages(quiet=True)
    messages.write("Read", "a table")
    messages.write_line("done")
    messages.write_picture("Bars", "###")
    messages.write_error("no such file")
    assert capsys.readouterr().err == "Error: no such file\n"


def test_sentences_stand_after_their_label(capsys):
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
