"""`gated train dialogue` and `gated chat`: files, turns on stdin, a state that is kept."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gated import Conversationalist
from gated.cli.app import app
from tests.tasks.conversation.dialogues import bookings

_QUICK = ("--max-steps", "3", "--hidden-size", "8")


@pytest.fixture(scope="module")
def trained(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("model") / "table.gated"
    model = Conversationalist(hidden_size=32, batch_size=16, max_steps=250)
    model.fit(bookings(200)).save(path)
    return path


def run(*words: object, code: int = 0, stdin: str | bytes | None = None):
    found = CliRunner().invoke(app, list(map(str, words)), input=stdin)
    assert found.exit_code == code, found.stderr
    return found


def test_training_from_a_file(tmp_path):
    path, out = tmp_path / "a.jsonl", tmp_path / "m.gated"
    rows = [{"dialogue": list(each.turns)} for each in bookings(30)]
    path.write_text("\n".join(map(json.dumps, rows)))
    found = run("train", "dialogue", path, "-o", out, *_QUICK, "--json")
    facts = json.loads(found.stdout)
    assert (facts["medium"], facts["dialogues"]) == ("dialogue", 30)
    assert facts["held_out"] >= 12
    assert "Learned from 30 dialogues with" in found.stderr
    assert f"Use it: gated chat {out}" in found.stderr
    shown = run("show", out).stdout
    assert "conversation" in shown
    assert "30 dialogues" in shown


def test_yaml_needs_no_medium(tmp_path):
    path = tmp_path / "a.yml"
    path.write_text("- [Hello, Hi!]\n- [Bye, See you!]\n" * 4)
    found = run("train", path, "-o", tmp_path / "m.gated", *_QUICK)
    assert "dialogue, by the names of the files" in found.stderr


def test_precision(tmp_path):
    path, out = tmp_path / "a.csv", tmp_path / "m.gated"
    path.write_text("text,reply\nHello,Hi!\nBye,See you!\nThanks,You are welcome.\n")
    run("train", "dialogue", path, "-o", out, *_QUICK)
    first = run("chat", out, stdin="hello\nGood evening\n")
    assert first.stdout.splitlines() == ["Hi!", "I do not know."]
    run("train", "dialogue", path, "-o", out, *_QUICK, "--precision", "0")
    assert "I do not know." not in run("chat", out, stdin="Good evening\n").stdout
    refused = run("train", "dialogue", path, "-o", out, "--precision", "90", code=2)
    assert "--precision 90 is no share. Expected a number from 0 to 1" in refused.stderr
    (tmp_path / "a.txt").write_text("To be, or not to be.\n" * 30)
    refused = run("train", tmp_path / "a.txt", "-o", out, "--precision", "0.9", code=2)
    assert "--precision is given for text. Expected dialogue. Leave it out." in refused.stderr


def test_each_line_is_a_turn(trained):
    (dialogue,) = bookings(1, seed=7)
    found = run("chat", trained, stdin="\n\n".join(dialogue.turns[::2]) + "\n")
    assert found.stdout.splitlines() == list(dialogue.turns[1::2])
    assert "held-out replies" in found.stderr


def test_json(trained):
    found = run("chat", trained, "--json", "--quiet", stdin="hello\n")
    facts = json.loads(found.stdout)
    assert facts["reply"] == "what can i do for you"
    assert facts["is_known"] is True
    assert 0 < facts["confidence"] <= 1
    assert len(facts["others"]) == 3
    assert found.stderr == ""


def test_a_state_is_kept(trained, tmp_path):
    (dialogue,) = bookings(1, seed=8)
    state = tmp_path / "dialogue.state"
    first = run("chat", trained, "--state", state, stdin="\n".join(dialogue.turns[:6:2]))
    assert f"Written to {state}" in first.stderr
    second = run("chat", trained, "--state", state, stdin=dialogue.turns[6])
    assert "The dialogue goes on." in second.stderr
    assert second.stdout.strip() == dialogue.turns[7]


def test_the_state_is_written_after_an_invalid_line(trained, tmp_path):
    state = tmp_path / "dialogue.state"
    found = run("chat", trained, "--state", state, code=2, stdin=b"hello\n\xff\n")
    assert "stdin: line 2 is not UTF-8" in found.stderr
    assert state.exists()


def test_refused(trained, tmp_path):
    broken = tmp_path / "broken.state"
    broken.write_bytes(b"no state")
    found = run("chat", trained, "--state", broken, code=2, stdin="")
    assert "broken.state: These 8 bytes are no state of a stream" in found.stderr
    assert broken.read_bytes() == b"no state"
    found = run("chat", trained, "--state", trained, code=2, stdin="")
    assert "would overwrite MODEL" in found.stderr
    assert "no such file" in run("chat", tmp_path / "x", code=2, stdin="").stderr
