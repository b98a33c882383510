"""Short stories for tests: people walk between places, and carry things."""

import numpy as np

from gated.media.stories import StoryQuestion

PEOPLE, PLACES = ("Mary", "John", "Sandra"), ("kitchen", "garden", "office")


def walks(count: int, seed: int = 0) -> list[StoryQuestion]:
    """Where is somebody after some walks? The last walk of that person tells."""
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(count):
        steps = [
            (str(rng.choice(PEOPLE)), str(rng.choice(PLACES))) for _ in range(rng.integers(1, 6))
        ]
        who = steps[int(rng.integers(len(steps)))][0]
        last = max(index for index, (name, _) in enumerate(steps) if name == who)
        story = tuple(f"{name} went to the {place}." for name, place in steps)
        found.append(StoryQuestion(story, f"Where is {who}?", steps[last][1], (last,)))
    return found
