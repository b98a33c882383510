"""Lists the weights of layers by name and shape, so that a file can be checked without torch."""

from typing import TypeAlias

__all__ = ["Shapes", "linear_shapes", "norm_shapes"]

Shapes: TypeAlias = dict[str, tuple[int, ...]]


def linear_shapes(name: str, inputs: int, outputs: int, *, bias: bool = True) -> Shapes:
    """The weights of a layer of torch.nn.Linear.

    >>> linear_shapes("head", 3, 2)
    {'head.weight': (2, 3), 'head.bias': (2,)}
    """
    return {f"{name}.weight": (outputs, inputs)} | ({f"{name}.bias": (outputs,)} if bias else {})


def norm_shapes(name: str, width: int) -> Shapes:
    """The weights of a layer of torch.nn.LayerNorm.

    >>> norm_shapes("norm", 3)
    {'norm.weight': (3,), 'norm.bias': (3,)}
    """
    return {f"{name}.weight": (width,), f"{name}.bias": (width,)}
