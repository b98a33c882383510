"""Replaces `torch.nn.GRU` by `gated.nn.GRU`, with the same weights and the same results.

python examples/drop_in_gru.py
"""

import torch

from gated import nn, ops

# The sums of products have another order than torch's: the last digits of float32 differ.
TOLERANCE = 1e-6

theirs = torch.nn.GRU(input_size=8, hidden_size=16, num_layers=2)
ours = nn.GRU(input_size=8, hidden_size=16, num_layers=2)
ours.load_state_dict(theirs.state_dict())

x = torch.randn(50, 4, 8)  # [T, B, I]
output, h_n = ours(x)  # [T, B, H], [L, B, H]
difference = (output - theirs(x)[0]).abs().max().item()
print(f"as torch.nn.GRU within {TOLERANCE:g}: {difference < TOLERANCE}")

# The backend "reference" gives the same results, and a debugger can step through its equations.
with ops.use_backend("reference"):
    difference = (output - ours(x)[0]).abs().max().item()
print(f"as the equations within {TOLERANCE:g}: {difference < TOLERANCE}")

# `step` computes a stream of values one step at a time, without autograd.
state = None
for x_t in x:
    last, state = ours.step(x_t, state)
difference = (output[-1] - last).abs().max().item()
print(f"as one step at a time within {TOLERANCE:g}: {difference < TOLERANCE}")
