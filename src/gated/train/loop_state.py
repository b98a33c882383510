"""Checks a saved state of a training loop against the loop that resumes from it.

Most values of a state follow from the model and the plan; they must equal those of the new loop.
The others (steps, scores, learning rates, moments) are checked by kind, range and size.
"""

import json
from collections.abc import Mapping
from typing import Any

from torch import Tensor

from gated.train.loop import Loop
from gated.train.stored_values import Check, list_of, number, record, text, whole
from gated.train.tensor_file import flatten_state, unflatten_state

__all__ = ["check_weights", "restore"]

_MOMENTS = ("step", "exp_avg", "exp_avg_sq")
_COUNTS = ("step", "used", "skipped", "clipped", "best_step")
_CHANGING = (*_COUNTS, "best_score", "loss", "history")
_LONGEST_NUMBER = 40  # characters
_MANY = 10**12


def restore(loop: Loop[Any], skeleton: Any, tensors: Mapping[str, Tensor], prefix: str) -> None:
    """Resume from a state that was saved as `flatten_state(loop.state(), prefix)`.

    Raises:
        ValueError: it is not the state of such a loop.
    """
    fresh_tensors, fresh = flatten_state(loop.state(), prefix)
    fresh = json.loads(json.dumps(fresh))  # what was a tuple is stored as a list
    _check_plain(skeleton)
    own = [tensor for group in loop.parameters for tensor in group]
    moments = _moments(skeleton["optimizer"]["state"], own, f"{prefix}.optimizer.state")
    if _fixed(skeleton) != _fixed(fresh):
        raise ValueError("the state is of another model or another plan")
    check_weights(tensors, {**fresh_tensors, **moments})
    try:
        loop.load_state(unflatten_state(dict(tensors), skeleton))
    except (RuntimeError, TypeError) as error:  # of torch, about its random states
        raise ValueError(f"a random state is damaged ({error})") from error


def check_weights(found: Mapping[str, Tensor], expected: Mapping[str, Tensor]) -> None:
    """Check that tensors have the names, sizes and types of the expected ones.

    Raises:
        ValueError: a tensor differs.
    """
    if found.keys() != expected.keys():
        name = min(found.keys() ^ expected.keys())
        raise ValueError(f"tensor {name} is {'missing' if name in expected else 'unknown'}")
    for name, tensor in found.items():
        like = expected[name]
        if tensor.shape != like.shape or tensor.dtype != like.dtype:
            shapes = f"{tuple(tensor.shape)}; expected {like.dtype} {tuple(like.shape)}"
            raise ValueError(f"tensor {name} is {tensor.dtype} {shapes}")


def _check_plain(skeleton: Any) -> None:
    """Check the values that change from step to step."""
    unchecked: Check = _unchecked
    tensors = ("model", "average", "best", "generator", "random", "device_random")
    record(
        {
            **dict.fromkeys(tensors, unchecked),
            **dict.fromkeys(_COUNTS, whole(0, _MANY)),
            "optimizer": record({"state": unchecked, "param_groups": list_of(unchecked)}),
            "best_score": _float_text,
            "loss": _float_text,
            "history": list_of(list_of(unchecked)),
        }
    )(skeleton, "loop")
    step, rate = skeleton["step"], number(0, 1)
    for name in ("skipped", "clipped", "best_step"):
        whole(0, step)(skeleton[name], f"loop.{name}")
    for group in skeleton["optimizer"]["param_groups"]:
        rate(_entry(group, "lr"), "a learning rate")
        list_of(rate)(_entry(group, "betas"), "the betas")
    for entry in skeleton["history"]:
        if len(entry) != 3:
            raise ValueError("an entry of the history is not a step with a loss and a score")
        whole(1, step)(entry[0], "a step of the history")
        for value in entry[1:]:
            _float_text(value, "a value of the history")


def _unchecked(value: Any, where: str) -> None:
    """Accept any value, which another function checks."""


def _float_text(value: Any, where: str) -> None:
    """Check for a float as `repr` writes it, including NaN and infinities."""
    text(_LONGEST_NUMBER)(value, where)
    float(value)


def _entry(mapping: Any, name: str) -> Any:
    if type(mapping) is not dict or name not in mapping:
        raise ValueError(f"the state lacks {name}")
    return mapping[name]


def _moments(state: Any, own: list[Tensor], prefix: str) -> dict[str, Tensor]:
    """Return the expected tensors of the optimiser, by the names in its state."""
    if type(state) is not dict:
        raise ValueError("the state of the optimiser has no names")
    expected = {}
    for index, entry in state.items():
        names = {moment: f"{prefix}.{index}.{moment}" for moment in _MOMENTS}
        if entry != {moment: {"tensor": name} for moment, name in names.items()}:
            raise ValueError("the state of the optimiser is not AdamW's")
        if index not in map(str, range(len(own))):
            raise ValueError(
                "the state of the optimiser is of a parameter that the model does not have"
            )
        parameter = own[int(index)].detach()
        expected[names["step"]] = parameter.new_zeros(())
        expected |= dict.fromkeys((names["exp_avg"], names["exp_avg_sq"]), parameter)
    return expected


def _fixed(skeleton: Any) -> Any:
    """Return the values of a state that do not change from step to step."""
    groups = [_without(group, ("lr", "betas")) for group in skeleton["optimizer"]["param_groups"]]
    return {**_without(skeleton, (*_CHANGING, "optimizer")), "groups": groups}


def _without(mapping: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: value for name, value in mapping.items() if name not in names}
