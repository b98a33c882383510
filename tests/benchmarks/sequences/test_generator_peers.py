"""The networks that generators are compared with: sizes, training, and equal scores."""

import math

import numpy as np
import pytest
import torch

from benchmarks.sequences.peers import budget, generators, sketch_rnn, transformer
from benchmarks.sequences.peers.sketch_rnn import SketchRnn, SketchSettings
from benchmarks.sequences.peers.transformer import (
    Transformer,
    TransformerSettings,
    nats_per_symbol,
)
from benchmarks.sequences.pieces import PieceCase, Pieces
from gated.numeric import converted
from gated.tasks.generator.codecs.drawing import DrawingCodec
from gated.tasks.generator.scoring import nats_per_unit
from gated.tasks.generator.steps import stack
from tests.tasks.generator.pieces import pieces_of

_SMALL = TransformerSettings(layers=2, heads=2, width=16, block=8, batch=4)
_SKETCH = SketchSettings(hidden_size=8, components=3, batch=4)


def test_as_many_steps_fit_as_the_mean_says(monkeypatch) -> None:
    seconds = iter([0.1, 0.3] * 10)
    monkeypatch.setattr(budget, "timed", lambda step: (step(), next(seconds)))
    taken = []
    assert budget.steps_within(3.0, lambda: taken.append(0)) == 15
    assert len(taken) == 25  # five of them to warm up


def test_at_least_one_step_is_taken(monkeypatch) -> None:
    monkeypatch.setattr(budget, "timed", lambda step: (step(), 10.0))
    assert budget.steps_within(1.0, lambda: None) == 1


def test_our_generator_trains_for_the_steps_that_fit(monkeypatch) -> None:
    monkeypatch.setattr(budget, "steps_within", lambda seconds, step: 3)
    pieces, settings = pieces_of("drawing"), {"hidden_size": 8, "num_layers": 1}
    found = budget.trained_generator("drawing", pieces, pieces, 1.0, 0, settings)
    assert found.steps == 3
    assert found.weights < 5_000
    assert math.isfinite(found.nats)


def test_the_transformer_has_the_size_of_its_source() -> None:
    network = Transformer(65, TransformerSettings())
    weights = sum(parameter.numel() for parameter in network.parameters())
    # Embeddings of 65 symbols and 64 places; per layer 12 · 128² and two gains; a last gain.
    assert weights == (65 + 64) * 128 + 4 * (12 * 128**2 + 2 * 128) + 128


def test_the_transformer_sees_no_later_symbol() -> None:
    torch.manual_seed(0)
    network = Transformer(5, _SMALL).eval()
    symbols = torch.randint(5, (1, 8))
    changed = symbols.clone()
    changed[:, 5:] = (changed[:, 5:] + 1) % 5
    with torch.no_grad():
        first, second = network(symbols), network(changed)
    torch.testing.assert_close(first[:, :5], second[:, :5])
    assert not torch.allclose(first[:, 5:], second[:, 5:])


def test_the_learning_rate_rises_then_falls_on_a_cosine() -> None:
    rate = TransformerSettings().learning_rate
    assert rate(0, 2_000) == pytest.approx(1e-3 / 101)
    assert rate(100, 2_000) == pytest.approx(1e-3)
    assert rate(1_050, 2_000) == pytest.approx(0.55e-3)
    assert rate(2_000, 2_000) == pytest.approx(1e-4)


def test_every_symbol_is_scored_once_after_its_past() -> None:
    """The mean −log p by hand: p of a symbol depends on the one before and on the place."""
    symbols = torch.tensor([1, 0, 2, 2, 1, 0, 1, 2, 0, 0, 1])
    generator = torch.Generator().manual_seed(0)
    table = torch.randn(3, 4, 3, generator=generator)  # of the last symbol, and its place

    def predict(windows):
        return table[windows, torch.arange(4)]

    # Windows of 4, 2 further each time: the first four symbols at the places 0 to 3, then 2 and 3.
    places = [0, 1, 2, 3, 2, 3, 2, 3, 2, 3, 2]
    before = [2, *symbols[:-1].tolist()]
    by_hand = [
        -float(table[last, place].log_softmax(0)[symbol])
        for last, place, symbol in zip(before, places, symbols.tolist(), strict=True)
    ]
    assert nats_per_symbol(predict, symbols, 2, 4, 2) == pytest.approx(np.mean(by_hand))
    short = nats_per_symbol(predict, symbols[:3], 2, 4, 2)
    assert short == pytest.approx(np.mean(by_hand[:3]))


def test_a_transformer_learns_a_text(monkeypatch) -> None:
    monkeypatch.setattr(transformer, "steps_within", lambda seconds, step: 150)
    found = transformer.trained_transformer("abc" * 200, "abc" * 20, 1.0, 0, _SMALL)
    assert found.nats < 0.3 < math.log(4)
    assert found.steps == 150


def test_strokes_are_offset_and_pen() -> None:
    codec = DrawingCodec(1.0)
    drawing = codec.encode([[1, 2, 0], [3, 4, 1]], "drawing")
    longer = codec.encode([[0, 0, 0]] * 4, "drawing")
    batch = stack([codec.steps(each, 0, len(each)) for each in (drawing, longer)])
    found = sketch_rnn._strokes(converted(batch, torch.from_numpy))
    expected = [[0, 0, 1, 0, 0], [1, 2, 1, 0, 0], [3, 4, 0, 1, 0], [0, 0, 0, 0, 1], [0, 0, 0, 0, 1]]
    assert found[0].tolist() == expected


def test_a_sketch_rnn_is_scored_as_a_generator_is() -> None:
    """Of independent features, the score is the mean of the head's nats, an end included."""
    torch.manual_seed(0)
    network = SketchRnn(_SKETCH).eval()
    torch.nn.init.zeros_(network.head.output.weight)
    codec = DrawingCodec(1.0)
    drawing = codec.encode([[1, 2, 0], [3, 4, 1]], "drawing")
    bias = network.head.output.bias.detach()
    features = torch.zeros(1, 3, 8)
    targets = torch.from_numpy(drawing)[None]
    allowed = torch.tensor([[[True, True, False], [True] * 3, [True] * 3]])
    with torch.no_grad():
        nats = network.head.now().nats(features, targets, allowed)
    end = -float(bias[:3].log_softmax(0)[2])
    assert float(nats[0, 2]) == pytest.approx(end, abs=1e-6)
    assert nats_per_unit(network, codec, [drawing, drawing]) == pytest.approx(float(nats.sum()) / 2)


def test_the_lstm_goes_on_from_its_state() -> None:
    network = SketchRnn(_SKETCH).eval()
    inputs = torch.randn(2, 7, 5)
    with torch.no_grad():
        whole, _ = network.features(inputs)
        first, state = network.features(inputs[:, :3])
        second, _ = network.features(inputs[:, 3:], state)
    torch.testing.assert_close(torch.cat([first, second], 1), whole)


def test_the_lstm_equals_torch() -> None:
    network = SketchRnn(_SKETCH).eval()
    other = torch.nn.LSTM(5, 8, batch_first=True)
    other.load_state_dict(
        {
            "weight_ih_l0": network.read.weight,
            "weight_hh_l0": network.kept.weight,
            "bias_ih_l0": network.read.bias,
            "bias_hh_l0": torch.zeros(32),
        }
    )
    inputs = torch.randn(2, 6, 5)
    with torch.no_grad():
        torch.testing.assert_close(network.features(inputs)[0], other(inputs)[0])


def test_after_the_end_only_the_pen_is_learned() -> None:
    network = SketchRnn(_SKETCH).eval().requires_grad_(False)
    torch.nn.init.zeros_(network.head.output.weight)
    codec = DrawingCodec(1.0)
    short, long = (codec.encode([[1, 1, 0]] * count, "drawing") for count in (1, 3))
    batch = stack([codec.steps(each, 0, len(each)) for each in (short, long)])
    end = -float(network.head.output.bias[:3].log_softmax(0)[2])
    point = network.head.now().nats(torch.zeros(1, 1, 8), torch.tensor([[[1.0, 1.0, 0.0]]]), None)
    # Four points and four ends: two of them after the end of the short drawing.
    loss = network.loss(converted(batch, torch.from_numpy))
    assert float(loss) == pytest.approx((4 * float(point) + 4 * end) / 8, rel=1e-5)


def test_a_sketch_rnn_trains(monkeypatch) -> None:
    monkeypatch.setattr(sketch_rnn, "steps_within", lambda seconds, step: step() or 2)
    drawings = pieces_of("drawing", 6)
    found = sketch_rnn.trained_sketch_rnn(drawings, drawings, 1.0, 0, _SKETCH)
    assert found.steps == 2
    assert math.isfinite(found.nats)


def test_the_report_has_both_rows(call, monkeypatch, tmp_path) -> None:
    def trained(threads, train, folder, seconds, seed):
        assert seconds == 30
        return budget.Trained(1.5, 7, 29.0, 100)

    monkeypatch.setattr(generators, "in_fresh_process", trained)
    code, output, _ = call("sequence_peers", "--data", "omniglot", "--minutes", "0.5")
    assert code == 0
    assert "sketch-rnn, decoder only" in output
    assert "0.5 minutes" in output
    assert "defaults" in output
    arguments = ("--minutes", "0.5", "--ours", "hidden_size=64,dropout=0.5")
    code, output, _ = call("sequence_peers", "--data", "omniglot", *arguments)
    assert code == 0
    assert "hidden_size 64, dropout 0.5" in output
    code, _, errors = call("sequence_peers", "--data", "jsb")
    assert code == 2
    assert "--data jsb is unknown. Expected one of japanese_vowels" in errors


@pytest.mark.parametrize("text", ["hidden_size", "seed=1", "window=many", "dropout=nan"])
def test_another_setting_is_refused(text, call) -> None:
    code, _, errors = call("sequence_peers", "--data", "kanji", "--ours", text)
    assert code == 2
    assert f"--ours has {text}. Expected numbers for some of hidden_size" in errors


def test_both_networks_learn_all_before_the_test_part(monkeypatch) -> None:
    case = PieceCase("text", "", "", lambda folder: Pieces(["to be"], [" or"], [" not"]))
    monkeypatch.setitem(generators.PIECES, "tinyshakespeare", case)
    assert generators._text("tinyshakespeare", None) == ("to be or", " not")
