"""Files of dialogues: JSON lines, tables, YAML; what is left out, and what is refused."""

import json
import sys
from pathlib import Path

import pytest

from gated.errors import DataError, UsageError
from gated.media.dialogues import read_dialogues

GREETING, ORDER = ("Hello", "Hi!"), ("Hello", "Hi!", "A table, please", "For how many?")


def written(folder: Path, content: str, name: str) -> Path:
    path = folder / name
    path.write_text(content, encoding="utf-8")
    return path


def turns(path: Path) -> list[tuple[str, ...]]:
    return [each.turns for each in read_dialogues(path).dialogues]


def test_json_lines_hold_dialogues_or_pairs(tmp_path):
    lines = [{"dialogue": list(ORDER), "id": 3}, {"text": " Hello ", "reply": "Hi!"}]
    path = written(tmp_path, "\n".join(map(json.dumps, lines)) + "\n", "a.jsonl")
    assert turns(path) == [ORDER, GREETING]


def test_tables_hold_pairs_or_turns(tmp_path):
    pairs = written(tmp_path, 'text,reply,more\nHello,Hi!,x\n"A, B",C,y\n', "a.csv")
    assert turns(pairs) == [GREETING, ("A, B", "C")]
    rows = "dialogue\ttext\n1\tHello\n2\tA\n1\tHi!\n2\tB\n1\tA table, please\n1\tFor how many?\n"
    assert turns(written(tmp_path, rows, "a.tsv")) == [ORDER, ("A", "B")]


def test_yaml_is_read_as_text(tmp_path):
    content = "categories:\n- a\nconversations:\n- - Is it so?\n  - yes\n- - How many?\n  - 42\n"
    assert turns(written(tmp_path, content, "a.yml")) == [("Is it so?", "yes"), ("How many?", "42")]
    assert turns(written(tmp_path, "- [Hello, Hi!]\n", "b.yaml")) == [GREETING]


def test_yaml_makes_no_objects(tmp_path):
    path = written(tmp_path, "- - !!python/object/apply:os.getcwd []\n  - x\n", "a.yml")
    with pytest.raises(DataError, match="no dialogue found"):
        read_dialogues(path)


def test_replies_have_all_turns_before_them(tmp_path):
    path = written(tmp_path, json.dumps({"dialogue": [*ORDER, "Four"]}), "a.jsonl")
    (dialogue,) = read_dialogues(path).dialogues
    assert list(dialogue.replies()) == [(ORDER[:1], ORDER[1]), (ORDER[:3], ORDER[3])]


def test_what_is_no_dialogue_is_left_out_and_named(tmp_path):
    lines = [{"dialogue": list(GREETING)}, {"dialogue": ["x"]}, {"text": "x", "reply": " "}]
    path = written(tmp_path, "\n".join(map(json.dumps, lines)), "a.jsonl")
    found = read_dialogues(path)
    assert len(found.dialogues) == 1
    assert found.notes == (
        "a.jsonl: `line 2`, `line 3`: left out, because of fewer than two turns, or one that is no "
        "text.",
    )


def test_files_of_a_folder_that_cannot_be_read_are_left_out(tmp_path):
    written(tmp_path, "text,reply\nHello,Hi!\n", "a.csv")
    written(tmp_path, "text\nHello\n", "b.csv")
    written(tmp_path, "x", "c.png")
    found = read_dialogues(tmp_path)
    assert [each.turns for each in found.dialogues] == [GREETING]
    assert len(found.notes) == 1
    assert "b.csv: has text. Expected a table" in found.notes[0]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.jsonl", "{", r"line 1 is not JSON .*Expected one object"),
        ("a.jsonl", "\n[1]", r"line 2 has no dialogue, and no text with a reply"),
        ("a.jsonl", '{"text": "x"}', r"line 1 has no dialogue, and no text with a reply"),
        ("a.csv", "a,b\n1,2\n", r"a\.csv: has a, b\. Expected a table with the columns"),
        ("a.csv", 'text,reply\n"x', r"line 1: unexpected end of data. Expected a table"),
        ("a.csv", "text,reply\n", r"no dialogue found"),
        ("a.yml", "a: [", r"a\.yml: line \d+ is not YAML: .*Expected a list of dialogues"),
        ("a.yml", "a: 1", r"has no list of dialogues"),
        ("a.txt", "Hello", r"has the suffix '\.txt'\. Expected a \.jsonl"),
    ],
)
def test_refused(tmp_path, name, content, message):
    with pytest.raises(DataError, match=message):
        read_dialogues(written(tmp_path, content, name))


def test_a_missing_library_is_named(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "yaml", None)
    with pytest.raises(UsageError, match=r'pip install "gated\[yaml\]"'):
        read_dialogues(written(tmp_path, "- [a, b]", "a.yml"))
