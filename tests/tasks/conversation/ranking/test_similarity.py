"""TF-IDF of n-grams of characters: equal to scikit-learn's."""

import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer

from gated.tasks.conversation.learning.mixture_fit import estimated_weights
from gated.tasks.conversation.ranking.mixture import NONE_GIVEN, lowest_threshold
from gated.tasks.conversation.ranking.similarity import TextIndex

TEXTS = ["Good morning to you", "a cup of tea", "what is the good of tea", "", "Ärger über Öl"]


def test_similarities_are_those_of_scikit_learn():
    theirs = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4), sublinear_tf=True).fit(TEXTS)
    ours = TextIndex(TEXTS)
    for text in (*TEXTS, "morning tea", "zzz", "öl?"):
        expected = (theirs.transform([text]) @ theirs.transform(TEXTS).T).toarray()[0]
        np.testing.assert_allclose(ours.similarities(text), expected, atol=1e-12)


def test_other_texts_with_the_same_idf():
    learned = TextIndex(TEXTS)
    other = TextIndex(["tea", "qqq"], learned)
    assert other.size == 2
    assert other.similarities("a cup of tea")[0] == pytest.approx(learned.similarities("tea")[1])
    assert other.similarities("tea").tolist() == [pytest.approx(1), 0]


def test_weights_find_the_feature_that_tells():
    rng = np.random.default_rng(0)
    features, true = rng.normal(size=(200, 6, 3)), rng.integers(0, 6, 200)
    features[np.arange(200), true, 1] += 3
    weights = estimated_weights(features, true)
    assert weights[1] > 5 * max(weights[0], weights[2])
    assert min(weights) >= 0


def test_replies_of_equal_probability_are_given_together():
    right = np.array([True] * 9 + [False] * 11)
    assert lowest_threshold(np.full(20, 0.5), right, 0.8) == NONE_GIVEN


def test_without_a_precision_every_reply_is_given():
    assert lowest_threshold(np.array([0.9, 0.6]), np.array([True, True]), 0.0) == 0


@pytest.mark.parametrize(
    ("right", "threshold"),
    [
        ([True] * 9 + [False], 0.05),
        ([False] * 10, 2.0),
        ([True] * 3, 2.0),  # three right ones show less than 80 %
        ([True] * 8 + [False] * 2, 0.15),
    ],
)
def test_the_lowest_threshold_with_enough_right_replies(right, threshold):
    probabilities = np.arange(len(right), 0, -1) / 10
    assert lowest_threshold(probabilities, np.array(right), 0.8) == pytest.approx(threshold)
