"""Finds Pythons and selects the one that builds each wheel."""

import shutil
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

__all__ = ["Python", "builders", "find"]

_FIRST_STABLE = (3, 12)  # one wheel of the stable ABI is valid for this and every later Python
_PRINT_VERSION = "import sys; print(*sys.version_info[:2])"


@dataclass(frozen=True, order=True)
class Python:
    """An interpreter.

    Attributes:
        version: major and minor number.
        path: its executable.
    """

    version: tuple[int, int]
    path: str

    def __str__(self) -> str:
        return ".".join(map(str, self.version))


def find(names: Iterable[str]) -> tuple[list[Python], list[str]]:
    """Find interpreters.

    Args:
        names: commands (`python3.12`) or paths.

    Returns:
        The interpreters that run, oldest first, and the names of the others.
    """
    found, absent = [], []
    for name in names:
        path = shutil.which(name)
        version = None if path is None else _version(path)
        if path is None or version is None:
            absent.append(name)
        else:
            found.append(Python(version, path))
    return sorted(found), absent


def _version(path: str) -> tuple[int, int] | None:
    """Return an interpreter's version; None if it does not run, as a shim without a Python."""
    result = subprocess.run([path, "-c", _PRINT_VERSION], capture_output=True, text=True)
    if result.returncode != 0:
        return None
    major, minor = result.stdout.split()
    return int(major), int(minor)


def builders(pythons: Sequence[Python]) -> dict[Python, list[Python]]:
    """Map the Python that builds each wheel to the Pythons that use it.

    A Python before 3.12 builds its own wheel; the first of the later ones builds the wheel for all.

    >>> old, new, newer = Python((3, 11), "a"), Python((3, 12), "b"), Python((3, 13), "c")
    >>> builders([old, new, newer]) == {old: [old], new: [new, newer]}
    True
    """
    stable = [python for python in pythons if python.version >= _FIRST_STABLE]
    wheels = {python: [python] for python in pythons if python.version < _FIRST_STABLE}
    return wheels | ({stable[0]: stable} if stable else {})
