"""Defines the options of `gated serve` and `gated keys`."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from gated.cli.options.option import Option
from gated.cli.options.readers import one_path, one_text, whole_number
from gated.cli.requests.request import Request
from gated.errors import UsageError

__all__ = ["KEY_ACTIONS", "KeysRequest", "ServeRequest"]

KEY_ACTIONS = ("add", "list", "remove")
_STORE = Option(
    "--store",
    "ADDRESS",
    help="Where series and keys are stored: a file, or postgresql://user@host/database. Default: "
    "gated-store.db.",
    read=one_text,
)
_MOST_PER_MINUTE = 1_000_000


@dataclass(frozen=True, kw_only=True)
class ServeRequest(Request):
    """The options of `gated serve`."""

    store: Annotated[str | None, _STORE] = None
    host: Annotated[
        str | None,
        Option(
            "--host",
            "ADDRESS",
            help="Where the server listens. Default: 127.0.0.1, for this machine only; others "
            "need an API key (gated keys).",
            read=one_text,
        ),
    ] = None
    port: Annotated[
        int | None,
        Option(
            "--port",
            "NUMBER",
            help="The port. Default: 8000.",
            read=whole_number(least=1, most=65_535),
        ),
    ] = None
    model: Annotated[
        Path | None,
        Option(
            "--model",
            "FILE",
            help="Forecast with a saved model (gated forecast --save). Default: the pretrained "
            "network.",
            read=one_path,
            file="read",
        ),
    ] = None


@dataclass(frozen=True, kw_only=True)
class KeysRequest(Request):
    """The options of `gated keys`."""

    action: Annotated[
        str, Option("", "ACTION", help="add, list or remove.", choices=KEY_ACTIONS, is_text=True)
    ]
    name: Annotated[
        str | None, Option("", "[NAME]", help="Who or what uses the key.", is_text=True)
    ] = None
    store: Annotated[str | None, _STORE] = None
    per_minute: Annotated[
        int | None,
        Option(
            "--per-minute",
            "NUMBER",
            help="Requests a minute at most. Default: 6000.",
            read=whole_number(least=1, most=_MOST_PER_MINUTE),
        ),
    ] = None

    def __post_init__(self) -> None:
        if self.action == "list" and self.name is not None:
            raise UsageError(f"gated keys list {self.name}: list takes no name. Leave it out.")
        if self.action != "list" and self.name is None:
            raise UsageError(
                f"The name of the key is missing. Expected gated keys {self.action} NAME."
            )
        if self.action != "add" and self.per_minute is not None:
            raise UsageError(f"--per-minute is of gated keys add, not of {self.action}.")
