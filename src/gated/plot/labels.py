"""Labels that are safe to write, whoever chose them."""

__all__ = ["printable"]


def printable(label: str, *, ascii_only: bool = False) -> str:
    """Blank out control characters, which a terminal would obey and XML forbids.

    Args:
        label: any text, such as a column's name or a series'.
        ascii_only: whether to write "?" for what is not ASCII.

    >>> printable("caf\\u00e9\\x1b[31m", ascii_only=True)
    'caf? [31m'
    """
    label = "".join(character if character.isprintable() else " " for character in label)
    return label.encode("ascii", "replace").decode() if ascii_only else label
