"""A section of docs/peers.md: the tables of a run."""

from benchmarks.common.markdown import body
from benchmarks.common.report import Report

__all__ = ["markdown"]


def markdown(report: Report) -> str:
    """The section of one data set, its heading the data's name; a trial's heading says so."""
    trial = "TRIAL, worth nothing: " if report.facts["trial"] else ""
    return f"## {trial}{report.facts['data']}\n\n{body(report)}"
