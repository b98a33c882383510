"""The options that torch.nn does not have: effects, draws, parameters and errors."""

import warnings
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.nn.utils.rnn import pack_sequence

from gated import nn
from gated.errors import UsageError

KINDS = ["RNN", "LSTM", "GRU"]
by_kind = pytest.mark.parametrize("kind", KINDS)
NORMALISED = pytest.mark.parametrize("kind", ["LSTM", "GRU"])


def run(layer: torch.nn.Module, *args: Any, **options: Any) -> Tensor:
    return layer(*args, **options)[0]


# --- options that are off ------------------------------------------------------------------------


@by_kind
def test_options_that_are_off_add_no_parameters(kind: str) -> None:
    off = {"recurrent_dropout": 0.0, "zoneout": 0.0, "learned_state": False}
    off |= {} if kind == "RNN" else {"layer_norm": False}
    ours = getattr(nn, kind)(3, 4, 2, bidirectional=True, **off)
    torchs = getattr(torch.nn, kind)(3, 4, 2, bidirectional=True)
    assert list(ours.state_dict()) == list(torchs.state_dict())
    assert repr(ours) == repr(torchs)


@by_kind
def test_options_do_not_change_the_other_initial_weights(kind: str) -> None:
    """Under one seed the weights equal torch's with every option, also in reset_parameters."""
    further = {"learned_state": True} | ({} if kind == "RNN" else {"layer_norm": True})
    torch.manual_seed(5)
    ours = getattr(nn, kind)(3, 4, 2, **further)
    torch.manual_seed(5)
    torchs = getattr(torch.nn, kind)(3, 4, 2)
    for name, weight in torchs.named_parameters():
        assert torch.equal(getattr(ours, name), weight)
    neutral = {n: p.clone() for n, p in ours.named_parameters() if n not in torchs.state_dict()}
    for parameter in ours.parameters():
        torch.nn.init.normal_(parameter)
    ours.reset_parameters()
    for name, values in neutral.items():
        assert torch.equal(getattr(ours, name), values)


@by_kind
def test_nothing_is_drawn_in_evaluation(kind: str) -> None:
    plain, dropped = getattr(nn, kind)(3, 4), getattr(nn, kind)(3, 4, recurrent_dropout=0.5)
    dropped.load_state_dict(plain.state_dict())
    x = torch.randn(6, 2, 3)
    torch.testing.assert_close(run(dropped.eval(), x), run(plain, x))
    assert not torch.allclose(run(dropped.train(), x), run(plain, x))


def test_repr_lists_the_options_that_are_on() -> None:
    layer = nn.LSTM(3, 4, recurrent_dropout=0.1, zoneout=(0.2, 0.3), layer_norm=True)
    assert repr(layer) == ("LSTM(3, 4, recurrent_dropout=0.1, zoneout=(0.2, 0.3), layer_norm=True)")
    layer = nn.GRU(3, 4, reset="before", zoneout=0.2, learned_state=True, backend="reference")
    assert repr(layer) == (
        "GRU(3, 4, reset=before, zoneout=0.2, learned_state=True, backend=reference)"
    )
    assert repr(nn.LSTMCell(3, 4, zoneout=0.1)) == "LSTMCell(3, 4, zoneout=0.1)"


# --- what is drawn -------------------------------------------------------------------------------


@by_kind
def test_one_seed_gives_one_result(kind: str) -> None:
    layer = getattr(nn, kind)(3, 4, 2, bidirectional=True, recurrent_dropout=0.3, zoneout=0.2)
    x, results = torch.randn(6, 2, 3), []
    for seed in (1, 1, 2):
        torch.manual_seed(seed)
        results.append(run(layer, x))
    assert torch.equal(results[0], results[1])
    assert not torch.equal(results[0], results[2])


def test_recurrent_dropout_drops_the_same_features_at_every_step() -> None:
    """A relu network whose W_h is the identity and whose input is 1 counts the steps it keeps."""
    layer = nn.RNN(1, 2000, nonlinearity="relu", bias=False, recurrent_dropout=0.25)
    torch.nn.init.ones_(layer.weight_ih_l0)
    torch.nn.init.eye_(layer.weight_hh_l0)
    output = run(layer, torch.ones(3, 1, 1))[:, 0]  # [T, H]
    scale = 1 / 0.75
    kept = torch.tensor([1.0, 1 + scale, 1 + scale + scale**2])
    dropped = torch.ones(3)
    is_kept = output[1] > 1
    torch.testing.assert_close(output[:, is_kept], kept[:, None].expand(3, int(is_kept.sum())))
    torch.testing.assert_close(
        output[:, ~is_kept], dropped[:, None].expand(3, int((~is_kept).sum()))
    )
    assert 0.70 < is_kept.double().mean().item() < 0.80


def test_zoneout_keeps_units_at_random_and_their_share_in_evaluation() -> None:
    layer = nn.RNN(1, 2000, nonlinearity="relu", bias=False, zoneout=0.25)
    torch.nn.init.ones_(layer.weight_ih_l0)
    torch.nn.init.zeros_(layer.weight_hh_l0)  # so that ĥ is always 1, and h_0 zero
    output = run(layer, torch.ones(2, 1, 1))[:, 0]
    assert set(output.unique().tolist()) == {0.0, 1.0}
    assert 0.70 < output[0].mean().item() < 0.80
    assert bool((output[1] >= output[0]).all())
    evaluated = run(layer.eval(), torch.ones(2, 1, 1))[:, 0]
    torch.testing.assert_close(evaluated[:, 0], torch.tensor([0.75, 0.25 * 0.75 + 0.75]))


def test_zoneout_of_the_lstm_is_for_h_and_for_c() -> None:
    x = torch.randn(5, 2, 3)
    layer = nn.LSTM(3, 4, zoneout=(0.0, 0.5)).eval()
    plain = nn.LSTM(3, 4)
    plain.load_state_dict(layer.state_dict())
    _, (_, c_n) = layer(x[:1])
    output, (_, plain_c) = plain(x[:1])
    torch.testing.assert_close(c_n, 0.5 * plain_c)  # half of it stays at zero
    torch.testing.assert_close(run(layer, x[:1]), output)  # h is computed from c before zoneout


# --- learned states ------------------------------------------------------------------------------


@by_kind
def test_a_learned_state_is_the_initial_state(kind: str) -> None:
    layer = getattr(nn, kind)(3, 4, 2, bidirectional=True, learned_state=True)
    names = ["h_0", "c_0"] if kind == "LSTM" else ["h_0"]
    for name in names:
        assert getattr(layer, name).shape == (4, 4)
        torch.nn.init.normal_(getattr(layer, name))
    x = torch.randn(6, 2, 3)
    given = tuple(getattr(layer, name)[:, None].expand(4, 2, 4) for name in names)
    hx = given if kind == "LSTM" else given[0]
    expected = layer(x, hx)[0]
    assert torch.equal(layer(x)[0], expected)
    torch.testing.assert_close(layer(x[:, 0])[0], expected[:, 0])
    packed = layer(pack_sequence([x[:, 0], x[:4, 1]]))[0]
    torch.testing.assert_close(packed.data[0], expected[0, 0])
    layer(x)[0].sum().backward()
    assert all(getattr(layer, name).grad.abs().sum() > 0 for name in names)


def test_a_learned_state_of_a_projected_lstm() -> None:
    layer = nn.LSTM(3, 5, proj_size=2, learned_state=True)
    assert (layer.h_0.shape, layer.c_0.shape) == ((1, 2), (1, 5))


# --- layer normalisation -------------------------------------------------------------------------


@NORMALISED
def test_gains_are_named_like_weights(kind: str) -> None:
    layer = getattr(nn, kind)(3, 4, 2, bidirectional=True, layer_norm=True)
    rows = 16 if kind == "LSTM" else 12
    for suffix in ("l0", "l0_reverse", "l1", "l1_reverse"):
        assert getattr(layer, f"gain_ih_{suffix}").shape == (rows,)
        assert getattr(layer, f"gain_hh_{suffix}").shape == (rows,)
        assert hasattr(layer, f"gain_c_{suffix}") == (kind == "LSTM")
        assert hasattr(layer, f"bias_c_{suffix}") == (kind == "LSTM")
    without = getattr(nn, kind)(3, 4, bias=False, layer_norm=True)
    assert not any("bias" in name for name in without.state_dict())


@NORMALISED
def test_a_normalised_layer_is_invariant_to_the_scale_of_its_input(kind: str) -> None:
    layer, x = getattr(nn, kind)(3, 4, layer_norm=True), torch.randn(6, 2, 3)
    scaled = run(layer, 1000 * x)
    torch.testing.assert_close(run(layer, 100 * x), scaled, rtol=1e-3, atol=1e-3)


# --- resets --------------------------------------------------------------------------------------


def test_resets_of_another_layout() -> None:
    layer, x = nn.GRU(3, 4), torch.randn(5, 2, 3)
    resets = torch.zeros(5, 2, dtype=torch.bool)
    for wrong, words in {
        "shape": (resets.T, r"resets have shape \[2, 5\]. Expected \[5, 2\], the shape of the inp"),
        "dtype": (resets.float(), r"resets have dtype torch.float32. Expected torch.bool"),
    }.values():
        with pytest.raises(UsageError, match=words):
            layer(x, resets=wrong)
    with pytest.raises(UsageError, match=r"resets have shape \[5, 2\]. Expected \[5\]"):
        layer(x[:, 0], resets=resets)
    with pytest.raises(UsageError, match=r"resets have shape \[5, 2\]. Expected \[2, 5\]"):
        nn.GRU(3, 4, batch_first=True)(x.transpose(0, 1), resets=resets)


def test_resets_of_another_packing() -> None:
    layer = nn.GRU(3, 4)
    packed = pack_sequence([torch.randn(3, 3), torch.randn(2, 3)])
    with pytest.raises(UsageError, match="One of input and resets is a PackedSequence"):
        layer(packed, resets=torch.zeros(3, 2, dtype=torch.bool))
    flags = [torch.zeros(n, dtype=torch.bool) for n in (3, 2)]
    with pytest.raises(UsageError, match="One of input and resets is a PackedSequence"):
        layer(torch.zeros(3, 2, 3), resets=pack_sequence(flags))
    for wrong in ([flags[0], flags[0]], [flags[1], flags[0]]):
        with pytest.raises(UsageError, match="packed with other lengths than the input, or in ano"):
            layer(packed, resets=pack_sequence(wrong, enforce_sorted=False))
    assert layer(packed, resets=pack_sequence(flags))[0].data.shape == (5, 4)


def test_resets_and_a_learned_state_contradict_each_other() -> None:
    layer, resets = nn.GRU(3, 4, learned_state=True), torch.zeros(5, 2, dtype=torch.bool)
    with pytest.raises(UsageError, match="resets were given to a layer with learned_state=True"):
        layer(torch.randn(5, 2, 3), resets=resets)


# --- gates ---------------------------------------------------------------------------------------


def test_gates_are_named_and_have_the_layout_of_the_input() -> None:
    layer = nn.GRU(3, 4, 2, batch_first=True, bidirectional=True)
    gates = layer.gates(torch.randn(2, 6, 3))
    assert list(gates) == ["l0", "l0_reverse", "l1", "l1_reverse"]
    for found in gates.values():
        assert {name: tuple(gate.shape) for name, gate in found.items()} == dict.fromkeys(
            "rznh", (2, 6, 4)
        )
    assert layer.gates(torch.randn(6, 3))["l1"]["z"].shape == (6, 4)
    lstm = nn.LSTM(3, 5, proj_size=2).gates(torch.randn(6, 2, 3))["l0"]
    shapes = {name: gate.shape[-1] for name, gate in lstm.items()}
    assert shapes == {"i": 5, "f": 5, "g": 5, "o": 5, "c": 5, "h": 2}
    assert list(nn.RNN(3, 5).gates(torch.randn(6, 2, 3))["l0"]) == ["h"]


def test_gates_with_a_given_state() -> None:
    """A z of one keeps the state: the bias of the update gate sets it."""
    layer = nn.GRU(3, 4)
    with torch.no_grad():
        layer.bias_ih_l0[4:8] = 40.0
    h = torch.randn(1, 2, 4)
    gates = layer.gates(torch.randn(6, 2, 3), h)["l0"]
    assert torch.equal(gates["z"], torch.ones(6, 2, 4))
    torch.testing.assert_close(gates["h"], h.expand(6, 2, 4))


def test_gates_have_gradients() -> None:
    layer = nn.LSTM(3, 4)
    layer.gates(torch.randn(6, 2, 3))["l0"]["f"].mean().backward()
    assert layer.weight_hh_l0.grad.abs().sum() > 0


def test_gates_under_a_seed_have_the_masks_of_the_call() -> None:
    layer = nn.GRU(3, 4, 2, dropout=0.3, recurrent_dropout=0.3, zoneout=0.3)
    x = torch.randn(6, 2, 3)
    torch.manual_seed(1)
    output = run(layer, x)
    torch.manual_seed(1)
    torch.testing.assert_close(layer.gates(x)["l1"]["h"], output)


# --- errors --------------------------------------------------------------------------------------


@by_kind
@pytest.mark.parametrize("option", ["recurrent_dropout", "zoneout"])
@pytest.mark.parametrize("value", [1.0, -0.1, True, "half", float("nan")])
def test_shares_out_of_range(kind: str, option: str, value: Any) -> None:
    words = f"{option} is {value!r}. Expected a number of at least 0 and below 1"
    with pytest.raises(UsageError, match=words):
        getattr(nn, kind)(3, 4, **{option: value})


def test_zoneout_pairs() -> None:
    assert nn.LSTM(3, 4, zoneout=[0.1, 0.2]).shares.zoneout_c == 0.2
    with pytest.raises(UsageError, match=r"zoneout is \(0.1, 0.2, 0.3\). Expected one number, or"):
        nn.LSTM(3, 4, zoneout=(0.1, 0.2, 0.3))
    with pytest.raises(UsageError, match=r"zoneout is \(0.1, 0.2\). Expected a number"):
        nn.GRU(3, 4, zoneout=(0.1, 0.2))
    with pytest.raises(UsageError, match=r"zoneout is 2. Expected a number"):
        nn.LSTMCell(3, 4, zoneout=(0.1, 2))


@by_kind
def test_switches_are_true_or_false(kind: str) -> None:
    with pytest.raises(UsageError, match=r"learned_state is 'yes'. Expected True or False"):
        getattr(nn, kind)(3, 4, learned_state="yes")


@NORMALISED
def test_layer_norm_is_true_or_false(kind: str) -> None:
    for name in (kind, f"{kind}Cell"):
        with pytest.raises(UsageError, match=r"layer_norm is 'yes'. Expected True or False"):
            getattr(nn, name)(3, 4, layer_norm="yes")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"zoneout": 0.1}, r'GRU with reset="after", with zoneout'),
        ({"zoneout": 0.1, "recurrent_dropout": 0.1}, r"with recurrent dropout and zoneout"),
        ({"layer_norm": True}, r'GRU with reset="after" with layer_norm=True'),
    ],
)
def test_a_backend_that_does_not_support_the_option(options: dict[str, Any], words: str) -> None:
    layer = nn.GRU(3, 4, backend="torch", **options)
    with pytest.raises(UsageError, match=f'backend "torch" cannot compute the .*{words}'):
        layer(torch.zeros(5, 2, 3))


# --- torch's tools around a module ---------------------------------------------------------------


@by_kind
def test_compiles_without_a_break(kind: str) -> None:
    """All options without random draws, which may differ under a compiler."""
    further = {"learned_state": True, "zoneout": 0.2} | (
        {} if kind == "RNN" else {"layer_norm": True}
    )
    layer = getattr(nn, kind)(3, 4, 2, backend="reference", **further).eval()
    x = torch.randn(3, 2, 3)
    with warnings.catch_warnings():  # the compiler's own, about its insides
        warnings.simplefilter("ignore")
        output = run(torch.compile(layer, backend="aot_eager", fullgraph=True), x)
        output.sum().backward()
    torch._dynamo.reset()
    torch.testing.assert_close(output, run(layer, x))
    assert layer.h_0.grad is not None


@by_kind
def test_moves_to_another_type(kind: str) -> None:
    further = {"learned_state": True, "zoneout": 0.2} | (
        {} if kind == "RNN" else {"layer_norm": True}
    )
    layer = getattr(nn, kind)(3, 4, recurrent_dropout=0.2, **further).double()
    assert all(parameter.dtype == torch.float64 for parameter in layer.parameters())
    assert run(layer, torch.randn(5, 2, 3).double()).dtype == torch.float64
    meta = getattr(nn, kind)(3, 4, device="meta", dtype=torch.float64, **further)
    assert {(p.device.type, p.dtype) for p in meta.parameters()} == {("meta", torch.float64)}
