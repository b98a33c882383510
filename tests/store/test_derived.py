"""States and forecasts: bytes of a revision of a series."""

import pytest

from gated.errors import UsageError
from gated.store import Derived, Store, Write


@pytest.fixture
def filled(store: Store) -> Store:
    store.series.write(Write("a", "integer", [1], [1.0]))
    return store


def test_bytes_are_found_again(filled: Store) -> None:
    everything = bytes(range(256))
    assert filled.states.put("a", "live", Derived(1, everything))
    assert filled.states.get("a", "live") == Derived(1, everything)
    assert filled.states.get("a", "other") is None
    assert filled.forecasts.get("a", "live") is None


def test_a_changed_series_has_no_current_forecast(filled: Store) -> None:
    filled.forecasts.put("a", "h=7", Derived(1, b"old"))
    assert filled.forecasts.get_current("a", "h=7") == Derived(1, b"old")
    filled.series.write(Write("a", "integer", [2], [2.0]))
    assert filled.forecasts.get_current("a", "h=7") is None
    assert filled.forecasts.get("a", "h=7") == Derived(1, b"old")


def test_a_series_has_few_forecasts(filled: Store) -> None:
    for h in range(100):
        filled.forecasts.put("a", f"h={h}", Derived(1, b"x"))
    kept = [h for h in range(100) if filled.forecasts.get("a", f"h={h}") is not None]
    assert kept[-1] == 99
    assert len(kept) <= 32
    filled.forecasts.put("a", "h=7", Derived(2, b"new"))
    assert filled.forecasts.get("a", "h=99") is None


def test_older_bytes_never_replace_newer_ones(filled: Store) -> None:
    filled.states.put("a", "live", Derived(2, b"new"))
    filled.states.put("a", "live", Derived(1, b"old"))
    assert filled.states.get("a", "live") == Derived(2, b"new")


def test_bytes_of_an_unknown_series_are_not_stored(filled: Store) -> None:
    assert not filled.states.put("b", "live", Derived(1, b"x"))


def test_bytes_go_with_their_series(filled: Store) -> None:
    filled.states.put("a", "live", Derived(1, b"x"))
    filled.series.delete("a")
    filled.series.write(Write("a", "integer", [1], [1.0]))
    assert filled.states.get("a", "live") is None


def test_keys_are_checked(filled: Store) -> None:
    with pytest.raises(UsageError, match="has 0 characters"):
        filled.states.put("a", "", Derived(1, b"x"))


def test_a_series_has_few_states_the_oldest_give_way(filled: Store) -> None:
    for revision in range(1, 20):
        filled.states.put("a", f"h={revision}", Derived(revision, b"x"))
    kept = [h for h in range(1, 20) if filled.states.get("a", f"h={h}") is not None]
    assert kept == list(range(12, 20))
    assert filled.states.newest_key("a") == "h=19"
    assert filled.states.newest_key("b") is None


def test_bytes_of_a_removed_series_are_not_stored_for_a_new_one(filled: Store) -> None:
    info = filled.series.info("a")
    assert info is not None
    old = Derived(1, b"old", info.identity)
    filled.series.delete("a")
    new = filled.series.write(Write("a", "integer", [1], [1.0]))
    many = [("a", "live", old), ("b", "live", old), ("a", "more", Derived(1, b"new", new.identity))]
    assert filled.states.put_many(many) == [False, False, True]
    assert filled.states.get("a", "live") is None
    found = filled.states.get("a", "more")
    assert found is not None
    assert found.identity == new.identity
