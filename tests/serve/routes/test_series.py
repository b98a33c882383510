"""`/v1/series/…/rows`: rows are stored, read and removed."""

import pytest
from starlette.testclient import TestClient

from gated.serve import Limits
from tests.serve.conftest import Serve
from tests.serve.rows import WEEKS, add, days


def test_rows_are_stored_and_read(client: TestClient) -> None:
    written = add(client, "stored", days([*WEEKS[:3], None])).json()
    assert written["rows"] == 4
    assert (written["first"], written["last"]) == ("2024-01-01", "2024-01-04")
    found = client.get("/v1/series/stored/rows").json()
    assert found["rows"] == days([*WEEKS[:3], None])
    assert found["next"] is None


def test_rows_are_read_in_pages(client: TestClient) -> None:
    add(client, "paged", days(WEEKS))
    rows, after = [], "1900-01-01"
    while after is not None:
        query = {"after": after, "limit": 5}
        page = client.get("/v1/series/paged/rows", params=query).json()
        rows += page["rows"]
        after = page["next"]
    assert rows == days(WEEKS)


def test_put_replaces_all_rows_and_post_corrects_some(client: TestClient) -> None:
    add(client, "replaced", days(WEEKS))
    corrected = add(client, "replaced", days([99.0])).json()
    assert (corrected["rows"], corrected["revision"]) == (14, 2)
    replaced = client.put("/v1/series/replaced/rows", json={"rows": days([1.5, 2.5])}).json()
    assert replaced["rows"] == 2


def test_the_answer_of_a_write_says_which_values_were_unlikely(client: TestClient) -> None:
    assert add(client, "alarm", days(WEEKS * 3)).json()["unlikely"] == []
    assert client.get("/v1/series/alarm/forecast?h=3").status_code == 200
    rows = days([900.0, 12.0], first="2024-02-12")
    written = add(client, "alarm", rows).json()
    (found,) = written["unlikely"]
    assert (found["ds"], found["y"]) == ("2024-02-12", 900.0)
    assert found["probability"] < 0.001
    assert 5 < found["expected"] < 25
    gap = add(client, "alarm", days([11.0], first="2024-02-20")).json()
    assert gap["notes"] == [
        "6 steps without a row, first before 2024-02-20 of `alarm`: taken as not observed."
    ]


def test_a_series_is_removed(client: TestClient) -> None:
    add(client, "removed", days(WEEKS[:2]))
    assert client.delete("/v1/series/removed").status_code == 204
    assert client.delete("/v1/series/removed").status_code == 404


@pytest.mark.parametrize("path", ["rows", "forecast?h=3"])
def test_an_unknown_series_is_named(client: TestClient, path: str) -> None:
    response = client.get(f"/v1/series/nobody/{path}")
    assert response.status_code == 404
    assert response.json()["detail"] == "There is no series nobody. GET /v1/series lists all."


def test_a_name_is_only_text(client: TestClient) -> None:
    name = "<script>alert('1')</script>; DROP TABLE rows"
    assert add(client, name.replace("/", "%2F"), days(WEEKS[:2])).status_code == 404  # a slash
    name = "<img src=x onerror=alert(1)>"
    assert add(client, name, days(WEEKS[:2])).json()["unique_id"] == name


@pytest.mark.parametrize("name", ["a%00b", "a%0Ab", "a" * 201])
def test_a_name_of_control_characters_or_of_any_length_is_refused(
    client: TestClient, name: str
) -> None:
    assert add(client, name, days(WEEKS[:2])).status_code == 422


def test_limits_of_rows(serve: Serve) -> None:
    with serve(limits=Limits(rows=10, rows_of_series=12)) as client:
        assert add(client, "a", days(WEEKS[:11])).status_code == 413
        assert add(client, "a", days(WEEKS[:10])).status_code == 200
        more = add(client, "a", days(WEEKS[:3], first="2025-01-01"))
        assert more.status_code == 422
        assert "would have 13 rows. Expected at most 12" in more.json()["detail"]


def test_another_form_of_time_is_refused(client: TestClient) -> None:
    add(client, "clock", days(WEEKS[:2]))
    other = add(client, "clock", [{"ds": 17, "y": 1.0}])
    assert other.status_code == 422
    assert "of kind local; the new ones of kind integer" in other.json()["detail"]
    query = client.get("/v1/series/clock/rows?after=17")
    assert query.status_code == 422
