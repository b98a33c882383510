"""The recurrences as functions: agreement of the backends, and errors."""

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.nn.utils.rnn import pack_sequence

from gated import ops
from gated.errors import UsageError
from tests.backend_names import is_there

pytestmark = pytest.mark.filterwarnings(  # torch's own, also a warning of nn.LSTM(proj_size=…)
    "ignore:LSTM with projections is not supported with oneDNN"
)
FUNCTIONS = {
    "rnn": (ops.rnn_sequence, ops.rnn_step),
    "lstm": (ops.lstm_sequence, ops.lstm_step),
    "gru": (ops.gru_sequence, ops.gru_step),
}


def arguments(kind: str, *, bias: bool = True, projected: bool = False) -> dict[str, Any]:
    """Valid arguments of a step: B = 2, I = 3, H = 4, P = 2 where projected."""
    gates, P = {"rnn": 1, "lstm": 4, "gru": 3}[kind], 2 if projected else 4
    torch.manual_seed(2)
    given: dict[str, Any] = {"x": torch.randn(2, 3), "h": torch.randn(2, P)}
    if kind == "lstm":
        given |= {"c": torch.randn(2, 4), "weight_hr": torch.randn(P, 4) if projected else None}
    given |= {"weight_ih": torch.randn(gates * 4, 3), "weight_hh": torch.randn(gates * 4, P)}
    if bias:
        given |= {"bias_ih": torch.randn(gates * 4), "bias_hh": torch.randn(gates * 4)}
    return given


def tensors(result: Tensor | tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    return result if isinstance(result, tuple) else (result,)


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize(
    ("kind", "projected", "options"),
    [
        ("rnn", False, {}),
        ("rnn", False, {"nonlinearity": "relu"}),
        ("lstm", False, {}),
        ("lstm", True, {}),
        ("gru", False, {}),
    ],
)
def test_backends_agree(kind: str, projected: bool, options: dict[str, str], bias: bool) -> None:
    sequence, step = FUNCTIONS[kind]
    given = arguments(kind, bias=bias, projected=projected)
    x = torch.randn(5, 2, 3)
    for backend in filter(is_there, ops.BACKENDS):
        by_default = tensors(step(**given, **options))
        by_name = tensors(step(**given, **options, backend=backend))
        torch.testing.assert_close(by_name, by_default)
        all_steps = tensors(sequence(**(given | {"x": x}), **options, backend=backend))
        torch.testing.assert_close(all_steps, tensors(sequence(**(given | {"x": x}), **options)))


def test_the_gru_with_reset_before_is_another_model() -> None:
    given = arguments("gru")
    before = ops.gru_step(**given, reset="before")
    assert not torch.allclose(before, ops.gru_step(**given, reset="after"))
    x = given.pop("x")
    output, h_n = ops.gru_sequence(x[None], **given, reset="before")
    torch.testing.assert_close(output[0], before)
    torch.testing.assert_close(h_n, before)


@pytest.mark.parametrize("kind", FUNCTIONS)
def test_every_wrong_shape_is_named(kind: str) -> None:
    sequence, step = FUNCTIONS[kind]
    for name, tensor in arguments(kind, projected=kind == "lstm").items():
        wrong = arguments(kind, projected=kind == "lstm") | {name: torch.zeros(5, 5, 5, 5)}
        with pytest.raises(UsageError, match=rf"{name} has shape \[5, 5, 5, 5\]. Expected"):
            step(**wrong)
        wrong["x"] = torch.zeros(6, 2, 3) if name != "x" else tensor
        with pytest.raises(UsageError, match=rf"{name} has shape .* Expected"):
            sequence(**wrong)


WRONG: dict[str, tuple[Callable[[Tensor], Any], str]] = {  # of a tensor of float32 on the CPU
    "list": (lambda t: t.tolist(), "is of type list. Expected a tensor"),
    "array": (lambda t: t.numpy(), "is of type ndarray. Expected a tensor"),
    "number": (lambda t: 2.5, "is of type float. Expected a tensor"),
    "packed": (lambda t: pack_sequence([t]), "is of type PackedSequence. Expected a tensor"),
    "integers": (lambda t: t.long(), r"has dtype torch.int64. Expected"),
    "booleans": (lambda t: t.bool(), r"has dtype torch.bool. Expected"),
    "complex": (lambda t: t.to(torch.complex64), r"has dtype torch.complex64. Expected"),
    "sparse": (lambda t: t.to_sparse(), r"has layout torch.sparse_coo. Expected a dense"),
}
BESIDE_X: dict[str, tuple[Callable[[Tensor], Any], str]] = {  # valid alone, not with the others
    "half": (lambda t: t.half(), r"has dtype torch.float16. Expected torch.float32, which x has"),
    "double": (lambda t: t.double(), r"has dtype torch.float64. Expected torch.float32, which x"),
    "device": (lambda t: t.to("meta"), "is on device meta, x on cpu. Expected one device"),
}
by_backend = pytest.mark.parametrize("backend", ["auto", *ops.BACKENDS])


@by_backend
@pytest.mark.parametrize("kind", FUNCTIONS)
def test_every_wrong_type_is_named(kind: str, backend: str) -> None:
    sequence, step = FUNCTIONS[kind]
    for name in arguments(kind, projected=kind == "lstm"):
        for change, message in (WRONG if name == "x" else WRONG | BESIDE_X).values():
            given = arguments(kind, projected=kind == "lstm")
            given[name] = change(given[name])
            with pytest.raises(UsageError, match=f"^{name} {message}"):
                step(**given, backend=backend)
            if name != "x":
                given["x"] = torch.zeros(6, 2, 3)
            with pytest.raises(UsageError, match=f"^{name} {message}"):
                sequence(**given, backend=backend)


@pytest.mark.parametrize("kind", FUNCTIONS)
def test_required_arguments(kind: str) -> None:
    for name in ("x", "h", "c", "weight_ih", "weight_hh"):
        given = arguments(kind) | {name: None}
        if name != "c" or kind == "lstm":
            with pytest.raises(UsageError, match=f"{name} is None. Expected a tensor"):
                FUNCTIONS[kind][1](**given)


def test_autocast_converts_what_differs_in_dtype() -> None:
    given = arguments("gru")
    with torch.autocast("cpu", torch.bfloat16):
        found = ops.gru_step(**(given | {"x": given["x"].bfloat16()}))
    torch.testing.assert_close(
        found, ops.gru_step(**given), rtol=0.05, atol=0.05, check_dtype=False
    )


@pytest.mark.parametrize("kind", FUNCTIONS)
def test_one_gate_too_few(kind: str) -> None:
    given = arguments(kind)
    given["weight_hh"] = given["weight_hh"][:-1]
    with pytest.raises(UsageError, match=r"has shape .* Expected"):
        FUNCTIONS[kind][1](**given)


@pytest.mark.parametrize("kind", FUNCTIONS)
def test_one_bias_without_the_other(kind: str) -> None:
    given = arguments(kind) | {"bias_hh": None}
    with pytest.raises(UsageError, match="One of bias_ih and bias_hh is None"):
        FUNCTIONS[kind][1](**given)


@pytest.mark.parametrize("kind", FUNCTIONS)
def test_no_time_steps(kind: str) -> None:
    given = arguments(kind) | {"x": torch.zeros(0, 2, 3)}
    with pytest.raises(UsageError, match="x has no time step"):
        FUNCTIONS[kind][0](**given)


def test_variant_that_does_not_exist() -> None:
    with pytest.raises(UsageError, match=r'nonlinearity is .* Expected "tanh" or "relu"'):
        ops.rnn_step(**arguments("rnn"), nonlinearity="gelu")  # type: ignore[arg-type]
    with pytest.raises(UsageError, match=r'reset is .* Expected "after" or "before"'):
        ops.gru_step(**arguments("gru"), reset="never")  # type: ignore[arg-type]
    names: Any = torch.ones(2).numpy()  # of which == gives an array
    with pytest.raises(UsageError, match=r'nonlinearity is .* Expected "tanh" or "relu"'):
        ops.rnn_step(**arguments("rnn"), nonlinearity=names)
    with pytest.raises(UsageError, match=r'reset is .* Expected "after" or "before"'):
        ops.gru_step(**arguments("gru"), reset=names)


@pytest.mark.parametrize("backend", [None, 1, ["cpu"], torch.ones(2).numpy()], ids=str)
def test_a_backend_is_a_name(backend: Any) -> None:
    with pytest.raises(UsageError, match=r"backend .* is unknown. Expected"):
        ops.gru_step(**arguments("gru"), backend=backend)
    with (
        pytest.raises(UsageError, match=r"backend .* is unknown. Expected"),
        ops.use_backend(backend),
    ):
        pass


# --- extras --------------------------------------------------------------------------------------


def all_extras(kind: str, projected: bool = False) -> dict[str, Tensor]:
    P = 2 if projected else 4
    extras = {
        "resets": torch.rand(5, 2) < 0.4,
        "recurrent_mask": torch.rand(2, P),
        "zoneout_h": torch.rand(5, 2, P),
    }
    return extras | ({"zoneout_c": torch.rand(5, 2, 4)} if kind == "lstm" else {})


@pytest.mark.parametrize("kind", FUNCTIONS)
def test_backends_agree_on_extras(kind: str) -> None:
    sequence, given = FUNCTIONS[kind][0], arguments(kind, projected=kind == "lstm")
    given["x"] = torch.randn(5, 2, 3)
    extras = ops.Extras(**all_extras(kind, projected=kind == "lstm"))
    expected = tensors(sequence(**given, extras=extras, backend="reference"))
    torch.testing.assert_close(tensors(sequence(**given, extras=extras)), expected)
    assert not torch.allclose(tensors(sequence(**given))[0], expected[0])


@pytest.mark.parametrize("kind", FUNCTIONS)
def test_every_wrong_shape_of_the_extras_is_named(kind: str) -> None:
    sequence, given = FUNCTIONS[kind][0], arguments(kind) | {"x": torch.randn(5, 2, 3)}
    for name in all_extras(kind):
        wrong = ops.Extras(**(all_extras(kind) | {name: torch.zeros(3, 3, 3)}))
        with pytest.raises(UsageError, match=rf"extras.{name} has shape \[3, 3, 3\]. Expected"):
            sequence(**given, extras=wrong)
        for change, message in WRONG.values() if name != "resets" else ():
            wrong = ops.Extras(**(all_extras(kind) | {name: change(all_extras(kind)[name])}))
            with pytest.raises(UsageError, match=rf"extras.{name} {message}"):
                sequence(**given, extras=wrong)
    for other in (None, {}, (None, None, None, None)):
        with pytest.raises(UsageError, match=r"extras is of type .* Expected gated.ops.Extras"):
            sequence(**given, extras=other)
    numbers = ops.Extras(resets=torch.zeros(5, 2))
    with pytest.raises(
        UsageError, match=r"extras.resets has dtype torch.float32. Expected torch.bo"
    ):
        sequence(**given, extras=numbers)


def test_only_the_lstm_has_zoneout_of_c() -> None:
    given = arguments("gru") | {"x": torch.randn(5, 2, 3)}
    with pytest.raises(UsageError, match=r"extras.zoneout_c is given, but the GRU has no c"):
        ops.gru_sequence(**given, extras=ops.Extras(zoneout_c=torch.zeros(5, 2, 4)))
