"""What scikit-learn and pickle expect of every estimator.

The package itself loads no pickle; programs that move estimators between processes do.
"""

import copy
import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone, is_classifier
from sklearn.exceptions import NotFittedError as SklearnNotFittedError
from sklearn.model_selection import GridSearchCV
from sklearn.utils import get_tags
from sklearn.utils.validation import check_is_fitted

import gated
from gated.tasks.shipped import shipped_answerer, shipped_classifier, shipped_generator

ESTIMATORS = [
    gated.Forecaster,
    gated.SequenceClassifier,
    gated.Generator,
    gated.Transcriber,
    gated.Answerer,
    gated.Conversationalist,
]
DAYS = pd.DataFrame({"ds": pd.date_range("2024-01-01", periods=70), "y": np.arange(70.0) % 7})
NOISE = np.random.default_rng(0).normal(0, 0.1, 8_000).astype(np.float32)
STORY = "Mary took the milk. Mary went to the garden."

# A fitted estimator, and what it says.
FITTED: dict[str, tuple[Callable[[], Any], Callable[[Any], Any]]] = {
    "Forecaster": (
        lambda: gated.Forecaster().fit(DAYS),
        lambda model: model.predict(h=7, level=80).iloc[:, 2:].to_numpy(),
    ),
    "SequenceClassifier": (shipped_classifier, lambda model: model.predict_proba([NOISE])),
    "Generator": (
        lambda: shipped_generator("text"),
        lambda model: model.generate("The ", length=5, seed=0),
    ),
    "Answerer": (
        shipped_answerer,
        lambda model: model.answer(STORY, "Where is the milk?").text,
    ),
}


@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_scikit_learn_reads_the_tags_and_clones(estimator: type[Any]) -> None:
    model = estimator(seed=3)
    tags = get_tags(model)
    assert tags.no_validation
    assert not tags.input_tags.two_d_array
    assert is_classifier(model) == (estimator is gated.SequenceClassifier)
    assert clone(model).get_params() == model.get_params()


@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_scikit_learn_is_told_whether_it_is_fitted(estimator: type[Any]) -> None:
    with pytest.raises(SklearnNotFittedError):
        check_is_fitted(estimator())


@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_an_estimator_that_is_not_fitted_is_pickled(estimator: type[Any]) -> None:
    loaded = pickle.loads(pickle.dumps(estimator(seed=3)))
    assert loaded.get_params() == estimator(seed=3).get_params()
    with pytest.raises(SklearnNotFittedError):
        check_is_fitted(loaded)


@pytest.mark.parametrize("name", FITTED)
def test_a_fitted_estimator_is_pickled_and_copied(name: str) -> None:
    fitted, says = FITTED[name]
    model = fitted()
    check_is_fitted(model)
    expected = says(model)
    for other in (pickle.loads(pickle.dumps(model)), copy.deepcopy(model)):
        check_is_fitted(other)
        np.testing.assert_array_equal(says(other), expected)
    with pytest.raises(SklearnNotFittedError):
        check_is_fitted(clone(model))


def test_a_grid_search_of_scikit_learn_scores_the_classifier() -> None:
    rng = np.random.default_rng(0)
    X = np.stack([np.sin((0.3, 0.9)[place % 2] * np.arange(20)) for place in range(24)])[..., None]
    X = X + rng.normal(0, 0.1, X.shape)
    model = gated.SequenceClassifier(
        hidden_size=8, num_layers=1, max_steps=20, batch_size=8, channels="last"
    )
    search = GridSearchCV(model, {"learning_rate": [1e-5, 1e-2]}, cv=2)
    search.fit(X.astype(np.float32), np.array(["slow", "fast"] * 12))
    assert search.best_params_ == {"learning_rate": 1e-2}
