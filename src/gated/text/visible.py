"""Makes control characters visible: a terminal would execute them."""

import re
import unicodedata

__all__ = ["printable", "printable_lines", "shortened"]

_QUOTED = re.compile(r"""`[^`]+`|"[^"]+\"""")
_LONG = re.compile(r"""`[^`]{500,}`|"[^"]{500,}"|'[^']{500,}'|\S{500,}""")
_SHOWN = 80  # characters of a long text
_JOINERS = "\u200c\u200d"  # inside of words in Persian and Hindi, and of emoji


def printable(label: str, *, ascii_only: bool = False) -> str:
    r"""Make control characters visible: a terminal executes them and XML forbids them.

    These are escape sequences, line feeds, and marks that turn the direction of the text. Blanks of
    other widths become blanks.

    Args:
        label: any text, such as the name of a column or series.
        ascii_only: whether to replace characters outside ASCII by "?".

    >>> printable("caf\u00e9\x1b[31m", ascii_only=True), printable("a\u202eb\nc")
    ('caf?\\x1b[31m', 'a\\u202eb\\nc')
    """
    if not label.isprintable():
        label = "".join(map(_visible, label))
    return label.encode("ascii", "replace").decode() if ascii_only else label


def shortened(content: str) -> str:
    """Cut words and quoted texts that no one reads to their end.

    >>> shortened(f"series `{'x' * 200_000}` is constant")[-40:]
    'xxxxxx… (200,002 characters) is constant'
    """
    return _LONG.sub(lambda found: f"{found[0][:_SHOWN]}… ({len(found[0]):,} characters)", content)


def printable_lines(content: str) -> str:
    r"""Make control characters visible, but keep tabs, and lines outside of quoted names.

    >>> printable_lines("a\x1b[31m.wav\nb")
    'a\\x1b[31m.wav\nb'
    >>> printable_lines("No column `a\nb`.\nTry again.")
    'No column `a\\nb`.\nTry again.'
    """
    if content.isprintable():
        return content
    lined = _QUOTED.sub(lambda found: printable(found[0]), content)
    return "".join(each if each in "\n\t" else _visible(each) for each in lined)


def _visible(character: str) -> str:
    """One character, or its escape: that of Python, and above U+0020 that of JSON too."""
    if character.isprintable() or character in _JOINERS:
        return character
    if unicodedata.category(character) == "Zs":  # a blank of another width
        return " "
    if character < " ":
        return repr(character)[1:-1]
    point = ord(character)
    return f"\\u{point:04x}" if point < 0x10000 else f"\\U{point:08x}"
