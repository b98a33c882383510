"""Runs the demos of the shipped models: digits, text, bach, drawing, dance and others."""

import time
from dataclasses import replace
from importlib import resources

import numpy as np

from gated.cli.commands.demos.show import Demo, Stage
from gated.cli.output.stdout import to_stdout
from gated.files import write_whole
from gated.media.audio import read_recording
from gated.media.images import contact_sheet, write_png
from gated.media.motion import write_motion
from gated.media.music import write_midi
from gated.media.strokes import rasterised, sheet_svg
from gated.plot import image_text, piano_roll_svg, piano_roll_text
from gated.plot.terminal.bars import bar_table
from gated.tasks.generator.files import motion_page
from gated.tasks.generator.files.music import STEPS_PER_QUARTER, music_of
from gated.tasks.pictures import piece_picture, recordings_picture, story_picture
from gated.tasks.shipped import shipped_answerer, shipped_classifier, shipped_generator
from gated.text import counted, duration, percent

__all__ = ["DEMOS"]

_CHARACTERS = 500
_BARS, _BAR = 8, 16  # of sixteenths
_DRAWINGS, _DIGITS = 40, 16
_FRAMES = 600
_SHOWN = 5  # drawings in the terminal
_STORY = (
    "Mary picked up the football.",
    "John went to the kitchen.",
    "Mary travelled to the garden.",
    "Sandra took the milk there.",
    "Mary moved to the office.",
    "John grabbed the apple.",
    "Mary dropped the football.",
    "Mary went back to the hallway.",
)
_QUESTIONS = (
    "Where is the football?",
    "Where is Mary?",
    "What is John carrying?",
    "Is John in the kitchen?",
    "How many objects is Mary carrying?",
)


def _digits(stage: Stage) -> None:
    model = shipped_classifier()
    folder = resources.files("gated") / "data" / "digits"
    names = sorted(file.name for file in folder.iterdir() if file.name.endswith(".wav"))
    begin = time.monotonic()
    rows, recordings = [], []
    right = 0
    for name in names:
        with resources.as_file(folder / name) as path:
            samples = read_recording(path, model.rate).samples
        recordings.append(samples)
        probabilities = model.predict_proba([samples])[0]
        label = str(model.classes_[probabilities.argmax()])
        right += label == name[0]
        rows.append(
            (f"{name}  label: {label}", float(probabilities.max()), percent(probabilities.max()))
        )
    seconds = time.monotonic() - begin
    stage.drawn(recordings_picture(model, recordings, explain=stage.explain), "digits.svg")
    stage.report.write_picture("Labels", bar_table(rows))
    stage.report.write(
        "Result",
        f"{right} of {counted(len(names), 'recording')} labelled correctly in {duration(seconds)}; "
        "none of them was learned from. The first character of a name is the digit that was said.",
    )


def _text(stage: Stage) -> None:
    model = shipped_generator("text")
    begin = time.monotonic()
    parts = model.generate("\n", length=_CHARACTERS, temperature=0.8, seed=stage.seed, stream=True)
    text = ""
    for part in parts:
        to_stdout(part.encode())
        text += part
    to_stdout(b"\n\n")
    speed = _CHARACTERS / (time.monotonic() - begin)
    stage.report.write("Speed", f"{speed:,.0f} characters a second.")
    stage.explained(
        lambda: piece_picture(model, ["\n" + text], explain=True, title="A text"), "text.svg"
    )


def _bach(stage: Stage) -> None:
    model = shipped_generator("bach")
    begin = time.monotonic()
    voices = model.generate(length=_BARS * _BAR, temperature=0.9, seed=stage.seed)
    seconds = time.monotonic() - begin
    music = music_of(voices)
    roll = np.zeros((len(voices), 88), dtype=bool)
    steps, voice = np.nonzero(voices >= 0)
    roll[steps, voices[steps, voice] - 21] = True
    if not stage.explain:  # the explanation has the roll
        stage.picture(piano_roll_text(roll, width=stage.width))
    midi, picture = stage.folder / "bach.mid", stage.folder / "bach.svg"
    write_midi(midi, music)
    notes = np.column_stack([music.onset, music.duration, music.pitch, music.voice])
    write_whole(picture, piano_roll_svg(notes, steps_per_quarter=STEPS_PER_QUARTER).encode())
    stage.report.write(
        "Written",
        f"{midi}: {_BARS} bars in four voices, composed in {duration(seconds)}. Any player or "
        "notation program opens it.",
        f"{picture}: its piano roll.",
    )
    stage.explained(
        lambda: piece_picture(model, [voices], explain=True, title="A chorale"), "bach-gates.svg"
    )


def _drawing(stage: Stage) -> None:
    model = shipped_generator("drawing")
    begin = time.monotonic()
    drawings = model.generate(count=_DRAWINGS, temperature=0.7, seed=stage.seed)
    seconds = time.monotonic() - begin
    side = max((stage.width - 2 * _SHOWN) // _SHOWN, 8)
    shown = np.stack([rasterised(drawing, side) for drawing in drawings[:_SHOWN]])
    stage.picture(image_text(np.hstack(list(shown)), width=stage.width))
    path = stage.folder / "drawing.svg"
    write_whole(path, sheet_svg(drawings).encode())
    stage.report.write(
        "Written", f"{path}: {counted(len(drawings), 'letter')}, drawn in {duration(seconds)}."
    )
    stage.explained(
        lambda: piece_picture(model, drawings, explain=True, title="Letters"), "drawing-gates.svg"
    )


def _handwriting(stage: Stage) -> None:
    model = shipped_generator("handwriting")
    begin = time.monotonic()
    images = np.stack(model.generate(count=_DIGITS, seed=stage.seed))
    seconds = time.monotonic() - begin
    columns = max(min(stage.width // 29, 4), 1)
    stage.picture(image_text(np.hstack(list(images[:columns])), width=stage.width))
    path = stage.folder / "handwriting.png"
    write_png(path, contact_sheet(images, columns=8, scale=3))
    stage.report.write(
        "Written", f"{path}: {counted(len(images), 'digit')}, written in {duration(seconds)}."
    )
    stage.explained(
        lambda: piece_picture(model, list(images), explain=True, title="Digits"),
        "handwriting-gates.svg",
    )


def _dance(stage: Stage) -> None:
    model = shipped_generator("dance")
    begin = time.monotonic()
    motion = model.generate(length=_FRAMES, seed=stage.seed)
    seconds = time.monotonic() - begin
    bvh, page = stage.folder / "dance.bvh", stage.folder / "dance.html"
    write_motion(bvh, motion)
    write_whole(page, motion_page(motion, "A dance").encode())
    shown = duration(_FRAMES * motion.frame_time)
    stage.report.write(
        "Written",
        f"{page}: {shown} of dance, made in {duration(seconds)}. Open it in a browser.",
        f"{bvh}: the same, for programs of animation.",
    )
    stage.explained(
        lambda: piece_picture(model, [motion], explain=True, title="A dance"), "dance-gates.html"
    )


def _answers(stage: Stage) -> None:
    model = shipped_answerer()
    stream = model.stream()
    stream.read(_STORY)
    stage.report.write("Story", " ".join(_STORY))
    stage.report.write_line()
    begin = time.monotonic()
    answers = [stream.ask(question) for question in _QUESTIONS]
    seconds = time.monotonic() - begin
    for question, answer in zip(_QUESTIONS, answers, strict=True):
        made = "; ".join(answer.sentences)
        stage.report.write(
            "Answer", f"{question} {answer.text} ({percent(answer.confidence)} sure). From: {made}"
        )
    stage.report.write("Speed", f"{len(answers)} answers in {duration(seconds)}.")
    shown = story_picture(stream.sentences, _QUESTIONS[0], answers[0])
    stage.drawn(shown if stage.explain else replace(shown, explanation=None), "answers.svg")


DEMOS = {
    "digits": Demo(
        "Spoken digits, labelled by a network of 88,000 weights.",
        _digits,
        "gated train speech FOLDER --out words.gated, for ten words of your own.",
    ),
    "text": Demo(
        "A new text, character after character: the network learned from Shakespeare's plays.",
        _text,
        "gated train text plays.txt --out plays.gated",
    ),
    "bach": Demo(
        "A new chorale in four voices, by a network that learned from Bach's.",
        _bach,
        "gated train music FOLDER --out tunes.gated",
    ),
    "drawing": Demo(
        "New letters, by a network that learned from those of fifty alphabets.",
        _drawing,
        "gated train drawing FOLDER --out letters.gated",
    ),
    "handwriting": Demo(
        "New digits, pixel after pixel, by a network that learned from handwritten ones.",
        _handwriting,
        "gated train image FOLDER --out images.gated",
    ),
    "dance": Demo(
        "A new dance, by a network that learned from five minutes of salsa.",
        _dance,
        "gated train motion FOLDER --out moves.gated",
    ),
    "answers": Demo(
        "Questions about a story, answered by a network that learned from thousands of others.",
        _answers,
        "gated train answers stories.txt --out stories.gated",
    ),
}
"""The demos by name."""
