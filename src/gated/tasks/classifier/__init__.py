"""Labels whole sequences: the estimator, its inputs, its training, its streams and its file."""
