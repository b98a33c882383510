"""The codecs: steps against the history symbol by symbol, round trips, and what is refused."""

import numpy as np
import pytest

from gated.errors import DataError
from gated.tasks.generator.codecs import CODECS
from tests.tasks.generator.pieces import PIECES, numbers, pieces_of


def test_every_medium_has_pieces_to_test() -> None:
    assert PIECES.keys() == CODECS.keys()


@pytest.fixture(params=CODECS)
def medium(request) -> str:
    return request.param


def _learned(medium: str):
    pieces = pieces_of(medium)
    return CODECS[medium].learn(pieces), pieces


def test_steps_are_what_the_history_gives_one_by_one(medium) -> None:
    codec, pieces = _learned(medium)
    for piece in pieces:
        symbols = codec.encode(piece, "piece")
        history, inputs, allowed, ends = codec.history(), [], [], []
        for symbol in symbols:
            inputs.append(history.inputs().copy())
            allowed.append(history.allowed())
            before = history.length
            history.push(symbol)
            ends.append(history.length > before)
        whole = codec.steps(symbols, 0, len(symbols))
        np.testing.assert_allclose(whole.inputs, inputs, atol=1e-5)
        assert whole.inputs.shape == (len(symbols), codec.width)
        np.testing.assert_array_equal(whole.targets, symbols)
        # A unit ends where the history counts one more; notes are units that the length counts in
        # steps, and the first frame or pose of a piece is no unit of the score.
        if medium == "voices":
            assert whole.units.all()
        else:
            np.testing.assert_array_equal(whole.units, np.array(ends) & whole.scored)
        if whole.allowed is None:
            assert allowed[0] is None
            continue
        np.testing.assert_array_equal(whole.allowed, allowed)
        if symbols.ndim == 1:
            assert whole.allowed[np.arange(len(symbols)), symbols].all()


def test_a_part_of_the_steps_is_that_part_of_all(medium) -> None:
    codec, pieces = _learned(medium)
    symbols = max((codec.encode(piece, "piece") for piece in pieces), key=len)
    whole = codec.steps(symbols, 0, len(symbols))
    for begin in range(0, len(symbols), 3):
        for end in {min(begin + 1, len(symbols)), min(begin + 17, len(symbols)), len(symbols)}:
            part = codec.steps(symbols, begin, end)
            for name in ("inputs", "targets", "allowed", "scored", "units"):
                found, expected = getattr(part, name), getattr(whole, name)
                if expected is None:
                    assert found is None
                else:
                    np.testing.assert_allclose(found, expected[begin:end], atol=1e-5)


@pytest.mark.parametrize("medium", sorted(set(CODECS) - {"motion"}))  # see test_motion.py
def test_a_piece_comes_back(medium) -> None:
    codec, pieces = _learned(medium)
    for piece in pieces:
        back = codec.decode(codec.encode(piece, "piece"))
        if medium == "text":
            assert back == piece
        else:
            np.testing.assert_allclose(numbers(back), numbers(piece), atol=1e-4)


def test_a_piece_is_cut_between_units(medium) -> None:
    codec, pieces = _learned(medium)
    for piece in pieces:
        symbols = codec.encode(piece, "piece")
        for near in (0, len(symbols) // 2, len(symbols) - 1):
            cut = codec.cut(symbols, near)
            assert 0 <= cut <= near
            if cut == 0 or medium == "motion":  # a motion begins anew at the place 0
                continue
            parts = [codec.decode(symbols[:cut]), codec.decode(symbols[cut:])]
            assert sum(map(len, parts)) == len(piece)
            np.testing.assert_array_equal(list(codec.joined(parts)), list(piece))


def test_a_codec_comes_back_from_plain_values(medium) -> None:
    codec, pieces = _learned(medium)
    again = CODECS[medium].from_json(codec.to_json())
    assert again.width == codec.width
    assert again.head == codec.head
    found, expected = again.encode(pieces[0], "piece"), codec.encode(pieces[0], "piece")
    np.testing.assert_array_equal(found, expected)


def test_a_history_comes_back_from_its_arrays(medium) -> None:
    codec, pieces = _learned(medium)
    symbols = codec.encode(pieces[0], "piece")
    first, second = codec.history(), codec.history()
    for symbol in symbols[:9]:
        first.push(symbol)
    second.restore(first.arrays)
    for symbol in symbols[9:-1]:
        first.push(symbol)
        second.push(symbol)
        np.testing.assert_array_equal(first.inputs(), second.inputs())
        assert first.length == second.length


def test_varied_pieces_are_pieces(medium) -> None:
    codec, pieces = _learned(medium)
    symbols = codec.encode(pieces[0], "piece")
    for seed in range(10):
        varied = codec.augmented(symbols, np.random.default_rng(seed))
        again = codec.decode(varied)
        assert len(codec.encode(again, "piece")) == len(varied)
        assert varied.dtype == symbols.dtype


def test_a_transposed_tune_keeps_its_intervals() -> None:
    codec, pieces = _learned("voices")
    symbols = codec.encode(pieces[0], "piece")
    found = {
        tuple((codec.augmented(symbols, np.random.default_rng(seed)) - symbols)[symbols > 0])
        for seed in range(40)
    }
    assert all(len(set(shifts)) == 1 for shifts in found)
    assert {shifts[0] for shifts in found} == set(range(-5, 7))


@pytest.mark.parametrize(
    ("medium", "piece", "message"),
    [
        ("image", [[0, 1], [0]], "has rows of unequal length"),
        ("voices", [["a", "b", "c"]], "is of type <U1. Expected an array of numbers"),
        ("text", "", "is empty. Expected at least one character"),
        ("text", 3, "is a int. Expected text"),
        ("music", np.zeros((0, 88)), "has no frame"),
        ("music", np.zeros((4, 87)), r"the shape \[4, 87\]. Expected a piano roll \[T, 88\]"),
        ("music", np.full((4, 88), 2), "values other than 0 and 1"),
        ("voices", np.full((4, 3), 200), "no MIDI pitch. Expected whole numbers from 0 to 127"),
        ("voices", np.full((4, 3), 60.5), "no MIDI pitch"),
        ("voices", np.zeros((0, 3)), "has no step"),
        ("voices", np.full((4, 2), 60), "has 2 voices. Expected 3"),
        ("voices", np.full((4, 3), 20), "has pitches from 20 to 20. Expected 5"),
        ("drawing", np.zeros((0, 3)), "has no point"),
        ("drawing", [[1, np.nan, 0]], "not finite"),
        ("drawing", [[1, 2, 3]], "a pen other than 0 and 1"),
        ("drawing", [[1, 2]], r"the shape \[1, 2\]"),
        ("image", np.zeros((9, 10)), "has 9 × 10 pixels. Expected 9 × 11"),
        ("image", np.full((9, 11), 0.5), "Expected two tones"),
        ("image", np.zeros((9, 11, 3)), r"Expected \[height, width\]"),
    ],
)
def test_a_piece_of_another_kind_is_refused(medium, piece, message) -> None:
    codec, _ = _learned(medium)
    with pytest.raises(DataError, match=f"Piece 7.*{message}"):
        codec.encode(piece, "Piece 7")


def test_unknown_characters_are_named() -> None:
    codec, _ = _learned("text")
    with pytest.raises(DataError, match=r"The prompt has 'X', 'é', which the training texts"):
        codec.encode_prompt("aXé")


def test_pieces_without_content_are_refused() -> None:
    with pytest.raises(DataError, match="have no note"):
        CODECS["voices"].learn([np.full((5, 4), -1)])
    with pytest.raises(DataError, match="are at one place"):
        CODECS["drawing"].learn([np.zeros((5, 3))])
    with pytest.raises(DataError, match=r"Image 1 has 3 × 4 pixels. Expected 3 × 3, as Image 0"):
        CODECS["image"].learn([np.zeros((3, 3)), np.zeros((3, 4))])
    with pytest.raises(DataError, match=r"Voices 1 has 3 voices. Expected 4, as Voices 0"):
        CODECS["voices"].learn([np.full((2, 4), 60), np.full((2, 3), 60)])


def test_a_roll_is_spelled_upwards() -> None:
    codec = CODECS["music"].learn(pieces_of("music"))
    history = codec.history()
    assert history.allowed().all()
    history.push(40)
    assert history.allowed().tolist() == [False] * 41 + [True] * 48
    history.push(88)
    assert history.allowed().all()
    assert history.length == 1


def test_a_prompt_of_an_image_is_its_upper_part() -> None:
    codec, pieces = _learned("image")
    assert len(codec.encode_prompt(pieces[0][:4])) == 4 * 11
    with pytest.raises(DataError, match=r"Expected fewer than 9 rows of 11 pixels"):
        codec.encode_prompt(pieces[0])


def test_frequent_combinations_of_characters_are_inputs_of_a_text() -> None:
    text = "to be or not to be, " * 30
    codec = CODECS["text"].learn([text])
    assert {"to", " be", "to b"} <= set(codec.grams)
    assert not {"xy", "o bex"} & set(codec.grams)
    symbols = codec.encode("to be", "text")
    expected = [[codec.row(last) for last in ("e", "be", " be", "o be")]]
    np.testing.assert_array_equal(codec.steps(np.append(symbols, 0), 5, 6).inputs, expected)
    assert min(expected[0]) > 0
    assert max(expected[0]) < codec.lookup
    again = CODECS["text"].from_json(codec.to_json())
    np.testing.assert_array_equal(
        again.steps(codec.encode(text, "text"), 0, 600).inputs,
        codec.steps(codec.encode(text, "text"), 0, 600).inputs,
    )


def test_rare_combinations_of_characters_are_not_learned() -> None:
    assert CODECS["text"].learn(["ab" * 19]).grams == ()
    assert CODECS["text"].learn(["ab" * 10, "ab" * 10]).grams == ("ab",)


def test_the_fast_rows_of_a_text_are_the_readable_ones() -> None:
    text = "".join(np.random.default_rng(0).choice(list("ab\n"), 3_000))
    codec = CODECS["text"].learn([text])
    symbols = codec.encode(text, "text")
    history = codec.history()
    read = []
    for symbol in symbols:
        read.append(history.inputs())
        history.push(symbol)
    assert (np.array(read)[10:] > 0).all()
    np.testing.assert_array_equal(codec.steps(symbols, 0, len(symbols)).inputs, read)


@pytest.mark.parametrize(
    ("grams", "message"),
    [
        (["a"], "no text of two to four"),
        (["abaab"], "no text of two to four"),
        (["ac"], "known characters"),
        ("ab", "no text"),
        (["ab", "ab"], "a text twice"),
    ],
)
def test_a_damaged_list_of_combinations_is_refused(grams, message) -> None:
    with pytest.raises(ValueError, match=message):
        CODECS["text"].from_json({"alphabet": "ab", "grams": grams})
