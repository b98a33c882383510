"""Runs the examples of the guide's page about adapters, section by section."""

import re
from pathlib import Path

from tests.docs.snippets import Mismatch, corrected, run

PAGE = Path(__file__).parents[2] / "docs" / "guide" / "adapters.md"


def wrong_outputs(heading: str, *, accept: bool = False) -> list[Mismatch]:
    """The outputs in a section of the page that differ from what its examples print.

    Args:
        heading: of the section.
        accept: whether to write the actual outputs into the page.
    """
    given = section(heading)
    # `tests/docs` does not run these blocks; of the same length, so that places stay the same.
    runnable = re.sub(r"<!-- not run:.*?-->", lambda comment: " " * len(comment[0]), given)
    wrong = list(run(runnable))
    if wrong and accept:
        page = PAGE.read_text("utf-8").replace(given, corrected(given, wrong))
        PAGE.write_text(page, encoding="utf-8")
    return wrong


def section(heading: str) -> str:
    """The text of a section of the page, with its heading."""
    text = PAGE.read_text("utf-8")
    found = re.search(rf"^## {re.escape(heading)}\n.*?(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    assert found is not None, f"the page has no section {heading}"
    return found[0]
