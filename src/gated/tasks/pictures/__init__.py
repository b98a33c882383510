"""Pictures of what a model of sequences read or made, with the gates of its network below.

The names load when they are first used: a picture of a recording needs no codec of music.
"""

from typing import TYPE_CHECKING

from gated.lazy import loaded_on_use

if TYPE_CHECKING:
    from gated.tasks.pictures.explanation import Explained, Explanation, explained
    from gated.tasks.pictures.pieces import piece_picture
    from gated.tasks.pictures.sound import label_picture, recordings_picture, transcript_picture
    from gated.tasks.pictures.story import story_picture

__all__ = [
    "Explained",
    "Explanation",
    "explained",
    "label_picture",
    "piece_picture",
    "recordings_picture",
    "story_picture",
    "transcript_picture",
]

__getattr__, __dir__ = loaded_on_use(
    __name__,
    {
        "Explained": "gated.tasks.pictures.explanation",
        "Explanation": "gated.tasks.pictures.explanation",
        "explained": "gated.tasks.pictures.explanation",
        "label_picture": "gated.tasks.pictures.sound",
        "piece_picture": "gated.tasks.pictures.pieces",
        "recordings_picture": "gated.tasks.pictures.sound",
        "story_picture": "gated.tasks.pictures.story",
        "transcript_picture": "gated.tasks.pictures.sound",
    },
)
