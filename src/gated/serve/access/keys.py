"""Makes and checks API keys: a public part to find them, a secret part of 256 random bits.

The store has only a SHA-256 of the secret part. A slow hash, as for passwords, is not needed: a
random number of 256 bits cannot be guessed.
"""

import hashlib
import hmac
import re
import secrets
import time
from dataclasses import dataclass

from gated.store import Store, StoredKey

__all__ = ["Keyring", "new_key"]

_FORM = re.compile(r"gated_([A-Za-z0-9]{16})_([A-Za-z0-9_-]{43})")
_SECONDS_KEPT = 5.0  # a removed key is refused after this time
_MOST_KEPT = 10_000


def new_key(store: Store, name: str, per_minute: int) -> str:
    """Make a key, store its digest, and return it: it cannot be read again.

    Args:
        store: where the server looks it up.
        name: who or what uses it.
        per_minute: requests a minute at most.

    Raises:
        UsageError: the name is not valid, or has a key already.
    """
    public = secrets.token_hex(8)
    secret = secrets.token_urlsafe(32)
    store.keys.add(name, public, _digest(secret), per_minute)
    return f"gated_{public}_{secret}"


@dataclass(frozen=True)
class _Kept:
    key: StoredKey | None
    until: float


class Keyring:
    """Checks keys of requests, and remembers for some seconds what the store answered.

    Args:
        store: where the keys are.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._kept: dict[str, _Kept] = {}

    def check(self, given: str) -> StoredKey | None:
        """The stored key of a given one; None if it is wrong. It may wait for the store."""
        parts = _FORM.fullmatch(given)
        if parts is None:
            return None
        public, secret = parts.groups()
        found = self._find(public)
        expected = found.digest if found is not None else bytes(32)
        is_right = hmac.compare_digest(_digest(secret), expected)
        return found if is_right else None

    def _find(self, public: str) -> StoredKey | None:
        now = time.monotonic()
        kept = self._kept.get(public)
        if kept is None or kept.until < now:
            if len(self._kept) >= _MOST_KEPT:
                self._kept.clear()
            kept = _Kept(self._store.keys.find(public), now + _SECONDS_KEPT)
            self._kept[public] = kept
        return kept.key


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
