"""Predicts the next symbol of the features of a step: one module for each kind of symbol."""

from gated.tasks.generator.heads.head import FedBackHead, Head, HeadConfig, head_of, head_shapes
from gated.tasks.generator.heads.sampling import Sampling

__all__ = ["FedBackHead", "Head", "HeadConfig", "Sampling", "head_of", "head_shapes"]
