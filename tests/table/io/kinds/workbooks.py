"""Writes small spreadsheets for tests, without a library: .xlsx and .ods."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from xml.sax.saxutils import escape

Rows = Sequence[Sequence[object]]

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_STYLES = (
    f'<styleSheet xmlns="{_MAIN}">'
    '<numFmts count="1"><numFmt numFmtId="164" formatCode="&quot;$&quot;#,##0.00"/></numFmts>'
    '<fonts count="1"><font/></fonts><fills count="1"><fill/></fills>'
    '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="4"><xf/><xf numFmtId="22" applyNumberFormat="1"/>'
    '<xf numFmtId="10" applyNumberFormat="1"/><xf numFmtId="164" applyNumberFormat="1"/></cellXfs>'
    "</styleSheet>"
)
HIDDEN = ' state="hidden"'
_EPOCH = datetime(1899, 12, 30)


class Percent(float):
    """A number that is shown as a percentage."""


class Currency(float):
    """A number that is shown with a currency sign."""


class Failed(str):
    """The error of a formula, such as #N/A."""


def xlsx(
    sheets: Mapping[str, Rows],
    *,
    hidden: Sequence[str] = (),
    merged: Sequence[str] = (),
) -> bytes:
    """The bytes of a workbook; `merged` are ranges of every sheet."""
    files = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"/>',
        "_rels/.rels": _relations([("officeDocument", "xl/workbook.xml")]),
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}"><sheets>'
        + "".join(
            f'<sheet name="{escape(name)}" sheetId="{at}" r:id="rId{at}"'
            f"{HIDDEN if name in hidden else ''}/>"
            for at, name in enumerate(sheets, start=1)
        )
        + "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": _relations(
            [("worksheet", f"worksheets/sheet{at}.xml") for at in range(1, len(sheets) + 1)]
            + [("styles", "styles.xml")]
        ),
        "xl/styles.xml": _STYLES,
    }
    ranges = "".join(f'<mergeCell ref="{one}"/>' for one in merged)
    for at, rows in enumerate(sheets.values(), start=1):
        body = "".join(_row(number, row) for number, row in enumerate(rows, start=1))
        files[f"xl/worksheets/sheet{at}.xml"] = (
            f'<worksheet xmlns="{_MAIN}"><sheetData>{body}</sheetData>'
            f"{f'<mergeCells>{ranges}</mergeCells>' if ranges else ''}</worksheet>"
        )
    return zipped(files)


def ods(sheets: Mapping[str, Rows]) -> bytes:
    """The bytes of an OpenDocument spreadsheet."""
    tables = "".join(
        f'<table:table table:name="{escape(name)}">'
        + "".join(
            f"<table:table-row>{''.join(map(_ods_cell, row))}</table:table-row>" for row in rows
        )
        + "</table:table>"
        for name, rows in sheets.items()
    )
    space = "urn:oasis:names:tc:opendocument:xmlns:"
    content = (
        f'<office:document-content xmlns:office="{space}office:1.0" xmlns:text="{space}text:1.0" '
        f'xmlns:table="{space}table:1.0"><office:body><office:spreadsheet>{tables}'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    return zipped(
        {
            "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
            "META-INF/manifest.xml": f'<manifest:manifest xmlns:manifest="{space}manifest:1.0"/>',
            "content.xml": content,
        }
    )


def zipped(files: Mapping[str, str | bytes]) -> bytes:
    """The bytes of a zip archive."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, text in files.items():
            # Without the time of writing: the same bytes each time.
            archive.writestr(zipfile.ZipInfo(name), text, zipfile.ZIP_DEFLATED)
    return content.getvalue()


def _relations(targets: Sequence[tuple[str, str]]) -> str:
    entries = "".join(
        f'<Relationship Id="rId{at}" Type="{_RELATIONS}/{kind}" Target="{target}"/>'
        for at, (kind, target) in enumerate(targets, start=1)
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{entries}</Relationships>'


def _row(number: int, row: Sequence[object]) -> str:
    cells = "".join(
        _cell(f"{_letters(at)}{number}", value) for at, value in enumerate(row) if value is not None
    )
    return f'<row r="{number}">{cells}</row>'


def _letters(at: int) -> str:
    return chr(ord("A") + at)


def _cell(place: str, value: object) -> str:
    if isinstance(value, Failed):
        return f'<c r="{place}" t="e"><f>NA()</f><v>{value}</v></c>'
    if isinstance(value, str):
        return f'<c r="{place}" t="inlineStr"><is><t>{escape(value)}</t></is></c>'
    if isinstance(value, datetime):
        days = (value - _EPOCH).total_seconds() / 86400
        return f'<c r="{place}" s="1"><v>{days!r}</v></c>'
    style = 2 if isinstance(value, Percent) else 3 if isinstance(value, Currency) else 0
    return f'<c r="{place}" s="{style}"><v>{float(str(value))!r}</v></c>'


def _ods_cell(value: object) -> str:
    if value is None:
        return "<table:table-cell/>"
    if isinstance(value, datetime):
        kind, attribute = "date", f'office:date-value="{value.isoformat()}"'
    elif isinstance(value, str):
        kind, attribute = "string", ""
    else:
        kind, attribute = "float", f'office:value="{value}"'
    return (
        f'<table:table-cell office:value-type="{kind}" {attribute}>'
        f"<text:p>{escape(str(value))}</text:p></table:table-cell>"
    )
