"""What may act on a state inside a recurrence, beyond the recurrence's own equations.

In one step, from h_{t-1} to h_t (an LSTM's c likewise), in this order:

    h⁻  = 0 where the sequence is reset before this step, else h_{t-1}
    ĥ_t = the recurrence's own next state from x_t and h⁻, in which every recurrent product reads
          d ⊙ h⁻ instead of h⁻                        (d: recurrent dropout, the same at every t)
    h_t = m_t ⊙ h⁻ + (1 − m_t) ⊙ ĥ_t                 (m: zoneout)

Only the recurrent products read the dropped state: z_t ⊙ h⁻ of the GRU does not. The LSTM's ĥ_t is
made of its ĉ_t before zoneout. A reset clears whatever the state holds, NaN included, and lets no
gradient pass. d, m and the resets are constants: no gradient is taken in them.

Sources: recurrent dropout, Gal and Ghahramani 2016, arXiv 1512.05287; zoneout, Krueger et al. 2017,
arXiv 1606.01305. The backward pass is derived in docs/reference/equations.md.
"""

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor

__all__ = ["NO_EXTRAS", "Extras", "zoned"]


class Extras(NamedTuple):
    """The extras of one layer in one direction; None where there is nothing of the kind.

    Beside a packed sequence the first two axes [T, B] of a tensor are its rows [N]. Tensors of a
    reverse direction lie beside the rows of x too: `resets[t]` clears before the step that reads
    x[t], whichever step came before it.
    """

    resets: Tensor | None = None  # [T, B] bool: the state is cleared before this step
    recurrent_mask: Tensor | None = None  # [B, P]: d, zero or 1/(1 − p)
    zoneout_h: Tensor | None = None  # [T, B, P]: m of h, zero or one; in evaluation the probability
    zoneout_c: Tensor | None = None  # [T, B, H]: m of c

    @property
    def is_empty(self) -> bool:
        """Whether nothing acts on the state."""
        return all(tensor is None for tensor in self)

    def in_words(self) -> str:
        """What there is, to stand behind the name of a recurrence in a message."""
        words = ("resets", "recurrent dropout", "zoneout", "zoneout")
        there = dict.fromkeys(
            w for w, tensor in zip(words, self, strict=True) if tensor is not None
        )
        return f", with {' and '.join(there)}" if there else ""

    def at(self, t: int) -> "Extras":
        """The extras of step t: resets `[B]`, zoneout `[B, ·]`."""
        return self.map_rows(lambda rows: rows[t])

    def map_rows(self, change: Callable[[Tensor], Tensor]) -> "Extras":
        """Each tensor that begins with [T, B], or [N], changed; the recurrent mask as it is."""
        resets, recurrent_mask, zoneout_h, zoneout_c = self
        return Extras(
            None if resets is None else change(resets),
            recurrent_mask,
            None if zoneout_h is None else change(zoneout_h),
            None if zoneout_c is None else change(zoneout_c),
        )

    def of_first(self, batch: int) -> "Extras":
        """With the recurrent mask of the first sequences only, where the others have ended."""
        mask = self.recurrent_mask
        return self if mask is None else self._replace(recurrent_mask=mask[:batch])

    def filled(self, h: Tensor, c: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Every None replaced by what does nothing, for all h `[T, B, P]` and all c `[T, B, H]`."""
        resets, recurrent_mask, zoneout_h, zoneout_c = self
        return (
            h.new_zeros(h.shape[:2], dtype=torch.bool) if resets is None else resets,
            torch.ones_like(h[0]) if recurrent_mask is None else recurrent_mask,
            torch.zeros_like(h) if zoneout_h is None else zoneout_h,
            torch.zeros_like(c) if zoneout_c is None else zoneout_c,
        )

    def cleared(self, state: Tensor) -> Tensor:
        """h⁻ or c⁻ from the state before: of one step, or of all steps at once."""
        return state if self.resets is None else state.masked_fill(self.resets[..., None], 0.0)

    def entering(self, h: Tensor) -> Tensor:
        """What the recurrent products read in place of h⁻: of one step, or of all at once."""
        return h if self.recurrent_mask is None else self.recurrent_mask * h


NO_EXTRAS = Extras()


def zoned(share: Tensor | None, before: Tensor, after: Tensor) -> Tensor:
    """m ⊙ before + (1 − m) ⊙ after."""
    return after if share is None else share * before + (1 - share) * after
