"""A transformer of characters with the settings that nanoGPT names for a CPU, in plain torch.

    x = E[symbols] + P                      embeddings of symbols and of places       [B, T, W]
    x = x + Attention(LayerNorm(x))         causal, several heads                     [B, T, W]
    x = x + W₂ GELU(W₁ LayerNorm(x))                                                  [B, T, W]
    p = softmax(E LayerNorm(x))             the embedding is the output matrix too    [B, T, K]

Settings: README and config/train_shakespeare_char.py of github.com/karpathy/nanoGPT; those that
they do not name are the defaults of its train.py.
"""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, gelu, linear, scaled_dot_product_attention

from benchmarks.sequences.peers.budget import Trained, steps_within

__all__ = ["SOURCE", "Transformer", "TransformerSettings", "nats_per_symbol", "trained_transformer"]

SOURCE = (
    "nanoGPT's CPU settings: 4 layers, 4 heads, 128 wide, blocks of 64, batches of 12, no dropout"
)
_STRIDE = 16  # predictions of a window: each has 48 to 64 symbols before it
_WINDOWS = 256  # of a batch in scoring


@dataclass(frozen=True)
class TransformerSettings:
    """Sizes and training.

    Attributes:
        layers, heads, width, block: of the network; a block is the longest past T.
        batch: blocks of a training step.
        peak, lowest: learning rates: linear to the peak, then a cosine to the lowest.
        warm_up: steps to the peak.
        betas, decay, clip: of AdamW; the decay is that of matrices, the clip that of the norm.
        deviation: of the initial weights.
    """

    layers: int = 4
    heads: int = 4
    width: int = 128
    block: int = 64
    batch: int = 12
    peak: float = 1e-3
    lowest: float = 1e-4
    warm_up: int = 100
    betas: tuple[float, float] = (0.9, 0.99)
    decay: float = 0.1
    clip: float = 1.0
    deviation: float = 0.02

    def learning_rate(self, step: int, steps: int) -> float:
        """Of a step, 0 … steps − 1."""
        if step < self.warm_up:
            return self.peak * (step + 1) / (self.warm_up + 1)
        share = (step - self.warm_up) / max(steps - self.warm_up, 1)
        return self.lowest + (self.peak - self.lowest) * 0.5 * (1 + math.cos(math.pi * share))


class Transformer(nn.Module):
    """Predicts the next symbol from at most a block of symbols before it.

    Args:
        symbols: K.
        settings: the sizes.

    Shape:
        input [B, T] int64, T at most the block; output [B, T, K] logits.
    """

    def __init__(self, symbols: int, settings: TransformerSettings) -> None:
        super().__init__()
        self.symbols = nn.Embedding(symbols, settings.width)
        self.places = nn.Embedding(settings.block, settings.width)
        self.layers = nn.ModuleList(_Layer(settings) for _ in range(settings.layers))
        self.norm = nn.LayerNorm(settings.width, bias=False)
        for name, parameter in self.named_parameters():
            if parameter.ndim > 1:
                # The output of each branch is added to the residual path, two for each layer.
                is_output = name.endswith(("mixed.weight", "last.weight"))
                scale = (2 * settings.layers) ** -0.5 if is_output else 1.0
                nn.init.normal_(parameter, std=scale * settings.deviation)

    def forward(self, symbols: Tensor) -> Tensor:
        """Return the logits of the symbol after each."""
        x = self.symbols(symbols) + self.places.weight[: symbols.shape[1]]
        for layer in self.layers:
            x = layer(x)
        return linear(self.norm(x), self.symbols.weight)


class _Layer(nn.Module):
    """Attention and a feed-forward network, each with pre-normalisation and a residual."""

    def __init__(self, settings: TransformerSettings) -> None:
        super().__init__()
        width = settings.width
        self.heads = settings.heads
        self.attention_norm = nn.LayerNorm(width, bias=False)
        self.queries_keys_values = nn.Linear(width, 3 * width, bias=False)
        self.mixed = nn.Linear(width, width, bias=False)
        self.inner_norm = nn.LayerNorm(width, bias=False)
        self.first = nn.Linear(width, 4 * width, bias=False)
        self.last = nn.Linear(4 * width, width, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        joined = self.queries_keys_values(self.attention_norm(x))
        parts = joined.unflatten(-1, (3, self.heads, -1)).transpose(1, 3)  # [B, h, 3, T, ·]
        queries, keys, values = parts.unbind(2)
        read = scaled_dot_product_attention(queries, keys, values, is_causal=True)
        x = x + self.mixed(read.transpose(1, 2).flatten(2))
        inner: Tensor = self.last(gelu(self.first(self.inner_norm(x))))
        return x + inner


def trained_transformer(
    learned: str,
    test: str,
    seconds: float,
    seed: int,
    settings: TransformerSettings | None = None,
) -> Trained:
    """Train on a text for the time, and score another one.

    Args:
        learned: the text to learn from.
        test: the text to score.
        seconds: of the training.
        seed: of all randomness.
        settings: by default those of the source.
    """
    settings = settings or TransformerSettings()
    alphabet = sorted({*learned, *test, "\n"})
    symbols, scored = (_encoded(text, alphabet) for text in (learned, test))
    torch.manual_seed(seed)
    tried = _Training(symbols, len(alphabet), settings)
    steps = steps_within(seconds, lambda: tried.advance(1))
    torch.manual_seed(seed)
    training = _Training(symbols, len(alphabet), settings)
    begin = time.perf_counter()
    for _ in range(steps):
        training.advance(steps)
    spent = time.perf_counter() - begin
    network = training.network.eval()
    start = alphabet.index("\n")  # what stands before a text, as with ours
    nats = nats_per_symbol(network, scored, start, settings.block)
    weights = sum(parameter.numel() for parameter in network.parameters())
    return Trained(nats, steps, spent, weights)


class _Training:
    """A network and its optimiser."""

    def __init__(self, symbols: Tensor, count: int, settings: TransformerSettings) -> None:
        self._symbols, self._settings = symbols, settings
        self._step = 0
        self.network = Transformer(count, settings)
        parameters = list(self.network.parameters())
        groups: list[dict[str, Any]] = [
            {"params": [each for each in parameters if each.ndim > 1]},
            {"params": [each for each in parameters if each.ndim == 1], "weight_decay": 0.0},
        ]
        self._optimizer = torch.optim.AdamW(
            groups, betas=settings.betas, weight_decay=settings.decay, fused=True
        )

    def advance(self, steps: int) -> None:
        """Train on one batch of so many."""
        settings = self._settings
        for group in self._optimizer.param_groups:
            group["lr"] = settings.learning_rate(self._step, steps)
        begins = torch.randint(len(self._symbols) - settings.block, (settings.batch, 1))
        blocks = self._symbols[begins + torch.arange(settings.block + 1)]
        logits = self.network(blocks[:, :-1])
        loss = cross_entropy(logits.flatten(0, 1), blocks[:, 1:].flatten())
        self._optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self.network.parameters(), settings.clip)
        self._optimizer.step()
        self._step += 1


def nats_per_symbol(
    predict: Callable[[Tensor], Tensor],
    symbols: Tensor,
    start: int,
    block: int,
    stride: int = _STRIDE,
) -> float:
    """The mean −log p of the symbols of a text; each is predicted once.

    A transformer has no state, so that windows of a block are read; of each only the last `stride`
    predictions count, and all of the first one, whose symbols have no more before them.

    Args:
        predict: converts symbols [W, block] to logits [W, block, K].
        symbols: [N] int64.
        start: the symbol before the first one.
        block: symbols of a window.
        stride: from a window to the next, at most the block.
    """
    count = len(symbols)
    begins = torch.arange(0, max(count - block + stride, 1), stride)
    places = begins[:, None] + torch.arange(block)  # [W, block]
    is_scored = places < count
    is_scored[1:, : block - stride] = False
    shifted = torch.cat([torch.tensor([start]), symbols[:-1]])
    total = 0.0
    with torch.inference_mode():
        for rows in torch.split(torch.arange(len(begins)), _WINDOWS):
            inside = places[rows].clamp(max=count - 1)
            logits = predict(shifted[inside])
            nats = cross_entropy(
                logits.flatten(0, 1), symbols[inside].flatten(), reduction="none"
            ).view_as(inside)
            total += float(nats[is_scored[rows]].double().sum())
    return total / count


def _encoded(text: str, alphabet: list[str]) -> Tensor:
    numbers = {character: number for number, character in enumerate(alphabet)}
    return torch.from_numpy(np.array([numbers[character] for character in text], dtype=np.int64))
