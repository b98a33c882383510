"""Provides the recurrences as functions and the choice of the backend that computes them.

`rnn_sequence`, `lstm_sequence` and `gru_sequence` run one layer in one direction over time-first
tensors `[T, B, I]`; `rnn_step`, `lstm_step` and `gru_step` compute a single step. `use_backend`
selects the backend and `BACKENDS` lists all backends. `Extras` holds what acts on a state inside a
sequence: resets, recurrent dropout, zoneout. The equations, as plain torch code, are in
`gated.ops.reference.rnn`, `gated.ops.reference.lstm` and `gated.ops.reference.gru`.
`decompositions` makes exported programs independent of gated.
`mingru_sequence`, `minlstm_sequence` and their steps are in `gated.ops.minimal`.
"""

from typing import TYPE_CHECKING

from gated.lazy import loaded_on_use

if TYPE_CHECKING:
    from gated.ops.cpu.operators import decompositions
    from gated.ops.dispatch import BACKENDS, use_backend
    from gated.ops.functional import (
        gru_sequence,
        gru_step,
        lstm_sequence,
        lstm_step,
        rnn_sequence,
        rnn_step,
    )
    from gated.ops.minimal.functional import (
        mingru_sequence,
        mingru_step,
        minlstm_sequence,
        minlstm_step,
    )
    from gated.ops.reference.extras import Extras

__all__ = [
    "BACKENDS",
    "Extras",
    "decompositions",
    "gru_sequence",
    "gru_step",
    "lstm_sequence",
    "lstm_step",
    "mingru_sequence",
    "mingru_step",
    "minlstm_sequence",
    "minlstm_step",
    "rnn_sequence",
    "rnn_step",
    "use_backend",
]

__getattr__, __dir__ = loaded_on_use(
    __name__,
    {
        "BACKENDS": "gated.ops.dispatch",
        "use_backend": "gated.ops.dispatch",
        "Extras": "gated.ops.reference.extras",
        "decompositions": "gated.ops.cpu.operators",
        "gru_sequence": "gated.ops.functional",
        "gru_step": "gated.ops.functional",
        "lstm_sequence": "gated.ops.functional",
        "lstm_step": "gated.ops.functional",
        "rnn_sequence": "gated.ops.functional",
        "rnn_step": "gated.ops.functional",
        "mingru_sequence": "gated.ops.minimal.functional",
        "mingru_step": "gated.ops.minimal.functional",
        "minlstm_sequence": "gated.ops.minimal.functional",
        "minlstm_step": "gated.ops.minimal.functional",
    },
)
