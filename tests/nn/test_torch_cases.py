"""torch's test cases of RNN, LSTM, GRU and cells, run on the layers of gated.

The generators in the torch wheel make them: 87 sets of constructor and forward
arguments and 48 more with packed sequences, each in float32 and float64, in training and
evaluation (348 and 192 forward cases), and 58 sets of arguments that must raise a
certain error. Every backend runs all of them.
"""

import functools
import itertools
import pickle
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.func import functional_call
from torch.nn.utils.rnn import PackedSequence
from torch.testing._internal.common_modules import ModuleErrorEnum, ModuleInput, module_db
from torch.testing._internal.common_utils import noncontiguous_like

from gated import nn
from tests.backend_names import by_backend

pytestmark = pytest.mark.filterwarnings(  # torch's own, also a warning of nn.LSTM(proj_size=…)
    "ignore:LSTM with projections is not supported with oneDNN"
)

KINDS = ["RNNCell", "LSTMCell", "GRUCell", "RNN", "LSTM", "GRU"]
PACKABLE = ["RNN", "GRU"]  # the generator of LSTM has no packed sequences
DTYPES = [torch.float32, torch.float64]
INFO = {info.module_cls.__name__: info for info in module_db if info.name[3:] in KINDS}


@functools.cache
def module_inputs(
    kind: str, dtype: torch.dtype, training: bool = True, packed: bool = False
) -> list[ModuleInput]:
    """Return the cases of torch's generator; with `packed` those that the option adds."""
    torch.manual_seed(0)
    options = {"device": "cpu", "dtype": dtype, "requires_grad": True, "training": training}
    generate = INFO[kind].module_inputs_func
    samples = list(generate(INFO[kind], **options, with_packed_sequence=packed))
    if packed:
        samples = [s for s in samples if isinstance(s.forward_input.args[0], PackedSequence)]
    return samples


def error_inputs(kind: str, dtype: torch.dtype) -> list[Any]:
    options = {"device": "cpu", "dtype": dtype, "requires_grad": False, "training": True}
    return list(INFO[kind].module_error_inputs_func(INFO[kind], **options))


def numbered(kinds: list[str], packed: bool = False) -> list[Any]:
    return [
        pytest.param(kind, index, id=f"{kind}-{index}")
        for kind in kinds
        for index in range(len(module_inputs(kind, torch.float32, packed=packed)))
    ]


SAMPLES = numbered(KINDS)
PACKED_SAMPLES = numbered(PACKABLE, packed=True)
ERRORS = [
    pytest.param(kind, index, id=f"{kind}-{index}")
    for kind in KINDS
    for index in range(len(error_inputs(kind, torch.float32)))
]

by_dtype = pytest.mark.parametrize("dtype", DTYPES, ids=str)
by_mode = pytest.mark.parametrize("training", [True, False], ids=["train", "eval"])


def test_the_number_of_cases() -> None:
    """The numbers of cases are those in the first lines of this file."""
    modes = len(DTYPES) * len([True, False])
    assert len(SAMPLES) * modes == 348
    assert len(PACKED_SAMPLES) * modes == 192
    assert len(ERRORS) == 58


def flat(result: Any) -> list[Tensor]:
    if isinstance(result, Tensor):
        return [result]
    if isinstance(result, PackedSequence):
        return [result.data]
    return [tensor for part in result for tensor in flat(part)]


def build(
    kind: str, sample: ModuleInput, backend: str, dtype: torch.dtype, training: bool
) -> tuple[torch.nn.Module, torch.nn.Module]:
    """Make our module and torch's of a sample, with the same weights."""
    constructor = sample.constructor_input
    ours = getattr(nn, kind)(*constructor.args, **constructor.kwargs, backend=backend)
    torchs = INFO[kind].module_cls(*constructor.args, **constructor.kwargs)
    torchs.load_state_dict(ours.state_dict())
    return ours.to(dtype).train(training), torchs.to(dtype).train(training)


def results_and_gradients(module: torch.nn.Module, args: tuple[Any, ...]) -> list[Tensor]:
    results = flat(module(*args))
    generator = torch.Generator().manual_seed(7)
    towards = [torch.randn(r.shape, generator=generator, dtype=r.dtype) for r in results]
    inputs = [*flat(args), *module.parameters()]
    return [*results, *torch.autograd.grad(results, inputs, towards)]


def assert_as_close(found: list[Tensor], expected: list[Tensor]) -> None:
    """Equal up to rounding, in float64 to torch's own tolerance.

    The cases hold states of 9, which saturate gates: their derivatives, 1 − n², are differences of
    near equals. In float32 ours and torch's each lie 5e-6 off the float64 gradient, in sums of
    up to 25, and up to 2.4e-5 apart, depending on the processor's tanh.
    """
    loose = found[0].dtype == torch.float32
    tolerance = {"rtol": 1e-5, "atol": 5e-5} if loose else {}
    torch.testing.assert_close(found, expected, **tolerance)


@by_backend
@by_mode
@by_dtype
@pytest.mark.parametrize(("kind", "index"), SAMPLES)
def test_forward(kind: str, index: int, dtype: torch.dtype, training: bool, backend: str) -> None:
    sample = module_inputs(kind, dtype, training)[index]
    ours, torchs = build(kind, sample, backend, dtype, training)
    args = sample.forward_input.args
    assert_as_close(results_and_gradients(ours, args), results_and_gradients(torchs, args))
    expected = sample.reference_fn(ours, *args)
    torch.testing.assert_close(flat(ours(*args)), flat(expected))


@by_backend
@by_mode
@by_dtype
@pytest.mark.parametrize(("kind", "index"), PACKED_SAMPLES)
def test_forward_packed(
    kind: str, index: int, dtype: torch.dtype, training: bool, backend: str
) -> None:
    sample = module_inputs(kind, dtype, training, packed=True)[index]
    ours, torchs = build(kind, sample, backend, dtype, training)
    args = sample.forward_input.args
    assert_as_close(results_and_gradients(ours, args), results_and_gradients(torchs, args))


@by_backend
@pytest.mark.parametrize(("kind", "index"), SAMPLES)
def test_gradgrad(kind: str, index: int, backend: str) -> None:
    training = index % 2 == 0  # by turns, for no case has dropout, by which the modes differ
    sample = module_inputs(kind, torch.float64, training)[index]
    ours, _ = build(kind, sample, backend, torch.float64, training)
    args = sample.forward_input.args
    names = [name for name, _ in ours.named_parameters()]

    def function(*tensors: Tensor) -> tuple[Tensor, ...]:
        given, weights = tensors[: -len(names)], tensors[-len(names) :]
        x, *states = given
        hx = (tuple(states),) if len(states) == 2 else tuple(states)
        return tuple(flat(functional_call(ours, dict(zip(names, weights, strict=True)), (x, *hx))))

    inputs = (*flat(args), *ours.parameters())
    assert torch.autograd.gradgradcheck(function, inputs, fast_mode=True)


def scattered(value: Any) -> Any:
    """The same numbers in tensors that are not contiguous."""
    if isinstance(value, tuple):
        return tuple(scattered(part) for part in value)
    return noncontiguous_like(value.detach()).requires_grad_()


@by_backend
@by_mode
@by_dtype
@pytest.mark.parametrize(("kind", "index"), SAMPLES)
def test_non_contiguous_tensors(
    kind: str, index: int, dtype: torch.dtype, training: bool, backend: str
) -> None:
    sample = module_inputs(kind, dtype, training)[index]
    ours, _ = build(kind, sample, backend, dtype, training)
    args = sample.forward_input.args
    expected = results_and_gradients(ours, args)
    for which in itertools.product([False, True], repeat=len(args)):
        chosen = tuple(
            scattered(arg) if scatter else arg for arg, scatter in zip(args, which, strict=True)
        )
        assert_as_close(results_and_gradients(ours, chosen), expected)


@by_backend
@pytest.mark.parametrize(("kind", "index"), SAMPLES)
def test_pickle_and_repr(kind: str, index: int, backend: str) -> None:
    sample = module_inputs(kind, torch.float32)[index]
    ours, torchs = build(kind, sample, backend, torch.float32, training=True)
    args = sample.forward_input.args
    restored = pickle.loads(pickle.dumps(ours))
    torch.testing.assert_close(flat(restored(*args)), flat(ours(*args)), rtol=0, atol=0)
    assert repr(restored) == repr(torchs)[:-1] + f", backend={backend})"


@by_backend
@by_dtype
@pytest.mark.parametrize(("kind", "index"), ERRORS)
def test_errors(kind: str, index: int, dtype: torch.dtype, backend: str) -> None:
    case = error_inputs(kind, dtype)[index]
    constructor = case.module_error_input.constructor_input

    def construct() -> torch.nn.Module:
        return getattr(nn, kind)(*constructor.args, **constructor.kwargs, backend=backend)

    if case.error_on == ModuleErrorEnum.CONSTRUCTION_ERROR:
        with pytest.raises(case.error_type, match=case.error_regex):
            construct()
    else:
        module, forward = construct(), case.module_error_input.forward_input
        with pytest.raises(case.error_type, match=case.error_regex):
            module(*forward.args, **forward.kwargs)
