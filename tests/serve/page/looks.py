"""Measures of a page in a browser."""

from typing import Any

__all__ = ["contrast", "width_of"]


def width_of(tab: Any) -> int:
    """The width of the page in pixels, beyond the window or not."""
    return int(tab.evaluate("document.documentElement.scrollWidth"))


def contrast(tab: Any, selector: str) -> float:
    """The contrast of a text with what lies behind it, as WCAG 2 defines it."""
    return float(
        tab.evaluate(
            """selector => {
              const light = (colour) => {
                const [r, g, b] = colour.match(/[\\d.]+/g).slice(0, 3).map((v) => {
                  const c = v / 255;
                  return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
                });
                return 0.2126 * r + 0.7152 * g + 0.0722 * b;
              };
              const text = document.querySelector(selector);
              let behind = text;
              const clear = "rgba(0, 0, 0, 0)";
              while (getComputedStyle(behind).backgroundColor === clear)
                behind = behind.parentElement;
              const pair = [
                light(getComputedStyle(text).color),
                light(getComputedStyle(behind).backgroundColor),
              ].sort((a, b) => b - a);
              return (pair[0] + 0.05) / (pair[1] + 0.05);
            }""",
            selector,
        )
    )
