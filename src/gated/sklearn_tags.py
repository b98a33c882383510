"""Describes estimators to scikit-learn, which reads `__sklearn_tags__` from version 1.6 on."""

from typing import Any

__all__ = ["sklearn_tags"]


def sklearn_tags(estimator_type: str | None = None) -> Any:
    """The tags of an estimator that checks its input itself. Only scikit-learn asks for them.

    Args:
        estimator_type: "classifier", whose `fit` needs y; None for what scikit-learn has no name
            for.

    Returns:
        A `sklearn.utils.Tags`.

    >>> sklearn_tags("classifier").target_tags.required
    True
    """
    from sklearn.utils import ClassifierTags, InputTags, Tags, TargetTags

    is_classifier = estimator_type == "classifier"
    return Tags(
        estimator_type=estimator_type,
        target_tags=TargetTags(required=is_classifier),
        classifier_tags=ClassifierTags() if is_classifier else None,
        input_tags=InputTags(
            two_d_array=False, three_d_array=True, string=True, categorical=True, allow_nan=True
        ),
        no_validation=True,
    )
