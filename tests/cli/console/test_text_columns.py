"""Columns of text fit the width of the terminal and name the hidden ones."""

import io

import pytest
from rich.console import Console

from gated.cli.console.text_columns import print_columns, short_label


def printed(width, **options):
    stream = io.StringIO()
    print_columns(
        Console(file=stream, width=width),
        ["method", "MASE", "RMSE"],
        [["gated", "naive"], ["0.93", "1.00"], ["12.5", "13.0"]],
        written_by="--scores",
        **options,
    )
    return stream.getvalue()


def test_all_columns_where_they_fit():
    assert printed(18) == "method  MASE  RMSE\ngated   0.93  12.5\nnaive   1.00  13.0\n"


@pytest.mark.parametrize(
    ("width", "row", "note"),
    [
        (17, "gated   0.93\n", "Not shown: column RMSE. --scores FILE writes all."),
        (11, "gated\n", "Not shown: columns MASE, RMSE. --scores FILE writes all."),
    ],
)
def test_columns_that_do_not_fit_are_named(width, row, note):
    text = printed(width)
    assert row in text
    assert " ".join(text.split()).endswith(note)
    assert max(map(len, text.splitlines())) <= width


def test_hidden_rows_are_counted():
    assert printed(60, hidden_rows="7 rows").endswith(
        "\nNot shown: 7 rows. --scores FILE writes all.\n"
    )


def test_a_label_is_printable_and_short():
    assert short_label("a\nb\x1b[31m") == "a\\nb\\x1b[31m"
    assert short_label(7) == "7"
    assert short_label("x" * 300) == "x" * 23 + "…"
