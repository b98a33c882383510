"""Draws dialogues in which a table is booked: slots are given, asked for, and changed.

The manner of bAbI's dialogues (Bordes & Weston 2016, arXiv 1605.07683), whose data are not at hand:
greeting, slots, changes of a slot, and the call that needs all of them.
"""

import numpy as np

from gated.media.dialogues import Dialogue

__all__ = ["bookings"]

_SLOTS = {
    "food": ("italian", "french", "indian", "spanish", "british", "vietnamese"),
    "place": ("rome", "paris", "london", "madrid", "bombay", "hanoi"),
    "size": ("two", "four", "six", "eight"),
    "price": ("cheap", "moderate", "expensive"),
}
_SAID = {
    "food": ("with {} food", "with {} cuisine", "of {} cooking"),
    "place": ("in {}", "somewhere in {}"),
    "size": ("for {} people", "for {}"),
    "price": ("in a {} price range", "that is {}"),
}
_ASKED = {
    "food": "any preference on a type of cuisine",
    "place": "where should it be",
    "size": "how many people would be in your party",
    "price": "which price range are you looking for",
}
_GREETINGS = ("hello", "hi", "good morning", "good day", "hey there")
_WISHES = ("can you book a table", "i would like a table", "may i have a table", "book a table")
_ANSWERS = ("{} please", "i would love {}", "let us say {}", "{}")
_CHANGES = ("instead could it be {}", "actually i would prefer {}", "change it to {}")
_HELP, _LOOK, _MORE = "what can i help you with today", "let me look into it", "sure anything else"


def bookings(count: int, seed: int) -> list[Dialogue]:
    """Draw dialogues, each with 4 to 10 replies."""
    rng = np.random.default_rng(seed)
    return [Dialogue(tuple(_turns(rng))) for _ in range(count)]


def _turns(rng: np.random.Generator) -> list[str]:
    slots = {name: str(rng.choice(values)) for name, values in _SLOTS.items()}
    given = [name for name in slots if rng.random() < 0.5]
    rng.shuffle(given)
    said = [_drawn(rng, _SAID[name], slots[name]) for name in given]
    turns = [_drawn(rng, _GREETINGS), _HELP, " ".join([_drawn(rng, _WISHES), *said])]
    for name in slots:
        if name not in given:
            turns += [_ASKED[name], _drawn(rng, _ANSWERS, slots[name])]
    for _ in range(int(rng.integers(0, 3))):
        name = str(rng.choice(list(slots)))
        slots[name] = str(rng.choice(_SLOTS[name]))
        turns += [_MORE, _drawn(rng, _CHANGES, slots[name])]
    turns += [_MORE, _drawn(rng, ("no", "that is all", "no thank you")), _LOOK, "<silence>"]
    return [*turns, "call " + " ".join(slots.values())]


def _drawn(rng: np.random.Generator, forms: tuple[str, ...], value: str = "") -> str:
    return str(rng.choice(forms)).format(value)
