"""`/metrics`: requests, forecasts and groups of jobs are counted."""

from typing import Any

from starlette.testclient import TestClient


def test_counts(client: TestClient, body: dict[str, Any]) -> None:
    client.post("/v1/forecast", json=body)
    client.get("/no/such/page")
    text = client.get("/metrics").text
    assert 'gated_requests_total{method="POST",route="/v1/forecast",status="200"}' in text
    assert 'route="other",status="404"' in text
    assert "gated_forecasts_total" in text
    assert 'gated_batch_size_count{lane="quick"}' in text
