"""Defines a dialogue: turns that alternate between a person and what answers."""

from collections.abc import Iterator
from dataclasses import dataclass

__all__ = ["Dialogue"]


@dataclass(frozen=True)
class Dialogue:
    """The turns of a dialogue, the person's first; every second one is a reply.

    Attributes:
        turns: at least two texts.
    """

    turns: tuple[str, ...]

    def replies(self) -> Iterator[tuple[tuple[str, ...], str]]:
        """Each reply with all turns before it.

        >>> list(Dialogue(("Hello", "Hi!", "A table, please", "For how many?")).replies())[1]
        (('Hello', 'Hi!', 'A table, please'), 'For how many?')
        """
        for place in range(1, len(self.turns), 2):
            yield self.turns[:place], self.turns[place]
