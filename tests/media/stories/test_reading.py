"""Files of stories: bAbI's format, JSON lines, plain text, and what is refused with its line."""

import json
from pathlib import Path

import pytest

from gated.errors import DataError
from gated.media.stories import StoryQuestion, read_stories, read_story

BABI = (
    "1 Mary moved to the bathroom.\n"
    "2 John went to the hallway.\n"
    "3 Where is Mary? \tbathroom\t1\n"
    "4 John took the milk.\n"
    "5 What does John carry? \tmilk,apple\t2 4\n"
    "1 Sandra left.\n"
    "2 Who left?\tSandra\t1\n"
)


def written(folder: Path, content: str, name: str = "a.txt") -> Path:
    path = folder / name
    path.write_text(content, encoding="utf-8")
    return path


class TestBabi:
    def test_questions_have_the_sentences_before_them(self, tmp_path):
        first, second, third = read_stories(written(tmp_path, BABI)).questions
        assert first == StoryQuestion(
            ("Mary moved to the bathroom.", "John went to the hallway."),
            "Where is Mary?",
            "bathroom",
            (0,),
        )
        assert second.story == (*first.story, "John took the milk.")
        assert (second.answer, second.supporting) == ("milk,apple", (1, 2))
        assert third.story == ("Sandra left.",)

    def test_a_question_may_come_first_and_name_no_line(self, tmp_path):
        (found,) = read_stories(written(tmp_path, "1 Who left?\tnobody\n")).questions
        assert (found.story, found.supporting) == ((), ())

    def test_line_ends_of_windows_and_blank_lines(self, tmp_path):
        found = read_stories(written(tmp_path, "\ufeff" + BABI.replace("\n", "\r\n\r\n")))
        assert len(found.questions) == 3
        assert len(found.notes) == 2

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            (("2 John", "John"), r"line 2 begins with 'John', not with the number 2"),
            (("2 John", "4 John"), r"line 2 begins with '4', not with the number 2"),
            (
                ("2 John went to the hallway.", "2"),
                r"line 2 begins with '2', not with .* a sen",
            ),
            (("\tbathroom\t1", "\t\t1"), r"line 3 has no question and answer between its tabs"),
            (("\tbathroom\t1", "\tbathroom\t1\t2"), r"line 3 has no question and answer"),
            (("\tbathroom\t1", "\tbathroom\t3"), r"line 3 names '3' as a line"),
            (("\tbathroom\t1", "\tbathroom\tx"), r"line 3 names 'x' as a line"),
        ],
    )
    def test_a_malformed_line_is_named(self, tmp_path, change, message):
        with pytest.raises(DataError, match=rf"a\.txt: {message}.*Expected"):
            read_stories(written(tmp_path, BABI.replace(*change)))


class TestJsonLines:
    def test_stories_are_lists_or_text_and_answers_text_or_lists(self, tmp_path):
        lines = [
            {"story": ["Mary left. ", " "], "question": " Who left? ", "answer": "Mary"},
            {"story": "Mary left. John came.", "question": "Who?", "answer": ["Mary", " John"]},
            {"story": [], "question": "Who?", "answer": "nobody", "more": 1},
        ]
        content = "\n".join(map(json.dumps, lines)) + "\n\n"
        found = read_stories(written(tmp_path, content, "a.jsonl")).questions
        assert [each.story for each in found] == [
            ("Mary left.",),
            ("Mary left.", "John came."),
            (),
        ]
        assert [each.question for each in found] == ["Who left?", "Who?", "Who?"]
        assert [each.answer for each in found] == ["Mary", "Mary,John", "nobody"]

    def test_other_line_separators_are_part_of_a_text(self, tmp_path):
        row = {"story": ["Mary\u2028left."], "question": "Who?", "answer": "Mary \ud83d"}
        path = tmp_path / "a.jsonl"
        path.write_text(json.dumps({**row, "answer": "x"}, ensure_ascii=False) + "\n", "utf-8")
        assert read_stories(path).questions[0].story == ("Mary left.",)
        path.write_text(json.dumps(row))
        assert read_stories(path).questions[0].answer == "Mary \ufffd"

    @pytest.mark.parametrize(
        ("line", "message"),
        [
            ("{", r"line 2 is not JSON"),
            ("[1]", r"line 2 is list, no object"),
            ('{"story": [], "question": "Who?"}', r"line 2 lacks 'answer'"),
            (
                '{"story": 1, "question": "Who?", "answer": "x"}',
                r"line 2: 'story' is no text",
            ),
            ('{"story": [1], "question": "Who?", "answer": "x"}', r"line 2: 'story' is no text"),
            (
                '{"story": [], "question": "", "answer": "x"}',
                r"line 2 has no question or no answer",
            ),
            ('{"story": [], "question": "Who?", "answer": []}', r"line 2 has no question or no"),
            ('{"story": [], "question": 1, "answer": "x"}', r"line 2 has no question or no"),
        ],
    )
    def test_a_malformed_line_is_named(self, tmp_path, line, message):
        first = '{"story": [], "question": "Who?", "answer": "x"}\n'
        with pytest.raises(DataError, match=rf"a\.jsonl: {message}.*Expected one object"):
            read_stories(written(tmp_path, first + line, "a.jsonl"))


class TestFiles:
    def test_a_folder_is_read_and_other_files_are_left_out(self, tmp_path):
        written(tmp_path, BABI)
        written(tmp_path, "Dear all,", "letter.txt")
        written(tmp_path, "x", "picture.png")
        found = read_stories(tmp_path)
        assert len(found.questions) == 3
        assert len(found.notes) == 1
        assert "letter.txt: begins with 'Dear all,'" in found.notes[0]
        assert found.notes[0].endswith("The file is left out.")

    @pytest.mark.parametrize(
        ("content", "message"),
        [
            ("Dear all,", "begins with 'Dear all,'. Expected a file in bAbI's format"),
            ("1 Mary left.\n", "0 questions found. Expected"),
            ("\n", "begins with ''. Expected"),
        ],
    )
    def test_files_without_questions(self, tmp_path, content, message):
        with pytest.raises(DataError, match=message):
            read_stories(written(tmp_path, content))

    def test_a_folder_without_questions_names_what_was_left_out(self, tmp_path):
        written(tmp_path, "Dear all,", "letter.txt")
        with pytest.raises(DataError, match=r"0 questions found(?s:.*)letter\.txt"):
            read_stories(tmp_path)

    def test_a_missing_file(self, tmp_path):
        with pytest.raises(DataError, match="there is no such file"):
            read_stories(tmp_path / "none.txt")


class TestStory:
    def test_sentences_of_a_file(self, tmp_path):
        assert read_story(written(tmp_path, "Mary left. John\nstayed.")) == (
            "Mary left.",
            "John stayed.",
        )

    def test_json_is_refused(self, tmp_path):
        with pytest.raises(DataError, match=r"is JSON\. Expected one story as plain text"):
            read_story(written(tmp_path, '{"story": []}'))

    def test_a_file_of_questions_is_refused(self, tmp_path):
        with pytest.raises(DataError, match=r"has questions with answers.*without a tab"):
            read_story(written(tmp_path, BABI))
