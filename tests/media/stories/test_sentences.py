"""Text as sentences."""

import pytest

from gated.media.stories import sentences_of


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ()),
        (" \n\n", ()),
        ("Mary left", ("Mary left",)),
        ("Mary left. John stayed.", ("Mary left.", "John stayed.")),
        ("mary left. john stayed.", ("mary left.", "john stayed.")),
        ("Mary left.\nJohn stayed.\n", ("Mary left.", "John stayed.")),
        ("Mary left\nJohn stayed", ("Mary left", "John stayed")),
        ("Mary went to\nthe kitchen.", ("Mary went to the kitchen.",)),
        ("Is it 3.5 km?  Yes!", ("Is it 3.5 km?", "Yes!")),
        ('He said "Go!" She went.', ('He said "Go!"', "She went.")),
        ("Dr. Low met J. Smith. They left.", ("Dr. Low met J. Smith.", "They left.")),
        ("Fruit etc. is here.", ("Fruit etc. is here.",)),
        ("They had fruit etc. Then they left.", ("They had fruit etc.", "Then they left.")),
        ("1 Mary left.\n2 John stayed.", ("Mary left.", "John stayed.")),
        ("1 mary left\n2 john stayed\n5 sandra came", ("mary left", "john stayed", "sandra came")),
        ("2 men left.\n3 stayed.", ("2 men left.", "3 stayed.")),
        ("Wait ... then go.", ("Wait ...", "then go.")),
        ("Ging er? Ça va. Ärger!", ("Ging er?", "Ça va.", "Ärger!")),
    ],
)
def test_sentences(text, expected):
    assert sentences_of(text) == expected


def test_long_words_and_rows_of_marks():
    assert len(sentences_of("x" * 200_000 + " y")) == 1
    assert len(sentences_of("." * 200_000 + " yes. z")) == 3
