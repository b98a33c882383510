"""The bundle of the page's modules: their order, private names and errors."""

import re
from pathlib import Path
from typing import Any

import pytest

import gated.report
from gated.report.bundler import bundle, page_script

SCRIPT = Path(gated.report.__file__).parent / "script"

DIAMOND = {
    "start": 'import { left } from "./left.js";\nimport { right } from "./right.js";\n\n'
    "document.title = left() + right();\n",
    "left": 'import { ground } from "./ground.js";\n\nconst side = "left";\n\n'
    "export function left() {\n  return side + ground;\n}\n",
    "right": 'import {\n  ground,\n} from "./ground.js";\n\nconst side = "right";\n\n'
    "export function right() {\n  return side + ground;\n}\n",
    "ground": 'export const ground = "!";\n',
}


def modules_of(script: str) -> list[str]:
    return re.findall(r"^modules\.(\w+) = ", script, re.MULTILINE)


def test_each_module_occurs_once_after_its_imports() -> None:
    assert modules_of(bundle(DIAMOND)) == ["ground", "left", "right", "start"]


def test_the_order_of_the_files_does_not_matter() -> None:
    assert bundle(dict(reversed(DIAMOND.items()))) == bundle(DIAMOND)


def test_private_names_of_modules_do_not_collide(browser: Any) -> None:
    tab = browser.new_page()
    tab.evaluate(bundle(DIAMOND))
    assert tab.title() == "left!right!"
    tab.close()


@pytest.mark.parametrize(
    "line",
    [
        'import ground from "./ground.js";',
        'import * as ground from "./ground.js";',
        'import { ground } from "https://example.org/ground.js";',
        'import "./ground.js";',
        "export default 1;",
        "export { left };",
        "export const { a, b } = {};",
        "export let a = 1;",
    ],
)
def test_other_forms_are_errors(line: str) -> None:
    with pytest.raises(ValueError, match=r"script/left\.js: found `.*`, expected"):
        bundle({**DIAMOND, "left": f"{line}\n{DIAMOND['left']}"})


@pytest.mark.parametrize("names", ["sky", "ground as floor", "ground, sky"])
def test_names_that_are_not_exported_are_errors(names: str) -> None:
    start = f'import {{ {names} }} from "./ground.js";\n'
    with pytest.raises(ValueError, match=r"script/start\.js imports `.*`, which script/ground\.js"):
        bundle({"start": start, "ground": DIAMOND["ground"]})


def test_an_import_of_a_missing_module_is_an_error() -> None:
    with pytest.raises(ValueError, match=r"`ground`, which script/ground\.js does not export"):
        bundle({name: text for name, text in DIAMOND.items() if name != "ground"})


def test_a_module_that_is_not_imported_is_an_error() -> None:
    with pytest.raises(ValueError, match=r"script/alone\.js is not imported by a module"):
        bundle({**DIAMOND, "alone": "export const one = 1;\n"})


def test_circular_imports_are_errors() -> None:
    circle = 'import { left } from "./left.js";\n\nexport const ground = left;\n'
    with pytest.raises(ValueError, match="circular import: left → ground → left"):
        bundle({**DIAMOND, "ground": circle})


def test_the_script_holds_every_module_and_no_import() -> None:
    script = page_script()
    files = SCRIPT.rglob("*.js")
    assert sorted(modules_of(script)) == sorted(file.stem for file in files)
    assert modules_of(script)[-1] == "start"
    assert not re.search(r"^(?:import|export)\b", script, re.MULTILINE)


def test_the_script_contains_no_script_tag() -> None:
    assert not re.search(r"</?script|<!--", page_script(), re.IGNORECASE)
