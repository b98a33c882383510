"""The examples of README and the guide run and print the outputs on the page.

`GATED_ACCEPT=1 pytest tests/docs` writes the actual outputs into the pages.
"""

import os
from pathlib import Path

import pytest

from tests.docs.snippets import Block, Mismatch, blocks, corrected, run

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
WITH_EXAMPLES = [
    page
    for page in PAGES
    if any(block.language in ("python", "console") for block in blocks(page.read_text("utf-8")))
]


@pytest.mark.filterwarnings("ignore:torch.(ao.)?quanti")  # torch's own, about its older tools
@pytest.mark.parametrize("page", WITH_EXAMPLES, ids=lambda page: str(page.relative_to(ROOT)))
def test_the_examples_of_a_page_print_its_outputs(
    page: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("LINES", "25")
    text = page.read_text("utf-8")
    wrong = list(run(text))
    if wrong and os.environ.get("GATED_ACCEPT") == "1":
        page.write_text(corrected(text, wrong), encoding="utf-8")
    for one in wrong:
        assert one.found == one.expected


def test_the_first_pages_have_examples() -> None:
    named = {page.name for page in WITH_EXAMPLES}
    assert {"README.md", "first_forecast.md", "backtest.md", "covariates.md"} <= named


PAGE = """
```python
print(1 + 1)
```

```text
3
```

<!-- not run: it would fail -->
```python
1 / 0
```

```python
print("a b")
```
```text
a ...
```
"""


def test_an_output_that_is_wrong_is_found_and_corrected() -> None:
    (wrong,) = run(PAGE)
    assert wrong == Mismatch(PAGE.index("3\n"), PAGE.index("3\n") + 2, "3\n", "2\n")
    assert list(run(corrected(PAGE, [wrong]))) == []


def test_an_output_with_a_style_is_compared_too() -> None:
    (wrong,) = run("```python\nprint(2)\n```\n\n```text { .output }\n3\n```\n")
    assert (wrong.expected, wrong.found) == ("3\n", "2\n")


def test_blocks_have_the_flag_whether_they_are_run() -> None:
    found: list[Block] = list(blocks(PAGE))
    assert [block.language for block in found] == ["python", "text", "python", "python", "text"]
    assert [block.is_run for block in found] == [True, True, False, True, True]
