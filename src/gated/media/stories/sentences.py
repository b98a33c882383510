"""Splits text into sentences."""

import re

__all__ = ["sentences_of"]

_MARKS = ".!?"
_CLOSING, _OPENING = "\"'”’)]", "\"'“‘(["
# No sentence ends behind these words:
_BEFORE_NAMES = frozenset({"mr", "mrs", "ms", "dr", "prof", "st", "no", "vs"})
# Behind these one ends only where a capital letter follows:
_WITHIN = frozenset({"e.g", "i.e", "etc", "approx", "ca"})
_ENDS = tuple(".!?:;" + _CLOSING)
_NUMBERED = re.compile(r"(\d+) (?=\S)")


def sentences_of(text: str) -> tuple[str, ...]:
    """Split text into its sentences.

    A line ends a sentence, unless it has no mark at its end and the next one begins with a small
    letter: then it was wrapped. Within a line a sentence ends at `.`, `!` or `?` before white
    space, but not behind titles such as Dr., and single letters. Where the lines are numbered from
    1 on, rising as in bAbI's files, the numbers are left out.

    Example:
        >>> sentences_of("Mary went to the kitchen. Dr. Low\\nwas there.\\nJohn left.")
        ('Mary went to the kitchen.', 'Dr. Low was there.', 'John left.')
    """
    lines = [line for line in (" ".join(line.split()) for line in text.splitlines()) if line]
    plain = _without_numbers(lines)
    found: list[str] = []
    for line in _unwrapped(lines) if plain is None else plain:
        found += _split(line)
    return tuple(found)


def _without_numbers(lines: list[str]) -> list[str] | None:
    """The lines without their numbers; None where they are not numbered."""
    matches = [_NUMBERED.match(line) for line in lines]
    numbers = [int(match[1]) for match in matches if match is not None]
    is_numbered = len(lines) > 1 and len(numbers) == len(lines) and numbers[0] == 1
    if not is_numbered or numbers != sorted(set(numbers)):
        return None
    return [_NUMBERED.sub("", line, count=1) for line in lines]


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
    words = line.split(" ")
    found, begin = [], 0
    for place, word in enumerate(words[:-1], 1):
        if _ends(word, words[place]):
            found.append(" ".join(words[begin:place]))
            begin = place
    return [*found, " ".join(words[begin:])]


def _ends(word: str, following: str) -> bool:
    """Whether a sentence ends behind a word."""
    marked = word.rstrip(_CLOSING)
    bare = marked.rstrip(_MARKS)
    if bare == marked:
        return False
    if not marked[len(bare) :].startswith("."):
        return True
    name = bare.lstrip(_OPENING).casefold()
    if name in _BEFORE_NAMES or (len(name) == 1 and name.isalpha()):
        return False
    return name not in _WITHIN or following.lstrip(_OPENING)[:1].isupper()
