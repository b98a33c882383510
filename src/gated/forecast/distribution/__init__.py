"""Treats quantiles as whole distributions: their mean, their normal scores, and joint paths."""
