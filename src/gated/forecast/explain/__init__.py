"""Explains forecasts: what each past value and covariate contributes, and what the gates kept."""

from gated.forecast.explain.explanation import Explanation
from gated.forecast.explain.gates import SeriesGates, gates_of
from gated.forecast.explain.table_explanation import explain, few_of

__all__ = ["Explanation", "SeriesGates", "explain", "few_of", "gates_of"]
