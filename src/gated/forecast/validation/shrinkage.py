"""Weighs what few held-out windows measured against what was known before them."""

__all__ = ["measured_weight"]


def measured_weight(count: float, for_half: float) -> float:
    """The weight of a measured value; its prior has the rest.

    Args:
        count: number of windows or periods that it was measured on.
        for_half: the number at which both have equal weights.

    >>> measured_weight(20, for_half=20), measured_weight(60, for_half=20)
    (0.5, 0.75)
    """
    return count / (count + for_half)
