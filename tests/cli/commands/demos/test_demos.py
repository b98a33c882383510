"""`gated demo NAME`: each shipped model makes or hears something, and shows it."""

from pathlib import Path

import numpy as np
import pytest

from gated.cli.commands.demos.shipped import DEMOS as SHOWN
from gated.tasks.limits import DEMOS
from gated.tasks.shipped import SHIPPED, shipped_generator


def test_every_demo_has_a_model() -> None:
    assert set(DEMOS) == {"shop", *SHOWN}
    assert set(SHOWN) == set(SHIPPED)


def test_digits_are_labelled(gated) -> None:
    result = gated("demo", "digits")
    assert result.exit_code == 0, result.stderr
    assert "10 of 10 recordings labelled correctly" in " ".join(result.stdout.split())
    assert "gated train speech FOLDER" in result.stdout


def test_a_story_is_answered(gated) -> None:
    result = gated("demo", "answers")
    assert result.exit_code == 0, result.stderr
    said = " ".join(result.stdout.split())
    assert "Where is the football? office" in said
    assert "Where is Mary? hallway" in said
    assert "What is John carrying? apple" in said
    assert "Is John in the kitchen? yes" in said
    assert "How many objects is Mary carrying? none" in said
    assert "gated train answers stories.txt" in said


def test_a_text_is_written(gated) -> None:
    result = gated("demo", "text", "--seed", 1)
    assert result.exit_code == 0, result.stderr
    assert "characters a second" in result.stdout
    assert "Next     gated train text plays.txt" in result.stdout


@pytest.mark.parametrize(
    ("name", "files"),
    [
        ("bach", ("bach.mid", "bach.svg")),
        ("drawing", ("drawing.svg",)),
        ("handwriting", ("handwriting.png",)),
        ("dance", ("dance.bvh", "dance.html")),
    ],
)
def test_files_are_written_to_the_folder(gated, name, files) -> None:
    Path("made").mkdir()
    result = gated("demo", name, "--seed", 1, "--out", "made")
    assert result.exit_code == 0, result.stderr
    assert sorted(path.name for path in Path("made").iterdir()) == sorted(files)
    first = {name: Path("made", name).read_bytes() for name in files}
    assert gated("demo", name, "--seed", 1, "--out", "made").exit_code == 0
    assert first == {name: Path("made", name).read_bytes() for name in files}


def test_a_chorale_has_four_voices_in_their_ranges() -> None:
    voices = shipped_generator("bach").generate(length=64, seed=2)
    assert voices.shape == (64, 4)
    means = [float(voice[voice >= 0].mean()) for voice in voices.T]
    assert means == sorted(means, reverse=True)
    assert np.ptp(voices[voices >= 0]) < 60


@pytest.mark.parametrize("name", SHIPPED)
def test_a_model_is_small_and_has_a_card(name) -> None:
    import gated

    weights = Path(gated.__file__).parent / "weights"
    assert (weights / f"{name}.gated").stat().st_size <= 3_000_000
    card = (weights / f"{name}.md").read_text("utf-8")
    for row in ("| learned from |", "| network |", "| trained |", "scored once"):
        assert row in card


def test_unknown_names_are_refused(gated) -> None:
    result = gated("demo", "opera")
    assert result.exit_code == 2
    assert "opera is unknown. Expected one of shop, digits, text" in " ".join(result.stderr.split())
    result = gated("demo", "digits", "--seed", 1)
    assert result.exit_code == 2
    assert "--seed is given, but the demo digits makes nothing new." in result.stderr
    result = gated("demo", "--out", ".")
    assert result.exit_code == 2
    assert "--out is given, but the demo shop writes no file." in result.stderr
    result = gated("demo", "bach", "--table", "a.csv")
    assert result.exit_code == 2
    result = gated("demo", "bach", "--out", "none")
    assert result.exit_code == 2
    assert "--out none: there is no such folder. Make it first." in " ".join(result.stderr.split())
    with pytest.raises(Exception, match=r"'digits' is no generator of the package. Expected one"):
        shipped_generator("digits")
