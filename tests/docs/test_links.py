"""The files and headings that the pages and the code refer to exist."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
NO_TEXT = {".svg", ".gz", ".safetensors", ".png", ".ipynb"}


def tracked() -> list[Path]:
    """The files of the repository; where git does not know it, all but hidden ones and builds."""
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if listed.returncode:
        folders = ("docs", "src", "cpp", "benchmarks", "examples", "tests")
        return [*ROOT.glob("*.md"), *(p for f in folders for p in (ROOT / f).rglob("*.*"))]
    return [ROOT / name for name in listed.stdout.splitlines()]


def pages() -> Iterator[tuple[Path, str]]:
    for path in (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")):
        yield path, path.read_text(encoding="utf-8")


def test_links_of_the_pages_name_existing_files() -> None:
    links = [
        (page, link)
        for page, text in pages()
        for link in re.findall(r"\]\(([^)\s#]+)[^)\s]*\)", text)
        if "://" not in link
    ]
    assert len(links) > 40
    assert [(str(page), link) for page, link in links if not (page.parent / link).exists()] == []


def test_links_to_headings_name_existing_headings() -> None:
    known = {page: {anchor(head) for head in headings(text)} for page, text in pages()}
    missing = [
        (str(page), f"{link}#{heading}")
        for page, text in pages()
        for link, heading in re.findall(r"\]\(([^)\s#:]*\.md)?#([^)\s]+)\)", text)
        if heading not in known[(page.parent / link).resolve() if link else page]
    ]
    assert missing == []


def test_pages_that_the_code_names_exist() -> None:
    """A comment that names a page of docs names one that exists."""
    named = {
        name
        for path in tracked()
        if path.suffix not in NO_TEXT and path.is_file() and path != Path(__file__)
        for name in re.findall(r"\bdocs/[\w/.-]*\.(?:md|svg|ipynb)\b", content(path))
    }
    assert "docs/reference/equations.md" in named
    assert sorted(name for name in named if not (ROOT / name).exists()) == []


def content(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


def headings(text: str) -> list[str]:
    without_code = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    return re.findall(r"^#+ +(.+)$", without_code, flags=re.MULTILINE)


def anchor(heading: str) -> str:
    """The anchor of a heading, as GitHub and the site make it."""
    plain = re.sub(r"[^\w\- ]", "", heading.strip().lower())
    return plain.replace(" ", "-")
