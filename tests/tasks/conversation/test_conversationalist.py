"""The conversationalist: what it learns, its stream, its file, resuming, and what it refuses."""

import signal

import numpy as np
import pytest

from gated import Conversationalist
from gated.array_file import kind_of
from gated.errors import DataError, GatedError, ModelFileError, NotFittedError, UsageError
from gated.tasks import State
from gated.train import load_tensors, save_tensors
from gated.train.checkpoint import KIND
from tests.tasks.conversation.dialogues import bookings

SMALL = {"hidden_size": 32, "batch_size": 16}
PAIRS = [["Hello", "Hi!"], ["What is AI?", "A field of science."], ["Bye", "See you!"]]


@pytest.fixture(scope="module")
def fitted() -> Conversationalist:
    return Conversationalist(**SMALL, max_steps=250).fit(bookings(200))


@pytest.fixture(scope="module")
def small_talk() -> Conversationalist:
    return Conversationalist(**SMALL, max_steps=60, validation=0).fit(PAIRS * 4)


class TestLearning:
    def test_a_reply_depends_on_all_turns(self, fitted):
        (dialogue,) = bookings(1, seed=9)
        reply = fitted.reply(dialogue.turns[:-1])
        assert reply.text == dialogue.turns[-1]
        assert reply.is_known
        assert fitted.score(bookings(50, seed=1)) >= 0.95

    def test_it_is_compared_with_the_most_similar_turn(self, fitted):
        learned = fitted.learned_
        assert learned["held_out"] >= 60
        assert learned["right"] > learned["nearest_right"] + 0.05
        assert fitted.verdict_.startswith(f"Of {learned['held_out']} held-out replies")

    def test_the_same_seed_gives_the_same_replies(self):
        turns = bookings(1, seed=3)[0].turns[:3]
        first, again, other = (
            Conversationalist(**SMALL, max_steps=20, seed=seed).fit(bookings(60)).reply(turns)
            for seed in (0, 0, 1)
        )
        assert again == first
        assert other != first

    def test_other_spellings_find_their_reply(self, small_talk):
        assert small_talk.reply(["hello!!"]).text == "Hi!"
        assert small_talk.reply(["whats ai"]).text == "A field of science."
        assert small_talk.replies_ == ["Hi!", "A field of science.", "See you!"]
        assert "nothing is known about the accuracy" in small_talk.verdict_

    def test_halves_of_characters_are_read(self, small_talk):
        assert small_talk.reply(["Hello \ud83d"]).text == "Hi!"

    def test_equal_dialogues_are_held_out_together(self):
        model = Conversationalist(**SMALL, max_steps=2, validation=0.3).fit(PAIRS * 20)
        assert model.learned_["held_out"] == 20

    def test_with_precision_0_every_turn_gets_a_reply(self):
        model = Conversationalist(**SMALL, max_steps=3, precision=0).fit(bookings(30))
        assert model.reply(["qqqq"]).is_known

    def test_any_texts_can_be_ranked(self, small_talk):
        scores = small_talk.rank(["What is AI?"], ["Science.", "Hi there!", "A cup of tea."])
        assert scores.argmax() == 0

    def test_an_unsure_reply_is_not_given(self):
        sure = Conversationalist(**SMALL, max_steps=5, precision=1.0).fit(bookings(30))
        unsure = sure.reply(["hello you there"])
        assert (unsure.text, unsure.is_known) == ("I do not know.", False)
        assert len(unsure.others) == 3
        assert sure.learned_["answered_right"] == 1  # of turns that were learned word for word

    def test_where_no_reply_is_sure_the_verdict_says_so(self):
        model = Conversationalist(**SMALL, max_steps=5).fit(PAIRS)
        assert "only turns which were learned word for word get one" in model.verdict_

    def test_a_turn_learned_word_for_word_gets_its_reply(self):
        model = Conversationalist(**SMALL, max_steps=40).fit(PAIRS)
        assert [model.reply([turn]).text for turn, _ in PAIRS] == [reply for _, reply in PAIRS]
        assert model.reply(["what is  ai"]).text == "A field of science."
        assert not model.reply(["Good evening"]).is_known

    def test_a_turn_with_several_replies_is_not_learned_word_for_word(self):
        pairs = [["Hello", "Hi!"], ["hello", "Good day!"], *PAIRS[1:]]
        model = Conversationalist(**SMALL, max_steps=40).fit(pairs)
        assert not model.reply(["Hello"]).is_known
        assert model.reply(["Bye"]).is_known


class TestStream:
    def test_turn_by_turn_it_replies_as_to_the_whole(self, fitted):
        (dialogue,) = bookings(1, seed=4)
        stream = fitted.stream()
        for place in range(0, len(dialogue.turns), 2):
            found = stream.say(dialogue.turns[place])
            whole = fitted.reply(dialogue.turns[: place + 1])
            assert found.text == whole.text == dialogue.turns[place + 1]
            assert found.confidence == pytest.approx(whole.confidence, abs=1e-5)

    def test_the_state_goes_on_and_keeps_its_size(self, fitted):
        (dialogue,) = bookings(1, seed=5)
        stream = fitted.stream()
        sizes = set()
        for turn in dialogue.turns[:6:2]:
            stream.say(turn)
            sizes.add(stream.state.nbytes)
        assert len(sizes) == 1
        resumed = fitted.stream(State.from_bytes(stream.state.to_bytes()))
        assert resumed.say(dialogue.turns[6]).text == dialogue.turns[7]

    def test_the_state_of_another_model_is_refused(self, fitted):
        other = Conversationalist(**SMALL, max_steps=2, seed=1).fit(bookings(30))
        with pytest.raises(UsageError, match="it is of another one, or damaged"):
            fitted.stream(other.stream().state)
        arrays = dict(fitted.stream().state.arrays)
        arrays["h0"] = np.full_like(arrays["h0"], np.nan)
        with pytest.raises(UsageError, match="it is of another one, or damaged"):
            fitted.stream(State(arrays))

    def test_another_state_is_refused(self, fitted):
        with pytest.raises(UsageError, match="The state does not fit this model"):
            fitted.stream(State({"h0": np.zeros(3, np.float32)}))


class TestFile:
    @pytest.mark.parametrize("half", [False, True])
    def test_it_gives_the_same_replies(self, fitted, tmp_path, half):
        path = tmp_path / "a.gated"
        fitted.save(path, half=half)
        loaded = Conversationalist.load(path)
        assert loaded.get_params() == fitted.get_params()
        assert loaded.learned_ == fitted.learned_
        turns = bookings(1, seed=6)[0].turns[:5]
        assert loaded.reply(turns).text == fitted.reply(turns).text

    @pytest.mark.parametrize(
        "change",
        [
            lambda header: header["words"].pop(),
            lambda header: header["weights"].pop(),
            lambda header: header["contexts"].pop(),
            lambda header: header["context_replies"].__setitem__(0, 999),
            lambda header: header["replies"].append(header["replies"][0]),
            lambda header: header["learned"].pop("right"),
        ],
    )
    def test_a_damaged_file_is_refused(self, fitted, tmp_path, change):
        path = tmp_path / "a.gated"
        fitted.save(path)
        tensors, header = load_tensors(path, kind="conversation", version=1)
        change(header)
        save_tensors(path, tensors, header, kind="conversation", version=1)
        with pytest.raises(ModelFileError, match="damaged"):
            Conversationalist.load(path)

    def test_before_fit(self):
        with pytest.raises(NotFittedError, match=r"Call fit\(dialogues\) first"):
            Conversationalist().reply(["hello"])


class TestResuming:
    @pytest.mark.parametrize("step", [1, 4, 6])
    def test_it_resumes_to_the_same_bits(self, tmp_path, step):
        path, params = tmp_path / "half.gated", {**SMALL, "max_steps": 6, "seed": 3}
        whole, model = Conversationalist(**params).fit(bookings(30)), Conversationalist(**params)

        def stop(progress) -> None:
            if progress.step == step:
                signal.raise_signal(signal.SIGINT)

        with pytest.raises(KeyboardInterrupt):
            model.fit(bookings(30), checkpoint=path, progress=stop)
        assert kind_of(path) == KIND
        model.fit(bookings(30), checkpoint=path)
        assert not path.exists()
        assert model.learned_ == whole.learned_
        assert model.reply(["hello"]) == whole.reply(["hello"])

    def test_a_checkpoint_of_other_dialogues_is_refused(self, tmp_path):
        path = tmp_path / "half.gated"
        model = Conversationalist(**SMALL, max_steps=6)

        def stop(progress) -> None:
            signal.raise_signal(signal.SIGINT)

        with pytest.raises(KeyboardInterrupt):
            model.fit(bookings(30), checkpoint=path, progress=stop)
        with pytest.raises(GatedError, match="belongs to other data or settings"):
            model.fit(bookings(31), checkpoint=path)


class TestRefused:
    @pytest.mark.parametrize(
        ("dialogues", "message"),
        [
            (3, r"The dialogues are int. Expected a path, or a list"),
            ([], r"There is no dialogue"),
            (["hello"], r"Dialogue 1 is 'hello'. Expected at least two turns"),
            ([["hello"]], r"Dialogue 1 is \['hello'\]. Expected at least two turns"),
            ([["hello", 3]], r"A turn is int. Expected text"),
            ([["hello", " "]], r"A turn has no character"),
            ([["hello", "hi"]] * 3, r"All replies are 'hi'. Expected at least two different"),
        ],
    )
    def test_dialogues(self, dialogues, message):
        with pytest.raises(DataError, match=message):
            Conversationalist(**SMALL, max_steps=1).fit(dialogues)

    @pytest.mark.parametrize(
        ("params", "message"),
        [
            ({"precision": 2}, "precision is 2"),
            ({"validation": 1}, "validation is 1"),
            ({"dropout": -1}, "dropout is -1"),
            ({"batch_size": 0}, "batch_size is 0"),
            ({"max_steps": None}, "max_steps is None"),
        ],
    )
    def test_hyperparameters(self, params, message):
        with pytest.raises(UsageError, match=message):
            Conversationalist(**params).fit(PAIRS)

    def test_turns(self, small_talk):
        with pytest.raises(DataError, match=r"The turns are 'hello'. Expected a list of texts"):
            small_talk.reply("hello")
        with pytest.raises(DataError, match=r"The turns are \[\]"):
            small_talk.reply([])
        with pytest.raises(DataError, match=r"A turn has no character"):
            small_talk.stream().say(" \n")
        with pytest.raises(DataError, match=r"A turn is int"):
            small_talk.rank(["hello"], [3])
