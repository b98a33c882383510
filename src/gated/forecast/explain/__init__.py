"""Explains forecasts: what each past value and each covariate contributes."""

from gated.forecast.explain.explanation import Explanation
from gated.forecast.explain.table_explanation import explain, few_of

__all__ = ["Explanation", "explain", "few_of"]
