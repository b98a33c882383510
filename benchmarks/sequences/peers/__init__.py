"""Compares the estimators for sequences with other methods, in the same run."""
