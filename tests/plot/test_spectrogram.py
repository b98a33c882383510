"""The spectrogram of a recording: bands at their frequencies, words at their times."""

from xml.etree import ElementTree

import numpy as np
import pytest

from gated.errors import UsageError
from gated.media.audio.log_mel import LogMel
from gated.plot.panels.words import TimedWord
from gated.plot.spectrogram import spectrogram, spectrogram_panel

RATE = 8_000


def tone(hertz: float, seconds: float = 1.0) -> np.ndarray:
    steps = np.arange(int(RATE * seconds))
    return (0.5 * np.sin(2 * np.pi * hertz * steps / RATE)).astype(np.float32)


@pytest.mark.parametrize("hertz", [250, 1_000, 2_000])
def test_a_tone_is_brightest_at_the_label_of_its_frequency(hertz):
    log_mel = LogMel(RATE)
    panel = spectrogram_panel(log_mel.frames(tone(hertz)), log_mel.centres, 0.0, 1.0)
    brightest = (int(panel.values.mean(1).argmax()) + 0.5) / len(panel.values)
    (place,) = [place for place, label in panel.ticks if label == str(hertz)]
    assert place == pytest.approx(brightest, abs=0.75 / log_mel.bins)


def test_the_centres_of_bands_rise_within_the_frequencies():
    centres = LogMel(RATE, bins=12, low=100, high=3_000).centres
    assert centres.shape == (12,)
    assert (np.diff(centres) > 0).all()
    assert 100 < centres[0] < centres[-1] < 3_000


def test_far_below_the_loudest_everything_is_equally_dark():
    frames = np.log(np.array([[1.0, 1e-9], [1e-20, 1.0]]))
    panel = spectrogram_panel(frames, [100.0, 200.0], 0.0, 1.0)
    assert panel.values.max() == 1.0
    assert (np.sort(panel.values.ravel())[:2] <= 0).all()


def test_silence_can_be_drawn():
    panel = spectrogram_panel(np.zeros((3, 2)), [100.0, 200.0], 0.0, 1.0)
    assert (panel.values == 0).all()


def test_the_axis_reaches_the_end_of_the_last_word():
    made = spectrogram(np.zeros((3, 2)), [1.0, 2.0], 0.0, 1.0, [TimedWord("a", 1.5, 2.0, 1.0)])
    assert made.end == 2.0
    assert ElementTree.fromstring(made.svg()).tag.endswith("svg")
    assert len(spectrogram(np.zeros((3, 2)), [1.0, 2.0], 0.0, 1.0).panels) == 1


@pytest.mark.parametrize(
    ("frames", "centres"),
    [
        (np.zeros((0, 2)), [1.0, 2.0]),
        (np.zeros((3, 2)), [1.0, 2.0, 3.0]),
        (np.zeros((3, 2)), [2.0, 1.0]),
        (np.full((3, 2), np.nan), [1.0, 2.0]),
        (np.zeros(3), [1.0, 2.0, 3.0]),
    ],
)
def test_arrays_that_do_not_fit_are_refused(frames, centres):
    with pytest.raises(UsageError, match=r"Expected finite numbers \[T, B\]"):
        spectrogram(frames, centres, 0.0, 1.0)
