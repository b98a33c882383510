"""Bodies are read in pieces as at once, and errors name the first fault."""

import json
import random
from typing import Any

import pytest
from starlette.testclient import TestClient

from gated.serve import Limits
from gated.serve.bodies import json_bodies
from gated.serve.bodies.json_bodies import read_json
from gated.serve.bodies.row_columns import read_columns
from gated.serve.problems import ProblemError


@pytest.fixture
def _in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_bodies, "_SMALL", 60)
    monkeypatch.setattr(json_bodies, "_LONGEST_ROW", 150)


def drawn_body(seed: int) -> bytes:
    """A body of any layout, with labels that look like the ends of rows."""
    drawn = random.Random(seed)
    labels = ["a", "b},{", '"}, ]', "ü", "\\", "]"]
    rows = [
        {"unique_id": drawn.choice(labels), "ds": drawn.randint(0, 99), "y": drawn.random()}
        for _ in range(drawn.randint(0, 9))
    ]
    members: list[tuple[str, Any]] = [("rows", rows), ("h", 3), ("level", [80, 95.5])]
    drawn.shuffle(members)
    indent = drawn.choice([None, 0, 2])
    return json.dumps(dict(members), indent=indent, ensure_ascii=drawn.random() < 0.5).encode()


@pytest.mark.usefixtures("_in_pieces")
def test_pieces_are_the_whole() -> None:
    for seed in range(200):
        body = drawn_body(seed)
        assert read_json(body, 99) == json.loads(body)


@pytest.mark.usefixtures("_in_pieces")
def test_a_torn_body_is_an_error_wherever_it_ends() -> None:
    body = drawn_body(8)
    assert len(body) > 100
    for end in range(len(body) - 1):
        with pytest.raises(ProblemError) as found:
            read_json(body[:end], 99)
        assert found.value.status == 400


@pytest.mark.usefixtures("_in_pieces")
@pytest.mark.parametrize(
    ("body", "status", "sentence"),
    [
        (b'{"rows":[%s]}' % b",".join([b'{"ds":1,"y":2}'] * 9), 413, "more than 8 rows"),
        (b'{"rows":[{"ds":"%s"}]}' % (b"x" * 200), 400, "more than 150 characters"),
        (b'{"rows":[1,2]} ' + b"x" * 60, 400, "Extra data"),
        (b'{"rows":[1,2],3:4}' + b" " * 60, 400, "Expecting a name in quotes"),
        (b'{"rows":[NaN]}' + b" " * 60, 400, "cannot be read as JSON"),
        (b"[1]" + b" " * 80, 400, "Expecting '{'"),
        (b"[" * 5_000, 400, "Expecting '{'"),
        (b"\xff" * 80, 400, "cannot be read as JSON"),
    ],
)
def test_faults_of_large_bodies(body: bytes, status: int, sentence: str) -> None:
    with pytest.raises(ProblemError, match=sentence) as found:
        read_json(body, 8)
    assert found.value.status == status


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ({"ds": 1, "y": True}, "rows.2.y"),
        ({"ds": True, "y": 1}, "rows.2.ds"),
        ({"ds": 1.5, "y": 1}, "rows.2.ds"),
        ({"ds": "1" * 41, "y": 1}, "rows.2.ds"),
        ({"ds": 1, "y": "1"}, "rows.2.y"),
        ({"ds": 1}, "rows.2.y: Field required"),
        ({"ds": 1, "y": 1, "z": 1}, "rows.2.z: Extra inputs"),
        ([1, 2], "rows.2"),
        ("row", "rows.2"),
        (None, "rows.2"),
    ],
)
def test_a_wrong_row_is_named(client: TestClient, row: Any, sentence: str) -> None:
    rows = [{"ds": 2, "y": 1.0}, {"ds": 3, "y": None}, row]
    response = client.post("/v1/series/wrong/rows", json={"rows": rows})
    assert response.status_code == 422
    assert sentence in response.json()["detail"]


@pytest.mark.parametrize("label", ["", "a\nb", "a" * 201, 7, None])
def test_a_wrong_label_is_named(client: TestClient, label: Any) -> None:
    rows = [{"unique_id": label, "ds": 1, "y": 2.0}]
    response = client.post("/v1/forecast", json={"rows": rows, "h": 1})
    assert response.status_code == 422
    assert "rows.0.unique_id" in response.json()["detail"]


def test_a_number_beyond_float_and_other_members_are_refused(client: TestClient) -> None:
    large = b'{"rows":[{"ds":1,"y":1%s}]}' % (b"0" * 400)
    headers = {"content-type": "application/json"}
    response = client.post("/v1/series/large/rows", content=large, headers=headers)
    assert response.status_code == 422
    body = {"rows": [{"ds": 1, "y": 1}], "more": 1}
    assert "more" in client.post("/v1/series/large/rows", json=body).json()["detail"]


def test_columns_of_usual_rows() -> None:
    body = b'{"rows":[{"ds":"2024-01-01","y":1},{"ds":"2024-01-02","y":null}]}'
    columns, others = read_columns(body, Limits())
    assert (columns.labels, others) == ([], {})
    assert columns.ds == ["2024-01-01", "2024-01-02"]
    assert str(columns.y.tolist()) == "[1.0, nan]"
