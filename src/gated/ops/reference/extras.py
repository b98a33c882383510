"""Implements the extras of a recurrence: resets, recurrent dropout and zoneout.

They act in one step from h_{t-1} to h_t (and on an LSTM's c likewise) in this order:

    h⁻  = 0 where the sequence is reset before this step, else h_{t-1}
    ĥ_t = the next state of the recurrence from x_t and h⁻, in which every recurrent product reads
          d ⊙ h⁻ instead of h⁻                        (d: recurrent dropout, the same at every t)
    h_t = m_t ⊙ h⁻ + (1 − m_t) ⊙ ĥ_t                 (m: zoneout)

Only the recurrent products use d ⊙ h⁻; z_t ⊙ h⁻ of the GRU does not. The LSTM computes ĥ_t from its
ĉ_t before zoneout. A reset sets any value of the state to zero, including NaN, and stops the
gradient. d, m and the resets are constants without a gradient.

Sources: recurrent dropout, Gal and Ghahramani 2016, arXiv 1512.05287; zoneout, Krueger et al. 2017,
arXiv 1606.01305. The backward pass is derived in docs/reference/equations.md.
"""

from collections.abc import Callable
from typing import NamedTuple

from gated.arrays import Array
from gated.numeric import namespace

__all__ = ["NO_EXTRAS", "Extras", "zoned"]


class Extras(NamedTuple):
    """The extras of one layer in one direction; None for an absent one.

    For a packed sequence, rows [N] replace the first two axes [T, B]. The tensors of a reverse
    direction have the order of x too: `resets[t]` clears the state before the step that reads x[t],
    in either direction.
    """

    resets: Array | None = None  # [T, B] bool: the state is cleared before this step
    recurrent_mask: Array | None = None  # [B, P]: d, zero or 1/(1 − p)
    zoneout_h: Array | None = None  # [T, B, P]: m of h, zero or one; in evaluation the probability
    zoneout_c: Array | None = None  # [T, B, H]: m of c

    @property
    def is_empty(self) -> bool:
        """Whether all extras are absent."""
        return all(tensor is None for tensor in self)

    def description(self) -> str:
        """Describe the extras for a message, after the name of a recurrence."""
        words = ("resets", "recurrent dropout", "zoneout", "zoneout")
        present = dict.fromkeys(
            w for w, tensor in zip(words, self, strict=True) if tensor is not None
        )
        return f", with {' and '.join(present)}" if present else ""

    def at(self, t: int) -> "Extras":
        """Return the extras of step t: resets `[B]`, zoneout `[B, ·]`."""
        return self.map_rows(lambda rows: rows[t])

    def map_rows(self, change: Callable[[Array], Array]) -> "Extras":
        """Apply `change` to each tensor with the axes [T, B] or [N]; keep the recurrent mask."""
        resets, recurrent_mask, zoneout_h, zoneout_c = self
        return Extras(
            None if resets is None else change(resets),
            recurrent_mask,
            None if zoneout_h is None else change(zoneout_h),
            None if zoneout_c is None else change(zoneout_c),
        )

    def of_first(self, batch: int) -> "Extras":
        """Cut the recurrent mask to the first `batch` sequences, where the others have ended."""
        mask = self.recurrent_mask
        return self if mask is None else self._replace(recurrent_mask=mask[:batch])

    def filled(self, h: Array, c: Array) -> tuple[Array, Array, Array, Array]:
        """Replace None by neutral values, for all h `[T, B, P]` and all c `[T, B, H]`."""
        resets, recurrent_mask, zoneout_h, zoneout_c = self
        xp = namespace(h)
        return (
            xp.zeros(h.shape[:2], dtype=xp.bool, device=h.device) if resets is None else resets,
            xp.ones_like(h[0]) if recurrent_mask is None else recurrent_mask,
            xp.zeros_like(h) if zoneout_h is None else zoneout_h,
            xp.zeros_like(c) if zoneout_c is None else zoneout_c,
        )

    def cleared(self, state: Array) -> Array:
        """Compute h⁻ or c⁻ from the previous state, for one step or for all steps at once."""
        if self.resets is None:
            return state
        return namespace(state).where(self.resets[..., None], 0.0, state)

    def entering(self, h: Array) -> Array:
        """Compute d ⊙ h⁻, the input of the recurrent products, for one step or for all at once."""
        return h if self.recurrent_mask is None else self.recurrent_mask * h


NO_EXTRAS = Extras()


def zoned(share: Array | None, before: Array, after: Array) -> Array:
    """Compute m ⊙ before + (1 − m) ⊙ after."""
    return after if share is None else share * before + (1 - share) * after
