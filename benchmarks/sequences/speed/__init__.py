"""Times the training steps and the streams of the estimators for sequences."""
