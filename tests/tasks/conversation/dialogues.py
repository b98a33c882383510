"""Dialogues for tests: a table is booked in several turns, and the last reply needs all of them."""

import numpy as np

from gated.media.dialogues import Dialogue

FOODS, PLACES = ("italian", "french", "indian"), ("rome", "paris", "london")


def bookings(count: int, seed: int = 0) -> list[Dialogue]:
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(count):
        food, place = str(rng.choice(FOODS)), str(rng.choice(PLACES))
        turns = ["hello", "what can i do for you", "a table please", "which food"]
        turns += [f"{food} food", "where should it be", f"in {place}", f"call {food} {place}"]
        found.append(Dialogue(tuple(turns)))
    return found
