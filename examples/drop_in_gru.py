"""`gated.nn.GRU` in place of `torch.nn.GRU`: the same weights, the same results within rounding.

python examples/drop_in_gru.py
"""

import torch

from gated import nn, ops

# Products are summed in another order than torch's: results differ in the last digits of float32.
TOLERANCE = 1e-6

theirs = torch.nn.GRU(input_size=8, hidden_size=16, num_layers=2)
ours = nn.GRU(input_size=8, hidden_size=16, num_layers=2)
ours.load_state_dict(theirs.state_dict())

x = torch.randn(50, 4, 8)  # [T, B, I]
output, h_n = ours(x)  # [T, B, H], [L, B, H]
difference = (output - theirs(x)[0]).abs().max().item()
print(f"as torch.nn.GRU within {TOLERANCE:g}: {difference < TOLERANCE}")

# The readable equations compute the same, and a debugger can step through them.
with ops.use_backend("reference"):
    difference = (output - ours(x)[0]).abs().max().item()
print(f"as the equations within {TOLERANCE:g}: {difference < TOLERANCE}")

# A stream of values is computed one step at a time, without autograd.
state = None
for x_t in x:
    last, state = ours.step(x_t, state)
difference = (output[-1] - last).abs().max().item()
print(f"as one step at a time within {TOLERANCE:g}: {difference < TOLERANCE}")
