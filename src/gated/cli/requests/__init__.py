"""The options of each command as a dataclass, checked when it is made."""
