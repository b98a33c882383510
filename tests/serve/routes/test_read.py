"""`/v1/read` and `/v1/report`: files in, what was read or a report out."""

import gzip
import io
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from starlette.testclient import TestClient

from gated import Forecaster
from gated.errors import GatedError
from gated.serve import Limits
from gated.serve.forecasting import uploads
from tests.serve.conftest import Serve

BYTES = {"content-type": "application/octet-stream"}


def post(client: TestClient, path: str, content: bytes) -> Any:
    return client.post(path, content=content, headers=BYTES)


def test_what_was_read(client: TestClient, sales: bytes) -> None:
    found = post(client, "/v1/read?name=/home/me/sales.csv", sales).json()
    assert found["name"] == "sales.csv"
    assert found["columns"] == ["day", "shop", "sales"]
    assert (found["time_col"], found["target_col"], found["id_col"]) == ("day", "sales", "shop")
    assert found["facts"]["series"] == "2, by `shop`"
    assert found["h"] == 28
    assert found["rows"][0][:2] == ["Aachen", "2024-01-01"]


@pytest.mark.parametrize(
    "name", ["..", "/", "a\\..\\b.csv", "", "a%00b.csv", "../../etc/x.csv", "\U0001f600" * 90]
)
def test_a_name_of_a_file_is_no_path(client: TestClient, sales: bytes, name: str) -> None:
    response = post(client, f"/v1/read?name={name}", sales)
    assert response.status_code == 200
    assert not {"/", "\\"} & set(response.json()["name"].removeprefix("a\\x00"))


def test_an_error_has_the_sentence_the_field_and_the_columns(
    client: TestClient, sales: bytes
) -> None:
    response = post(client, "/v1/read?name=sales.csv&target_col=sale", sales)
    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"
    problem = response.json()
    assert problem["detail"].startswith("sales.csv: there is no column `sale`")
    assert "Did you mean `sales`?" in problem["detail"]
    assert problem["field"] == "target_col"
    assert problem["columns"] == ["day", "shop", "sales"]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "table.csv: the file is empty (0 bytes)."),
        (b"day,sales\n", "the table has no rows"),
        (gzip.compress(b"day,sales\n", mtime=0), "this is not plain text"),
        (b"PK\x03\x04", "this is not plain text"),
        (b"SQLite format 3\x00", "this is not plain text"),
        (bytes(100), "this is not plain text"),
    ],
)
def test_what_is_no_table_is_refused(client: TestClient, content: bytes, sentence: str) -> None:
    response = post(client, "/v1/read", content)
    assert response.status_code == 422
    assert sentence in response.json()["detail"]


def test_a_full_disk_is_no_path(
    client: TestClient, sales: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: object, content: bytes) -> None:
        raise GatedError(f"{path}: No space left on device.")

    monkeypatch.setattr(uploads, "write_whole", full)
    response = post(client, "/v1/read", sales)
    assert response.status_code == 503
    assert "/" not in response.json()["detail"]


def test_another_type_of_body_is_refused(client: TestClient) -> None:
    for kind in ("text/plain", "multipart/form-data", "application/json"):
        response = client.post("/v1/read", content=b"a", headers={"content-type": kind})
        assert response.status_code == 415
        assert "application/octet-stream" in response.json()["detail"]


def test_limits(serve: Serve, sales: bytes) -> None:
    with serve(limits=Limits(rows=100)) as client:
        response = post(client, "/v1/read", sales)
        assert response.status_code == 413
        assert "Expected at most 100" in response.json()["detail"]
    with serve(limits=Limits(body_bytes=100)) as client:
        assert post(client, "/v1/read", sales).status_code == 413


def test_a_horizon_that_is_too_long_is_refused_at_once(client: TestClient, sales: bytes) -> None:
    response = post(client, "/v1/report?h=1001", sales)
    assert response.status_code == 422
    assert "Expected at most" in response.json()["detail"]


def test_a_report(client: TestClient, sales: bytes) -> None:
    made = post(client, "/v1/report?name=sales.csv&h=3", sales).json()
    lines = made["csv"].splitlines()
    assert lines[0].startswith("shop,day,gated,gated-mean,gated-lo-80,gated-hi-80")
    assert len(lines) == 1 + 2 * 3
    assert made["report"].startswith("<!doctype html>")
    assert "<script>alert" not in made["report"]
    assert "held-out" in made["verdict"]


def test_a_report_is_that_of_the_model(serve: Serve, sales: bytes, tmp_path: Path) -> None:
    table = pd.read_csv(io.BytesIO(sales))
    model = Forecaster(h=7).fit(table)
    model.save(tmp_path / "shop.gated")
    with serve(model=tmp_path / "shop.gated") as client:
        made = post(client, "/v1/report?h=7", sales).json()
        assert made["verdict"] == model.forecast(h=7).verdict.describe(7)
        found = pd.read_csv(io.StringIO(made["csv"]))
        expected = model.predict(table, h=7, level=[80, 95])
        np.testing.assert_allclose(
            found.iloc[:, 2:].to_numpy(), expected.iloc[:, 2:].to_numpy(), rtol=1e-6
        )
        other = sales.replace(b"day,shop,sales", b"when,shop,amount")
        problem = post(client, "/v1/read", other).json()
        assert problem["columns"] == ["when", "shop", "amount"]
        assert problem["field"] in ("time_col", "target_col")
        named = "time_col=when&target_col=amount&h=7"
        assert post(client, f"/v1/report?{named}", other).json()["csv"].startswith("shop,when")
