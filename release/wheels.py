"""Builds the source archive and the wheels, and tests each wheel in an empty environment.

    python -m release.wheels --python python3.11 --python python3.12 --python python3.13

This command needs the tools of the dependency group `release`. It builds all wheels from the source
archive, as pip does, into dist/.
"""

import argparse
import csv
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

from release.contents import Difference, Package, check_sdist, check_wheel
from release.pythons import Python, builders, find

ROOT = Path(__file__).resolve().parent.parent
DIST = ROOT / "dist"
WORK = ROOT / "build" / "release"
CONSTRAINTS = ROOT / "constraints.txt"
# Without optimisation and for one instruction set, a wheel has the files of every other.
FAST = {"CMAKE_CXX_FLAGS_RELEASE": "-O0", "GATED_INSTRUCTION_SETS": "baseline"}
# The results of the compiled module with every instruction set, and the entry point of the command.
SMOKE_TESTS = (("tests/ops",), ("tests/cli", "-k", "entry_point or doctor"))
LARGEST_WHEEL_MB = 16  # with the weights of every shipped network


def main(words: Sequence[str] | None = None) -> int:
    """Build, check and test; return the exit code, 0 without an error."""
    request = _request(words)
    pythons, absent = find(request.python)
    for name in absent:
        print(f"{name}: not found, so it builds and tests nothing.")
    if not pythons:
        print(
            "No Python to build with. Expected at least one that runs: --python python3.11",
            file=sys.stderr,
        )
        return 2
    for folder in (DIST, WORK):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
    try:
        is_valid = _release(pythons, request)
    except subprocess.CalledProcessError as error:
        print(
            f"{shlex.join(error.cmd)}: ended with {error.returncode}; see above.", file=sys.stderr
        )
        return 1
    return 0 if is_valid else 1


def _release(pythons: Sequence[Python], request: argparse.Namespace) -> bool:
    """Return whether every archive contains the expected files; a failed test raises."""
    package = Package.of(ROOT)
    sdist = build_sdist()
    is_valid = _report(sdist, check_sdist(sdist, package))
    for builder, users in builders(pythons).items():
        wheel = build_wheel(sdist, builder, is_optimised=not request.only_files)
        is_valid &= _report(wheel, check_wheel(wheel, package))
        if request.only_files:
            wheel.unlink()  # too slow to be used
        for user in users if request.is_tested and not request.only_files else ():
            test_wheel(wheel, user)
            print(f"{wheel.name}: works with Python {user}")
    return is_valid


def build_sdist() -> Path:
    """Build the source archive in dist/."""
    _run("uv", "build", "--quiet", "--sdist", "--out-dir", DIST, *_build_constraints(), ROOT)
    return next(DIST.glob("gated-*.tar.gz"))


def build_wheel(sdist: Path, python: Python, *, is_optimised: bool = True) -> Path:
    """Build the wheel of one Python in dist/, with the oldest valid platform tag.

    Without optimisation, and for one instruction set, it compiles in a thirtieth of the time, and
    computes slowly.
    """
    raw = WORK / f"wheel-{python}"
    defined = {} if is_optimised else FAST
    fast = [f"--config-setting=cmake.define.{name}={value}" for name, value in defined.items()]
    _run(
        *("uv", "build", "--quiet", "--wheel", "--python", python.path, "--out-dir", raw),
        *(*_build_constraints(), *fast, sdist),
        GATED_REQUIRE_NATIVE="1",
    )
    built = next(raw.glob("gated-*.whl"))
    if sys.platform != "linux":
        return Path(shutil.copy(built, DIST))
    existing = set(DIST.iterdir())
    _run("auditwheel", "repair", "--wheel-dir", DIST, built)
    (wheel,) = set(DIST.iterdir()) - existing
    return wheel


def test_wheel(wheel: Path, python: Python) -> None:
    """Install a wheel in an empty environment, forecast a small file, run some of the tests.

    Raises:
        subprocess.CalledProcessError: a step failed; its output has the reason.
        RuntimeError: the forecast, or the imported gated, is not the expected one.
    """
    environment = WORK / f"environment-{python}"
    _run("uv", "venv", "--quiet", "--python", python.path, environment)
    _run(
        *("uv", "pip", "install", "--quiet", "--compile-bytecode", "--python", environment),
        *("--constraints", CONSTRAINTS, "--group", "smoke", wheel),
    )
    interpreter = environment / "bin" / "python"
    _forecast_a_file(environment)
    where = _run(interpreter, "-P", "-c", "import gated; print(gated.__file__)", is_captured=True)
    if not Path(where).is_relative_to(environment):
        raise RuntimeError(f"{wheel.name}: expected gated inside {environment}, found {where}.")
    for tests in SMOKE_TESTS:
        _run(interpreter, "-m", "pytest", "-x", "-p", "no:cacheprovider", *tests)


def _forecast_a_file(environment: Path) -> None:
    """Forecast 7 days after 70 days of sales with the installed command."""
    first, horizon, past = date(2024, 1, 1), 7, 70
    days = [first + timedelta(day) for day in range(past + horizon)]
    table = environment / "sales.csv"
    rows = [f"{day},{20 + 10 * (day.weekday() > 4)}" for day in days[:past]]
    table.write_text("\n".join(["ds,y", *rows]) + "\n", encoding="utf-8")
    command = environment / "bin" / "gated"
    output = _run(command, "forecast", table, "--horizon", str(horizon), is_captured=True)
    ahead = [row["ds"] for row in csv.DictReader(output.splitlines())]
    expected = [str(day) for day in days[past:]]
    if ahead != expected:
        raise RuntimeError(f"gated forecast: expected the days {expected}, found {output}.")


def _request(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m release.wheels", description=__doc__)
    parser.add_argument(
        "--python", action="append", required=True, help="a Python to build for; repeatable"
    )
    parser.add_argument(
        "--only-build", dest="is_tested", action="store_false", help="do not install them"
    )
    parser.add_argument(
        "--only-files",
        action="store_true",
        help="check only which files they hold: compiled without optimisation, and not kept",
    )
    return parser.parse_args(words)


def _report(archive: Path, difference: Difference) -> bool:
    if difference:
        print(f"{archive.name}: differs from the expected files\n{difference}", file=sys.stderr)
        return False
    megabytes = archive.stat().st_size / 1e6
    if archive.suffix == ".whl" and megabytes > LARGEST_WHEEL_MB:
        print(
            f"{archive.name}: has {megabytes:.1f} MB; expected at most {LARGEST_WHEEL_MB}. Store "
            "smaller weights in src/gated/weights.",
            file=sys.stderr,
        )
        return False
    print(f"{archive.name}: contains the expected files, {megabytes:.1f} MB")
    return True


def _build_constraints() -> tuple[str | Path, ...]:
    return ("--build-constraints", CONSTRAINTS)


def _run(*command: str | Path, is_captured: bool = False, **environment: str) -> str:
    """Run a command in the root; return its stdout if it is captured."""
    tools = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        [str(word) for word in command],
        cwd=ROOT,
        env={**os.environ, "PATH": tools, "UV_PYTHON_DOWNLOADS": "never", **environment},
        stdout=subprocess.PIPE if is_captured else None,
        text=True,
        check=True,
    )
    return done.stdout.strip() if is_captured else ""


if __name__ == "__main__":
    sys.exit(main())
