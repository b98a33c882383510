"""Shows what a recurrent layer remembers: its gates, the half-lives of its units, its gradients.

Arrays go in and come out; nothing is drawn. `unit_memory` sums up the gates of a layer over a
sequence, and `state_gradients` measures how far back a state reaches. `GradientWatch` measures it
while a model trains, and says what it means;
`watch_training` does so for every estimator that is fitted inside.
"""

from gated.insight.block_gates import BlockGates, recorded_gates
from gated.insight.gates import UnitMemory, unit_memory
from gated.insight.gradients import StateGradients, state_gradients
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
