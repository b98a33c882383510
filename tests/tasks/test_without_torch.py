"""Saved and shipped models of sequences work where PyTorch is not installed."""

import functools
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import gated
from gated import Conversationalist, Transcriber
from gated.media.audio import read_recording
from gated.tasks.shipped import (
    GENERATORS,
    shipped_answerer,
    shipped_classifier,
    shipped_generator,
)
from tests.hidden_libraries import results_without

START = """
from importlib import resources

weights = Path(str(resources.files("gated"))) / "weights"
"""

CLASSIFIER = """
from gated import SequenceClassifier
from gated.media.audio import read_recording
from gated.tasks.shipped import shipped_classifier

model = shipped_classifier()
samples = read_recording("word.wav", model.rate).samples
found["probabilities"] = model.predict_proba([samples]).tolist()
found["over time"] = len(model.predict_proba_over_time([samples])[0])
found["gates"] = [block.update.shape for block in model.gates([samples])[0]]
stream = model.stream()
for part in np.array_split(samples, 5):
    last = stream.push(part)
found["stream"] = last.tolist()
model.save("digits.gated")
found["again"] = SequenceClassifier.load("digits.gated").predict_proba([samples]).tolist()
found["classifier errors"] = [
    error(lambda: SequenceClassifier().fit([np.zeros((3, 1))] * 4, [0, 1] * 2)),
    error(lambda: model.contributions([samples])),
]
found["classify"] = command("classify", "digits.gated", "word.wav")
found["classify picture"] = command("classify", "digits.gated", "word.wav", "--picture", "a.svg")
found["explain"] = command("classify", "digits.gated", "word.wav", "--explain")
found["show"] = command("show", "digits.gated")
found["train"] = command("train", "speech", "words", "--out", "x.gated")
"""

GENERATOR = """
from gated import Generator
from gated.tasks.shipped import GENERATORS, shipped_generator

model = shipped_generator("text")
found["text"] = model.generate("Enter ", length=40, seed=1)
found["score"] = model.score("Enter the king.")
found["text gates"] = model.gates("Enter")[0][0].update.shape
stream = model.stream()
stream.read("Enter ")
found["text in parts"] = stream.generate(40, seed=1)
found["pieces"] = [
    shipped_generator(name).generate(length=3 if name in ("bach", "dance") else None, seed=1)
    is not None
    for name in GENERATORS
]
model.save("text.gated")
found["text again"] = Generator.load("text.gated").generate("Enter ", length=40, seed=1)
found["generator errors"] = [
    error(lambda: Generator("text").fit("to be or not to be. " * 20)),
    error(lambda: model.contributions("Enter")),
]
found["generate"] = command("generate", "text.gated", "--length", 40, "--seed", 1)
found["generate music"] = command(
    "generate", weights / "bach.gated", "--length", 8, "--seed", 1, "--out", "a.mid"
)
found["show generator"] = command("show", "text.gated")
found["demo digits"] = command("demo", "digits", "--explain", "--out", ".")
found["demo bach"] = command("demo", "bach", "--out", ".")
"""

TRANSCRIBER = """
from gated import Conversationalist, Transcriber

model = Transcriber.load("transcriber.gated")
found["transcribed"] = model.transcribe([samples])[0].symbols
stream = model.stream()
parts = [symbol for part in np.array_split(samples, 5) for symbol in stream.push(part)]
found["transcribed in parts"] = [each.symbol for each in parts + stream.finish()]
found["spotted"] = len(model.spot([samples])[0])
found["transcriber gates"] = len(model.gates([samples])[0])
model.save("transcriber2.gated")
found["transcribed again"] = Transcriber.load("transcriber2.gated").transcribe([samples])[0].symbols
found["transcriber errors"] = [
    error(lambda: Transcriber().fit([np.zeros((3, 1))] * 4, ["a", "b"] * 2)),
    error(lambda: model.contributions([samples])),
]
found["transcribe"] = command("transcribe", "transcriber.gated", "word.wav")
found["transcribe picture"] = command(
    "transcribe", "transcriber.gated", "word.wav", "--picture", "b.svg"
)
found["show transcriber"] = command("show", "transcriber.gated")
"""

ANSWERER = """
from gated import Answerer
from gated.tasks.shipped import shipped_answerer

story, question = "Mary took the milk. Mary went to the garden.", "Where is the milk?"
model = shipped_answerer()
answer = model.answer(story, question)
found["answer"] = [answer.text, answer.confidence, list(answer.sentences), answer.shares.tolist()]
stream = model.stream()
stream.push(story)
found["answer of a stream"] = stream.ask(question).text
found["predicted"] = model.predict([(story, question)] * 2)
model.save("answers.gated")
found["answer again"] = Answerer.load("answers.gated").answer(story, question).text
found["answerer error"] = error(lambda: Answerer().fit([(["a."], "b?", "c"), (["a."], "b?", "d")]))
Path("story.txt").write_text(story)
found["answer command"] = command("answer", "answers.gated", "--story", "story.txt", question)
found["show answerer"] = command("show", "answers.gated")
found["demo answers"] = command("demo", "answers", "--explain", "--out", ".")
"""

CONVERSATION = """
from gated import Conversationalist

model = Conversationalist.load("dialogues.gated")
found["reply"] = model.reply(["A table"]).text
dialogue = model.stream()
found["reply of a stream"] = dialogue.say("A table").text
found["goes on"] = model.stream(dialogue.state).say("Hello").text
found["ranked"] = model.rank(["Hello"], ["Hi!", "Bye"]).tolist()
found["dialogue score"] = model.score([["Hello", "Hi!"]])
model.save("dialogues2.gated")
found["reply again"] = Conversationalist.load("dialogues2.gated").reply(["A table"]).text
found["conversation error"] = error(lambda: Conversationalist().fit([["a", "b"], ["c", "d"]]))
found["show conversation"] = command("show", "dialogues.gated")
"""

PROGRAM = START + CLASSIFIER + GENERATOR + TRANSCRIBER + ANSWERER + CONVERSATION

RECORDING = sorted((Path(gated.__file__).parent / "data" / "digits").glob("*.wav"))[0]
SENTENCE = ' needs PyTorch, which is not installed. Install it with pip install "gated[train]".'


@functools.cache
def transcriber() -> Transcriber:
    samples = read_recording(RECORDING).samples
    sizes = {"hidden_size": 8, "num_layers": 1, "max_steps": 12, "validation": 0, "seed": 0}
    return Transcriber(rate=8_000, **sizes).fit([samples] * 4, ["ab"] * 4)


@functools.cache
def conversation() -> Conversationalist:
    pairs = [["Hello", "Hi!"], ["A table, please", "For how many?"]]
    return Conversationalist(hidden_size=8, max_steps=40, validation=0, seed=0).fit(pairs * 4)


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The results of one process, because a start takes longer than everything that it does."""
    folder = tmp_path_factory.mktemp("without_torch")
    shutil.copy(RECORDING, folder / "word.wav")
    for name in ("a/1.wav", "a/2.wav", "b/1.wav", "b/2.wav"):
        (folder / "words" / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(RECORDING, folder / "words" / name)
    transcriber().save(folder / "transcriber.gated")
    conversation().save(folder / "dialogues.gated")
    return results_without(("torch",), PROGRAM, folder)


def test_the_classifier_labels_streams_and_saves(found: dict[str, Any]) -> None:
    model = shipped_classifier()
    expected = model.predict_proba([read_recording(RECORDING, model.rate).samples])
    # The same with torch in this process: labelling does not use it.
    np.testing.assert_array_equal(found["probabilities"], expected)
    assert found["again"] == found["probabilities"]
    np.testing.assert_allclose(found["stream"], expected[0], atol=1e-5)
    assert found["over time"] == found["gates"][0][0]
    assert len(found["gates"]) == 2


def test_the_generator_makes_pieces_scores_streams_and_saves(found: dict[str, Any]) -> None:
    model = shipped_generator("text")
    assert found["text"] == model.generate("Enter ", length=40, seed=1)
    assert found["text in parts"] == found["text again"] == found["text"]
    assert found["score"] == model.score("Enter the king.")
    assert found["text gates"][0] == 5
    assert found["pieces"] == [True] * len(GENERATORS)


def test_the_transcriber_transcribes_streams_spots_and_saves(found: dict[str, Any]) -> None:
    expected = transcriber().transcribe([read_recording(RECORDING).samples])[0].symbols
    assert found["transcribed"] == found["transcribed in parts"] == expected
    assert found["transcribed again"] == expected
    assert found["transcriber gates"] == 1


def test_the_answerer_answers_streams_and_saves(found: dict[str, Any]) -> None:
    story, question = "Mary took the milk. Mary went to the garden.", "Where is the milk?"
    expected = shipped_answerer().answer(story, question)
    text, confidence, sentences, shares = found["answer"]
    assert (text, confidence) == (expected.text, expected.confidence) == ("garden", confidence)
    assert sentences == list(expected.sentences)
    assert shares == expected.shares.tolist()
    assert found["answer of a stream"] == found["answer again"] == text
    assert found["predicted"] == [text] * 2
    assert found["answerer error"] == "Training an answerer" + SENTENCE


def test_the_conversation_replies_goes_on_and_saves(found: dict[str, Any]) -> None:
    expected = conversation().reply(["A table"]).text
    assert found["reply"] == found["reply of a stream"] == found["reply again"] == expected
    dialogue = conversation().stream()
    dialogue.say("A table")
    assert found["goes on"] == dialogue.say("Hello").text
    assert found["ranked"] == conversation().rank(["Hello"], ["Hi!", "Bye"]).tolist()
    assert found["dialogue score"] == 1
    assert found["conversation error"] == "Training a conversation" + SENTENCE


@pytest.mark.parametrize(
    ("name", "kind", "thing"),
    [
        ("classifier", "a classifier", "a label"),
        ("generator", "a generator", "a symbol"),
        ("transcriber", "a transcriber", "symbols"),
    ],
)
def test_training_and_contributions_name_what_to_install(found, name, kind, thing) -> None:
    fit, contributions = found[f"{name} errors"]
    assert fit == f"Training {kind}" + SENTENCE
    assert contributions == f"Explaining {thing}" + SENTENCE


@pytest.mark.parametrize(
    "name",
    [
        *("classify", "classify picture", "show"),
        *("generate", "show generator", "demo digits", "demo bach"),
        *("transcribe", "transcribe picture", "show transcriber"),
        *("answer command", "show answerer", "demo answers", "show conversation"),
    ],
)
def test_the_commands_work(found: dict[str, Any], name: str) -> None:
    code, out, err = found[name]
    assert (code, bool(out)) == (0, True), err


def test_a_recording_is_labelled(found: dict[str, Any]) -> None:
    assert found["classify"][1].splitlines()[1].startswith("word.wav,")


def test_commands_that_need_torch_name_what_to_install(found: dict[str, Any]) -> None:
    for name, doing in (("explain", "Explaining a label"), ("train", "Training")):
        code, _, err = found[name]
        assert code == 2, err
        assert doing + SENTENCE in " ".join(err.split())
