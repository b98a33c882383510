"""How long a method may work before it is ended."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from benchmarks.peers.libraries import PEERS
from gated.errors import UsageError

__all__ = ["Limit"]


@dataclass(frozen=True)
class Limit:
    """Seconds for each method, from the start of its process.

    Attributes:
        seconds: of any library,
        of: but for these, by name.
    """

    seconds: float = 1800.0
    of: Mapping[str, float] = field(default_factory=dict)

    @classmethod
    def read(cls, text: str) -> "Limit":
        """From an option's words.

        Raises:
            UsageError: they are something else.

        >>> limit = Limit.read("400,darts=240")
        >>> limit.for_peer("gluonts"), limit.for_peer("darts"), str(limit)
        (400.0, 240.0, '400, darts 240')
        """
        seconds, of = cls.seconds, {}
        for word in text.split(","):
            name, equals, amount = word.rpartition("=")
            if equals and name not in PEERS:
                raise UsageError(f"--limit {text}: {name} is no peer. Known: {', '.join(PEERS)}.")
            try:
                value = float(amount)
            except ValueError:
                value = 0.0
            if not 1 <= value < float("inf"):
                raise UsageError(f"--limit is {text}. Expected seconds, such as 400,darts=240.")
            if equals:
                of[name] = value
            else:
                seconds = value
        return cls(seconds, of)

    def for_peer(self, name: str) -> float:
        """The seconds that hold for a library."""
        return self.of.get(name, self.seconds)

    def __str__(self) -> str:
        """As a report tells it."""
        others = [f"{name} {seconds:g}" for name, seconds in self.of.items()]
        return ", ".join([f"{self.seconds:g}", *others])
