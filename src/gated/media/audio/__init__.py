"""Converts files of sound to arrays and back, and arrays of sound to features of frames."""

from gated.media.audio.recording_lists import ListedRecordings, read_list, sound_files_below
from gated.media.audio.recordings import (
    LabelledRecordings,
    Recording,
    is_sound_file,
    read_folder,
    read_recording,
    resampled,
    write_recording,
)
from gated.media.audio.transcripts import TranscribedRecordings, read_transcripts

__all__ = [
    "LabelledRecordings",
    "ListedRecordings",
    "Recording",
    "TranscribedRecordings",
    "is_sound_file",
    "read_folder",
    "read_list",
    "read_recording",
    "read_transcripts",
    "resampled",
    "sound_files_below",
    "write_recording",
]
