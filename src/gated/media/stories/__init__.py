"""Reads stories with questions: bAbI's text format, JSON lines, plain text."""

from gated.media.stories.question import StoryQuestion
from gated.media.stories.reading import (
    StoryFiles,
    read_stories,
    read_story,
    story_of,
)
from gated.media.stories.sentences import sentences_of

__all__ = [
    "StoryFiles",
    "StoryQuestion",
    "read_stories",
    "read_story",
    "sentences_of",
    "story_of",
]
