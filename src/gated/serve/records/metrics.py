"""Counts what the server does, in the form of Prometheus."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

__all__ = ["Metrics"]

_SECONDS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)
_SIZES = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024)


class Metrics:
    """The metrics of one server."""

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()
        self.requests = Counter(
            "gated_requests", "Requests", ["method", "route", "status"], registry=registry
        )
        self.seconds = Histogram(
            "gated_request_seconds",
            "Seconds from the head of a request to its response",
            ["route"],
            buckets=_SECONDS,
            registry=registry,
        )
        self.running = Gauge("gated_requests_running", "Requests now", registry=registry)
        self.waiting = Gauge(
            "gated_jobs_waiting", "Jobs that wait for a thread", ["lane"], registry=registry
        )
        self.batches = Histogram(
            "gated_batch_size",
            "Jobs that were done together",
            ["lane"],
            buckets=_SIZES,
            registry=registry,
        )
        self.listeners = Gauge(
            "gated_listeners", "Connections that listen to series", registry=registry
        )
        self.forecasts = Counter("gated_forecasts", "Forecasts of one series", registry=registry)
        self.rows = Counter("gated_rows_written", "Rows that were stored", registry=registry)

    def text(self) -> bytes:
        """All metrics, as Prometheus reads them."""
        return generate_latest(self.registry)
