"""The modules of the page's script, joined: in order, each with names of its own, or refused."""

import re
from importlib import resources
from typing import Any

import pytest

from gated.report.joiner import joined, page_script

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


def test_each_module_stands_once_and_after_those_it_imports() -> None:
    assert modules_of(joined(DIAMOND)) == ["ground", "left", "right", "start"]


def test_the_order_of_the_files_does_not_matter() -> None:
    assert joined(dict(reversed(DIAMOND.items()))) == joined(DIAMOND)


def test_modules_may_use_the_same_name_for_what_they_do_not_export(browser: Any) -> None:
    tab = browser.new_page()
    tab.evaluate(joined(DIAMOND))
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
def test_other_forms_are_refused(line: str) -> None:
    with pytest.raises(ValueError, match=r"script/left\.js: found `.*`, expected"):
        joined({**DIAMOND, "left": f"{line}\n{DIAMOND['left']}"})


@pytest.mark.parametrize("names", ["sky", "ground as floor", "ground, sky"])
def test_names_that_are_not_exported_are_refused(names: str) -> None:
    start = f'import {{ {names} }} from "./ground.js";\n'
    with pytest.raises(ValueError, match=r"script/start\.js imports `.*`, which script/ground\.js"):
        joined({"start": start, "ground": DIAMOND["ground"]})


def test_a_module_that_is_not_there_is_refused() -> None:
    with pytest.raises(ValueError, match=r"`ground`, which script/ground\.js does not export"):
        joined({name: text for name, text in DIAMOND.items() if name != "ground"})


def test_a_module_that_none_imports_is_refused() -> None:
    with pytest.raises(ValueError, match=r"script/alone\.js is imported by no module"):
        joined({**DIAMOND, "alone": "export const one = 1;\n"})


def test_modules_that_import_each_other_are_refused() -> None:
    circle = 'import { left } from "./left.js";\n\nexport const ground = left;\n'
    with pytest.raises(ValueError, match="in a circle: left → ground → left"):
        joined({**DIAMOND, "ground": circle})


def test_the_script_holds_every_module_and_no_import() -> None:
    script = page_script()
    folder = resources.files("gated.report").joinpath("script")
    assert sorted(modules_of(script)) == sorted(
        file.name.removesuffix(".js") for file in folder.iterdir()
    )
    assert modules_of(script)[-1] == "start"
    assert not re.search(r"^(?:import|export)\b", script, re.MULTILINE)


def test_the_script_can_stand_between_tags() -> None:
    assert not re.search(r"</?script|<!--", page_script(), re.IGNORECASE)
