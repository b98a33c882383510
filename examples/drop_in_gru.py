"""`gated.nn.GRU` in the place of `torch.nn.GRU`: same weights, same numbers, open to inspection."""

import torch

from gated import nn, ops

theirs = torch.nn.GRU(input_size=8, hidden_size=16, num_layers=2)
ours = nn.GRU(input_size=8, hidden_size=16, num_layers=2)
ours.load_state_dict(theirs.state_dict())

x = torch.randn(50, 4, 8)  # [T, B, I]
# Another kernel rounds in another order: the same numbers up to the rounding of float32.
print("same output within 1e-6:", torch.allclose(ours(x)[0], theirs(x)[0], atol=1e-6))

# The readable equations give the same, and can be stepped through in a debugger.
with ops.use_backend("reference"):
    print("same as its equations within 1e-6:", torch.allclose(ours(x)[0], theirs(x)[0], atol=1e-6))

# The form of Cho et al. 2014 v3 (reset gate before the product) is a different model.
other = nn.GRU(8, 16, reset="before")
print(other, "parameters:", sum(p.numel() for p in other.parameters()))
