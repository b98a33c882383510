"""Runs `gated serve` and `gated keys`; without their packages, says what to install."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from gated.cli.console.messages import Messages
from gated.cli.output.stdout import require_stdout, to_stdout
from gated.cli.requests.serve_request import KeysRequest, ServeRequest
from gated.errors import UsageError
from gated.text import grouped
from gated.threads import limit_threads

if TYPE_CHECKING:
    from gated.store import Store

__all__ = ["run", "run_keys"]

_PER_MINUTE = 6_000
_PACKAGES = {"alembic", "fastapi", "prometheus_client", "sqlalchemy", "starlette", "uvicorn"}


def run(request: ServeRequest) -> None:
    """Run `gated serve`, until SIGTERM or Ctrl-C.

    Raises:
        UsageError: a package or a key is missing, or an option is wrong.
        StoreError: the store cannot be used.
        ModelFileError: the model cannot be loaded.
    """
    with _needed_packages():
        from gated.serve import Settings
        from gated.serve import run as serve
    given = {"store": request.store, "host": request.host, "port": request.port}
    known: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    limit_threads()  # the server has threads of its own
    serve(Settings(**known, model=request.model))


def run_keys(request: KeysRequest, messages: Messages) -> None:
    """Run `gated keys`: the new key goes to stdout, once.

    Raises:
        UsageError: a package is missing, or there is no such key, or one already.
        StoreError: the store cannot be used.
    """
    require_stdout()
    with _needed_packages():
        from gated.serve.access.keys import new_key
        from gated.serve.settings import DEFAULT_STORE
        from gated.store import Store
    with Store(request.store or DEFAULT_STORE) as store:
        if request.action == "list":
            _list(store)
        elif request.action == "remove":
            if not store.keys.remove(str(request.name)):
                raise UsageError(f"There is no key of the name {request.name}.")
            messages.write("Removed", f"The key {request.name} is refused within 5 seconds.")
        else:
            key = new_key(store, str(request.name), request.per_minute or _PER_MINUTE)
            messages.write("Key", "It is shown only now: keep it. The store has a hash of it.")
            to_stdout(key.encode() + b"\n")


def _list(store: "Store") -> None:
    """Print the names of the keys, with their limits."""
    lines = [
        f"{key.name}  {grouped(key.per_minute)} a minute, made {key.made:%Y-%m-%d}\n"
        for key in store.keys.all()
    ]
    to_stdout("".join(lines).encode())


@contextmanager
def _needed_packages() -> Iterator[None]:
    try:
        yield
    except ModuleNotFoundError as error:
        if str(error.name).partition(".")[0] not in _PACKAGES:
            raise
        raise UsageError(
            f'gated serve needs the package {error.name}: pip install "gated[serve]"'
        ) from None
