"""The worker of fracast: its pretrained network, without training."""

import numpy as np
import torch
from fracast import FracastModel
from worker import Job, WorkerForecast, run, series_of

_BATCH = 32  # series at once, as in the example of the library's benchmark


def fit(job: Job) -> FracastModel:
    """Load the weights of the package; the setting `weights` is "w8", the default, or "fp32"."""
    torch.set_num_threads(job.threads)
    return FracastModel.from_pretrained(device="cpu", **job.settings)


def predict(job: Job, model: FracastModel) -> WorkerForecast:
    """Forecast nine deciles; the library has no other quantile, so there is no 95 % interval."""
    parts = series_of(job)
    pasts = [part["y"].to_numpy(np.float32)[-model.context_length :] for part in parts.values()]
    batches = [pasts[i : i + _BATCH] for i in range(0, len(pasts), _BATCH)]
    values = np.concatenate([model.forecast_batch(_rows(one), horizon=job.h) for one in batches])
    by_level = {round(level, 2): values[..., i] for i, level in enumerate(model.quantiles)}
    deciles = np.stack([by_level[level] for level in job.deciles], axis=-1).astype(np.float64)
    interval = {80: (deciles[..., 0], deciles[..., -1])}
    return WorkerForecast(list(parts), deciles[..., job.deciles.index(0.5)], deciles, interval)


def _rows(pasts: list[np.ndarray]) -> np.ndarray:
    """Series of different lengths as one array: NaN, which the library masks, stands before."""
    length = max(map(len, pasts))
    padding = [np.full(length - len(past), np.nan, dtype=np.float32) for past in pasts]
    return np.stack([np.concatenate(pair) for pair in zip(padding, pasts, strict=True)])


if __name__ == "__main__":
    run(fit, predict)
