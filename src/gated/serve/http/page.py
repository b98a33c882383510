"""Serves the page of the server: the files of `static`, which are read once, at the start.

The script and the style of a report are served in `/static/report/`, as they are. A request names a
key of a dictionary, so that no path of a client reaches the disk.
"""

from importlib import resources
from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import Response

from gated.serve.problems import ProblemError

__all__ = ["CONTENT_SECURITY_POLICY", "page_router"]

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_FOLDER = Path(__file__).parent.parent / "static"
_REPORT = Path(str(resources.files("gated.report")))
_START = "index.html"
_BODY_BYTES = b"BODY_BYTES"  # in the page, in place of their number
_KINDS = {  # not those of the system, which may know others
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
}


def page_router(body_bytes: int) -> APIRouter:
    """The routes `/` and `/static/…` for the files of the page, and for those of the report.

    Args:
        body_bytes: bytes of a file at most, which the page shows.
    """
    report = {f"report/{name}": file for name, file in _read(_REPORT).items()}
    files = {**_read(_FOLDER), **report}
    content, kind = files[_START]
    files[_START] = content.replace(_BODY_BYTES, str(body_bytes).encode()), kind
    router = APIRouter(include_in_schema=False)

    @router.get("/")
    async def start() -> Response:
        return _response(files, _START)

    @router.get("/static/{name:path}")
    async def static(name: str) -> Response:
        return _response(files, name)

    return router


def _read(folder: Path) -> dict[str, tuple[bytes, str]]:
    """The content and the media type of each file, by its path within the folder."""
    return {
        path.relative_to(folder).as_posix(): (path.read_bytes(), _KINDS[path.suffix])
        for path in sorted(folder.rglob("*"))
        if path.suffix in _KINDS
    }


def _response(files: dict[str, tuple[bytes, str]], name: str) -> Response:
    if name not in files:
        raise ProblemError(404, "There is no such file.")
    content, kind = files[name]
    return Response(content, media_type=kind, headers={"Cache-Control": "no-cache"})
