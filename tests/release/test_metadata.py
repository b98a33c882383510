"""The metadata of the package agree in all files."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

import gated

ROOT = Path(__file__).resolve().parents[2]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def requirements():
    """Of the build, of users and of developers."""
    yield from PYPROJECT["build-system"]["requires"]
    yield from PYPROJECT["project"]["dependencies"]
    for group in PYPROJECT["project"]["optional-dependencies"].values():
        yield from group
    for group in PYPROJECT["dependency-groups"].values():
        yield from (item for item in group if isinstance(item, str))


def pins():
    """The versions of both files of constraints, by canonical name; none is in both."""
    found = {}
    for file in ("constraints.txt", "docs/constraints.txt"):
        lines = (ROOT / file).read_text(encoding="utf-8").splitlines()
        pairs = (line.split("==") for line in lines if not line.startswith("#"))
        versions = {canonicalize_name(name): Version(version) for name, version in pairs}
        assert found.keys().isdisjoint(versions)
        found |= versions
    return found


def test_the_version_is_the_same_everywhere():
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    (cited,) = re.findall(r"^version: (.+)$", citation, flags=re.MULTILINE)
    assert PYPROJECT["project"]["version"] == gated.__version__ == cited


def pins_of_adapters():
    """The versions of the frameworks of adapters, each in an environment of its own."""
    files = sorted((ROOT / "tests/adapters/requirements").iterdir())
    lines = [line for file in files for line in file.read_text(encoding="utf-8").splitlines()]
    pairs = (line.split("==") for line in lines)
    return {canonicalize_name(name): Version(version) for name, version in pairs}


@pytest.mark.parametrize("text", sorted(set(requirements())))
def test_every_requirement_is_pinned_within_its_bounds(text):
    requirement = Requirement(text)
    pinned = pins_of_adapters() | pins()
    assert canonicalize_name(requirement.name) in pinned
    assert pinned[canonicalize_name(requirement.name)] in requirement.specifier


def test_the_licence_of_the_data_is_named_with_its_address():
    attribution = (ROOT / "src/gated/data/ATTRIBUTION.md").read_text(encoding="utf-8")
    assert PYPROJECT["project"]["license"] == (
        "Apache-2.0 AND CC-BY-4.0 AND CC-BY-SA-3.0 AND CC-BY-SA-4.0"
    )
    assert "https://creativecommons.org/licenses/by/4.0/" in attribution
    assert "https://creativecommons.org/licenses/by-sa/4.0/" in attribution
    data = {path.name for path in (ROOT / "src/gated/data").iterdir()} - {"ATTRIBUTION.md"}
    assert all(f"`{name}`" in attribution for name in data)
