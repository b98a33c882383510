"""Contains the common parts of the recurrent layers: inputs, checks, options, gates, steps."""
