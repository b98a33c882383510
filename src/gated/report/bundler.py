"""Bundles the JavaScript modules of the page into one script, because the page loads no other file.

The folder `script/` holds plain ES modules, which editors, tsc and linters understand. No two files
have one name, so the name of a file is that of its module. In the bundle each module is a function
that is called once, after the modules it imports. It reads its imports from `modules` and returns
its exports, so that all other names are private to it.
"""

import re
from collections.abc import Mapping
from importlib import resources

__all__ = ["bundle", "page_script"]

_FIRST = "start"
_IMPORT = re.compile(r'^import \{([^}]*)\} from "\.{1,2}/(?:\w+/)*(\w+)\.js";$', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async function|function|class|const) (\w+))", re.MULTILINE)
_OTHER_FORM = re.compile(r"^(?:import|export)\b.*", re.MULTILINE)


def page_script() -> str:
    """Return the script of a page: the bundle of the modules in `script/`."""
    folder = resources.files("gated.report").joinpath("script")
    files = [*folder.iterdir(), *folder.joinpath("charts").iterdir()]
    modules = {file.name: file for file in files if file.is_file()}
    texts = {name: file.read_text(encoding="utf-8") for name, file in modules.items()}
    return bundle({name.removesuffix(".js"): text for name, text in texts.items()})


def bundle(sources: Mapping[str, str]) -> str:
    """Bundle modules, in an order that depends only on their imports.

    Args:
        sources: module name to text. The module `start` imports the others, directly or indirectly.
            Two forms are valid, at the beginning of a line: `import { a, b } from "./name.js";` and
            `export` before a function, a class or one constant.

    Raises:
        ValueError: an import or export has another form; a module or name that is imported does
            not exist; modules import each other; or a module is not imported.

    >>> one, start = "export const one = 1;\\n", 'import { one } from "./one.js";\\nalert(one);\\n'
    >>> print(bundle({"start": start, "one": one}), end="")
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
    _append(_FIRST, sources, order, ())
    unused = sorted(sources.keys() - set(order))
    if unused:
        raise ValueError(
            f"script/{unused[0]}.js is not imported by a module; import it or delete it."
        )
    parts = [_function(name, sources[name], exports[name]) for name in order]
    return "\n".join(['"use strict";', "(() => {", "const modules = {};", *parts, "})();", ""])


def _check(name: str, text: str, exports: Mapping[str, list[str]]) -> None:
    other_form = _OTHER_FORM.search(_EXPORT.sub("", _IMPORT.sub("", text)))
    if other_form:
        raise ValueError(
            f"script/{name}.js: found `{other_form[0]}`, expected "
            '`import { a, b } from "./name.js";` or `export` before a function, a class or one '
            "constant; write it in that form."
        )
    for names, source in _IMPORT.findall(text):
        for requested in filter(None, map(str.strip, names.split(","))):
            if requested not in exports.get(source, ()):
                raise ValueError(
                    f"script/{name}.js imports `{requested}`, which script/{source}.js does not "
                    "export; export it there, or import another name."
                )


def _append(
    name: str, sources: Mapping[str, str], order: list[str], importers: tuple[str, ...]
) -> None:
    """Append a module to the order, after all modules that it imports."""
    if name in importers:
        circle = " → ".join([*importers[importers.index(name) :], name])
        raise ValueError(
            f"The modules of script/ have a circular import: {circle}; move their common part "
            "to a separate module."
        )
    if name in order:
        return
    for _, source in _IMPORT.findall(sources[name]):
        _append(source, sources, order, (*importers, name))
    order.append(name)


def _function(name: str, text: str, exports: list[str]) -> str:
    body = _EXPORT.sub("", _IMPORT.sub(r"const {\1} = modules.\2;", text))
    returned = f"{{ {', '.join(exports)} }}" if exports else "{}"
    return f"modules.{name} = (() => {{\n{body}return {returned};\n}})();"
