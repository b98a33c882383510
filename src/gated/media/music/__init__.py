"""Converts files of music to notes and back, and notes to arrays of steps and back."""

from gated.media.music.midi_file import write_midi
from gated.media.music.notes import Music
from gated.media.music.reading import is_music_file, read_music, read_music_folder
from gated.media.music.rolls import from_roll, from_voices, to_roll, to_voices

__all__ = [
    "Music",
    "from_roll",
    "from_voices",
    "is_music_file",
    "read_music",
    "read_music_folder",
    "to_roll",
    "to_voices",
    "write_midi",
]
