"""Pictures of what a model of sequences read or made, with the gates of its network below."""

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
