"""The answerer: what it learns, its stream, its file, resuming, and what it refuses."""

import signal
import warnings

import numpy as np
import pytest
from sklearn.base import clone

from gated import Answerer
from gated.array_file import kind_of
from gated.errors import DataError, GatedError, ModelFileError, NotFittedError, UsageError
from gated.media.stories import StoryQuestion
from gated.tasks import State
from gated.tasks.words import words_of
from gated.train import load_tensors, save_tensors
from gated.train.checkpoint import KIND, VERSION
from tests.tasks.answerer.stories import walks

SMALL = {"hidden_size": 16, "num_layers": 2, "batch_size": 16}
STORY = ["Mary went to the kitchen.", "John went to the office.", "Mary went to the garden."]


@pytest.fixture(scope="module")
def fitted() -> Answerer:
    return Answerer(**SMALL, max_steps=500, learning_rate=1e-2, starts=2).fit(walks(600))


class TestLearning:
    def test_it_learns_where_people_are(self, fitted):
        assert fitted.score(walks(200, seed=1)) >= 0.95
        assert fitted.learned_["questions"] == 600
        assert fitted.learned_["accuracy"] >= 0.95
        assert fitted.words_ == sorted(fitted.words_)

    def test_the_answer_names_its_sentence(self, fitted):
        answer = fitted.answer(STORY, "Where is Mary?")
        assert answer.text == "garden"
        assert 2 in answer.positions
        assert answer.sentences == tuple(STORY[place] for place in answer.positions)
        assert answer.shares.argmax() == 2
        assert answer.shares.sum() == pytest.approx(1)
        assert [gates.update.shape for gates in answer.gates] == [(3,), (3,)]
        for gates in answer.gates:
            assert np.prod(gates.update) == pytest.approx(0.5 ** (3 / gates.half_life))
        assert 0.5 < answer.confidence <= 1 - 1 / 62  # 60 held-out answers
        assert answer.unknown == ()

    def test_without_its_sentence_the_answer_changes(self, fitted):
        found = fitted.answer(STORY[:2], "Where is Mary?")
        assert found.text == "kitchen"

    def test_the_same_seed_gives_the_same_answers(self, fitted):
        first, again, other = (
            clone(fitted)
            .set_params(max_steps=20, seed=seed)
            .fit(walks(100))
            .answer(STORY, "Where is John?")
            for seed in (0, 0, 1)
        )
        assert (again.text, again.confidence) == (first.text, first.confidence)
        np.testing.assert_array_equal(again.shares, first.shares)
        assert (other.shares != first.shares).any()

    def test_many_answers_are_those_of_one(self, fitted):
        questions = walks(40, seed=2)
        single = [fitted.answer(each.story, each.question).text for each in questions]
        assert fitted.predict(questions) == single
        assert fitted.predict([(each.story, each.question) for each in questions]) == single
        assert (
            fitted.predict([(" ".join(each.story), each.question) for each in questions]) == single
        )
        two = (["Mary went to the kitchen. Mary went to the garden."], "Where is Mary?")
        assert fitted.predict([two]) == [fitted.answer(*two).text]
        assert len(fitted.answer(*two).shares) == 1
        assert fitted.predict([]) == []

    def test_answers_of_several_words_and_lists(self):
        given = [
            (["The box is red."], "What is it?", "the  red box"),
            (["The box is blue."], "What is it?", "Apple,Milk"),
        ]
        model = Answerer(**SMALL, max_steps=120, validation=0).fit(given * 8)
        assert model.answer(["The box is red."], "What is it?").text == "the red box"
        assert model.answer("The box is blue.", "What is it?").text == "Apple,Milk"
        assert model.score(given) == 1
        assert model.learned_["accuracy"] is None

    @pytest.mark.parametrize("word_memories", [None, True, False])
    def test_the_second_start_has_memories_of_words(self, word_memories, tmp_path):
        model = Answerer(**SMALL, max_steps=1, starts=2, seed=0, word_memories=word_memories)
        model.fit(walks(30)).save(tmp_path / "a.gated")
        assert model.learned_["starts"] == 2
        loaded = Answerer.load(tmp_path / "a.gated")
        for each in (model, loaded):
            has_them = "memories.norm.weight" in each._fitted.network.arrays
            assert has_them == each._fitted.network.config.word_memories
            assert word_memories is None or has_them == word_memories
        found, before = (each.answer(STORY, "Where is Mary?") for each in (loaded, model))
        assert (found.text, found.confidence) == (before.text, before.confidence)

    def test_answers_have_at_most_twice_the_parts_of_those_learned(self):
        stories = [(["Mary left."], "Who left?", "Mary"), (["Jo left."], "Who left?", "Jo")]
        model = Answerer(**SMALL, max_steps=1, validation=0).fit(stories)
        model._fitted.network.arrays["output.bias"][0] = -100  # an answer that does not end
        assert len(model.answer(["Mary left."], "Who left?").text.split()) <= 4

    def test_an_answer_with_words_that_were_not_learned_counts_as_wrong(self, fitted):
        assert fitted.score([(STORY, "Where is Mary?", "moon")]) == 0

    def test_questions_of_one_story_are_held_out_together(self):
        story, rows = [], []
        for index in range(10):
            story.append(f"Mary went to the {'kitchen' if index % 2 else 'garden'}.")
            rows.append((list(story), "Where is Mary?", "kitchen" if index % 2 else "garden"))
        other = [(["John left."], "Who left?", "John")]
        model = Answerer(**SMALL, max_steps=2, validation=0.5).fit(rows + other)
        assert model.learned_["held_out"] in (1, 10)


class TestUnknownWords:
    def test_they_are_named_and_the_answer_is_less_sure(self, fitted):
        known = fitted.answer(STORY, "Where is Mary?")
        found = fitted.answer([*STORY, "Zed sat."], "Where is Zed?")
        assert found.unknown == ("zed", "sat")
        assert found.text in ("kitchen", "garden", "office")
        assert found.confidence < known.confidence


class TestEdges:
    def test_marks_of_vowels_belong_to_their_word(self):
        assert words_of("Ｃafe\u0301 हिन्दी's O’Neil_2") == ["ｃafé", "हिन्दी's", "o’neil_2"]
        assert words_of("?!") == ["?!"]

    def test_equal_stories_are_held_out_together(self):
        rows = [([f"{who} left."], f"Who left {n}?", who) for n in range(8) for who in ("A", "B")]
        model = Answerer(**SMALL, max_steps=2, starts=1, validation=0.4).fit(rows)
        assert model.learned_["held_out"] == 8

    def test_one_story_only_is_noted(self):
        rows = [(["A left."], "Who left?", "A"), (["A left."], "Who stayed?", "nobody")] * 4
        model = Answerer(**SMALL, max_steps=2).fit(rows)
        assert model.learned_["notes"] == [
            "All questions are about one story, so that none was held out."
        ]

    def test_a_story_without_a_sentence(self, fitted):
        found = fitted.answer([], "Where is Mary?")
        assert found.text
        assert (found.sentences, found.positions, len(found.shares)) == ((), (), 0)
        assert fitted.answer("  ", "Where is Mary?").text == found.text

    def test_ten_thousand_sentences(self, fitted):
        found = fitted.answer(STORY * 3_334, "Where is Mary?")
        assert found.text == "garden"
        assert len(found.shares) == 10_002


class TestStream:
    def test_questions_at_any_time_give_the_answer_of_the_story_so_far(self, fitted):
        stream = fitted.stream()
        for count, sentence in enumerate(STORY, 1):
            stream.push(sentence)
            for question in ("Where is Mary?", "Where is John?"):
                found, whole = stream.ask(question), fitted.answer(STORY[:count], question)
                assert found.text == whole.text
                np.testing.assert_array_equal(found.shares, whole.shares)
        assert stream.sentences == tuple(STORY)

    def test_several_sentences_at_once(self, fitted):
        stream = fitted.stream()
        stream.push(" ".join(STORY))
        assert stream.sentences == tuple(STORY)

    def test_the_state_goes_on(self, fitted):
        stream = fitted.stream()
        stream.push(STORY[0])
        state = State.from_bytes(stream.state.to_bytes())
        resumed = fitted.stream(state)
        resumed.push(STORY[2])
        assert resumed.ask("Where is Mary?").text == "garden"
        assert stream.sentences == (STORY[0],)
        assert fitted.stream(fitted.stream().state).sentences == ()

    @pytest.mark.parametrize(
        ("state", "message"),
        [
            (State({"h0": np.zeros(3)}), "holds h0. Expected the state of a stream of an Answerer"),
            (State({}), "holds nothing"),
            (State({"sentences": np.zeros(3)}), "holds sentences"),
            (State({"sentences": np.array([255, 254], np.uint8)}), "The state is damaged"),
        ],
    )
    def test_another_state_is_refused(self, fitted, state, message):
        with pytest.raises(UsageError, match=message):
            fitted.stream(state)


class TestFile:
    @pytest.mark.parametrize("half", [False, True])
    def test_it_gives_the_same_answers(self, fitted, tmp_path, half):
        path = tmp_path / "a.gated"
        fitted.save(path, half=half)
        loaded = Answerer.load(path)
        assert loaded.get_params() == fitted.get_params()
        assert loaded.learned_ == fitted.learned_
        questions = walks(30, seed=3)
        assert loaded.predict(questions) == fitted.predict(questions)
        one = questions[0]
        found, expected = (m.answer(one.story, one.question) for m in (loaded, fitted))
        assert found.confidence == pytest.approx(expected.confidence, abs=1e-2 if half else 0)

    @pytest.mark.parametrize(
        "change",
        [
            lambda header, tensors: header["words"].pop(),
            lambda header, tensors: header["parts"].append("x"),
            lambda header, tensors: header["network"].update(num_layers=3),
            lambda header, tensors: header["network"].update(most_parts=0),
            lambda header, tensors: header["learned"].pop("starts"),
            lambda header, tensors: tensors.pop("temperature"),
        ],
    )
    def test_a_damaged_file_is_refused(self, fitted, tmp_path, change):
        path = tmp_path / "a.gated"
        fitted.save(path)
        tensors, header = load_tensors(path, kind="answerer", version=1)
        change(header, tensors)
        save_tensors(path, tensors, header, kind="answerer", version=1)
        with pytest.raises(ModelFileError, match="damaged"):
            Answerer.load(path)

    def test_a_file_of_another_kind_is_refused(self, tmp_path):
        path = tmp_path / "a.gated"
        save_tensors(path, {}, {}, kind="classifier", version=1)
        with pytest.raises(ModelFileError, match="classifier"):
            Answerer.load(path)

    def test_before_fit(self):
        with pytest.raises(NotFittedError, match=r"Call fit\(stories\) first"):
            Answerer().answer([], "Who?")


class TestResuming:
    # In the first start, at its end, and in the second one.
    @pytest.mark.parametrize("step", [1, 5, 6, 8])
    def test_it_resumes_to_the_same_bits(self, tmp_path, step):
        stories, path = walks(60), tmp_path / "half.gated"
        params = {**SMALL, "max_steps": 6, "starts": 2, "seed": 3}
        whole, model = Answerer(**params).fit(stories), Answerer(**params)

        def stop(progress) -> None:
            if progress.step == step:
                signal.raise_signal(signal.SIGINT)

        with pytest.raises(KeyboardInterrupt):
            model.fit(stories, checkpoint=path, progress=stop)
        assert kind_of(path) == KIND
        steps: list[int] = []
        model.fit(stories, checkpoint=path, progress=lambda found: steps.append(found.step))
        assert steps[0] == step + 1
        assert not path.exists()
        assert model.learned_ == whole.learned_
        first, second = (each.answer(STORY, "Where is Mary?") for each in (whole, model))
        assert first.confidence == second.confidence

    def _half(self, path) -> Answerer:
        model = Answerer(**SMALL, max_steps=4, starts=2, seed=3)

        def stop(progress) -> None:
            if progress.step == 6:
                signal.raise_signal(signal.SIGINT)

        with pytest.raises(KeyboardInterrupt):
            model.fit(walks(60), checkpoint=path, progress=stop)
        return model

    def test_a_checkpoint_of_other_stories_is_refused(self, tmp_path):
        path = tmp_path / "half.gated"
        model = self._half(path)
        with pytest.raises(GatedError, match="belongs to other data or settings"):
            model.fit(walks(60, seed=1), checkpoint=path)

    @pytest.mark.parametrize(
        "change",
        [
            lambda header: header.update(stage="start 7"),
            lambda header: header.update(earlier=None),
            lambda header: header["earlier"].update(starts=2),
            lambda header: header["earlier"].pop("accuracy"),
        ],
    )
    def test_a_damaged_checkpoint_is_refused(self, tmp_path, change):
        path = tmp_path / "half.gated"
        model = self._half(path)
        tensors, header = load_tensors(path, kind=KIND, version=VERSION)
        change(header)
        save_tensors(path, tensors, header, kind=KIND, version=VERSION)
        with pytest.raises(ModelFileError, match="damaged"):
            model.fit(walks(60), checkpoint=path)


class TestRefused:
    @pytest.mark.parametrize(
        ("stories", "message"),
        [
            (3, r"The stories are int. Expected a path, or a list"),
            ([], r"have no question"),
            ([3], r"Question 1 is int"),
            ([("a", "b")], r"Question 1 is tuple"),
            ([(3, "Who?", "x")], r"Question 1: the story is int. Expected a text, or a list"),
            ([(["a", 3], "Who?", "x")], r"Question 1: the story is list"),
            ([(["a"], 3, "x")], r"Question 1: the question is 3. Expected text with a word"),
            ([(["a"], "Who?", " ")], r"Question 1: the answer is ' '"),
            ([(["a"], "Who?", "x")] * 3, r"All 3 answers are 'x'. Expected at least two"),
            (
                [(["a"], "Who?", "x"), (["b"], "Who?", "x " * 300)],
                r"The answer 'x x .* has 300 words and marks. Expected fewer than 256",
            ),
        ],
    )
    def test_stories(self, stories, message):
        with pytest.raises(DataError, match=message):
            Answerer(**SMALL, max_steps=1).fit(stories)

    @pytest.mark.parametrize(
        ("params", "message"),
        [
            ({"hidden_size": 0}, "hidden_size is 0"),
            ({"starts": 0}, "starts is 0. Expected a whole number from 1 to 100"),
            ({"validation": 1}, "validation is 1"),
            ({"word_memories": "yes"}, "word_memories is 'yes'. Expected True, False or None"),
            ({"dropout": -1}, "dropout is -1"),
            ({"learning_rate": 0}, "learning_rate is 0"),
            ({"max_steps": None}, "max_steps is None"),
            ({"seed": 1, "random_state": 2}, "seed and random_state differ"),
        ],
    )
    def test_hyperparameters(self, params, message):
        with pytest.raises(UsageError, match=message):
            Answerer(**params).fit(walks(10))

    def test_questions(self, fitted):
        with pytest.raises(DataError, match=r"The question has no word. Expected"):
            fitted.answer(STORY, " ")
        with pytest.raises(DataError, match=r"The question is int. Expected text"):
            fitted.answer(STORY, 3)
        with pytest.raises(DataError, match=r"The story is int"):
            fitted.answer(3, "Who?")
        with pytest.raises(DataError, match=r"A sentence is int. Expected text"):
            fitted.stream().push(3)
        with pytest.raises(DataError, match=r"Question 1 is str. Expected a story and a question"):
            fitted.predict("stories.txt")
        with pytest.raises(DataError, match=r"Question 1: the question is None. Expected text"):
            fitted.predict([(STORY, None)])

    def test_files_that_are_left_out_are_named(self, tmp_path):
        (tmp_path / "a.jsonl").write_text(
            "".join(
                f'{{"story": ["{who} left."], "question": "Who left?", "answer": "{who}"}}\n'
                for who in ("Mary", "John") * 4
            )
        )
        (tmp_path / "b.txt").write_text("Dear all,")
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always")
            model = Answerer(**SMALL, max_steps=2).fit(tmp_path)
        assert "b.txt: begins with" in str(said[0].message)
        assert "b.txt" in model.learned_["notes"][0]


def test_a_question_given_as_such_keeps_its_supporting_sentences():
    given = StoryQuestion(("Mary left.",), "Who left?", "Mary", (0,))
    other = StoryQuestion(("Jo left.",), "Who left?", "Jo", (0,))
    model = Answerer(**SMALL, max_steps=2, validation=0).fit([given, other])
    assert model.learned_["questions"] == 2
