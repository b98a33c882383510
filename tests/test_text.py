"""Numbers as text, of any size."""

import math

from gated.text import between, change, printable, rounded


def test_numbers_of_any_size_are_written() -> None:
    minus = "\N{MINUS SIGN}"
    assert rounded(-12345.6) == f"{minus}12,350"
    assert rounded(math.nan) == "–"
    assert rounded(3.2e17) == "3.2e+17"
    assert between(-2.5e6, 1e6) == f"{minus}2.50 and 1.00 million"
    assert between(1e15, 2e15) == "1e+15 and 2e+15"
    assert change(1e9, 1) == "> 999 %"
    assert change(math.inf, 1) == ""


def test_joiners_inside_of_words_are_kept():
    word = "می\u200cشود"
    assert printable(word) == word
    assert printable(f"{word}\u202e\u200b") == f"{word}\\u202e\\u200b"
    assert printable("1\u00a0000\u3000€") == "1 000 €"
