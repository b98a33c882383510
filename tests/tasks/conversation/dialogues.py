"""Dialogues for tests: a table is booked in several turns, and the last reply needs all of them."""

import numpy as np

from gated.media.dialogues import Dialogue

FOODS, PLACES = ("italian", "french", "indian"), ("rome", "paris", "london")
GREETINGS = ("hello", "hi", "good day", "good morning", "hey")
WISHES = ("a table please", "i want a table", "book a table", "can i have a table")


def bookings(count: int, seed: int = 0) -> list[Dialogue]:
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(count):
        greeting, wish, food, place = (
            str(rng.choice(words)) for words in (GREETINGS, WISHES, FOODS, PLACES)
        )
        turns = [greeting, "what can i do for you", wish, "which food"]
        turns += [f"{food} food", "where should it be", f"in {place}", f"call {food} {place}"]
        found.append(Dialogue(tuple(turns)))
    return found
