"""`POST /v1/forecast`: rows in, rows out."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from starlette.testclient import TestClient

from gated import Forecaster
from tests.serve.rows import WEEKS, days


def test_rows_in_rows_out(client: TestClient, body: dict[str, Any]) -> None:
    response = client.post("/v1/forecast", json=body)
    assert response.status_code == 200
    made = response.json()
    assert [row["ds"] for row in made["rows"]] == ["2024-01-15", "2024-01-16", "2024-01-17"]
    names = ["unique_id", "ds", "gated", "gated-mean", "gated-lo-80", "gated-hi-80"]
    assert list(made["rows"][0]) == names
    assert all(row["gated-lo-80"] <= row["gated"] <= row["gated-hi-80"] for row in made["rows"])
    assert (made["freq"], made["validated"], made["rejected"]) == ("D", False, {})
    assert made["verdict"].endswith("without validation on these rows.")


def test_a_validated_forecast_is_that_of_the_forecaster(client: TestClient) -> None:
    rows = days(WEEKS * 6, "shop")
    request = {"rows": rows, "h": 3, "level": [50, 90], "validated": True}
    made = client.post("/v1/forecast", json=request).json()
    frame = pd.DataFrame(rows).assign(ds=lambda df: pd.to_datetime(df["ds"]))
    expected = Forecaster().predict(frame, h=3, level=[50, 90])
    found = pd.DataFrame(made["rows"])
    assert "held-out" in made["verdict"]
    assert found.columns.tolist() == expected.columns.tolist()
    np.testing.assert_allclose(
        found.iloc[:, 2:].to_numpy(float), expected.iloc[:, 2:].to_numpy(float), rtol=1e-6
    )


def test_several_series_in_any_order(client: TestClient) -> None:
    rows = days(WEEKS, "b")[::-1] + days(WEEKS[::-1], "a")
    made = client.post("/v1/forecast", json={"rows": rows, "h": 1, "quantiles": [0.9]}).json()
    assert [row["unique_id"] for row in made["rows"]] == ["b", "a"]
    assert "gated-q-90" in made["rows"][0]


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        (["2024-01-01T00:00:00Z", "2024-01-01T01:00:00Z"], "2024-01-01T{:02}:00:00Z"),
        (["2024-01-01T02:00:00+02:00", "2024-01-01T03:00:00+02:00"], "2024-01-01T{:02}:00:00Z"),
        (["2024-01-01T00:00", "2024-01-01T01:00"], "2024-01-01T{:02}:00:00"),
        ([0, 1], "{}"),
    ],
)
def test_times_go_out_in_the_form_in_which_they_came(
    client: TestClient, times: list[Any], expected: str
) -> None:
    rows = [{"ds": ds, "y": y} for ds, y in zip(times, (1.5, 2.5), strict=True)]
    request = {"rows": rows, "h": 2, "freq": "1" if times[0] == 0 else "h"}
    made = client.post("/v1/forecast", json=request).json()
    assert [str(row["ds"]) for row in made["rows"]] == [expected.format(2), expected.format(3)]


def test_a_series_that_cannot_be_forecast_is_named_and_the_others_are(client: TestClient) -> None:
    rows = days(WEEKS, "good") + days([None] * 14, "<script>alert(1)</script>")
    response = client.post("/v1/forecast", json={"rows": rows, "h": 2})
    made = response.json()
    assert {row["unique_id"] for row in made["rows"]} == {"good"}
    assert list(made["rejected"]) == ["<script>alert(1)</script>"]
    assert response.headers["content-type"] == "application/json"
    assert response.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"h": 0}, "h: Input should be greater than or equal to 1."),
        ({"h": 1001}, "h is 1,001. Expected at most 1,000 steps."),
        ({"level": [120]}, "level.0: Input should be less than 100."),
        ({"quantiles": [1.5]}, "quantiles.0: Input should be less than 1."),
        ({"level": [1 + n for n in range(21)]}, "There are 21 levels and quantiles."),
        ({"freq": "fortnight"}, "fortnight"),
        ({"rows": []}, "rows: List should have at least 1 item"),
        ({"rows": [{"ds": "2024-13-01", "y": 1}]}, "ds '2024-13-01' is not a time."),
        ({"rows": [{"ds": "2024-01-01", "y": "1"}]}, "rows.0.y: Input should be a valid number."),
        ({"rows": [{"ds": True, "y": 1}]}, "rows.0.ds"),
        ({"rows": [{"ds": "2024-01-01", "y": 1, "price": 2}]}, "rows.0.price: Extra inputs"),
        ({"rows": [{"ds": "2024-01-01", "y": 1}] * 2}, "Series series: a time occurs twice."),
        (
            {"rows": [{"ds": "2024-01-01", "y": 1}, {"ds": "2024-01-01T00:00Z", "y": 1}]},
            "Some times have a time zone and others none.",
        ),
        ({"rows": [{"ds": 2**60, "y": 1}]}, "is too large"),
        ({"rows": [{"ds": "2024-01-01", "y": None}]}, "the target is missing in every row"),
    ],
)
def test_a_wrong_value_is_one_sentence(
    client: TestClient, body: dict[str, Any], change: dict[str, Any], sentence: str
) -> None:
    response = client.post("/v1/forecast", json={**body, **change})
    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"
    assert sentence in response.json()["detail"]
    assert "Traceback" not in response.text
