"""Lists the weights of the forecasting network, so that a file can be checked without torch."""

from gated.forecast.data.patching import RECENT
from gated.forecast.model.covariate_effect import EFFECT_SIZE
from gated.forecast.model.network import COVARIATE_EMBEDDING, NetworkConfig
from gated.forecast.model.patch_features import LEAD_FEATURES, PATCH_FEATURES
from gated.forecast.model.season_grid import GRID
from gated.forecast.model.season_memory import EMBEDDED, PROFILES, WIDTH
from gated.forecast.model.season_references import LONG_WAYS, RECENT_WAYS, REFERENCES
from gated.forecast.quantiles import QUANTILES
from gated.numeric import Shapes, linear_shapes, norm_shapes
from gated.ops.blocks import block_shapes

__all__ = ["weight_shapes"]


def weight_shapes(config: NetworkConfig) -> Shapes:
    """The name and the shape of every weight of a network, as `TrainableNetwork` has them.

    >>> from gated.forecast.data.patching import PatchLayout
    >>> weight_shapes(NetworkConfig(PatchLayout(24, 2), 192, 3, 0.0, 0, 0))["memory.prior"]
    (29,)
    """
    width = config.hidden_size
    known = config.covariates + config.calendar
    inputs = known + config.past_covariates
    shapes = {
        **linear_shapes("embed.0", PATCH_FEATURES, width),
        **linear_shapes("embed.2", width, width),
        **norm_shapes("decode.0", width),
        **linear_shapes("decode.1", width, 2 * width),
        **linear_shapes("lead", LEAD_FEATURES, 2 * width),
        **linear_shapes("width", 2 * width, len(QUANTILES) + 1),
        **_memory(2 * width, config.covariates, known),
    }
    if inputs:
        shapes |= linear_shapes(COVARIATE_EMBEDDING, inputs * GRID, width, bias=False)
    if config.static:
        shapes |= linear_shapes("static", config.static, width, bias=False)
    if config.covariates:
        shapes |= linear_shapes("effect.hidden", 2 * config.covariates + 1, EFFECT_SIZE)
        shapes |= linear_shapes("effect.out", EFFECT_SIZE, 2)
    for number in range(config.num_layers):
        shapes |= block_shapes(f"blocks.{number}", width)
    return shapes


def _memory(state: int, covariates: int, known: int) -> Shapes:
    shapes = {
        **linear_shapes("memory.lift", state, RECENT_WAYS),
        **linear_shapes("memory.lift_long", state, LONG_WAYS),
        **linear_shapes("memory.profile", state, GRID * PROFILES),
        **linear_shapes("memory.state", state, WIDTH),
        **linear_shapes("memory.recent", 4 * RECENT, WIDTH, bias=False),
        **linear_shapes("memory.other", EMBEDDED, WIDTH, bias=False),
        **linear_shapes("memory.mix", WIDTH, WIDTH),
        **linear_shapes("memory.out", WIDTH, REFERENCES + len(QUANTILES)),
        "memory.prior": (REFERENCES,),
    }
    if known:
        shapes |= linear_shapes("memory.known", known, WIDTH, bias=False)
    if covariates:
        shapes["memory.sensitivity"] = (covariates,)
    return shapes
