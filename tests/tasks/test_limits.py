"""The suffixes of the media, which the command line reads without the media's own code."""

from gated.media.audio.sound_file import _SUFFIXES
from gated.tasks.generator.files import _FORMATS
from gated.tasks.limits import MEDIA, READ_SUFFIXES, WRITTEN_SUFFIXES


def test_each_medium_has_suffixes() -> None:
    assert tuple(READ_SUFFIXES) == MEDIA
    assert READ_SUFFIXES["speech"] == _SUFFIXES
    assert set(WRITTEN_SUFFIXES) == set(_FORMATS) == set(MEDIA) - {"speech", "answers", "dialogue"}
