"""Defines a matplotlib figure that a notebook shows as a picture.

Import this module only where matplotlib is installed."""

from io import BytesIO

from matplotlib.figure import Figure

__all__ = ["NotebookFigure"]


class NotebookFigure(Figure):
    """A figure that notebooks show without pyplot."""

    def _repr_png_(self) -> bytes:
        """Return the picture for a notebook."""
        content = BytesIO()
        self.savefig(content, format="png", dpi=100)
        return content.getvalue()
