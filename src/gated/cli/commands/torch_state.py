"""Finds what torch is here, and whether each backend of the recurrences works, for `gated doctor`.

torch is imported when it is examined, because a forecast needs none.
"""

from typing import TYPE_CHECKING, Any

from gated.threads import thread_count

if TYPE_CHECKING:
    from torch import Tensor

    from gated.ops.recurrence import Kind

__all__ = ["ABSENT", "AGREES", "TOLERANCE", "torch_state"]

AGREES = "agrees"
ABSENT = "absent"
TOLERANCE = 1e-5
"""float32 sums of about ten terms in another order differ by a few epsilons (1.2e-7)."""

_GATES: "dict[Kind, int]" = {"rnn": 1, "lstm": 4, "gru": 3}


def torch_state() -> tuple[dict[str, Any], dict[str, dict[str, str]]]:
    """The version, threads and GPU of torch; for each backend, the state of each recurrence."""
    import torch

    from gated.ops import BACKENDS

    engine = {
        "version": torch.__version__,
        "threads": thread_count(),
        "instructions": torch.backends.cpu.get_cpu_capability(),
        "gpu": torch.cuda.get_device_name() if torch.cuda.is_available() else None,
    }
    return engine, {name: _compare_with_reference(name) for name in BACKENDS}


def _compare_with_reference(backend: str) -> dict[str, str]:
    """Run each recurrence once on this machine and compare it with the reference."""
    from gated.ops import BACKENDS
    from gated.ops.recurrence import Recurrence

    states: dict[str, str] = {}
    for kind in _GATES:
        if not BACKENDS[backend].supports(Recurrence(kind)):
            states[kind] = ABSENT
            continue
        off = float((_sample(kind, backend) - _sample(kind, "reference")).abs().max())
        states[kind] = AGREES if off <= TOLERANCE else f"is off by {off:.1e}"
    return states


def _sample(kind: "Kind", backend: str) -> "Tensor":
    """Return the output of a backend for a small fixed sequence, [T, B, H]."""
    import torch

    from gated import ops

    steps, batch, inputs, hidden, gates = 5, 2, 3, 4, _GATES[kind]
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(steps, batch, inputs, generator=generator)
    weight_ih = torch.randn(gates * hidden, inputs, generator=generator)
    weight_hh = torch.randn(gates * hidden, hidden, generator=generator)
    zero = torch.zeros(batch, hidden)
    if kind == "lstm":
        return ops.lstm_sequence(x, zero, zero, weight_ih, weight_hh, backend=backend)[0]
    sequence = ops.rnn_sequence if kind == "rnn" else ops.gru_sequence
    return sequence(x, zero, weight_ih, weight_hh, backend=backend)[0]
