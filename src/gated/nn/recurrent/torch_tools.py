"""Lets the tools of torch that look for classes of torch.nn accept the layers and cells of gated.

- `torch.fx.symbolic_trace` keeps a layer as one node, as it keeps those of torch.nn.
- `torch.jit.script` compiles the layer of torch.nn that has the same weights.
- `torch.ao.quantization.quantize_dynamic` makes torch's layers with weights of 8 bits of ours, if
  the call names our classes; if it does not, a warning says so.
- `torch.ao.quantization.prepare` and `prepare_fx` make torch's observed LSTM of ours.
"""

import warnings
from collections.abc import Sequence
from typing import Any, TypeVar

from torch import nn
from torch.fx import Proxy

from gated.errors import GatedWarning, UsageError
from gated.nn.recurrent.options import Shares
from gated.ops.recurrence import Recurrence

_OBSERVED: Any = None
_QUANTISED: dict[Any, Any] = {}
_PREPARED: dict[Any, Any] = {}
try:
    from torch.ao.nn.quantizable import LSTM as _OBSERVED
    from torch.ao.quantization import get_default_custom_config_dict, quantization_mappings
except ImportError:  # torch will remove it, in favour of torchao
    pass
else:
    _QUANTISED = quantization_mappings.DEFAULT_DYNAMIC_QUANT_MODULE_MAPPINGS
    _DEFAULTS: dict[str, Any] = get_default_custom_config_dict()  # type: ignore[no-untyped-call]
    _PREPARED = _DEFAULTS["float_to_observed_custom_module_class"]

__all__ = [
    "ForTorchTools",
    "as_torch",
    "is_traced",
    "no_counterpart",
    "observable",
    "quantisable",
    "traced",
    "with_parameters_of",
]

Layer = TypeVar("Layer", bound=type[nn.Module])

_TORCHS: dict[str, type[nn.Module]] = {
    "RNN": nn.RNN,
    "LSTM": nn.LSTM,
    "GRU": nn.GRU,
    "RNNCell": nn.RNNCell,
    "LSTMCell": nn.LSTMCell,
    "GRUCell": nn.GRUCell,
}


def as_torch(module: Any) -> nn.Module:
    """Make the layer or cell of torch.nn that holds the parameters of this one.

    The parameters are shared, not copied, so a change of one module is a change of both.

    Raises:
        UsageError: the module has an option that torch.nn does not have.
    """
    recurrence: Recurrence = module.recurrence
    own = {
        'reset="before"': recurrence.reset == "before",
        "layer_norm": recurrence.layer_norm,
        "zoneout": module.shares.zoneout_h or module.shares.zoneout_c,
        "recurrent_dropout": module.shares.recurrent_dropout,
        "learned_state": getattr(module, "learned_state", False),
    }
    given = [option for option, is_given in own.items() if is_given]
    if given:
        raise UsageError(no_counterpart(module, given))
    is_cell = isinstance(module, nn.RNNCellBase)
    kind = recurrence.kind.upper() + ("Cell" if is_cell else "")
    options: dict[str, Any] = {"bias": module.bias, "device": "meta"}
    if not is_cell:
        options |= {
            "num_layers": module.num_layers,
            "batch_first": module.batch_first,
            "dropout": module.dropout,
            "bidirectional": module.bidirectional,
        }
    if recurrence.kind == "rnn":
        options["nonlinearity"] = module.nonlinearity
    if getattr(module, "proj_size", 0):
        options["proj_size"] = module.proj_size
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # said when the module itself was made
        twin = _TORCHS[kind](module.input_size, module.hidden_size, **options)
    return with_parameters_of(twin, module)


def no_counterpart(module: nn.Module, options: Sequence[str] = ()) -> str:
    """Return the message for a module that torch.nn does not have, because of these options."""
    name = type(module).__name__ + (f" with {' and '.join(options)}" if options else "")
    return (
        f"torch.nn has no {name}, so this layer has no counterpart for TorchScript, quantisation "
        "and gated.nn.to_torch. Expected a layer that torch.nn has; torch.export and "
        "torch.onnx.export accept every layer."
    )


def with_parameters_of(twin: nn.Module, module: nn.Module) -> nn.Module:
    """Put all that a user may have given to `module` into `twin`.

    These are parameters, buffers, submodules, the mode, hooks and attributes.
    """
    for name, parameter in module._parameters.items():
        setattr(twin, name, parameter)
    twin.training = module.training
    twin._buffers.update(module._buffers)
    twin._non_persistent_buffers_set.update(module._non_persistent_buffers_set)
    twin._modules.update(module._modules)
    made = {"_stream", *vars(type(module)(1, 1, device="meta"))}  # what a layer has by itself
    for name, value in vars(module).items():
        if "_hook" in name or (name not in vars(twin) and name not in made):
            vars(twin)[name] = value
    # These hooks know their module, and hold it weakly.
    hooks: Any = twin._load_state_dict_pre_hooks
    vars(twin)["_load_state_dict_pre_hooks"] = type(hooks)(
        (key, type(hook)(hook.hook, twin if hook.with_module else None))
        for key, hook in hooks.items()
    )
    return twin


def is_traced(input: Any) -> bool:
    """Return whether torch.fx is tracing this call and can keep the module as one node."""
    return isinstance(input, Proxy)


def traced(module: nn.Module, *args: Any) -> Any:
    """Record the call of a module as one node, without the arguments that are None."""
    tracer = args[0].tracer
    given = args[: max(place for place, arg in enumerate(args, 1) if arg is not None)]
    return tracer.create_proxy("call_module", tracer.path_of_module(module), given, {})


class ForTorchTools(nn.Module):
    """Adds what torch.jit.script and torch.ao.quantization look for to a layer or cell."""

    recurrence: Recurrence
    shares: Shares

    def __prepare_scriptable__(self) -> nn.Module:
        """Return the module that torch.jit.script compiles and puts in place of this one."""
        twin = as_torch(self)
        warnings.warn(
            f"torch.jit.script compiles torch.nn.{type(twin).__name__} in place of a layer of "
            "gated.nn, and puts it into the model, too: the results are the same, the speed is "
            "torch's. Script a deep copy to keep the model; torch.export keeps the layer.",
            GatedWarning,
            stacklevel=2,
        )
        return twin

    @property
    def qconfig(self) -> Any:
        """The configuration that torch.ao.quantization has given to this module."""
        try:
            return vars(self)["qconfig"]
        except KeyError:
            raise AttributeError("qconfig") from None

    @qconfig.setter
    def qconfig(self, value: Any) -> None:
        is_first = "qconfig" not in vars(self)  # prepare_fx gives a second one, of equalisation
        vars(self)["qconfig"] = value
        if value is not None or not is_first or type(self) not in _QUANTISED:
            return
        name = type(self).__name__
        warnings.warn(
            f"torch.ao.quantization passes over gated.nn.{name}, whose weights are not converted. "
            "For weights of 8 bits name the class: quantize_dynamic(model, {gated.nn."
            f"{name}, torch.nn.Linear}}).",
            GatedWarning,
            stacklevel=2,
        )

    @qconfig.deleter
    def qconfig(self) -> None:
        del vars(self)["qconfig"]


class _Quantised:
    """Stands for the quantised class of our layers and cells in the table of torch."""

    @staticmethod
    def from_float(module: Any, **options: Any) -> nn.Module:
        """Make torch's quantised layer or cell from ours, as torch.ao.quantization calls it."""
        twin: Any = as_torch(module)
        twin.qconfig = module.qconfig
        quantised: nn.Module = _QUANTISED[type(twin)].from_float(twin, **options)
        return quantised


def quantisable(layer: Layer) -> Layer:
    """Let quantize_dynamic convert the modules of a class; torch has no quantised RNN."""
    _QUANTISED[layer] = _Quantised
    return layer


class _KindOfLSTM(type):
    """The type of `_AnyLSTM`."""

    def __instancecheck__(cls, module: object) -> bool:
        if not isinstance(module, ForTorchTools):
            return isinstance(module, nn.LSTM)
        is_lstm = isinstance(module, nn.RNNBase) and module.recurrence.kind == "lstm"
        if is_lstm:
            as_torch(module)  # an observed layer would be without the options that torch's has not
        return is_lstm


class _AnyLSTM(metaclass=_KindOfLSTM):
    """An LSTM of torch.nn or of gated.nn: what torch's observed LSTM is made of."""


def observable(layer: Layer) -> Layer:
    """Let torch's static quantisation convert an LSTM; it converts no other recurrent layer."""
    if _OBSERVED is not None:
        _OBSERVED._FLOAT_MODULE = _AnyLSTM
        _PREPARED[layer] = _OBSERVED
    return layer
