"""Runs programs in a process that does not find some libraries, as where they are not installed."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

__all__ = ["results_without"]

# {names} are replaced; `found` is what the program fills.
_BEFORE = '''
import sys

HIDDEN = {names}


class Hiding:
    """A finder of modules that finds none of the hidden libraries."""

    def __init__(self, finder):
        self.finder = finder

    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in HIDDEN:
            return None
        return self.finder.find_spec(name, path, target)

    def __getattr__(self, name):
        return getattr(self.finder, name)


sys.meta_path[:] = [Hiding(finder) for finder in sys.meta_path]
for name in HIDDEN:
    try:
        __import__(name)
    except ModuleNotFoundError:
        continue
    raise AssertionError(f"{{name}} is found")

import json
import traceback
import warnings
from pathlib import Path

import numpy as np
from typer.testing import CliRunner

warnings.simplefilter("error")
warnings.filterwarnings("ignore", category=__import__("gated").errors.SlowPathWarning)
found = {{}}


def command(*words):
    """Run a command of gated: its exit code, stdout, and stderr or the traceback."""
    from gated.cli.app import app

    result = CliRunner().invoke(app, [str(word) for word in words])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        return 1, result.stdout, "".join(traceback.format_exception(result.exception))
    return result.exit_code, result.stdout, result.stderr


def error(call):
    """The message of the UsageError of a call; None without one."""
    from gated.errors import UsageError

    try:
        call()
    except UsageError as raised:
        return str(raised)
    return None


'''

_AFTER = """
assert not {name.partition(".")[0] for name in sys.modules} & {*HIDDEN}
print(json.dumps(found, default=str))
"""


def results_without(libraries: tuple[str, ...], program: str, folder: Path) -> dict[str, Any]:
    """Run a program, and return what it put into `found`, as JSON has it.

    Args:
        libraries: that it does not find.
        program: Python; it has `np`, `Path`, `json`, `command` and `error`. Warnings are errors.
        folder: where it runs.
    """
    result = subprocess.run(
        [sys.executable, "-c", _BEFORE.format(names=libraries) + program + _AFTER],
        cwd=folder,
        capture_output=True,
        text=True,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        check=False,
        timeout=300,
    )
    assert result.returncode == 0, result.stderr
    results: dict[str, Any] = json.loads(result.stdout.splitlines()[-1])
    return results
