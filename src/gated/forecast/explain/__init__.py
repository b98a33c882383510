"""Explains forecasts: what each past value and each covariate contributes."""

from gated.forecast.explain.explain import explain, few_of
from gated.forecast.explain.explanation import Explanation

__all__ = ["Explanation", "explain", "few_of"]
