"""The generator: what it learns, continues, scores and stores, and what it refuses."""

import signal

import numpy as np
import pytest
import torch
from sklearn.base import clone

from gated import Generator, SequenceClassifier
from gated.array_file import kind_of
from gated.errors import DataError, ModelFileError, NotFittedError, UsageError
from gated.tasks import State
from gated.tasks.generator.codecs import CODECS
from gated.train.checkpoint import KIND
from tests.tasks.generator.pieces import SMALL, cut, is_same, pieces_of


@pytest.fixture(scope="module")
def models() -> dict[str, Generator]:
    return {
        medium: Generator(medium, validation=0.25, **SMALL).fit(pieces_of(medium))
        for medium in CODECS
    }


@pytest.fixture(params=CODECS)
def medium(request) -> str:
    return request.param


def _units(medium: str, count: int) -> int:
    """A length: all images have one size."""
    return 1 if medium == "image" else count


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
    first = models[medium].generate(length=_units(medium, 12), seed=3)
    assert is_same(first, models[medium].generate(length=_units(medium, 12), seed=3))
    assert not is_same(first, models[medium].generate(length=_units(medium, 12), seed=4))


def test_the_same_seed_trains_the_same_network(models, medium) -> None:
    again = clone(models[medium]).fit(pieces_of(medium))
    assert again.learned_["score"] == models[medium].learned_["score"]


def test_what_is_generated_can_be_scored(models, medium) -> None:
    model = models[medium]
    made = model.generate(length=_units(medium, 15), count=3, seed=0)
    assert len(made) == 3
    assert 0 < model.score(made) < 1_000


def test_contributions_of_the_past_add_up_to_the_probability(models, medium) -> None:
    model = models[medium]
    piece = model.generate(length=_units(medium, 12), seed=0)
    found = model.contributions(piece)
    assert found.steps.shape == (len(model.codec_.encode(piece, "piece")),)
    assert abs(found.error) <= 0.02 * abs(found.score - found.reference) + 1e-4
    first = model.contributions(piece, 0)
    assert len(first.steps) == 1


def test_a_learned_text_leans_on_its_last_characters() -> None:
    found = _trained_on_the_cat().contributions("the cat sat on the m")
    assert found.score > -0.5
    assert found.reference < found.score - 1
    assert found.steps[-6:].sum() > 0.5 * found.steps.sum()


def test_contributions_of_a_continued_piece_begin_with_its_prompt(models) -> None:
    model = models["music"]
    rolls = pieces_of("music")
    whole = model.contributions(rolls[0])
    apart = model.contributions(rolls[0][4:], prompt=rolls[0][:4])
    assert apart.score == pytest.approx(whole.score, abs=1e-4)
    np.testing.assert_allclose(apart.steps, whole.steps, atol=1e-3)


@pytest.mark.parametrize("position", [-1, 99, 1.0, "a", True])
def test_contributions_of_a_symbol_that_is_not_there_are_refused(models, position) -> None:
    with pytest.raises(UsageError, match="but the piece has 3 symbols"):
        models["text"].contributions(pieces_of("text")[0][:3], position)


def test_an_image_has_no_prompt_apart_from_it(models) -> None:
    image = pieces_of("image")[0]
    with pytest.raises(UsageError, match="prompt is given for an image"):
        models["image"].contributions(image, prompt=image[:2])


@pytest.mark.parametrize("mode", [torch.no_grad, torch.inference_mode])
def test_contributions_need_no_mode_of_torch(models, mode) -> None:
    text = pieces_of("text")[0][:9]
    expected = models["text"].contributions(text).steps
    with mode():
        np.testing.assert_allclose(models["text"].contributions(text).steps, expected, atol=1e-6)


def test_a_score_is_the_mean_of_the_nats_of_the_units(models) -> None:
    model = models["text"]
    network, codec = model._stored.network, model.codec_
    text = pieces_of("text", 1, seed=5)[0]
    total, state, history = 0.0, network.initial_state(1), codec.history()
    for symbol in codec.encode(text, "text"):
        features, state = network.model(history.inputs()[None, None], state)
        total += float(network.head.nats(features, np.array([[symbol]]), None).item())
        history.push(symbol)
    assert model.score(text) == pytest.approx(total / len(text), rel=1e-5)
    assert model.score([text, text]) == pytest.approx(model.score(text), rel=1e-5)


def test_parts_together_are_the_piece(models, medium) -> None:
    whole = models[medium].generate(length=_units(medium, 7), seed=1)
    parts = list(models[medium].generate(length=_units(medium, 7), seed=1, stream=True))
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
    assert is_same(
        first.generate(_units(medium, 6), seed=2), second.generate(_units(medium, 6), seed=2)
    )


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


def test_generating_and_reading_lead_to_the_same_state(models, medium) -> None:
    if medium in ("image", "motion", "drawing"):
        pytest.skip(
            "an image has one part, the feet of a motion are planted after it was drawn, and a "
            "drawing may have ended"
        )
    made, read = models[medium].stream(), models[medium].stream()
    read.read(made.generate(9, seed=0))
    for name, array in made.state.arrays.items():
        np.testing.assert_allclose(read.state.arrays[name], array, atol=1e-4)


def test_an_image_has_room_for_its_pixels_only(models) -> None:
    stream = models["image"].stream()
    image = pieces_of("image", 1)[0]
    stream.read(image[:8])
    with pytest.raises(DataError, match=r"has 88 symbols, but the piece has room for 11"):
        stream.read(image[:8])
    stream.generate(1, seed=0)
    assert stream.generate(1, seed=0).shape == (0, 11)


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
    again = {"length": _units(medium, 12), "seed": 0}
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


def test_an_interrupted_training_resumes_to_the_same_bits(models, medium, tmp_path) -> None:
    pieces, path = pieces_of(medium), tmp_path / "half.gated"

    def stop(progress) -> None:
        if progress.step == 3:
            signal.raise_signal(signal.SIGINT)

    model = Generator(medium, validation=0.25, **SMALL)
    with pytest.raises(KeyboardInterrupt):
        model.fit(pieces, checkpoint=path, progress=stop)
    assert kind_of(path) == KIND
    steps = []
    model.fit(pieces, checkpoint=path, progress=lambda found: steps.append(found.step))
    assert steps == [4, 5, 6]
    assert not path.exists()
    assert model.learned_["score"] == models[medium].learned_["score"]
    again = {"length": _units(medium, 20), "seed": 0}
    assert is_same(model.generate(**again), models[medium].generate(**again))


def test_pieces_without_anything_to_score_are_refused(models) -> None:
    frame = [np.eye(1, 88, dtype=bool)]
    with pytest.raises(DataError, match=r"have no frame to score: the first of a piece is not"):
        models["music"].score(frame)
    with pytest.raises(DataError, match=r"have no frame to score"):
        Generator("music", **SMALL).fit(pieces_of("music"), frame)


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
        ({"stop": 5}, "stop is 5. Expected a text"),
        ({"seed": -1}, "seed is -1. Expected a whole number from 0"),
        ({"seed": 1.5}, "seed is 1.5"),
    ],
)
def test_an_argument_out_of_range_is_refused(models, given, message) -> None:
    with pytest.raises(UsageError, match=message):
        models["text"].generate(**given)
    with pytest.raises(UsageError, match=r"the medium is music. Expected a text generator"):
        models["music"].generate(stop="end")
    with pytest.raises(UsageError, match=r"length is 7, but all images have one size"):
        models["image"].generate(length=7)
    with pytest.raises(UsageError, match=r"a pose is not one of several symbols"):
        models["motion"].generate(top_k=3)


def test_the_progress_of_a_generation_is_reported(models) -> None:
    calls = []
    models["text"].generate(length=3, count=2, seed=0, progress=lambda *call: calls.append(call))
    assert calls == [(made, 6) for made in range(1, 7)]
    calls.clear()
    models["image"].generate(count=2, seed=0, progress=lambda *call: calls.append(call))
    assert calls == [(1, 2), (2, 2)]
    parts = models["text"].generate(
        length=2, stream=True, progress=lambda *call: calls.append(call)
    )
    assert (len(list(parts)), calls[2:]) == (2, [(1, 2), (2, 2)])


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
    with pytest.raises(DataError, match=r"are of type int. Expected a list of pieces"):
        Generator("text").fit(3)
