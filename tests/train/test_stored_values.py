"""Checks of stored values: valid values pass, and errors name invalid ones."""

import math

import pytest

from gated.train.stored_values import (
    flag,
    label,
    list_of,
    mapping_of,
    number,
    one_of,
    optional,
    record,
    text,
    whole,
)

FIELDS = record({"steps": whole(1, 9)}, {"name": text(5)})


@pytest.mark.parametrize(
    ("check", "value"),
    [
        (whole(1, 9), 9),
        (number(), -1.5),
        (number(0, 1), 1),
        (number(), 2**63 - 1),
        (text(), ""),
        (text(3), "abc"),
        (flag, False),
        (label, "a"),
        (label, 2.5),
        (label, True),
        (one_of(("a", "b")), "b"),
        (optional(flag), None),
        (list_of(flag), []),
        (list_of(text(), is_distinct=True), ["a", "b"]),
        (mapping_of(number()), {"a": 1}),
        (FIELDS, {"steps": 1}),
        (FIELDS, {"steps": 1, "name": "n"}),
    ],
)
def test_valid_values_pass(check, value) -> None:
    check(value, "header.x")


@pytest.mark.parametrize(
    ("check", "value", "said"),
    [
        (whole(1, 9), 0, "header.x is 0; expected a whole number from 1 to 9"),
        (whole(1, 9), 10**30, "expected a whole number"),
        (whole(1, 9), True, "header.x is True; expected"),
        (whole(1, 9), 2.0, "header.x is 2.0; expected"),
        (number(), math.inf, "header.x is inf; expected a finite number"),
        (number(), math.nan, "expected a finite number"),
        (number(), 10**400, "expected a finite number"),
        (number(), 2**63, "expected a finite number"),
        (number(0, 1), -0.5, "expected a finite number from 0 to 1"),
        (number(), "1", "header.x is '1'; expected"),
        (text(), None, "header.x is None; expected text"),
        (text(3), "abcd", "expected at most 3 characters"),
        (text(3), "x" * 5000, "xx…; expected at most 3"),
        (text(), ["\x1b[2J"], "header.x is a list; expected text"),
        (flag, 1, "header.x is 1; expected true or false"),
        (label, None, "expected a finite number"),
        (one_of(("a", "b")), "c", "expected one of a, b"),
        (one_of(("a", "b")), ["a"], "expected one of a, b"),
        (list_of(flag), {}, "header.x is a dict; expected a list"),
        (list_of(flag), [True, 0], r"header.x\[1\] is 0"),
        (list_of(text(), is_distinct=True), ["a", "a"], "expected each of them once"),
        (mapping_of(number()), [1], "expected names with values"),
        (mapping_of(number()), {"\x1b": None}, r"header.x\['\\x1b'\] is None"),
        (FIELDS, {}, "header.x lacks steps"),
        (FIELDS, {"steps": 1, "\x1b[2J": 2}, r"holds '\\x1b\[2J', which is unknown"),
        (FIELDS, [], "expected the names steps, name"),
        (FIELDS, {"steps": 1, "name": 2}, "header.x.name is 2; expected text"),
    ],
)
def test_invalid_values_are_named(check, value, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        check(value, "header.x")
