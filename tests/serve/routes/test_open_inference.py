"""`/v2`: the Open Inference Protocol."""

from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.serve.rows import WEEKS, days


def infer(client: TestClient, tensor: dict[str, Any], **parameters: Any) -> Any:
    tensor = {"name": "y", "datatype": "FP64", **tensor}
    body = {"id": "7", "inputs": [tensor], "parameters": parameters}
    return client.post("/v2/models/gated/infer", json=body)


def test_a_tensor_in_tensors_out(client: TestClient) -> None:
    given = {"shape": [2, 14], "data": [*WEEKS, *[100 * y for y in WEEKS]]}
    made = infer(client, given, h=3, level=[90], season_length=7).json()
    assert (made["model_name"], made["id"]) == ("gated", "7")
    outputs = {one["name"]: one for one in made["outputs"]}
    assert list(outputs) == ["gated", "gated-mean", "gated-lo-90", "gated-hi-90"]
    assert outputs["gated"]["shape"] == [2, 3]
    first, second = outputs["gated"]["data"][:3], outputs["gated"]["data"][3:]
    assert second == pytest.approx([100 * value for value in first], rel=0.2)


def test_with_a_start_it_is_the_forecast_of_rows(client: TestClient) -> None:
    nested = {"shape": [1, 14], "data": [WEEKS]}
    made = infer(client, nested, h=2, start="2024-01-01", freq="D").json()
    rows = client.post("/v1/forecast", json={"rows": days(WEEKS), "h": 2}).json()["rows"]
    assert made["outputs"][0]["data"] == [row["gated"] for row in rows]


@pytest.mark.parametrize(
    ("tensor", "parameters", "sentence"),
    [
        ({"shape": [3], "data": [1, 2]}, {}, "The data has 2 values. Expected 3"),
        ({"shape": [2], "data": ["a", 2]}, {}, "is not a number"),
        ({"shape": [2], "data": [True, 2]}, {}, "is not a number"),
        ({"name": "x", "shape": [1], "data": [1]}, {}, "The input is x of type FP64. Expected y"),
        ({"shape": [1], "data": [1]}, {"freq": "D"}, "freq is given without start"),
        ({"shape": [1], "data": [1]}, {"start": "2024-01-01"}, "start is given without freq"),
        ({"shape": [1], "data": [1]}, {"start": "2024-01-01", "freq": "x"}, "cannot be counted"),
        ({"shape": [0, 5], "data": []}, {}, "and at least one"),
        ({"shape": [1, 2], "data": [[[1], [2]]]}, {}, "is not a number"),
        ({"shape": [2], "data": [None, None]}, {}, "missing in every row"),
    ],
)
def test_a_wrong_tensor_is_one_sentence(
    client: TestClient, tensor: dict[str, Any], parameters: dict[str, Any], sentence: str
) -> None:
    response = infer(client, tensor, **{"h": 1, **parameters})
    assert response.status_code == 422
    assert sentence in response.json()["detail"]


def test_a_large_shape_is_refused_before_its_data_is_read(client: TestClient) -> None:
    assert infer(client, {"shape": [2**40, 2**40], "data": [1]}, h=1).status_code == 413


@pytest.mark.parametrize(
    "path", ["", "/health/live", "/health/ready", "/models/gated", "/models/gated/ready"]
)
def test_the_server_describes_itself(client: TestClient, path: str) -> None:
    assert client.get(f"/v2{path}").status_code == 200
