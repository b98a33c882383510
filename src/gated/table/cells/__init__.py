"""The text of single cells: which kind it is of, distinct values, numbers, dates."""
