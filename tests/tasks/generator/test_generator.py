"""The generator: what it learns, continues, scores and stores, and what it refuses."""

import signal

import numpy as np
import pytest
import torch
from sklearn.base import clone

from gated import Generator, SequenceClassifier
from gated.errors import DataError, GatedError, ModelFileError, NotFittedError, UsageError
from gated.tasks import State
from gated.tasks.generator.checkpoint import KIND
from gated.tasks.generator.codecs import CODECS
from gated.tasks.generator.training import split
from gated.train import kind_of
from tests.tasks.generator.pieces import cut, is_same, pieces_of

SMALL = {"hidden_size": 16, "num_layers": 1, "window": 40, "batch_size": 4, "max_steps": 6}


@pytest.fixture(scope="module")
def models() -> dict[str, Generator]:
    return {
        medium: Generator(medium, validation=0.25, **SMALL).fit(pieces_of(medium))
        for medium in CODECS
    }


@pytest.fixture(params=CODECS)
def medium(request) -> str:
    return request.param


def _trained_on_the_cat() -> Generator:
    sizes = {"hidden_size": 32, "num_layers": 1, "window": 48, "batch_size": 8}
    model = Generator("text", max_steps=200, learning_rate=1e-2, **sizes)
    return model.fit("the cat sat on the mat. " * 100)


def test_it_learns_a_text() -> None:
    model = _trained_on_the_cat()
    assert model.learned_["score"] < 0.1
    assert model.generate("the cat ", length=40, temperature=0.2, seed=0) == (
        "sat on the mat. the cat sat on the mat. "
    )


def test_the_same_seed_gives_the_same_piece(models, medium) -> None:
    first = models[medium].generate(length=12, seed=3)
    assert is_same(first, models[medium].generate(length=12, seed=3))
    assert not is_same(first, models[medium].generate(length=12, seed=4))


def test_the_same_seed_trains_the_same_network(models, medium) -> None:
    again = clone(models[medium]).fit(pieces_of(medium))
    assert again.learned_["score"] == models[medium].learned_["score"]


def test_what_is_generated_can_be_scored(models, medium) -> None:
    model = models[medium]
    made = model.generate(length=1 if medium == "image" else 15, count=3, seed=0)
    assert len(made) == 3
    assert 0 < model.score(made) < 1_000


def test_a_score_is_the_mean_of_the_nats_of_the_units(models) -> None:
    model = models["text"]
    network, codec = model._stored.network, model.codec_
    text = pieces_of("text", 1, seed=5)[0]
    total, state, history = 0.0, network.initial_state(1), codec.history()
    with torch.no_grad():
        for symbol in codec.encode(text, "text"):
            inputs = torch.from_numpy(history.inputs().copy())[None, None]
            features, state = network.advance(inputs, state)
            target = torch.tensor([[symbol]])
            total += float(network.head.nats(features, target, None))
            history.push(symbol)
    assert model.score(text) == pytest.approx(total / len(text), rel=1e-5)
    assert model.score([text, text]) == pytest.approx(model.score(text), rel=1e-5)


def test_parts_together_are_the_piece(models, medium) -> None:
    whole = models[medium].generate(length=7, seed=1)
    parts = list(models[medium].generate(length=7, seed=1, stream=True))
    assert is_same(models[medium].codec_.joined(parts), whole)
    if medium not in ("image", "drawing"):
        assert len(parts) == 7


def test_a_stream_goes_on_from_a_saved_state(models, medium) -> None:
    first = models[medium].stream()
    prompt = pieces_of(medium, 1, seed=9)[0]
    first.read(cut(prompt, 0, 5))
    state = State.from_bytes(first.state.to_bytes())
    second = models[medium].stream(state)
    assert first.length == second.length
    assert is_same(first.generate(6, seed=2), second.generate(6, seed=2))


# The first pose of a motion has no velocity: a motion that is cut in two is read as another one.
@pytest.mark.parametrize("medium", sorted(set(CODECS) - {"motion"}))
def test_a_prompt_is_read_as_if_it_had_been_generated(models, medium) -> None:
    prompt = cut(pieces_of(medium, 1, seed=9)[0], 0, 6)
    whole, parts = models[medium].stream(), models[medium].stream()
    whole.read(prompt)
    if medium == "image":
        assert is_same(models[medium].generate(prompt, seed=0)[:6], prompt)
        return
    parts.read(cut(prompt, 0, 2))
    parts.read(cut(prompt, 2))
    for name, array in whole.state.arrays.items():
        np.testing.assert_allclose(parts.state.arrays[name], array, atol=1e-5)


def test_the_state_has_the_same_size_after_many_steps(models) -> None:
    stream = models["text"].stream()
    before = stream.state.nbytes
    stream.generate(2_000, seed=0)
    assert stream.state.nbytes == before
    assert stream.length == 2_000


def test_a_text_ends_before_a_stop_text() -> None:
    model = _trained_on_the_cat()
    again = {"length": 60, "temperature": 0.2, "seed": 0}
    assert model.generate("the ", stop="mat", **again) == "cat sat on the "
    assert model.generate("the ", stop=["on", "sat"], **again) == "cat "
    assert len(model.generate("the ", stop="dog", **again)) == 60


def test_a_saved_generator_makes_the_same_pieces(models, medium, tmp_path) -> None:
    models[medium].save(tmp_path / "a.gated")
    loaded = Generator.load(tmp_path / "a.gated")
    again = {"length": 12, "seed": 0}
    assert is_same(loaded.generate(**again), models[medium].generate(**again))
    assert loaded.learned_ == models[medium].learned_
    assert loaded.get_params() == models[medium].get_params()


def test_half_precision_halves_the_file_and_keeps_the_score(models, medium, tmp_path) -> None:
    models[medium].save(tmp_path / "a.gated")
    models[medium].save(tmp_path / "b.gated", half=True)
    sizes = [(tmp_path / name).stat().st_size for name in ("a.gated", "b.gated")]
    assert sizes[1] < 0.75 * sizes[0]
    loaded = Generator.load(tmp_path / "b.gated")
    pieces = pieces_of(medium, seed=3)
    assert loaded.score(pieces) == pytest.approx(models[medium].score(pieces), rel=1e-2)


def test_a_damaged_or_other_file_is_refused(models, tmp_path) -> None:
    models["text"].save(tmp_path / "a.gated")
    content = (tmp_path / "a.gated").read_bytes()
    for changed in (content[:-100], content[:-3] + b"abc", b"text"):
        (tmp_path / "b.gated").write_bytes(changed)
        with pytest.raises(ModelFileError):
            Generator.load(tmp_path / "b.gated")
    with pytest.raises(ModelFileError, match=r"a\.gated.*generator"):
        SequenceClassifier.load(tmp_path / "a.gated")


def test_an_interrupted_training_resumes_to_the_same_bits(models, tmp_path) -> None:
    pieces, path = pieces_of("text"), tmp_path / "half.gated"

    def stop(progress) -> None:
        if progress.step == 3:
            signal.raise_signal(signal.SIGINT)

    model = Generator("text", validation=0.25, **SMALL)
    with pytest.raises(KeyboardInterrupt):
        model.fit(pieces, checkpoint=path, progress=stop)
    assert kind_of(path) == KIND
    steps = []
    model.fit(pieces, checkpoint=path, progress=lambda found: steps.append(found.step))
    assert steps == [4, 5, 6]
    assert not path.exists()
    assert model.learned_["score"] == models["text"].learned_["score"]
    assert model.generate(length=20, seed=0) == models["text"].generate(length=20, seed=0)


def test_a_checkpoint_of_another_training_is_refused(tmp_path) -> None:
    path = tmp_path / "half.gated"
    model = Generator("text", **SMALL)

    def stop(progress) -> None:
        raise RuntimeError("power cut")

    with pytest.raises(RuntimeError, match="power cut"):
        model.fit(pieces_of("text"), checkpoint=path, progress=stop)
    with pytest.raises(GatedError, match="is of a training with other data or settings"):
        model.fit(pieces_of("text", seed=1), checkpoint=path)
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(ModelFileError):
        model.fit(pieces_of("text"), checkpoint=path)


def test_the_end_of_a_single_piece_is_held_out() -> None:
    learning, held = split([np.arange(100)], 0.1, seed=0)
    assert learning[0].tolist() == list(range(90))
    assert held[0].tolist() == list(range(90, 100))
    pieces = [np.full(3, index) for index in range(10)]
    learning, held = split(pieces, 0.2, seed=0)
    assert len(learning) == 8
    assert len(held) == 2
    assert sorted(int(piece[0]) for piece in learning + held) == list(range(10))
    assert split(pieces, 0, seed=0) == (pieces, [])


def test_given_pieces_are_held_out() -> None:
    pieces = pieces_of("text", 3)
    model = Generator("text", **SMALL).fit(pieces[:2], pieces[2:])
    assert model.learned_["held_out"] == len(pieces[2])
    assert model.learned_["pieces"] == 2
    assert model.learned_["score"] == pytest.approx(model.score(pieces[2:]), rel=1e-6)


def test_no_work_is_done_before_fit() -> None:
    model = Generator(medium="nothing", seed=-1)
    with pytest.raises(NotFittedError, match="is not fitted"):
        model.generate()
    with pytest.raises(UsageError, match=r"medium is 'nothing'. Expected one of text, music"):
        model.fit("abc")


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("hidden_size", 0, "hidden_size is 0. Expected a whole number from 1 to 4,096"),
        ("window", 1.5, "window is 1.5"),
        ("dropout", 1, "dropout is 1. Expected a number from 0 to 0.99"),
        ("learning_rate", "fast", "learning_rate is 'fast'"),
        ("validation", 2, "validation is 2. Expected a number from 0 to 0.9"),
        ("augment", 1, "augment is 1. Expected True or False"),
        ("seed", None, "seed is None"),
    ],
)
def test_a_hyperparameter_out_of_range_is_refused(name, value, message) -> None:
    with pytest.raises(UsageError, match=message):
        Generator(**{name: value}).fit("abc")


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"length": 0}, "length is 0. Expected a whole number from 1"),
        ({"count": 0}, "count is 0. Expected a whole number from 1"),
        ({"count": 2, "stream": True}, "stream and count are both given"),
        ({"temperature": -1}, "temperature is -1"),
        ({"stop": ""}, "stop is ''. Expected a text"),
    ],
)
def test_an_argument_out_of_range_is_refused(models, given, message) -> None:
    with pytest.raises(UsageError, match=message):
        models["text"].generate(**given)
    with pytest.raises(UsageError, match=r"the medium is music. Expected None"):
        models["music"].generate(stop="end")


def test_prompts_that_cannot_be_read_are_refused(models) -> None:
    with pytest.raises(DataError, match=r"The prompt is empty. Expected at least one character"):
        models["text"].generate("")
    with pytest.raises(DataError, match=r"The prompt has 'Z', which the training texts do"):
        models["text"].generate("Z")
    with pytest.raises(DataError, match="The prompt has the shape"):
        models["music"].generate([[0, 1]])


def test_no_pieces_are_refused() -> None:
    with pytest.raises(DataError, match="There is no piece to learn from"):
        Generator("text").fit([])
    with pytest.raises(DataError, match=r"Text 1 is empty"):
        Generator("text").fit(["abc", ""])
    with pytest.raises(DataError, match=r"are a int. Expected a list of pieces"):
        Generator("text").fit(3)
