"""The files that a wheel and a source archive may contain."""

import tarfile
import zipfile
from pathlib import Path

import pytest

from release.contents import Difference, Package, check_sdist, check_wheel

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = Package(
    tracked=frozenset(
        {
            "LICENSE",
            "src/gated/__init__.py",
            "src/gated/data/shop.csv.gz",
            "src/gated/py.typed",
            "tests/test_gated.py",
        }
    ),
    license_files=("LICENSE",),
)
INFORMATION = "gated-1.0.dist-info"
STABLE = "gated-1.0-cp312-abi3-manylinux_2_28_x86_64.whl"
FILES = [
    "gated/__init__.py",
    "gated/data/shop.csv.gz",
    "gated/ops/_cpu.abi3.so",
    "gated/py.typed",
    *(f"{INFORMATION}/{name}" for name in ("METADATA", "RECORD", "WHEEL", "entry_points.txt")),
    f"{INFORMATION}/licenses/LICENSE",
]


@pytest.fixture
def write_wheel(tmp_path):
    """Write a wheel of empty files."""

    def write(files, name=STABLE):
        path = tmp_path / name
        with zipfile.ZipFile(path, "w") as archive:
            for file in files:
                archive.writestr(file, "")
        return path

    return write


def test_a_wheel_of_the_package_is_valid(write_wheel):
    assert not check_wheel(write_wheel(FILES), PACKAGE)


@pytest.mark.parametrize("left_out", FILES)
def test_a_missing_file_is_named(write_wheel, left_out):
    difference = check_wheel(write_wheel([file for file in FILES if file != left_out]), PACKAGE)
    expected = r"gated/ops/_cpu\.abi3\.so" if left_out.endswith(".so") else left_out
    assert difference == Difference(missing=(expected,))
    assert str(difference) == f"missing: {expected}"


@pytest.mark.parametrize(
    "stray",
    [
        "gated/__pycache__/__init__.cpython-311.pyc",
        "gated/ops/_cpu.cpython-311-x86_64-linux-gnu.so",  # left by a build for another Python
        "gated/shop.gated",
        "tests/test_gated.py",
        f"{INFORMATION}/licenses/NOTICE",
    ],
)
def test_an_unexpected_file_is_named(write_wheel, stray):
    difference = check_wheel(write_wheel([*FILES, stray]), PACKAGE)
    assert difference == Difference(unexpected=(stray,))
    assert str(difference) == f"unexpected: {stray}"


@pytest.mark.parametrize(
    "tracked", ["gated/notes.ipynb", "gated/ops/tests/cases.py", "gated/test_gated.py"]
)
def test_a_tracked_file_of_an_excluded_kind_is_named(write_wheel, tracked):
    package = Package(PACKAGE.tracked | {f"src/{tracked}"}, PACKAGE.license_files)
    difference = check_wheel(write_wheel([*FILES, tracked]), package)
    assert difference == Difference(unexpected=(tracked,))


def test_a_wheel_of_one_python_holds_its_module(write_wheel):
    name = STABLE.replace("cp312-abi3", "cp311-cp311")
    module = "gated/ops/_cpu.cpython-311-x86_64-linux-gnu.so"
    files = [module if file.endswith(".so") else file for file in FILES]
    assert not check_wheel(write_wheel(files, name), PACKAGE)
    assert check_wheel(write_wheel(FILES, name), PACKAGE).unexpected == ("gated/ops/_cpu.abi3.so",)


def test_a_wheel_without_the_compiled_module_is_an_error(write_wheel):
    path = write_wheel(FILES, "gated-1.0-py3-none-any.whl")
    with pytest.raises(ValueError, match=r"ABI none; expected one of abi3.*GATED_REQUIRE_NATIVE"):
        check_wheel(path, PACKAGE)


def test_a_source_archive_holds_what_git_tracks(tmp_path):
    path = tmp_path / "gated-1.0.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        for name in (PACKAGE.tracked - {"LICENSE"}) | {"PKG-INFO", "notes.txt"}:
            archive.addfile(tarfile.TarInfo(f"gated-1.0/{name}"))
    assert check_sdist(path, PACKAGE) == Difference(("LICENSE",), ("notes.txt",))


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="git tells what is tracked; no checkout")
def test_the_package_is_read_from_its_checkout():
    package = Package.of(ROOT)
    assert {"gated/__init__.py", "gated/py.typed"} <= package.python_files()
    assert "src/gated/data/ATTRIBUTION.md" in package.license_files
    assert set(package.license_files) <= package.tracked


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="git tells what is tracked; no checkout")
def test_a_wheel_of_this_checkout_is_valid(write_wheel):
    package = Package.of(ROOT)
    licences = {f"{INFORMATION}/licenses/{name}" for name in package.license_files}
    files = package.python_files() | set(FILES[4:-1]) | licences | {"gated/ops/_cpu.abi3.so"}
    assert check_wheel(write_wheel(sorted(files)), package) == Difference()
