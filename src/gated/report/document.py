"""Writes the frame of a page: one HTML document that loads no other file."""

import base64
import hashlib
import html
from collections.abc import Iterable
from importlib import resources

from gated.report.markup import prose, text

__all__ = ["document", "page_style", "picture_page"]


def document(title: str, body: Iterable[str], style: str, script: str = "") -> str:
    """Write a whole HTML document that can run its own script only, if it has one.

    Args:
        title: of the page.
        body: the markup; where there is a script, its element too.
        style: the style sheet.
        script: as in the body.
    """
    scripts = f"script-src '{_digest(script)}'; " if script else ""
    policy = (
        f"default-src 'none'; {scripts}style-src '{_digest(style)}'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )
    parts = [
        "<!doctype html>",
        '<html lang="en"><head><meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{html.escape(policy)}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<meta name="color-scheme" content="light dark">',
        f"<title>{text(title)}</title>",
        f"<style>{style}</style></head><body>",
        *body,
        "</body></html>",
        "",
    ]
    # A label from a damaged file may hold half of a surrogate pair, which no file can contain.
    return "\n".join(parts).encode(errors="replace").decode()


def page_style() -> str:
    """The style sheet of all pages."""
    return resources.files("gated.report").joinpath("page.css").read_text(encoding="utf-8")


def picture_page(title: str, svg: str, sentences: Iterable[str]) -> str:
    """Write a page with one picture, and sentences above it.

    Args:
        title: of the page.
        svg: the picture; it is embedded as an image, so that its styles and the page's are apart.
        sentences: what is seen.

    >>> made = picture_page("A <piece>", "<svg xmlns='http://www.w3.org/2000/svg'/>", ["Good."])
    >>> "<h1>A &lt;piece&gt;</h1>" in made, 'src="data:image/svg+xml' in made
    (True, True)
    """
    content = base64.b64encode(svg.encode(errors="replace")).decode()
    summary = "".join(f"<p>{prose(sentence)}</p>" for sentence in sentences)
    body = [
        "<main>",
        f'<header><h1>{text(title)}</h1><div class="summary">{summary}</div></header>',
        f'<section><img class="picture" alt="{text(title)}" '
        f'src="data:image/svg+xml;base64,{content}"></section>',
        "</main>",
    ]
    return document(title, body, page_style())


def _digest(source: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()}"
