"""`/v2`: the Open Inference Protocol, as KServe, Triton and MLServer speak it.

https://github.com/kserve/open-inference-protocol; values without times, or with a start and a step.
"""

import math
from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from numpy.typing import NDArray

import gated._version
from gated.errors import UsageError
from gated.serve.bodies.json_bodies import as_model, documented, read_json, read_request
from gated.serve.bodies.models import InferBody, InferParameters, Tensor
from gated.serve.bodies.requests import check_options
from gated.serve.forecasting.job import Answer, Job, Options, Series
from gated.serve.forecasting.times import read_times
from gated.serve.problems import PROBLEMS, ProblemError
from gated.serve.services import Services
from gated.serve.settings import Limits
from gated.text import grouped

__all__ = ["open_inference_router"]

_BYTES_OF_VALUE, _BYTES_BESIDES = 32, 4_096
_TYPES = {"FP64", "FP32", "INT64", "INT32"}
_MODEL = {
    "name": "gated",
    "versions": [gated._version.__version__],
    "platform": "gated",
    "inputs": [{"name": "y", "datatype": "FP64", "shape": [-1, -1]}],
    "outputs": [
        {"name": "gated", "datatype": "FP64", "shape": [-1, -1]},
        {"name": "gated-mean", "datatype": "FP64", "shape": [-1, -1]},
    ],
}


def open_inference_router(services: Services) -> APIRouter:
    """The routes of the protocol."""
    router = APIRouter(prefix="/v2", tags=["open inference"], responses=PROBLEMS)

    @router.get("")
    async def server() -> dict[str, Any]:
        """Name and version of the server."""
        return {"name": "gated", "version": gated._version.__version__, "extensions": []}

    @router.get("/health/live")
    async def live() -> dict[str, bool]:
        """Whether the server runs."""
        return {"live": True}

    @router.get("/health/ready")
    async def ready() -> dict[str, bool]:
        """Whether the network is loaded."""
        if not services.is_ready:
            raise ProblemError(503, "The server is starting or stopping.", {"Retry-After": "1"})
        return {"ready": True}

    @router.get("/models/gated")
    async def model() -> dict[str, Any]:
        """The inputs and outputs."""
        return _MODEL

    @router.get("/models/gated/ready")
    async def model_ready() -> dict[str, Any]:
        """Whether the network is loaded."""
        await ready()
        return {"name": "gated", "ready": True}

    @router.post(
        "/models/gated/infer", response_model=dict[str, Any], openapi_extra=documented(InferBody)
    )
    async def infer(request: Request) -> Response:
        """Forecast the series of the input `y`."""
        read = partial(_read, services.limits)
        body, job = await read_request(services, request, read)
        answer = await services.forecast(job)
        return JSONResponse(_response(body, answer, job))

    return router


def _read(limits: Limits, content: bytes) -> tuple[InferBody, Job]:
    """The body of a request, and its job."""
    most = _BYTES_OF_VALUE * limits.rows + _BYTES_BESIDES
    if len(content) > most:
        raise ProblemError(
            413, f"The body is too large. Expected at most {grouped(most)} bytes for values."
        )
    body = as_model(InferBody, read_json(content, limits.rows, in_pieces=False))
    return body, _job(body, limits)


def _job(body: InferBody, limits: Limits) -> Job:
    """The job of a request."""
    given, asked = body.inputs[0], body.parameters
    check_options(asked.h, [*asked.level, *asked.quantiles], limits)
    y = _values(given, limits)
    clock, ds = _times(asked, y.shape[1])
    options = Options(
        clock, asked.h, tuple(asked.level), tuple(asked.quantiles), asked.freq, asked.season_length
    )
    return Job(options, [Series(str(row), ds, y[row]) for row in range(len(y))])


def _values(given: Tensor, limits: Limits) -> NDArray[np.float64]:
    """The values [series, steps] of the input."""
    if given.name != "y" or given.datatype not in _TYPES:
        raise UsageError(
            f"The input is {given.name} of type {given.datatype}. Expected y of type FP64."
        )
    shape = (1, *given.shape) if len(given.shape) == 1 else tuple(given.shape)
    if shape[0] > limits.series or math.prod(shape) > limits.rows:
        raise ProblemError(
            413,
            f"The shape is {list(shape)}. Expected at most {grouped(limits.series)} series and "
            f"{grouped(limits.rows)} values.",
        )
    flat = list(_flat(given.data, depth=2))
    if not flat or len(flat) != math.prod(shape):
        raise UsageError(
            f"The data has {grouped(len(flat))} values. Expected {grouped(math.prod(shape))}, as "
            "the shape says, and at least one."
        )
    if any(isinstance(value, bool) or not isinstance(value, int | float | None) for value in flat):
        raise UsageError("A value of the data is not a number. Expected numbers and null.")
    numbers = [math.nan if value is None else float(value) for value in flat]
    if any(math.isinf(number) for number in numbers):
        raise UsageError("A value of the data is infinite. Expected finite numbers and null.")
    return np.array(numbers).reshape(shape)


def _flat(data: Sequence[Any], depth: int) -> Any:
    """The values of a list, or of a list of lists."""
    for value in data:
        if isinstance(value, list) and depth > 1:
            yield from _flat(value, depth - 1)
        else:
            yield value


def _times(asked: InferParameters, steps: int) -> tuple[Any, NDArray[np.int64]]:
    """The clock and the times of the values: 0, 1, 2 … without a start."""
    if asked.start is None or isinstance(asked.start, int):
        if asked.freq is not None:
            raise UsageError("freq is given without start, the time of the first value.")
        return "integer", np.arange(steps) + (asked.start or 0)
    if asked.freq is None:
        raise UsageError("start is given without freq, the step between the values.")
    import pandas as pd

    clock, first = read_times([asked.start])
    try:
        times = pd.date_range(first.astype("datetime64[us]")[0], periods=steps, freq=asked.freq)
    except (ValueError, OverflowError, pd.errors.OutOfBoundsDatetime):
        raise UsageError(
            f"{steps} steps of freq {asked.freq!r} cannot be counted from {asked.start}. Expected "
            "an alias such as D, h or MS."
        ) from None
    return clock, times.to_numpy().astype("datetime64[us]").astype(np.int64)


def _response(body: InferBody, answer: Answer, job: Job) -> dict[str, Any]:
    if answer.rejected:
        label, reason = next(iter(answer.rejected.items()))
        raise UsageError(f"Series {label} of {len(job.series)} cannot be forecast: {reason}")
    outputs = [
        {
            "name": name,
            "shape": list(values.shape),
            "datatype": "FP64",
            "data": values.reshape(-1).tolist(),
        }
        for name, values in answer.columns.items()
    ]
    named = {} if body.id is None else {"id": body.id}
    return {"model_name": "gated", **named, "outputs": outputs}
