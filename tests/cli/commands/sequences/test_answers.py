"""`gated train answers` and `gated answer`: files, questions, gates, and what is refused."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gated import Answerer
from gated.cli.app import app
from tests.tasks.answerer.stories import walks

_QUICK = ("--max-steps", "3", "--hidden-size", "8")
STORY = "Mary went to the kitchen. John went to the office.\nMary went to the garden.\n"


@pytest.fixture(scope="module")
def trained(tmp_path_factory) -> Path:
    model = Answerer(
        hidden_size=16, num_layers=2, batch_size=16, max_steps=500, learning_rate=1e-2, starts=2
    )
    path = tmp_path_factory.mktemp("model") / "walks.gated"
    model.fit(walks(600)).save(path)
    return path


@pytest.fixture
def story(tmp_path) -> Path:
    path = tmp_path / "story.txt"
    path.write_text(STORY)
    return path


def run(*words: object, code: int = 0, stdin: bytes | None = None):
    found = CliRunner().invoke(app, list(map(str, words)), input=stdin)
    assert found.exit_code == code, found.stderr
    return found


def babi(path: Path, count: int = 40) -> Path:
    lines = []
    for each in walks(count):
        sentences = [f"{number} {text}" for number, text in enumerate(each.story, 1)]
        lines += [*sentences, f"{len(sentences) + 1} {each.question}\t{each.answer}\t1"]
    path.write_text("\n".join(lines) + "\n")
    return path


class TestTrain:
    def test_a_file_of_questions(self, tmp_path):
        out = tmp_path / "m.gated"
        found = run("train", "answers", babi(tmp_path / "a.txt"), "-o", out, *_QUICK, "--json")
        facts = json.loads(found.stdout)
        assert (facts["medium"], facts["questions"], facts["held_out"]) == ("answers", 40, 4)
        assert "Learned from 40 questions with 11 words" in found.stderr
        assert f"Use it: gated answer {out}" in found.stderr
        shown = run("show", out).stdout
        assert "answerer" in shown
        assert "40 questions" in shown

    def test_json_lines_need_no_medium(self, tmp_path):
        path = tmp_path / "a.jsonl"
        rows = [
            {"story": list(each.story), "question": each.question, "answer": each.answer}
            for each in walks(30)
        ]
        path.write_text("\n".join(map(json.dumps, rows)))
        found = run("train", path, "-o", tmp_path / "m.gated", *_QUICK)
        assert "answers, by the names of the files" in found.stderr

    def test_a_malformed_line_is_named(self, tmp_path):
        path = babi(tmp_path / "a.txt")
        lines = path.read_text().splitlines()
        path.write_text("\n".join([*lines[:1], "x", *lines[1:]]))
        found = run("train", "answers", path, "-o", tmp_path / "m.gated", code=2)
        assert "a.txt: line 2 begins with 'x'" in found.stderr
        assert not (tmp_path / "m.gated").exists()

    def test_options_of_other_media_are_refused(self, tmp_path):
        path = babi(tmp_path / "a.txt")
        found = run("train", "answers", path, "-o", tmp_path / "m", "--strings", code=2)
        assert "--strings is given for answers" in found.stderr


class TestAnswer:
    def test_answers_go_to_stdout_one_a_line(self, trained, story):
        found = run("answer", trained, "--story", story, "Where is Mary?", "Where is John?")
        assert found.stdout == "garden\noffice\n"
        assert "Where is Mary? garden," in found.stderr
        assert "made from sentence" in found.stderr

    def test_a_story_on_stdin(self, trained):
        found = run("answer", trained, "--story", "-", "Where is Mary?", stdin=STORY.encode())
        assert found.stdout == "garden\n"
        found = run("answer", trained, "--story", "-", "Who?", "--explain", stdin=b" \n", code=2)
        assert "The story has no sentence, so there is nothing to show" in found.stderr
        asked = b"1 Mary left.\n2 Who left?\tMary\t1\n"
        found = run("answer", trained, "--story", "-", "Who?", stdin=asked, code=2)
        assert "stdin: has questions with answers" in found.stderr
        found = run("answer", trained, "--story", "-", "Who?", stdin=b"\xff", code=2)
        assert "stdin: byte 0 is not UTF-8" in found.stderr

    def test_unknown_words_are_named(self, trained, story):
        found = run("answer", trained, "--story", story, "Where is Zed?")
        assert "1 unknown word in the story or the question: `zed`" in found.stderr

    def test_without_a_story(self, trained):
        found = run("answer", trained, "Where is Mary?")
        assert "The story has no sentence; the answer is a guess." in found.stderr

    def test_json(self, trained, story):
        found = run("answer", trained, "--story", story, "Where is Mary?", "--json", "--explain")
        (facts,) = json.loads(found.stdout)
        assert facts["answer"] == "garden"
        assert 3 in facts["positions"]
        assert len(facts["shares"]) == 3
        assert [len(gates["kept"]) for gates in facts["gates"]] == [3, 3]

    def test_the_gates_are_drawn(self, trained, story, tmp_path):
        found = run("answer", trained, "--story", story, "Where is Mary?", "--explain")
        assert ">3" in found.stderr
        assert "Mary went to the garden." in found.stderr
        assert "of sentence 3" in found.stderr
        for name, words in (("a.svg", "Mary went to the garden."), ("a.html", "of sentence 3")):
            picture = tmp_path / name
            run("answer", trained, "--story", story, "Where is Mary?", "--picture", picture)
            assert words in picture.read_text()

    @pytest.mark.parametrize(
        ("options", "message"),
        [
            (("Who?", "Where?", "--explain"), "--explain is given with 2 questions"),
            (("Who?", "--explain"), "--explain is given without --story"),
            (("Who?", "--picture", "a.svg"), "--picture is given without --story"),
            (("Who?", "--picture", "a.png"), "Expected a name ending in .svg or .html"),
            (("Who?", "--story", "none.txt"), "none.txt: there is no such file"),
            ((" ",), "The question has no word"),
        ],
    )
    def test_refused(self, trained, options, message):
        assert message in run("answer", trained, *options, code=2).stderr

    def test_a_model_of_another_kind(self, tmp_path):
        from gated.train import save_tensors

        path = tmp_path / "m.gated"
        save_tensors(path, {}, {}, kind="generator", version=1)
        assert "generator" in run("answer", path, "Who?", code=2).stderr
