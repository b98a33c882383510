"""The layers of an answerer: memories of words, and the reduction of the query by each sentence."""
