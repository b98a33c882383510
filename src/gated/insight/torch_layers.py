"""Converts layers of torch.nn, so that they can be inspected."""

from torch import nn

from gated.errors import UsageError
from gated.nn import GRU, LSTM, RNN
from gated.nn.recurrent.base import Recurrent

__all__ = ["as_gated"]


def as_gated(layer: nn.Module) -> Recurrent:
    """The layer of `gated.nn` with the weights and the options of a layer of torch.nn.

    The weights are shared, not copied. A layer of `gated.nn` is returned as it is.

    Raises:
        UsageError: the module is no recurrent layer.

    Example:
        >>> as_gated(nn.LSTM(3, 4, batch_first=True))
        LSTM(3, 4, batch_first=True)
    """
    if isinstance(layer, Recurrent):
        return layer
    options = {
        name: getattr(layer, name, None)
        for name in ("bias", "batch_first", "dropout", "bidirectional")
    }
    found: Recurrent
    if isinstance(layer, nn.RNN):
        found = RNN(
            layer.input_size,
            layer.hidden_size,
            layer.num_layers,
            "relu" if layer.mode == "RNN_RELU" else "tanh",
            **options,  # type: ignore[arg-type]
        )
    elif isinstance(layer, nn.LSTM):
        found = LSTM(
            layer.input_size,
            layer.hidden_size,
            layer.num_layers,
            proj_size=layer.proj_size,
            **options,  # type: ignore[arg-type]
        )
    elif isinstance(layer, nn.GRU):
        found = GRU(layer.input_size, layer.hidden_size, layer.num_layers, **options)  # type: ignore[arg-type]
    else:
        raise UsageError(
            f"The layer is {type(layer).__name__}. Expected an RNN, LSTM or GRU of gated.nn or "
            "torch.nn."
        )
    for name, parameter in layer.named_parameters():
        setattr(found, name, parameter)
    return found.train(layer.training)
