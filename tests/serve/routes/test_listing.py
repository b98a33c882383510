"""`/v1/series`: the list of stored series, with their last values and parts of their names."""

from starlette.testclient import TestClient

from gated.serve import Limits
from tests.serve.conftest import Serve
from tests.serve.rows import WEEKS, days


def fill(client: TestClient, **series: list[float | None]) -> None:
    for label, values in series.items():
        body = {"rows": days(values)}
        assert client.put(f"/v1/series/{label}/rows", json=body).status_code == 200


def test_series_are_listed_in_pages(serve: Serve) -> None:
    with serve() as client:
        fill(client, **{f"s{number}": [1.0, 2.0] for number in range(5)})
        page = client.get("/v1/series?limit=3").json()
        assert [one["unique_id"] for one in page["series"]] == ["s0", "s1", "s2"]
        assert page["count"] == 5
        rest = client.get("/v1/series", params={"limit": 3, "after": page["next"]}).json()
        assert [one["unique_id"] for one in rest["series"]] == ["s3", "s4"]
        assert (rest["next"], rest["count"]) == (None, 5)


def test_the_last_values_are_listed_on_request(serve: Serve) -> None:
    with serve() as client:
        fill(client, long=[*WEEKS, None], short=[7.5])
        found = client.get("/v1/series?values=3").json()["series"]
        assert [one["values"] for one in found] == [[*WEEKS[-2:], None], [7.5]]
        found = client.get("/v1/series").json()["series"]
        assert [one["values"] for one in found] == [[], []]


def test_series_are_found_by_a_part_of_their_names(serve: Serve) -> None:
    with serve() as client:
        fill(client, **{name: [1.0] for name in ("Aachen 1", "aachen 2", "100 %", "a_b", "axb")})
        for part, expected in (
            ("AACHEN", ["Aachen 1", "aachen 2"]),
            ("%", ["100 %"]),
            ("_", ["a_b"]),
            ("nothing", []),
        ):
            page = client.get("/v1/series", params={"find": part, "limit": 10}).json()
            assert [one["unique_id"] for one in page["series"]] == expected
            assert page["count"] == len(expected)


def test_limits_of_the_list(serve: Serve) -> None:
    with serve(limits=Limits(page=5, tail=4)) as client:
        for query in ("limit=6", "values=5", "limit=0", "values=-1", f"find={'a' * 201}"):
            assert client.get(f"/v1/series?{query}").status_code == 422
        assert client.get("/v1/series?limit=5&values=4").status_code == 200
