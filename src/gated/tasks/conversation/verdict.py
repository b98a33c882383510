"""Describes in words how good the replies are."""

from collections.abc import Mapping
from typing import Any

from gated.text import counted, percent

__all__ = ["verdict"]


def verdict(learned: Mapping[str, Any]) -> str:
    """The comparison with TF-IDF on held-out replies.

    Args:
        learned: of a fitted conversation.

    >>> facts = {"held_out": 50, "right": 0.8, "nearest_right": 0.6, "answered": 0.5}
    >>> verdict({**facts, "answered_right": 0.96})[:60]
    'Of 50 held-out replies 80 % were chosen right; the most simi'
    """
    if not learned["held_out"]:
        return "No dialogue was held out, so nothing is known about the accuracy."
    found = (
        f"Of {counted(learned['held_out'], 'held-out reply', 'held-out replies')} "
        f"{percent(learned['right'])} were chosen right; the most similar turn alone (TF-IDF) "
        f"gives {percent(learned['nearest_right'])}."
    )
    if learned["answered_right"] is None:
        return (
            f"{found} No reply was sure enough to be given, so that only turns which were learned "
            "word for word get one: more dialogues are needed, or a lower precision."
        )
    right = percent(learned["answered_right"])
    return (
        f"{found} A reply is given to {percent(learned['answered'])} of the turns, and {right} of "
        'these are right; to the others the reply is "I do not know."'
    )
