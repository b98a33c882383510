"""Says which replies are right after which turns, and scores all replies in a dialogue."""

from collections.abc import Sequence

from gated.arrays import FloatArray
from gated.media.dialogues import Dialogue
from gated.tasks.conversation.ranking.chooser import Chooser

__all__ = ["Histories", "features_after"]


class Histories:
    """Which replies are right after which turns: those of any dialogue that began so.

    Args:
        dialogues: all of them.
    """

    def __init__(self, dialogues: Sequence[Dialogue]) -> None:
        self._right: dict[tuple[str, ...], set[str]] = {}
        for dialogue in dialogues:
            for turns, reply in dialogue.replies():
                self._right.setdefault(_folded(turns), set()).add(reply)

    def are_right(self, turns: Sequence[str], reply: str) -> bool:
        """Whether some dialogue has this reply after these turns."""
        return reply in self._right.get(_folded(turns), ())


def features_after(chooser: Chooser, dialogue: Dialogue) -> list[FloatArray]:
    """[R, 4] the features of all replies, for each turn of the person that has one."""
    u = chooser.read(dialogue.turns)
    return [chooser.features(u[len(turns) - 1], turns[-1]) for turns, _ in dialogue.replies()]


def _folded(turns: Sequence[str]) -> tuple[str, ...]:
    return tuple(turn.casefold() for turn in turns)
