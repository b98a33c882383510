"""The options of the commands on sequences."""
