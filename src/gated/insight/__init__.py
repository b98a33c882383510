"""Shows what a recurrent layer remembers: its gates, the half-lives of its units, its gradients.

Arrays go in and come out; nothing is drawn. `unit_memory` sums up the gates of a layer over a
sequence, and `state_gradients` measures how far back a state reaches. `GradientWatch` measures it
while a model trains, and says what it means;
`watch_training` does so for every estimator that is fitted inside.
"""

from typing import TYPE_CHECKING

from gated.lazy import loaded_on_use

if TYPE_CHECKING:
    from gated.insight.block_gates import recorded_gates
    from gated.insight.gates import unit_memory
    from gated.insight.gradients import StateGradients, state_gradients
    from gated.insight.memory import BlockGates, UnitMemory
    from gated.insight.torch_layers import as_gated
    from gated.insight.watch import GradientWatch, Observation, watch_training

__all__ = [
    "BlockGates",
    "GradientWatch",
    "Observation",
    "StateGradients",
    "UnitMemory",
    "as_gated",
    "recorded_gates",
    "state_gradients",
    "unit_memory",
    "watch_training",
]

__getattr__, __dir__ = loaded_on_use(
    __name__,
    {
        "BlockGates": "gated.insight.memory",
        "GradientWatch": "gated.insight.watch",
        "Observation": "gated.insight.watch",
        "StateGradients": "gated.insight.gradients",
        "UnitMemory": "gated.insight.memory",
        "as_gated": "gated.insight.torch_layers",
        "recorded_gates": "gated.insight.block_gates",
        "state_gradients": "gated.insight.gradients",
        "unit_memory": "gated.insight.gates",
        "watch_training": "gated.insight.watch",
    },
)
