"""Limits before anything is parsed, headers of every response, and what is never shown."""

import gzip
import logging
from typing import Any

import pytest
from starlette.testclient import TestClient

from gated.serve import Limits
from gated.serve.forecasting.engine import Engine
from tests.serve.conftest import Serve

JSON = {"content-type": "application/json"}


def post(client: TestClient, content: bytes, **headers: str) -> Any:
    return client.post("/v1/forecast", content=content, headers={**JSON, **headers})


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"\xff\xfe", b"[" * 100_000, b'{"rows":[{"ds":1' + b"9" * 5000 + b"}]}", b"null"],
)
def test_a_malformed_body_is_one_sentence(client: TestClient, content: bytes) -> None:
    response = post(client, content)
    assert response.status_code in (400, 422)
    assert response.headers["content-type"] == "application/problem+json"
    assert len(response.json()["detail"]) < 400


def test_a_large_body_is_refused_before_it_is_read(serve: Serve) -> None:
    with serve(limits=Limits(body_bytes=1_000)) as client:
        response = post(client, b" " * 1_001)
        assert response.status_code == 413
        assert "Expected at most 1,000 bytes" in response.json()["detail"]
        chunks = (b" " * 100 for _ in range(100))  # without a length
        response = client.post("/v1/forecast", content=chunks, headers=JSON)
        assert response.status_code == 413


def test_a_compressed_body_is_refused_unread(client: TestClient) -> None:
    bomb = gzip.compress(b" " * 10_000_000)
    response = post(client, bomb, **{"content-encoding": "gzip"})
    assert response.status_code == 415
    assert "compressed" in response.json()["detail"]


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_a_web_page_cannot_send_a_body(client: TestClient, kind: str) -> None:
    response = client.post("/v1/forecast", content=b"{}", headers={"content-type": kind})
    assert response.status_code == 415


@pytest.mark.parametrize(
    ("host", "status"),
    [("127.0.0.1:8000", 200), ("localhost", 200), ("[::1]:8000", 200), ("evil.example", 421)],
)
def test_a_name_of_another_host_is_refused(client: TestClient, host: str, status: int) -> None:
    assert client.get("/v1/series", headers={"host": host}).status_code == status


def test_every_response_has_the_headers_of_security(client: TestClient) -> None:
    for path in ("/", "/healthz", "/nothing", "/v1/forecast", "/openapi.json"):
        headers = client.get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "server" not in headers
        assert "access-control-allow-origin" not in headers


def test_a_fault_shows_nothing_of_the_program(
    serve: Serve, body: dict[str, Any], monkeypatch: pytest.MonkeyPatch, caplog: Any
) -> None:
    def fault(self: Engine, jobs: object) -> object:
        raise RuntimeError("secret detail in /home/me")

    monkeypatch.setattr(Engine, "forecast", fault)
    with serve() as client, caplog.at_level(logging.INFO, "gated.serve"):
        response = client.post("/v1/forecast", json=body)
    assert response.status_code == 500
    assert response.json()["detail"].startswith("Sorry: this is a fault of the server.")
    assert "secret" not in response.text
    assert any("secret detail" in str(record.exc_info) for record in caplog.records)


def test_a_request_that_takes_too_long_is_refused(
    serve: Serve, body: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    import time

    monkeypatch.setattr(Engine, "forecast", lambda self, jobs: time.sleep(1) or [])
    with serve(limits=Limits(seconds=0.1)) as client:
        response = client.post("/v1/forecast", json=body)
    assert response.status_code == 503
    assert response.headers["retry-after"]
