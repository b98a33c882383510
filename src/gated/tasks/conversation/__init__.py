"""Chooses replies in a dialogue: a recurrent network over the turns, and similar texts."""
