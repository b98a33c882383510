"""The log has a line for each request, without its body and its key."""

import json
import logging
from typing import Any

from starlette.testclient import TestClient


def test_the_log_has_no_body_and_no_key(client: TestClient, caplog: Any) -> None:
    with caplog.at_level(logging.INFO, "gated.serve"):
        client.post(
            "/v1/forecast", json={"rows": "hidden-rows"}, headers={"x-api-key": "hidden-key"}
        )
    (record,) = [record for record in caplog.records if record.getMessage() == "request"]
    fields = record.fields
    assert fields["status"] == 401
    assert fields["path"] == "/v1/forecast"
    assert "hidden" not in json.dumps(fields)
