"""minGRU and minLSTM: equations, scans and the hand-written gradient."""

import math
from collections.abc import Iterator
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.nn.functional import logsigmoid

from gated import ops
from gated.errors import UsageError
from gated.ops.minimal import reference
from gated.ops.minimal.functional import GATES, run
from gated.ops.minimal.scan import log_g, log_scan, plain_scan

KINDS = ["mingru", "minlstm"]
by_kind = pytest.mark.parametrize("kind", KINDS)
by_scan = pytest.mark.parametrize("scan", ["plain", "log"])
SIZES = [(63, 1, 5, 37), (1, 3, 1, 4), (2, 2, 1, 1), (4, 0, 2, 3), (10, 2, 3, 3)]  # T, B, I, H
by_sizes = pytest.mark.parametrize("sizes", SIZES, ids=lambda sizes: "x".join(map(str, sizes)))


def arguments(
    kind: str, steps: int, batch: int, input_size: int, hidden_size: int, bias: bool = True
) -> dict[str, Any]:
    """Named float64 arguments of `sequence`, each a leaf that requires a gradient."""

    def draw(*shape: int) -> Tensor:
        return torch.randn(shape, dtype=torch.float64).requires_grad_()

    rows = GATES[kind] * hidden_size  # type: ignore[index]
    return {
        "x": draw(steps, batch, input_size),
        "h": draw(batch, hidden_size),
        "weight": draw(rows, input_size),
        "bias": draw(rows) if bias else None,
    }


# --- the equations, number by number -------------------------------------------------------------


def sigma(a: float) -> float:
    return 1 / (1 + math.exp(-a))


@pytest.mark.parametrize("bias", [True, False])
@by_kind
def test_step_equals_the_equations(kind: str, bias: bool) -> None:
    given, H = arguments(kind, 1, 3, 2, 4, bias), 4
    x, h, W, shift = given["x"][0], given["h"], given["weight"], given["bias"]
    found = reference.step(kind, x, h, W, shift)
    for b in range(3):
        a = (W @ x[b] + (0 if shift is None else shift)).tolist()
        for k in range(H):
            u = a[-H + k]
            n = u + 0.5 if u >= 0 else sigma(u)
            if kind == "mingru":
                keep = sigma(a[k])
            else:
                f, i = sigma(a[k]), sigma(a[H + k])
                keep = f / (f + i)
            expected = keep * h[b, k].item() + (1 - keep) * n
            assert found[b, k].item() == pytest.approx(expected, rel=1e-12)


def test_g_is_positive_and_continuous() -> None:
    u = torch.tensor([-800.0, -1.0, -1e-9, 0.0, 1e-9, 3.0], dtype=torch.float64)
    expected = [0.0, sigma(-1.0), 0.5, 0.5, 0.5, 3.5]
    torch.testing.assert_close(reference.g(u), torch.tensor(expected, dtype=torch.float64))


def test_closed_gates_of_the_minlstm_give_no_division_by_zero() -> None:
    """f and i both round to zero; the weight is still their ratio."""
    x, h = torch.ones(1, 1), torch.ones(1, 1)
    weight = torch.tensor([[-1000.0], [-1000.0], [0.0]])
    assert reference.step("minlstm", x, h, weight).item() == 0.75


# --- the scans -----------------------------------------------------------------------------------


@by_scan
@by_sizes
@by_kind
def test_scan_equals_the_steps(kind: str, sizes: tuple[int, int, int, int], scan: str) -> None:
    """Values and every gradient."""
    given = arguments(kind, *sizes)
    expected = reference.sequence(kind, **given)
    found = run(kind, *given.values(), None, scan)
    torch.testing.assert_close(found, expected)
    towards = [torch.randn_like(result) for result in expected]
    leaves = list(given.values())
    torch.testing.assert_close(
        torch.autograd.grad(found, leaves, towards), torch.autograd.grad(expected, leaves, towards)
    )


@pytest.mark.parametrize("scan", ["plain", "log", "steps"])
@by_kind
def test_huge_arguments_give_no_nan(kind: str, scan: str) -> None:
    """Gates of exactly 0 and 1, and candidates of exactly 0: values and gradients are not NaN."""
    given = arguments(kind, 6, 2, 3, 4)
    leaves = [(1000 * given["x"]).detach().requires_grad_(), *list(given.values())[1:]]
    output, h_n = run(kind, *leaves, None, scan)
    assert bool(output.isfinite().all())
    for gradient in torch.autograd.grad(output.sum() + h_n.sum(), leaves):
        assert bool(gradient.isfinite().all())


@by_kind
def test_a_sequence_equals_its_steps(kind: str) -> None:
    given = arguments(kind, 7, 2, 3, 4)
    output, h_n = reference.sequence(kind, **given)
    h = given["h"]
    for t, x_t in enumerate(given["x"]):
        h = reference.step(kind, x_t, h, given["weight"], given["bias"])
        torch.testing.assert_close(output[t], h)
    torch.testing.assert_close(h_n, h)


@by_kind
def test_plain_scan_with_resets_equals_separate_sequences(kind: str) -> None:
    given = arguments(kind, 9, 1, 3, 4)
    resets = torch.zeros(9, 1, dtype=torch.bool)
    resets[[4, 7]] = True
    for scan in ("steps", "plain"):
        output, h_n = run(kind, *given.values(), resets, scan)
        begin = given["h"]
        for part in (slice(0, 4), slice(4, 7), slice(7, 9)):
            alone, last = reference.sequence(
                kind, given["x"][part], begin, given["weight"], given["bias"]
            )
            torch.testing.assert_close(output[part], alone)
            begin = torch.zeros_like(begin)
        torch.testing.assert_close(h_n, last)


@pytest.mark.filterwarnings(  # a warning of torch when it loads the rules of forward mode
    "ignore:.*torch.jit.script.* is deprecated:DeprecationWarning"
)
@pytest.mark.parametrize("steps", [1, 2, 3, 4, 5, 16, 17])
def test_plain_scan_gradients(steps: int) -> None:
    """First, second and forward-mode gradients, with all fillings of blocks."""
    a, b = (torch.rand(steps, 1, 2, dtype=torch.float64).requires_grad_() for _ in range(2))
    h = torch.randn(1, 2, dtype=torch.float64).requires_grad_()
    assert torch.autograd.gradcheck(plain_scan, (a, b, h), check_forward_ad=True)
    assert torch.autograd.gradgradcheck(plain_scan, (a, b, h))


def test_plain_scan_inside_vmap_and_grad() -> None:
    a, b = torch.rand(5, 4, 1, 2), torch.randn(5, 4, 1, 2)
    h = torch.randn(5, 1, 2)

    def loss(a: Tensor, b: Tensor, h: Tensor) -> Tensor:
        return plain_scan(a, b, h).square().sum()

    each = torch.func.vmap(torch.func.grad(loss))(a, b, h)
    for k in range(5):
        torch.testing.assert_close(each[k], torch.func.grad(loss)(a[k], b[k], h[k]))


def test_the_plain_scan_is_more_accurate_than_the_scan_in_logarithms() -> None:
    """The figures of docs/reference/equations.md: relative errors in float32 after 10,000 steps."""
    d, u = torch.randn(2, 10_000, 1, 16).double().unbind()
    h = torch.zeros(1, 16, dtype=torch.float64)
    truth = plain_scan(*reference.shares(reference.Arguments(d, u)), h)
    short = reference.Arguments(d.float(), u.float())
    plain = plain_scan(*reference.shares(short), h.float())
    log_b = logsigmoid(-short.d) + log_g(short.u)
    in_logarithms = log_scan(logsigmoid(short.d), log_b, h.float())

    def error(found: Tensor) -> float:
        return ((found.double() - truth).abs() / truth).max().item()

    assert error(plain) < 1e-6
    assert 1e-4 < error(in_logarithms) < 1e-2


# --- the gradient by hand ------------------------------------------------------------------------


@pytest.fixture
def _poisoned_memory() -> Iterator[None]:
    """Fresh tensors of torch.empty hold NaN, so that uninitialised results fail."""
    torch.use_deterministic_algorithms(True)
    yield
    torch.use_deterministic_algorithms(False)


@pytest.mark.usefixtures("_poisoned_memory")
@pytest.mark.parametrize("with_resets", [False, True], ids=["", "resets"])
@by_sizes
@by_kind
def test_hand_written_backward_equals_autograd(
    kind: str, sizes: tuple[int, int, int, int], with_resets: bool
) -> None:
    given = arguments(kind, *sizes)
    resets = torch.rand(sizes[:2]) < 0.4 if with_resets else None
    output, h_n = reference.sequence(kind, **given, resets=resets)
    towards = [torch.randn_like(output), torch.randn_like(h_n)]
    expected = torch.autograd.grad([output, h_n], list(given.values()), towards)
    with torch.no_grad():
        gradient = reference.backward(kind, *given.values(), resets, output, *towards)
    for name, autograds in zip(given, expected, strict=True):
        torch.testing.assert_close(gradient[name], autograds, msg=lambda m, n=name: f"{n}: {m}")


@by_kind
def test_gradients_of_the_reference(kind: str) -> None:
    leaves = tuple(arguments(kind, 3, 2, 2, 3).values())
    for scan in ("steps", "plain", "log"):

        def sequence(*given: Tensor, scan: str = scan) -> tuple[Tensor, Tensor]:
            return run(kind, *given, None, scan)

        assert torch.autograd.gradcheck(sequence, leaves)
        assert torch.autograd.gradgradcheck(sequence, leaves)


# --- the public functions ------------------------------------------------------------------------

FUNCTIONS = {
    "mingru": (ops.mingru_sequence, ops.mingru_step),
    "minlstm": (ops.minlstm_sequence, ops.minlstm_step),
}


@by_kind
def test_functions(kind: str) -> None:
    sequence, step = FUNCTIONS[kind]
    given = arguments(kind, 5, 2, 3, 4)
    expected = reference.sequence(kind, **given)
    for scan in ("plain", "log", "steps"):
        torch.testing.assert_close(sequence(**given, scan=scan), expected)
    torch.testing.assert_close(step(**(given | {"x": given["x"][0]})), expected[0][0])


@by_kind
def test_every_wrong_shape_is_named(kind: str) -> None:
    sequence, step = FUNCTIONS[kind]
    for name in ("x", "h", "weight", "bias"):
        wrong = arguments(kind, 5, 2, 3, 4) | {name: torch.zeros(5, 5, 5, 5).double()}
        with pytest.raises(UsageError, match=rf"{name} has shape \[5, 5, 5, 5\]. Expected"):
            sequence(**wrong)
        if name != "x":
            wrong["x"] = torch.zeros(2, 3).double()
        with pytest.raises(UsageError, match=rf"{name} has shape \[5, 5, 5, 5\]. Expected"):
            step(**wrong)


@by_kind
def test_every_wrong_type_is_named(kind: str) -> None:
    sequence, step = FUNCTIONS[kind]
    for name in ("x", "h", "weight", "bias"):
        for wrong in (2.5, [1.0], torch.ones(2).numpy(), torch.zeros(2, 2, dtype=torch.int64)):
            given = arguments(kind, 5, 2, 3, 4) | {name: wrong}
            with pytest.raises(UsageError, match=rf"^{name} (is of type|has dtype) .* Expected"):
                sequence(**given)
            if name != "x":
                given["x"] = given["x"][0]
            with pytest.raises(UsageError, match=rf"^{name} (is of type|has dtype) .* Expected"):
                step(**given)


@by_kind
def test_invalid_arguments_of_a_sequence(kind: str) -> None:
    sequence, given = FUNCTIONS[kind][0], arguments(kind, 5, 2, 3, 4)
    with pytest.raises(UsageError, match="x has no time step"):
        sequence(**(given | {"x": torch.zeros(0, 2, 3).double()}))
    with pytest.raises(
        UsageError, match=r"scan is 'fast'. Expected \"plain\", \"log\" or \"steps\""
    ):
        sequence(**given, scan="fast")
    with pytest.raises(UsageError, match=r"resets have shape \[5, 1\]. Expected \[5, 2\]"):
        sequence(**given, resets=torch.zeros(5, 1, dtype=torch.bool))
    with pytest.raises(UsageError, match=r"resets has dtype torch.int64. Expected torch.bool"):
        sequence(**given, resets=torch.zeros(5, 2, dtype=torch.int64))
    for option in (None, ["plain"], torch.ones(2).numpy()):
        with pytest.raises(UsageError, match=r"scan is .* Expected"):
            sequence(**given, scan=option)
    with pytest.raises(UsageError, match='resets were given with scan="log"'):
        sequence(**given, resets=torch.zeros(5, 2, dtype=torch.bool), scan="log")
