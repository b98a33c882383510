"""Regression of the target on its covariates, so that a network without inputs can use them."""
