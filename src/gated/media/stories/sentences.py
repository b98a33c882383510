"""Splits text into sentences."""

import re

__all__ = ["sentences_of"]

_MARK = re.compile(r"(\S*?)([.!?]+[\"'”’)\]]*)\s+")  # the end of a word, and perhaps of a sentence
# No sentence ends behind these words:
_BEFORE_NAMES = frozenset({"mr", "mrs", "ms", "dr", "prof", "st", "no", "vs"})
# Behind these one ends only where a capital letter follows:
_WITHIN = frozenset({"e.g", "i.e", "etc", "approx", "ca"})
_ENDS = tuple(".!?:;\"'”’)]")
_LINE_NUMBER = re.compile(r"\d+\s+(?=\S)")


def sentences_of(text: str) -> tuple[str, ...]:
    """Split text into its sentences.

    A line ends a sentence, unless it has no mark at its end and the next one begins with a small
    letter: then it was wrapped. Within a line a sentence ends at `.`, `!` or `?` before white
    space, but not behind titles such as Dr., and single letters. Where the lines are numbered from
    1, as in bAbI's files, the numbers are left out.

    Example:
        >>> sentences_of("Mary went to the kitchen. Dr. Low\\nwas there.\\nJohn left.")
        ('Mary went to the kitchen.', 'Dr. Low was there.', 'John left.')
    """
    lines = [line for line in (" ".join(line.split()) for line in text.splitlines()) if line]
    found: list[str] = []
    for line in _unwrapped(_without_numbers(lines)):
        found += _split(line)
    return tuple(found)


def _without_numbers(lines: list[str]) -> list[str]:
    numbers = [line.split(" ", 1)[0] for line in lines]
    if len(lines) < 2 or numbers != [str(index) for index in range(1, len(lines) + 1)]:
        return lines
    return [_LINE_NUMBER.sub("", line, count=1) for line in lines]


def _unwrapped(lines: list[str]) -> list[str]:
    """Join lines that were wrapped within a sentence."""
    found: list[str] = []
    for line in lines:
        if found and not found[-1].endswith(_ENDS) and line[0].islower():
            found[-1] = f"{found[-1]} {line}"
        else:
            found.append(line)
    return found


def _split(line: str) -> list[str]:
    """The sentences of a line."""
    found, begin = [], 0
    for match in _MARK.finditer(line):
        word, mark = match[1].lstrip("\"'“‘([").casefold(), match[2]
        following = line[match.end() :].lstrip("\"'“‘([")
        if mark.startswith(".") and (
            word in _BEFORE_NAMES
            or (len(word) == 1 and word.isalpha())
            or (word in _WITHIN and not following[:1].isupper())
        ):
            continue
        found.append(line[begin : match.end()].rstrip())
        begin = match.end()
    if begin < len(line):
        found.append(line[begin:])
    return found
