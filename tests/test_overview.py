"""What objects print: text in columns, HTML in which nothing is markup."""

import pytest

from gated.overview import FIRST_ROWS, Overview, Overviewed, not_shown

COLUMNS = {"shop": ["north", "b"], "y": [1234.0, float("nan")]}


class Shelf(Overviewed):
    @property
    def _title(self) -> str:
        return "Shelf of 2 books."

    def _overview(self) -> Overview:
        return Overview(self._title, COLUMNS, ("Read.",))


def test_labels_stand_on_the_left_and_numbers_on_the_right() -> None:
    assert str(Shelf()).splitlines() == [
        "Shelf of 2 books.",
        "shop       y",
        "north  1,234",
        "b          –",
        "Read.",
    ]


def test_repr_is_the_title_alone() -> None:
    assert repr([Shelf()]) == "[<Shelf of 2 books>]"


def test_html_holds_the_same_cells() -> None:
    page = Shelf()._repr_html_()
    for part in ("Shelf of 2 books.", "<th>shop</th>", ">1,234</td>", ">north</td>", "Read."):
        assert part in page
    assert page.count("<tr>") == 3


def test_labels_are_never_markup_and_never_break_a_line() -> None:
    hostile = "<script>a\n\x1b[31m"
    shown = Overview(hostile, {hostile: [hostile]}, (hostile,))
    assert "<script>" not in shown.to_html()
    row = str(Overview("Table.", {hostile: [hostile]})).splitlines()
    assert row == ["Table.", *2 * ["<script>a\\n\\x1b[31m"]]


def test_a_long_label_is_cut() -> None:
    line = str(Overview("Table.", {"id": ["x" * 100]})).splitlines()[2]
    assert line == "x" * 39 + "…"


@pytest.mark.parametrize(("rows", "said"), [(0, ()), (1, ("and 1 more row",))])
def test_rows_that_are_not_shown_are_counted(rows: int, said: tuple[str, ...]) -> None:
    assert not_shown(rows) == said
    assert FIRST_ROWS > 1
