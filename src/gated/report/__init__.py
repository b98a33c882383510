"""What was found in, one page out: charts of every series, tables, and all that was said.

    report = Report(title="sales", verdict=("31 % more accurate than …",), series=[…])
    Path("out.html").write_text(page(report), encoding="utf-8")

Begin reading at `content.py`, then `page.py`; what runs in the browser begins at `script/start.js`.
"""

from gated.report.content import Ahead, Coverage, Curves, Report, Series, Sheet
from gated.report.page import page

__all__ = ["Ahead", "Coverage", "Curves", "Report", "Series", "Sheet", "page"]
