"""Exchanges the recurrent layers and cells of a whole model between torch.nn and gated.nn."""

import warnings
from collections.abc import Callable
from typing import Any

from torch import nn

from gated.errors import UsageError
from gated.nn.cells import GRUCell, LSTMCell, RNNCell
from gated.nn.layers import GRU, LSTM, RNN
from gated.nn.minimal import MinGRU, MinLSTM
from gated.nn.recurrent.torch_tools import as_torch, no_counterpart, with_parameters_of

__all__ = ["replace", "to_torch"]

_OURS: dict[type[nn.Module], Callable[..., Any]] = {
    nn.RNN: RNN,
    nn.LSTM: LSTM,
    nn.GRU: GRU,
    nn.RNNCell: RNNCell,
    nn.LSTMCell: LSTMCell,
    nn.GRUCell: GRUCell,
}


def replace(model: nn.Module) -> nn.Module:
    """Replace every RNN, LSTM, GRU and cell of torch.nn in a model by those of gated.nn.

    The new layers hold the same parameters, not copies, so an optimiser that was made before goes
    on to train them, and a `state_dict` keeps its names. Hooks and the mode of training are kept.

    Buffers, submodules and attributes that were added to a layer are kept, too.

    These stay as they are: subclasses, and layers with a method of their own (`layer.forward = …`),
    whose results may differ; layers whose weights are computed from other parameters
    (torch.nn.utils.parametrize, weight_norm, prune); quantised and scripted modules; modules in a
    plain list or dict, which torch does not find either.

    Args:
        model: any module; its submodules are replaced in place.

    Returns:
        The model itself, or where it is such a layer the new layer.

    Example:
        >>> import torch
        >>> from gated import nn
        >>> model = torch.nn.ModuleDict({"a": torch.nn.GRU(3, 4), "b": torch.nn.Linear(4, 1)})
        >>> isinstance(nn.replace(model)["a"], nn.GRU)
        True
    """
    return _exchanged(model, _ours_of)


def to_torch(model: nn.Module) -> nn.Module:
    """Replace every layer and cell of gated.nn in a model by those of torch.nn: undo `replace`.

    For tools that know the classes of torch.nn only, such as `torch.ao.quantization`. The new
    layers hold the same parameters. Subclasses, and layers whose weights are computed from other
    parameters, stay as they are.

    Args:
        model: any module; its submodules are replaced in place.

    Returns:
        The model itself, or where it is such a layer the new layer.

    Raises:
        UsageError: a layer has an option that torch.nn does not have, or is a MinGRU or MinLSTM.
            The model is then unchanged.

    Example:
        >>> import torch
        >>> from gated import nn
        >>> type(nn.to_torch(nn.GRU(3, 4))) is torch.nn.GRU
        True
    """
    return _exchanged(model, _torchs_of)


def _exchanged(model: nn.Module, counterpart: Callable[[nn.Module], nn.Module | None]) -> nn.Module:
    """Replace each module that has a counterpart, once all counterparts have been made."""
    found = {module: counterpart(module) for module in model.modules()}
    for module in found:
        for name, child in module._modules.items():
            new = None if child is None else found.get(child)
            if new is not None:
                module._modules[name] = new
    return found[model] or model


def _ours_of(module: nn.Module) -> nn.Module | None:
    ours = _OURS.get(type(module))
    if ours is None or not _is_plain(module):
        return None
    names = ["input_size", "hidden_size", "bias"]
    if isinstance(module, nn.RNNBase):
        names += ["num_layers", "batch_first", "dropout", "bidirectional"]
    if isinstance(module, nn.RNN | nn.RNNCell):
        names.append("nonlinearity")
    if isinstance(module, nn.LSTM):
        names.append("proj_size")
    options = {name: getattr(module, name) for name in names}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # said when the module itself was made
        return with_parameters_of(ours(**options, device="meta"), module)


def _torchs_of(module: nn.Module) -> nn.Module | None:
    if isinstance(module, MinGRU | MinLSTM):
        raise UsageError(no_counterpart(module))
    is_ours = type(module) in (RNN, LSTM, GRU, RNNCell, LSTMCell, GRUCell)
    return as_torch(module) if is_ours and _is_plain(module) else None


def _is_plain(module: nn.Module) -> bool:
    """Return whether each weight is a parameter, and no method was replaced."""
    biases = ["bias_ih", "bias_hh"] if module.bias else []
    names = (
        [name for layer in module._all_weights for name in layer]
        if isinstance(module, nn.RNNBase)
        else ["weight_ih", "weight_hh", *biases]
    )
    own = any(callable(getattr(type(module), name, None)) for name in vars(module))
    return not own and all(name in module._parameters for name in names)
