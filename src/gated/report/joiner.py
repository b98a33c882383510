"""Joins the page's JavaScript modules into one script, since a page can load none.

In `script/` stand plain ES modules, which editors, tsc and linters understand. In the joined script
each of them is a function that is called once, after those it imports: its imports are read from
`modules`, its exports are what it returns. So all other names stay private to their module.
"""

import re
from collections.abc import Mapping
from importlib import resources

__all__ = ["joined", "page_script"]

_FIRST = "start"
_IMPORT = re.compile(r'^import \{([^}]*)\} from "\./(\w+)\.js";$', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async function|function|class|const) (\w+))", re.MULTILINE)
_LEFT_OVER = re.compile(r"^(?:import|export)\b.*", re.MULTILINE)


def page_script() -> str:
    """The script of a page: the modules of `script/`, joined."""
    folder = resources.files("gated.report").joinpath("script")
    files = {file.name: file.read_text(encoding="utf-8") for file in folder.iterdir()}
    return joined({name.removesuffix(".js"): text for name, text in files.items()})


def joined(sources: Mapping[str, str]) -> str:
    """Join modules, in an order that depends only on their imports.

    Args:
        sources: module name to text. `start` is the module from which the others are reached. Two
            forms are understood, at the beginning of a line: `import { a, b } from "./name.js";`
            and `export` before a function, a class or one constant.

    Raises:
        ValueError: an import or export has another form, a module imports what there is not, or
            itself by way of others, or is imported by none.

    >>> one, start = "export const one = 1;\\n", 'import { one } from "./one.js";\\nalert(one);\\n'
    >>> print(joined({"start": start, "one": one}), end="")
    "use strict";
    (() => {
    const modules = {};
    modules.one = (() => {
    const one = 1;
    return { one };
    })();
    modules.start = (() => {
    const { one } = modules.one;
    alert(one);
    return {};
    })();
    })();
    """
    exports = {name: _EXPORT.findall(text) for name, text in sources.items()}
    for name, text in sources.items():
        _check(name, text, exports)
    order: list[str] = []
    _reach(_FIRST, sources, order, ())
    unused = sorted(sources.keys() - set(order))
    if unused:
        raise ValueError(f"script/{unused[0]}.js is imported by no module; import it or delete it.")
    parts = [_function(name, sources[name], exports[name]) for name in order]
    return "\n".join(['"use strict";', "(() => {", "const modules = {};", *parts, "})();", ""])


def _check(name: str, text: str, exports: Mapping[str, list[str]]) -> None:
    left_over = _LEFT_OVER.search(_EXPORT.sub("", _IMPORT.sub("", text)))
    if left_over:
        raise ValueError(
            f"script/{name}.js: found `{left_over[0]}`, expected "
            '`import { a, b } from "./name.js";` or `export` before a function, a class or one '
            "constant; write it in that form."
        )
    for names, source in _IMPORT.findall(text):
        for wanted in filter(None, map(str.strip, names.split(","))):
            if wanted not in exports.get(source, ()):
                raise ValueError(
                    f"script/{name}.js imports `{wanted}`, which script/{source}.js does not "
                    "export; export it there, or import another name."
                )


def _reach(
    name: str, sources: Mapping[str, str], order: list[str], importers: tuple[str, ...]
) -> None:
    """Append a module to the order, after all that it imports."""
    if name in importers:
        circle = " → ".join([*importers[importers.index(name) :], name])
        raise ValueError(
            f"The modules of script/ import each other in a circle: {circle}; move what they share "
            "to a module of its own."
        )
    if name in order:
        return
    for _, source in _IMPORT.findall(sources[name]):
        _reach(source, sources, order, (*importers, name))
    order.append(name)


def _function(name: str, text: str, exports: list[str]) -> str:
    body = _EXPORT.sub("", _IMPORT.sub(r"const {\1} = modules.\2;", text))
    returned = f"{{ {', '.join(exports)} }}" if exports else "{}"
    return f"modules.{name} = (() => {{\n{body}return {returned};\n}})();"
