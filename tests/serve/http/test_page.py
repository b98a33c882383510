"""The files of the page are served, and no other file of the disk."""

import pytest
from starlette.testclient import TestClient


@pytest.mark.parametrize(
    "path",
    [
        "/static/../app.py",
        "/static/..%2f..%2fsettings.py",
        "/static/%2e%2e/app.py",
        "/static//etc/passwd",
        "/static/index.html%00.py",
        "/static/",
        "/docs",
        "/redoc",
    ],
)
def test_no_path_reaches_the_disk(client: TestClient, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 404
    assert "import" not in response.text


def test_the_page_is_served(client: TestClient) -> None:
    page = client.get("/")
    assert page.headers["content-type"].startswith("text/html")
    assert client.get("/static/index.html").content == page.content
