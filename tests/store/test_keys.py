"""API keys in the store."""

import pytest

from gated.errors import UsageError
from gated.store import Store


def test_a_key_is_found_by_its_public_part(store: Store) -> None:
    store.keys.add("till", "abc", b"\x00\xff", 60)
    found = store.keys.find("abc")
    assert found is not None
    assert (found.name, found.digest, found.per_minute) == ("till", b"\x00\xff", 60)
    assert store.keys.find("abd") is None
    assert store.keys.count() == 1


def test_a_name_has_one_key(store: Store) -> None:
    store.keys.add("till", "abc", b"x", 60)
    with pytest.raises(UsageError, match="a key of the name till already"):
        store.keys.add("till", "abd", b"x", 60)
    assert [key.public_part for key in store.keys.all()] == ["abc"]


def test_a_removed_key_is_gone(store: Store) -> None:
    store.keys.add("till", "abc", b"x", 60)
    assert store.keys.remove("till")
    assert not store.keys.remove("till")
    assert store.keys.find("abc") is None


@pytest.mark.parametrize("name", ["", "a\nb", "a" * 201])
def test_names_are_checked(store: Store, name: str) -> None:
    with pytest.raises(UsageError, match="The name of a key"):
        store.keys.add(name, "abc", b"x", 60)
