"""Checks that a source archive and a wheel contain exactly the expected files.

The source archive contains the files that git tracks. The wheel contains the files that git tracks
under src/gated, the compiled module for its Python, and its metadata with the license files of
pyproject.toml.
"""

import re
import subprocess
import tarfile
import tomllib
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

__all__ = ["Difference", "Package", "check_sdist", "check_wheel"]

_SOURCE = "src/"
_MODULE = {  # the compiled module, by the tag of the wheel's ABI
    "abi3": re.compile(r"gated/ops/_cpu\.abi3\.so"),
    "cp311": re.compile(r"gated/ops/_cpu\.cpython-311-[\w-]+\.so"),
}
_METADATA = ("METADATA", "RECORD", "WHEEL", "entry_points.txt")
# The suffixes of package files. A file with another suffix is an error until it is added here.
_KINDS = {
    ".css",
    ".csv",
    ".gated",
    ".gz",
    ".html",
    ".js",
    ".md",
    ".py",
    ".safetensors",
    ".typed",
    ".wav",
}
_TEST = re.compile(r"tests?|conftest|test_.*")


@dataclass(frozen=True)
class Package:
    """The files that a release should contain, according to the sources.

    Attributes:
        tracked: every file that git tracks, as paths from the root with `/`.
        license_files: the files of `license-files` in pyproject.toml.
    """

    tracked: frozenset[str]
    license_files: tuple[str, ...]

    @classmethod
    def of(cls, root: Path) -> "Package":
        """Read the git index and pyproject.toml of a checkout.

        Raises:
            subprocess.CalledProcessError: the folder is not a git checkout.
        """
        listed = subprocess.run(
            ["git", "-C", str(root), "ls-files", "-z"], capture_output=True, text=True, check=True
        )
        project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        tracked = frozenset(filter(None, listed.stdout.split("\0")))
        return cls(tracked, tuple(project["license-files"]))

    def python_files(self) -> set[str]:
        """Return the files of the package, as paths inside a wheel."""
        own = (name for name in self.tracked if name.startswith(f"{_SOURCE}gated/"))
        return {name.removeprefix(_SOURCE) for name in own}


@dataclass(frozen=True)
class Difference:
    """The differences between an archive and the expected files.

    Attributes:
        missing: expected and not in the archive; for the compiled module, its pattern.
        unexpected: in the archive and not expected.
    """

    missing: tuple[str, ...] = ()
    unexpected: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.missing or self.unexpected)

    def __str__(self) -> str:
        lines = [f"missing: {name}" for name in self.missing]
        return "\n".join(lines + [f"unexpected: {name}" for name in self.unexpected])


def check_wheel(wheel: Path, package: Package) -> Difference:
    """Compare a wheel with the sources.

    Args:
        wheel: its name contains the ABI: NAME-VERSION-PYTHON-ABI-PLATFORM.whl.
        package: the expected files.

    Raises:
        ValueError: the ABI is not one of a release, for example `none` of a wheel without the
            compiled module.
    """
    name, version, _, abi, _ = wheel.stem.split("-")
    if abi not in _MODULE:
        raise ValueError(
            f"{wheel.name}: is for the ABI {abi}; expected one of {', '.join(_MODULE)}. A wheel "
            "without the compiled module is built where there is no C++ compiler: build it with "
            "GATED_REQUIRE_NATIVE=1 to see the compiler's errors."
        )
    with zipfile.ZipFile(wheel) as archive:
        found = {entry for entry in archive.namelist() if not entry.endswith("/")}
    of_package = package.python_files()
    information = f"{name}-{version}.dist-info"
    described = {f"{information}/{file}" for file in _METADATA}
    described |= {f"{information}/licenses/{file}" for file in package.license_files}
    modules = {entry for entry in found if _MODULE[abi].fullmatch(entry)}
    missing = sorted((of_package | described) - found)
    unexpected = (found - of_package - described - modules) | _excluded(of_package)
    return Difference(
        missing=(*missing, *(() if modules else (_MODULE[abi].pattern,))),
        unexpected=tuple(sorted(unexpected)),
    )


def check_sdist(sdist: Path, package: Package) -> Difference:
    """Compare a source archive with the files that git tracks."""
    with tarfile.open(sdist) as archive:
        names = [member.name for member in archive.getmembers() if member.isfile()]
    found = {name.partition("/")[2] for name in names}
    expected = package.tracked | {"PKG-INFO"}
    return Difference(tuple(sorted(expected - found)), tuple(sorted(found - expected)))


def _excluded(files: Iterable[str]) -> set[str]:
    """Return the files that are tests or have a suffix that a wheel must not contain."""
    return {
        name
        for name in files
        if PurePosixPath(name).suffix not in _KINDS
        or any(_TEST.fullmatch(part.partition(".")[0]) for part in name.split("/"))
    }
