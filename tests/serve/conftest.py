"""Provides servers in this process with a client, rows of a request, and a file of two shops."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("sqlalchemy", reason="the server needs SQLAlchemy: gated[serve]")
pytest.importorskip("alembic", reason="the server needs Alembic: gated[serve]")
pytest.importorskip("fastapi", reason="the server needs FastAPI: gated[serve]")
pytest.importorskip("uvicorn", reason="the server needs uvicorn: gated[serve]")
pytest.importorskip("prometheus_client", reason="it needs prometheus-client: gated[serve]")
pytest.importorskip("httpx", reason="the tests need httpx")

from starlette.testclient import TestClient

from gated.serve import Settings, create_app
from tests.serve.rows import WEEKS, days, two_shops

Serve = Callable[..., AbstractContextManager[TestClient]]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Ignore the warnings that the server ignores: pytest forgets what a server sets."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.filterwarnings("ignore::gated.errors.GatedWarning"))


@contextmanager
def serving(settings: Settings) -> Iterator[TestClient]:
    """A client of a server in this process."""
    app = create_app(settings)
    with TestClient(app, "http://localhost", raise_server_exceptions=False) as found:
        yield found


@pytest.fixture
def serve(tmp_path: Path) -> Serve:
    """Start a server with an empty store: `serve(limits=…)`."""

    def start(**settings: Any) -> AbstractContextManager[TestClient]:
        return serving(Settings(store=str(tmp_path / "store.db"), **settings))

    return start


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A client of a server with usual settings; the tests of a module share its store."""
    path = tmp_path_factory.mktemp("store") / "store.db"
    with serving(Settings(store=str(path))) as found:
        yield found


@pytest.fixture
def body() -> dict[str, Any]:
    """A request for three days after two weeks."""
    return {"rows": days(WEEKS, "shop"), "h": 3}


@pytest.fixture(scope="session")
def sales() -> bytes:
    """Days of two shops as CSV; the name of one is markup."""
    return two_shops("sales")
