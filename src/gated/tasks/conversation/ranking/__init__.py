"""Ranks all replies after a turn: similarity of texts, the mixture with the network, the choice."""
