"""What estimators for sequences are given: read, converted to steps, varied, put into batches."""
