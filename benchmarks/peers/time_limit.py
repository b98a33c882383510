"""The seconds after which a method is stopped."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from benchmarks.peers.libraries import PEERS
from gated.errors import UsageError

__all__ = ["TimeLimit"]


@dataclass(frozen=True)
class TimeLimit:
    """Seconds for each method, from the start of its process.

    Attributes:
        seconds: of every library that is not in `by_library`.
        by_library: name of a library to its seconds.
    """

    seconds: float = 1800.0
    by_library: Mapping[str, float] = field(default_factory=dict)

    @classmethod
    def parse(cls, text: str) -> "TimeLimit":
        """Parse the text of an option.

        Raises:
            UsageError: the text is not a limit.

        >>> limit = TimeLimit.parse("400,darts=240")
        >>> limit.for_library("gluonts"), limit.for_library("darts"), str(limit)
        (400.0, 240.0, '400, darts 240')
        """
        seconds, by_library = cls.seconds, {}
        for word in text.split(","):
            name, equals, amount = word.rpartition("=")
            if equals and name not in PEERS:
                raise UsageError(
                    f"--limit is {text}, but {name or 'an empty name'} is not a compared library. "
                    f"Expected one of {', '.join(PEERS)}."
                )
            try:
                value = float(amount)
            except ValueError:
                value = 0.0
            if not 1 <= value < float("inf"):
                raise UsageError(f"--limit is {text}. Expected seconds, such as 400,darts=240.")
            if equals:
                by_library[name] = value
            else:
                seconds = value
        return cls(seconds, by_library)

    def for_library(self, name: str) -> float:
        """The seconds of a library."""
        return self.by_library.get(name, self.seconds)

    def __str__(self) -> str:
        """The limit as text for a report."""
        others = [f"{name} {seconds:g}" for name, seconds in self.by_library.items()]
        return ", ".join([f"{self.seconds:g}", *others])
