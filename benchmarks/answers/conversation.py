"""Measures replies: on small talk among 20 candidates, on bookings among all replies.

Small talk: the chatterbot corpus, each different pair of a turn and a reply once; a tenth is held
out. A held-out reply stands among 19 others of the held-out part, which the training has mostly not
seen. Bookings: 1,000 drawn dialogues to learn from, 300 others; each reply is chosen among all.
"""

import tarfile
import tempfile
import time
from collections.abc import Sequence
from statistics import mean
from typing import Any

import numpy as np

from benchmarks.answers.bookings import bookings
from benchmarks.common.folders import Folder
from benchmarks.common.measure import in_fresh_process, machine, show_progress
from benchmarks.common.report import Column, Report, Row, Sheet, spread
from gated import Conversationalist
from gated.arrays import FloatArray
from gated.media.dialogues import Dialogue, read_dialogues

__all__ = ["DATA", "run"]

DATA = ("chatterbot", "bookings")
_ARCHIVE = "dialogue/chatterbot_english.tar.gz"
_CANDIDATES = 20
_HELD_OUT = 10  # one in so many pairs
_LEARNED, _TESTED = 1_000, 300

Pair = tuple[str, str]


def run(data: str, folder: Folder, seeds: tuple[int, ...], threads: int) -> Report:
    """Measure one data set.

    Args:
        data: one of `DATA`.
        folder: of the data sets.
        seeds: one cut and one training each.
        threads: of the training.
    """
    described = machine(threads)
    pairs = _pairs(folder) if data == "chatterbot" else []
    found: list[dict[str, tuple[float, ...]]] = []
    facts: dict[str, str | int | bool] = {
        "data": data,
        "seeds": ",".join(map(str, seeds)),
        "figure": "median of the seeds, lowest to highest",
    }
    for seed in seeds:
        show_progress(f"{data}, seed {seed}")
        if data == "chatterbot":
            found.append(in_fresh_process(threads, small_talk, pairs, seed))
        else:
            found.append(in_fresh_process(threads, booked, seed))
    columns = _SMALL_TALK if data == "chatterbot" else _BOOKINGS
    rows: list[Row] = []
    for method in found[0]:
        values = [each[method] for each in found]
        row: Row = {"method": method}
        for place, column in enumerate(columns[1:]):
            row[column.key] = spread([each[place] for each in values])
        rows.append(row)
    title = "held-out replies; higher is better"
    return Report("conversation", facts, described, [Sheet("methods", title, columns, rows)])


_METHOD = Column("method", "method")
_SMALL_TALK = (
    _METHOD,
    Column("hits", f"first of {_CANDIDATES} %", 1),
    Column("mrr", "mean reciprocal rank", 3),
    Column("answered", "answered %", 1),
    Column("right", "answered right %", 1),
    Column("seconds", "seconds", 0),
)
_BOOKINGS = (
    _METHOD,
    Column("right", "replies right %", 1),
    Column("dialogues", "dialogues right %", 1),
    Column("answered", "answered %", 1),
    Column("answered_right", "answered right %", 1),
    Column("seconds", "seconds", 0),
)
_NONE = float("nan")


def small_talk(pairs: Sequence[Pair], seed: int) -> dict[str, tuple[float, ...]]:
    """Hits, mean reciprocal rank, answered, right and seconds of each method."""
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(pairs))
    cut = len(pairs) // _HELD_OUT
    test = [pairs[index] for index in order[:cut]]
    train = [pairs[index] for index in order[cut:]]
    begin = time.perf_counter()
    model = Conversationalist(seed=seed).fit(train)
    seconds = time.perf_counter() - begin
    texts = [text for pair in train for text in pair]
    theirs = {name: index.fit(texts) for name, index in _indexes().items()}
    replies = sorted({reply for _, reply in test})
    ranks: dict[str, list[int]] = {name: [] for name in ("ours", *theirs)}
    for context, reply in test:
        others = [text for text in rng.permutation(replies) if text != reply]
        candidates = [reply, *map(str, others[: _CANDIDATES - 1])]
        ranks["ours"].append(_rank(model.rank([context], candidates)))
        for name, index in theirs.items():
            scores = (index.transform([context]) @ index.transform(candidates).T).toarray()[0]
            ranks[name].append(_rank(scores))
    given = [model.reply([context]) for context, _ in test]
    known: dict[str, set[str]] = {}
    for context, reply in pairs:
        known.setdefault(context, set()).add(reply)
    right = [
        reply.text in known[context]
        for (context, _), reply in zip(test, given, strict=True)
        if reply.is_known
    ]
    share = 100 * mean(right) if right else _NONE
    ours = (100 * len(right) / len(test), share, seconds)
    return {
        name: (
            100 * mean(rank == 1 for rank in found),
            mean(1 / rank for rank in found),
            *(ours if name == "ours" else (_NONE, _NONE, _NONE)),
        )
        for name, found in ranks.items()
    }


def _indexes() -> dict[str, Any]:
    """The peers in small talk."""
    from sklearn.feature_extraction.text import TfidfVectorizer  # the other benchmarks do without

    grams = {"analyzer": "char_wb", "ngram_range": (2, 4), "sublinear_tf": True}
    return {"TF-IDF of words": TfidfVectorizer(), "TF-IDF of n-grams": TfidfVectorizer(**grams)}


def booked(seed: int) -> dict[str, tuple[float, ...]]:
    """Right replies, right dialogues, answered, right ones of these, and seconds of each method."""
    train, test = bookings(_LEARNED, 2 * seed), bookings(_TESTED, 2 * seed + 1)
    begin = time.perf_counter()
    model = Conversationalist(seed=seed).fit(train)
    seconds = time.perf_counter() - begin
    replies = [[model.reply(turns) for turns, _ in each.replies()] for each in test]
    best = [
        [each.text if each.is_known else each.others[0][0] for each in found] for found in replies
    ]
    right, dialogues = _right(test, best)
    sure = [
        reply.text == true
        for found, each in zip(replies, test, strict=True)
        for reply, (_, true) in zip(found, each.replies(), strict=True)
        if reply.is_known
    ]
    total = sum(len(found) for found in replies)
    share = 100 * mean(sure) if sure else _NONE
    scores: dict[str, tuple[float, ...]] = {
        "ours": (right, dialogues, 100 * len(sure) / total, share, seconds)
    }
    for name, found in (("TF-IDF of words", _nearest), ("bag of words", _bag)):
        right, dialogues = _right(test, found(train, test))
        scores[name] = (right, dialogues, _NONE, _NONE, _NONE)
    return scores


def _nearest(train: Sequence[Dialogue], test: Sequence[Dialogue]) -> list[list[str]]:
    """The reply to the most similar turn of the training."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    known = [(turns[-1], reply) for each in train for turns, reply in each.replies()]
    words = TfidfVectorizer().fit([turn for turn, _ in known])
    table = words.transform([turn for turn, _ in known])
    found = []
    for each in test:
        asked = words.transform([turns[-1] for turns, _ in each.replies()])
        best = (asked @ table.T).toarray().argmax(1)
        found.append([known[index][1] for index in best])
    return found


def _bag(train: Sequence[Dialogue], test: Sequence[Dialogue]) -> list[list[str]]:
    """Logistic regression on the words of all turns so far, those of the last turn once more."""
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.linear_model import LogisticRegression

    cases = [(_marked(turns), reply) for each in train for turns, reply in each.replies()]
    words = CountVectorizer(token_pattern=r"\S+").fit([text for text, _ in cases])
    model = LogisticRegression(max_iter=200, C=10.0)
    model.fit(words.transform([text for text, _ in cases]), [reply for _, reply in cases])
    return [
        model.predict(words.transform([_marked(turns) for turns, _ in each.replies()])).tolist()
        for each in test
    ]


def _marked(turns: Sequence[str]) -> str:
    last = " ".join(f"last:{word}" for word in turns[-1].split())
    return " ".join([*turns, last])


def _right(test: Sequence[Dialogue], replies: Sequence[Sequence[str]]) -> tuple[float, float]:
    """Percent of right replies, and of dialogues without a wrong one."""
    by_dialogue = [
        [found == true for found, (_, true) in zip(chosen, each.replies(), strict=True)]
        for chosen, each in zip(replies, test, strict=True)
    ]
    every = [one for found in by_dialogue for one in found]
    return 100 * mean(every), 100 * mean(all(found) for found in by_dialogue)


def _rank(scores: FloatArray) -> int:
    """Of the first candidate; equal scores count against it."""
    return 1 + int((scores[1:] >= scores[0]).sum())


def _pairs(folder: Folder) -> list[Pair]:
    """The different pairs of a turn and its reply."""
    with tempfile.TemporaryDirectory() as place:
        with tarfile.open(folder.file(_ARCHIVE)) as archive:
            archive.extractall(place, filter="data")
        found = read_dialogues(place)
    pairs = [(turns[-1], reply) for each in found.dialogues for turns, reply in each.replies()]
    return list(dict.fromkeys(pairs))
