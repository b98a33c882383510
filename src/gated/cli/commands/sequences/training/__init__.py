"""What `gated train` reads and trains, one module for each kind of model."""
