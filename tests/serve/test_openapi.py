"""Requests that schemathesis draws by the OpenAPI document: no fault, no undocumented response."""

import os
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest

pytest.importorskip("schemathesis", reason="schemathesis is not installed")

import schemathesis
import uvicorn
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as drawing
from hypothesis.errors import Unsatisfiable
from schemathesis.checks import CHECKS
from schemathesis.generation import GenerationMode

from gated.serve import Limits, Settings, create_app
from tests.ports import free_port
from tests.serve.rows import WEEKS, days

EXAMPLES = int(os.environ.get("GATED_EXAMPLES", "12"))  # of each page
# Not checked: whether all data of the described form is accepted (a time is text, and most texts
# are no time), and whether an unknown method is refused as the tool expects.
LEFT_OUT = ("positive_data_acceptance", "unsupported_method", "negative_data_rejection")


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server in a thread of this process."""
    path: Path = tmp_path_factory.mktemp("store") / "store.db"
    port = free_port()
    # A response of events lasts minutes; here a moment, so that it is checked like the others.
    limits = Limits(listening_seconds=0.05)
    app = create_app(Settings(store=str(path), port=port, limits=limits))
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_config=None, ws="none"))
    running = threading.Thread(target=server.run)
    running.start()
    while not server.started:
        time.sleep(0.05)
        assert running.is_alive()
    found = f"http://127.0.0.1:{port}"
    rows = {"rows": days(WEEKS)}
    assert httpx.put(f"{found}/v1/series/shop/rows", json=rows).is_success  # that of the examples
    yield found
    server.should_exit = True
    running.join()


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_requests_by_the_document(address: str, mode: GenerationMode) -> None:
    schema = schemathesis.openapi.from_url(f"{address}/openapi.json")
    left_out = [check for check in CHECKS.get_all() if check.__name__ in LEFT_OUT]
    operations = [found.ok() for found in schema.get_all_operations()]
    assert len(operations) >= 16
    for operation in operations:

        @drawing(
            max_examples=EXAMPLES,
            derandomize=True,
            database=None,
            deadline=None,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(generation_mode=mode))
        def check(case: Any) -> None:
            case.call_and_validate(excluded_checks=left_out)

        with suppress(Unsatisfiable):  # a page without parameters has no invalid requests
            check()
