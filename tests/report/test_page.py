"""The page as text: escaped, without requests, and within its largest size."""

import base64
import gzip
import json
import re
from typing import Any

import numpy as np
import pytest

from gated.report import OverviewColumn, Report, Series, SeriesForecast, page
from gated.report.packing import PER_BLOCK, pack, zipped
from tests.report.example_reports import DAYS, H, hostile, one_series, report


def unzipped(text: str) -> Any:
    return json.loads(gzip.decompress(base64.b64decode(text)))


def values(packed: dict[str, Any], numbers: list[int | None]) -> list[float]:
    half = [np.nan if n is None else packed["o"] / 2 + n * (packed["s"] / 2) for n in numbers]
    return [2 * value for value in half]


def test_packed_series_can_be_unpacked() -> None:
    one = one_series("a")
    packed = pack([one], 10**6)
    assert (packed.labels, packed.methods, packed.unit) == (["a"], ["naive"], "day")
    [series] = unzipped(packed.blocks[0])
    extent = one.y.max() - one.y.min() + 40
    np.testing.assert_allclose(values(series, series["y"]), one.y, atol=extent / 65_535)
    [forecast] = series["a"]
    np.testing.assert_allclose(values(series, forecast["p"]), one.forecasts[0].point, atol=0.01)
    assert forecast["b"].keys() == {"80"}
    begin, count = forecast["t"]
    days = DAYS.astype("M8[D]").astype(int)
    assert packed.axis[begin : begin - count] == days[120 : 120 + H].tolist()


def test_integers_are_exact_and_missing_values_stay_missing() -> None:
    y = np.array([3.0, np.nan, 60_000.0, 7.0])
    one = Series("a", np.arange(4), y, (SeriesForecast(np.arange(4, 5), np.array([8.0]), {}),))
    packed = pack([one], 10**6)
    assert packed.unit == "step"
    [series] = unzipped(packed.blocks[0])
    np.testing.assert_array_equal(values(series, series["y"]), y)


@pytest.mark.parametrize("size", [1e300, 1e-300, 1.7e308, 0.0])
def test_values_of_any_size_are_packed(size: float) -> None:
    y = size * np.array([-1.0, 0.5, 1.0])
    one = Series("a", np.arange(3), y, (SeriesForecast(np.arange(3, 4), np.array([size]), {}),))
    [series] = unzipped(pack([one], 10**6).blocks[0])
    np.testing.assert_allclose(
        np.array(values(series, series["y"])) / (size or 1), y / (size or 1), atol=1e-4
    )


def test_times_of_another_grid_are_stored_one_by_one() -> None:
    odd = Series(
        "odd", DAYS[::3][:10], np.ones(10), (SeriesForecast(DAYS[30:33:3], np.ones(1), {}),)
    )
    packed = pack([one_series("a"), odd], 10**6)
    series = unzipped(packed.blocks[0])[1]
    days = DAYS.astype("M8[D]").astype(int)
    assert [packed.axis[place] for place in series["t"]] == days[::3][:10].tolist()


def test_the_first_series_needs_no_unpacking() -> None:
    series = [one_series("a"), one_series("b", 200.0)]
    packed = pack(series, 10**6, first=1)
    assert packed.first is not None
    assert packed.first == (1, unzipped(packed.blocks[0])[1])


def test_closed_steps_and_the_name_of_the_point_are_packed() -> None:
    one = one_series("a")
    [ahead] = one.forecasts
    closed = np.arange(H) % 7 == 5
    closing = SeriesForecast(ahead.ds, ahead.point, ahead.bands, closed=closed)
    [series] = unzipped(pack([Series("a", one.ds, one.y, (closing,), "mean")], 10**6).blocks[0])
    assert (series["n"], series["a"][0]["c"]) == ("mean", [5, 12])


def test_the_largest_series_is_drawn_first() -> None:
    series = [one_series("a"), one_series("b", 300.0), one_series("c")]
    column = OverviewColumn("next", np.array([1.0, np.nan, 7.0]))
    made = page(report(series, overview=(column,), sort_by="next"))
    head = head_of(made)
    assert (head["first"], head["sort"]) == (2, 0)
    assert head["columns"][0]["values"] == [1, None, 7]
    assert (
        head_of(page(report(series, overview=(column,), sort_by="next", has_total=True)))["first"]
        == 0
    )


def head_of(made: str) -> Any:
    found = re.search(r'<script type="application/json" id="head">([^<]*)</script>', made)
    assert found is not None
    return json.loads(found[1])


def test_series_are_packed_in_blocks() -> None:
    packed = pack([one_series(str(i)) for i in range(PER_BLOCK + 1)], 10**7)
    assert [len(unzipped(block)) for block in packed.blocks] == [PER_BLOCK, 1]


def noisy(count: int) -> list[Series]:
    rng = np.random.default_rng(0)
    made = []
    for index in range(count):
        one = one_series(f"series {index}")
        made.append(Series(one.label, one.ds, rng.normal(size=len(one.y)), one.forecasts))
    return made


def test_the_past_is_shortened_to_fit_with_a_note() -> None:
    series = noisy(300)
    whole, short = pack(series, 10**6), pack(series, 70_000)
    assert sum(map(len, short.blocks)) < 70_000 < sum(map(len, whole.blocks))
    assert whole.kept is None
    assert short.kept is not None
    assert len(unzipped(short.blocks[0])[0]["y"]) == short.kept >= 2 * H
    written = page(report(series), budget_mb=0.2)
    assert re.search(r"The charts show the last \d+ steps of the past of each series", written)
    assert "of the past of each series" not in page(report(series))


def test_only_the_first_series_are_kept_where_shortening_is_not_enough() -> None:
    packed = pack(noisy(600), 60_000)
    assert sum(map(len, packed.blocks)) < 60_000
    assert len(packed.labels) < packed.total == 600
    written = page(report(noisy(600)), budget_mb=0.19)
    assert re.search(r"The page has only the first \d+ of 600 series", written)
    assert len(written) < 190_000


@pytest.mark.parametrize(
    "text",
    [
        "</script><script>alert(1)</script>\"'<img src=x onerror=alert(2)>",
        '"><meta http-equiv="refresh" content="0;url=https://example.org"><img src=x>',
        "<!--<script>]]></style></title><img src=x>\u2028\x00\x1b[2J&lt;\ud800",
        "javascript:alert(1)' onload='alert(2)' style='background:url(//example.org)'<img/src=x>",
    ],
)
def test_no_text_can_become_markup(text: str) -> None:
    made = page(hostile(text))
    assert "<script>alert" not in made
    assert "<img" not in made
    assert '<meta http-equiv="refresh"' not in made
    assert made.count("<script") == 4  # the head, the first series, a block, the page's own
    assert made.count("<style") == 1
    assert not re.search(r"<[^>]*\son\w+=", made.split("<script", 1)[0])
    made.encode()  # can be written to a file


def test_the_page_loads_nothing_and_runs_only_its_script() -> None:
    made = page(report([one_series("a")]))
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', made)
    assert policy is not None
    assert "default-src &#x27;none&#x27;" in policy[1]
    assert "script-src &#x27;sha256-" in policy[1]
    assert not re.search(r"(?:src|href)=\"(?!#)", made)


def test_the_same_report_gives_the_same_page() -> None:
    assert page(report([one_series("a")])) == page(report([one_series("a")]))
    assert zipped([1]) == zipped([1])


def test_an_empty_report_is_a_page() -> None:
    made = page(Report(title="nothing", summary=(), series=[]))
    assert "<h1>nothing</h1>" in made
