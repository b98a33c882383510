"""The recurrences as plain torch code: equations, backward passes, and what may act on a state."""
