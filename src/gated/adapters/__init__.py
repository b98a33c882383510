"""Forecasts for other frameworks, each with the class that its users expect.

Each module needs the library it is named after, and is imported by its name: the package imports
none of them, and `import gated` imports no module of the package.

- `gated.adapters.autogluon`: `GatedModel`, an `AbstractTimeSeriesModel`.
- `gated.adapters.fev`: `GatedModel`, a `ForecastingModel` of the benchmark.
- `gated.adapters.gluonts`: `GatedPredictor`, a `Predictor`.
- `gated.adapters.mlflow`: `save_model` and `log_model`, which write models of MLflow.
- `gated.adapters.sktime`: `GatedForecaster`, a `BaseForecaster`.
"""
