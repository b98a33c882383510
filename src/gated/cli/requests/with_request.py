"""Gives a command the options of its request: typed, from a file, or from the environment."""

import inspect
from collections.abc import Callable
from typing import Any, TypeVar

import typer

from gated.cli.console.arrow import keep_pandas_out
from gated.cli.console.messages import Messages
from gated.cli.options.option import Option
from gated.cli.options.parameters import typer_parameters
from gated.cli.options.readers import one_path
from gated.cli.requests.examples import EXAMPLES
from gated.cli.requests.flags import flag
from gated.cli.requests.request import Request
from gated.cli.settings.settings import Settings, read_settings
from gated.errors import GatedError
from gated.libraries import without_pandas
from gated.text import option_style

__all__ = ["CONFIG", "name_config", "with_request"]

AnyRequest = TypeVar("AnyRequest", bound=Request)

_COMMANDS: dict[str, type[Request]] = {}  # by name; `with_request` adds them
_NAMED = "gated.config"  # of the context: the file that was named before the command
_SETTINGS = "gated.settings"  # of the context: `Settings`
_FROM_CONFIG = "DEFAULT_MAP"  # what typer calls a value of `default_map`
CONFIG = Option(
    "--config",
    "FILE",
    help="Take options from this TOML file: keys for all commands, and a table for each command. "
    "Variables such as GATED_HORIZON come before it, what is typed before both.",
    read=one_path,
)


def with_request(
    kind: type[AnyRequest],
) -> Callable[[Callable[[typer.Context, AnyRequest], None]], Callable[..., None]]:
    """Give a command the options of a request; the command receives the request.

    typer finds the options in the signature of the function, so the fields of `kind` become the
    parameters there.
    """

    def with_options(
        run: Callable[[typer.Context, AnyRequest], None],
    ) -> Callable[..., None]:
        def call(context: typer.Context, **typed: Any) -> None:
            # Messages name `--season-length`, not `season_length=`; frames are pyarrow tables.
            with option_style(flag), without_pandas():
                request = _request(kind, context, typed)
                if kind.reads_table:
                    keep_pandas_out()
                run(context, request)

        _COMMANDS[run.__name__] = kind
        parameters = inspect.signature(call).parameters
        call.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
            [parameters["context"], *typer_parameters(kind), _config_parameter()]
        )
        call.__name__ = run.__name__
        call.__doc__ = _help(run.__name__, inspect.getdoc(run) or "")
        return call

    return with_options


def _help(command: str, described: str) -> str:
    """Return the text of a command's help: what it does, then examples."""
    return f"{described}\n\nExamples:\n{EXAMPLES[command].strip()}"


def _request(kind: type[AnyRequest], context: typer.Context, typed: dict[str, Any]) -> AnyRequest:
    """Return the request of a command, and print which options come from elsewhere."""
    typed.pop("config")
    command = str(context.info_name)
    given = [name for name in typed if not _is_from_config(context, name)]
    settings: Settings = context.meta[_SETTINGS].applied(given)
    if settings.more_tables:
        typed["more_tables"] = settings.more_tables
    try:
        request = kind.of(command, typed)
    except GatedError as error:
        if not settings.sentences:
            raise
        raise type(error)("\n".join([str(error), *settings.sentences])) from error
    messages = Messages(quiet=getattr(request, "quiet", False))
    messages.write("Options", *settings.sentences)
    return request


def _is_from_config(context: typer.Context, name: str) -> bool:
    source = context.get_parameter_source(name)
    return source is not None and source.name == _FROM_CONFIG


def _config_parameter() -> inspect.Parameter:
    """Return --config; it is read before the other options, because it gives their defaults."""
    return inspect.Parameter(
        "config",
        inspect.Parameter.KEYWORD_ONLY,
        default=typer.Option(
            None,
            *CONFIG.flags.split(),
            metavar=CONFIG.metavar,
            help=CONFIG.help,
            is_eager=True,
            callback=_read_settings,
        ),
        annotation=list[str] | None,
    )


def _read_settings(context: typer.Context, typed: list[str] | None) -> list[str] | None:
    """Give the command the options of the file and the environment as its defaults."""
    if context.resilient_parsing:  # of the completion in a shell
        return typed
    given = [*context.meta.get(_NAMED, []), *(typed or [])]
    path = one_path(CONFIG, given) if given else None
    settings = read_settings(path, str(context.info_name), _COMMANDS)
    context.meta[_SETTINGS] = settings
    context.default_map = settings.defaults
    return typed


def name_config(context: typer.Context, typed: list[str] | None) -> None:
    """Keep the file that was named before the command, for the command."""
    context.meta[_NAMED] = typed or []
