"""The module gated.ops._cpu checks its arguments, since the kernels read raw pointers."""

import copy
import subprocess
import sys
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest
import torch
from torch import Tensor

from gated.ops.cpu import extension, kernel_call
from gated.ops.recurrence import Weights
from tests.ops.cpu.cases import Case, by_case, needs_kernels, run, run_and_derive, state_of

pytestmark = needs_kernels

GRU, LSTM = "gru_after", "lstm"  # of KINDS


def arguments(kind: str = GRU, dtype: torch.dtype = torch.float32) -> dict[str, Any]:
    """Fitting arguments of `forward`: T = 5, B = 2, I = 3, H = 4, one layer, one direction."""
    gates = 4 if kind == LSTM else 3
    shapes = [(gates * 4, 3), (gates * 4, 4), (gates * 4,), (gates * 4,)]
    state = [torch.randn(1, 2, 4, dtype=dtype) for _ in range(2 if kind == LSTM else 1)]
    return {
        "kind": extension.module().KINDS[kind],
        "directions": 1,
        "threads": 1,
        "recompute": False,
        "weights": (*(torch.randn(shape, dtype=dtype) for shape in shapes), None),
        "x": torch.randn(5, 2, 3, dtype=dtype),
        "batch_sizes": None,
        "h_0": state[0],
        "c_0": state[1] if kind == LSTM else None,
        "extras": None,
        "output": torch.empty(5, 2, 4, dtype=dtype),
        "h_n": torch.empty(1, 2, 4, dtype=dtype),
        "c_n": torch.empty(1, 2, 4, dtype=dtype) if kind == LSTM else None,
        "reserve": None,
    }


def forward(given: dict[str, Any]) -> None:
    extension.module().forward(*given.values())


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64], ids=str)
def test_valid_arguments(dtype: torch.dtype) -> None:
    for kind in (GRU, LSTM):
        given = arguments(kind, dtype)
        forward(given)
        assert torch.equal(given["output"][-1], given["h_n"][0])


MISFITS: dict[str, Any] = {
    "x": [torch.zeros(5, 2, 4), torch.zeros(5, 2, 6)[..., ::2], torch.zeros(0, 2, 3)],
    "h_0": [torch.zeros(1, 3, 4), torch.zeros(1, 2, 8)[..., ::2]],
    "c_0": [torch.zeros(1, 2, 4)],
    "output": [torch.zeros(5, 2, 5), torch.zeros(4, 2, 4), torch.zeros(5, 2, 8)[..., ::2]],
    "h_n": [torch.zeros(1, 2, 5)],
    "c_n": [torch.zeros(1, 2, 4)],
    "reserve": [torch.zeros(1_000_000)],
    "batch_sizes": [torch.tensor([2, 3]), torch.tensor([2, -1]), torch.tensor([2, 2, 1])],
    "extras": [
        (torch.zeros(1, 9, dtype=torch.bool), None, None, None, None),
        (None, torch.zeros(1, 2, 3), None, None, None),
        (None, None, None),
    ],
    "kind": [-1, 99],
    "directions": [0, 2, 3],
    "threads": [0],
    "weights": [
        (),
        (torch.zeros(12, 3),),
        (torch.zeros(12, 3), torch.zeros(12, 4), torch.zeros(12), None, None),
        (torch.zeros(12, 3), None, None, None, None),
        (torch.zeros(12, 2), torch.zeros(12, 4), None, None, None),
        (torch.zeros(12, 3), torch.zeros(12, 4), None, None, torch.zeros(4, 4)),
        (torch.zeros(12, 3), torch.zeros(12, 2), None, None, None),
        (torch.zeros(3, 12).T, torch.zeros(12, 4), None, None, None),
    ],
}


@pytest.mark.parametrize(
    ("name", "index"), [(name, i) for name, values in MISFITS.items() for i in range(len(values))]
)
def test_invalid_arguments(name: str, index: int) -> None:
    with pytest.raises((ValueError, RuntimeError), match=r"."):
        forward(arguments() | {name: MISFITS[name][index]})


def test_a_wrong_argument_is_named() -> None:
    message = r"h_0 has 12 elements\. Expected contiguous \[1, 2, 4\]\."
    with pytest.raises(ValueError, match=message):
        forward(arguments() | {"h_0": torch.zeros(1, 3, 4)})


OTHERS = {
    "another dtype": lambda t: t.double(),
    "another device": lambda t: t.to("meta"),
    "no dense tensor": lambda t: t.to_sparse(),
    "no tensor": lambda t: t.tolist(),
    "too many axes": lambda t: t[None, None],
}


@pytest.mark.parametrize("name", ["x", "h_0", "output"])
@pytest.mark.parametrize("other", OTHERS)
def test_inputs_are_never_converted(name: str, other: str) -> None:
    given = arguments()
    with pytest.raises(TypeError):
        forward(given | {name: OTHERS[other](given[name])})


@pytest.mark.parametrize("other", [o for o in OTHERS if o != "too many axes"])
def test_weights_and_extras_are_never_converted(other: str) -> None:
    given = arguments()
    weights = (OTHERS[other](given["weights"][0]), *given["weights"][1:])
    with pytest.raises(TypeError, match="weight_ih is no tensor of the type of x on the CPU"):
        forward(given | {"weights": weights})
    mask = OTHERS[other](torch.zeros(1, 2, 4))
    with pytest.raises(TypeError, match="recurrent_mask is no tensor"):
        forward(given | {"extras": (None, mask, None, None, None)})


def test_the_lstm_needs_its_second_state() -> None:
    with pytest.raises(ValueError, match="The LSTM needs c_n"):
        forward(arguments(LSTM) | {"c_n": None})


def look(x: Any, *others: Any) -> int:
    return extension.module().look(x, others)


def test_look_returns_flags_of_the_supported_tensors() -> None:
    module, x = extension.module(), torch.zeros(5, 2, 3)
    leaf = torch.zeros(4, requires_grad=True)
    assert look(x) == look(x.double()) == look(x, x, None) == module.FITS
    assert look(x, leaf) == look(leaf[None]) == module.FITS | module.HAS_GRAD
    assert look(x, torch.nn.Parameter(leaf)) == module.FITS | module.HAS_GRAD
    assert look(x.transpose(0, 1)) == module.FITS  # the last axis is dense
    assert look(x, x.transpose(0, 1)) == look(x[..., ::2]) == module.FITS | module.SCATTERED
    for other in (x.double(), x.half(), x.to("meta"), x.to_sparse(), x.as_subclass(Tagged), "x"):
        assert look(x, other) == 0
    assert look(torch._neg_view(x)) == look(x, torch._neg_view(x)) == 0


class Tagged(torch.Tensor):
    pass


def test_an_array_without_memory_for_it() -> None:
    """Empty tensors have no address, and none is read."""
    given = arguments()
    empty: dict[str, Tensor] = {
        "x": torch.zeros(5, 0, 3),
        "h_0": torch.zeros(1, 0, 4),
        "output": torch.zeros(5, 0, 4),
        "h_n": torch.zeros(1, 0, 4),
    }
    forward(given | empty)


# --- numbers -------------------------------------------------------------------------------------


def test_every_kind_has_a_recurrence_and_every_weight_an_index() -> None:
    module = extension.module()
    kinds = {kernel_call.kind_of(recurrence) for recurrence in kernel_call._RECURRENCES}
    assert kinds == set(module.KINDS.values())
    assert Weights._fields[: kernel_call.PER_LAYER] == module.WEIGHTS


class Renumbered:
    """The module with other numbers for its kinds and flags."""

    def __init__(self, module: ModuleType) -> None:
        self._module = module
        self.KINDS = {name: 70 - number for name, number in module.KINDS.items()}
        self.HAS_GRAD, self.SCATTERED = module.HAS_GRAD << 5, module.SCATTERED << 3

    def _seen(self, bits: int) -> int:
        seen = bits & self._module.FITS
        seen |= self.HAS_GRAD if bits & self._module.HAS_GRAD else 0
        return seen | (self.SCATTERED if bits & self._module.SCATTERED else 0)

    def look(self, x: Any, others: Any) -> int:
        return self._seen(self._module.look(x, others))

    def reserve_size(self, kind: int, *others: Any) -> int:
        size: int = self._module.reserve_size(70 - kind, *others)
        return size

    def forward(self, kind: int, *others: Any) -> None:
        self._module.forward(70 - kind, *others)

    def backward(self, kind: int, *others: Any) -> None:
        self._module.backward(70 - kind, *others)

    def stream(self, kind: int, *others: Any) -> "RenumberedStream":
        return RenumberedStream(self, self._module.stream(70 - kind, *others))


class RenumberedStream:
    def __init__(self, module: Renumbered, stream: Any) -> None:
        self._module, self._stream = module, stream
        self.is_current = stream.is_current

    def step(self, *tensors: Any) -> int:
        return self._module._seen(self._stream.step(*tensors))


@pytest.fixture
def renumber(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Replace the module by the renumbered one."""

    def replace() -> None:
        monkeypatch.setattr(kernel_call, "_kernels", Renumbered(extension.module()))
        kernel_call._by_kind.cache_clear()

    yield replace
    monkeypatch.undo()
    kernel_call._by_kind.cache_clear()


@by_case
def test_python_defines_none_of_the_numbers(case: Case, renumber: Any) -> None:
    """With any numbers in the module, the results have the same bits."""
    torch.manual_seed(5)
    layer = case.layer(3, 4, backend="cpu")
    x, state = torch.randn(5, 2, 3), state_of(layer, 2, torch.float32)
    scattered = torch.randn(5, 3, 2).transpose(1, 2)

    def compute() -> list[Tensor]:
        results = run_and_derive(layer, x, state)
        with torch.no_grad():
            results += run(layer, scattered, state)
        if not layer.bidirectional:
            results.append(copy.deepcopy(layer).step(scattered[0])[0])  # of packed weights
        return results

    expected = compute()
    renumber()
    for found, wanted in zip(compute(), expected, strict=True):
        assert torch.equal(found, wanted)


OLDER_TORCH = """
import torch
del torch.Tensor.__dlpack_c_exchange_api__  # new in torch 2.10
from gated import nn, ops
layer, x = nn.LSTM(3, 5, 2, bidirectional=True, batch_first=True), torch.randn(4, 6, 3)
results = []
for backend in ("cpu", "reference"):
    with ops.use_backend(backend):
        output, _ = layer(x)
    results.append([output, *torch.autograd.grad((output ** 2).sum(), list(layer.parameters()))])
torch.testing.assert_close(*results)
layer = nn.GRU(3, 5)
torch.testing.assert_close(layer.step(x[0], torch.zeros(1, 6, 5))[0], layer(x[:1, :].transpose(0, 1)
    .contiguous().transpose(0, 1).reshape(1, 6, 3))[0][0])
"""


@pytest.mark.skipif(
    not hasattr(torch.Tensor, "__dlpack_c_exchange_api__"), reason="this torch is an older one"
)
def test_an_older_torch() -> None:
    done = subprocess.run([sys.executable, "-c", OLDER_TORCH], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
