"""Reads dialogues: JSON lines, CSV tables, YAML."""

from gated.media.dialogues.dialogue import Dialogue
from gated.media.dialogues.reading import DialogueFiles, read_dialogues

__all__ = ["Dialogue", "DialogueFiles", "read_dialogues"]
