"""The terminal of the benchmarks: every command has a help page, and faults of the user."""

import re
from pathlib import Path

COMMANDS = (
    *("sequences", "sequence_peers", "training_steps", "generation_speed", "shipped"),
    *("forecast", "backtest", "training_parts", "zero_shot", "recurrences", "roofline"),
    *(
        "answers",
        "conversation",
        "explain",
        "explain_labels",
        "memory",
        "peers",
        "predict_many",
        "large_table",
        "reading",
    ),
    *("influence", "cells", "startup", "gates", "live", "scale", "synthetic"),
)


def test_help_lists_every_command(call):
    code, output, _ = call("--help")
    assert code == 0
    listed = re.findall(r"^  (\w+)  ", output.partition("Commands:")[2], flags=re.MULTILINE)
    assert sorted(listed) == sorted(COMMANDS)


def test_every_command_that_the_documentation_names_exists(call):
    """Otherwise nobody could measure that row of the README again."""
    root = Path(__file__).parents[2]
    pages = [*root.glob("*.md"), *root.glob("docs/**/*.md")]
    named = {
        name
        for page in pages
        for name in re.findall(r"python -m benchmarks ([a-z]\S*?)[`\s]", page.read_text("utf-8"))
    }
    assert {"forecast", "zero_shot", "training_parts"} <= named
    for name in named:
        assert call(name, "--help")[0] == 0, name


def test_an_unknown_command_is_a_usage_error(call):
    code, output, errors = call("nothing")
    assert (code, output) == (2, "")
    assert "nothing" in errors
