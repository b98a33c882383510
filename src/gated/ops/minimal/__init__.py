"""minGRU and minLSTM: recurrences without a product inside, which can run in parallel."""
