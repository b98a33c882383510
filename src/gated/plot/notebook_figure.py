"""A matplotlib figure that a notebook shows as a picture (imported where matplotlib is used)."""

from io import BytesIO

from matplotlib.figure import Figure

__all__ = ["NotebookFigure"]


class NotebookFigure(Figure):
    """A figure of its own, which pyplot does not keep and would show only after its import."""

    def _repr_png_(self) -> bytes:
        """What a notebook shows."""
        content = BytesIO()
        self.savefig(content, format="png", dpi=100)
        return content.getvalue()
