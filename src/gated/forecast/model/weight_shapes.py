"""Lists the weights of the forecasting network, so that a file can be checked without torch."""

from gated.forecast.data.patching import RECENT
from gated.forecast.model.covariate_effect import EFFECT_SIZE
from gated.forecast.model.network import COVARIATE_EMBEDDING, NetworkConfig
from gated.forecast.model.patch_features import LEAD_FEATURES, PATCH_FEATURES
from gated.forecast.model.season_grid import GRID
from gated.forecast.model.season_memory import EMBEDDED, PROFILES, WIDTH
from gated.forecast.model.season_references import LONG_WAYS, RECENT_WAYS, REFERENCES
from gated.forecast.quantiles import QUANTILES

__all__ = ["weight_shapes"]

Shapes = dict[str, tuple[int, ...]]


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
        **_linear("embed.0", PATCH_FEATURES, width),
        **_linear("embed.2", width, width),
        **_norm("decode.0", width),
        **_linear("decode.1", width, 2 * width),
        **_linear("lead", LEAD_FEATURES, 2 * width),
        **_linear("width", 2 * width, len(QUANTILES) + 1),
        **_memory(2 * width, config.covariates, known),
    }
    if inputs:
        shapes |= _linear(COVARIATE_EMBEDDING, inputs * GRID, width, bias=False)
    if config.static:
        shapes |= _linear("static", config.static, width, bias=False)
    if config.covariates:
        shapes |= _linear("effect.hidden", 2 * config.covariates + 1, EFFECT_SIZE)
        shapes |= _linear("effect.out", EFFECT_SIZE, 2)
    for number in range(config.num_layers):
        shapes |= _block(f"blocks.{number}", width)
    return shapes


def _memory(state: int, covariates: int, known: int) -> Shapes:
    shapes = {
        **_linear("memory.lift", state, RECENT_WAYS),
        **_linear("memory.lift_long", state, LONG_WAYS),
        **_linear("memory.profile", state, GRID * PROFILES),
        **_linear("memory.state", state, WIDTH),
        **_linear("memory.recent", 4 * RECENT, WIDTH, bias=False),
        **_linear("memory.other", EMBEDDED, WIDTH, bias=False),
        **_linear("memory.mix", WIDTH, WIDTH),
        **_linear("memory.out", WIDTH, REFERENCES + len(QUANTILES)),
        "memory.prior": (REFERENCES,),
    }
    if known:
        shapes |= _linear("memory.known", known, WIDTH, bias=False)
    if covariates:
        shapes["memory.sensitivity"] = (covariates,)
    return shapes


def _block(name: str, width: int) -> Shapes:
    recurrent = f"{name}.recurrent"
    return {
        **_norm(f"{name}.recurrent_norm", width),
        f"{recurrent}.weight_ih_l0": (3 * width, width),
        f"{recurrent}.weight_hh_l0": (3 * width, width),
        f"{recurrent}.bias_ih_l0": (3 * width,),
        f"{recurrent}.bias_hh_l0": (3 * width,),
        **_norm(f"{name}.feed_forward.0", width),
        **_linear(f"{name}.feed_forward.1", width, 2 * width),
        **_linear(f"{name}.feed_forward.4", 2 * width, width),
    }


def _linear(name: str, inputs: int, outputs: int, *, bias: bool = True) -> Shapes:
    return {f"{name}.weight": (outputs, inputs)} | ({f"{name}.bias": (outputs,)} if bias else {})


def _norm(name: str, width: int) -> Shapes:
    return {f"{name}.weight": (width,), f"{name}.bias": (width,)}
