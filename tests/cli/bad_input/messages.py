"""Reads the error message of a command."""


def error_of(result):
    """The error message, the last of stderr, on one line; stdout is empty."""
    assert result.exit_code == 2, (result.exception, result.stderr)
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    message = result.stderr[result.stderr.index("Error: ") :]
    assert message.rstrip()[-1] in ".?`28"
    return " ".join(message.split())
