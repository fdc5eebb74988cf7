"""
From a Hugging Face Marian folder to a CTranslate2 one, without torch or transformers.

CTranslate2's own converter loads the model with both. A Marian model is a plain
post-norm Transformer, so its weights can be copied name by name: the result is
the same file, byte for byte, for a float32 checkpoint, but for int8 and for
pieces that can never come out (see :func:`convert`).
"""

import json
import math
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from translate.checkpoint import Stored, read_layout
from translate.errors import ModelDamaged

QUANTIZATIONS = ("int8", "int16", "float16", "float32")
WEIGHTS = ("model.safetensors", "pytorch_model.bin")
SHORTLIST = "vmap.txt"  # CTranslate2's name for the target pieces that each source piece may call for.
SHUT = -1e3  # An output bias below which a piece never comes out.
# CTranslate2 multiplies bytes 0…255 with weights, two products to a 16-bit sum. On x86 processors without
# VNNI that sum saturates beyond 32,767 in silence, which cost the built-in model 0.9 BLEU; 2 × 255 × 64 fits.
_LARGEST = 64.0


def convert(marian: Path, ct2: Path, *, quantization: str = "int8") -> None:
    """
    Write the Marian model in ``marian`` as a CTranslate2 model in ``ct2``.

    ``marian`` holds ``config.json``, ``vocab.json`` and weights as safetensors
    or a torch pickle. Norms, biases and positions are kept in float32, so that
    only the matrices are quantized; int8 ones have seven bits, so that every
    processor computes alike. Pieces that can never come out, as Arabic ones of
    a vocabulary for both languages, are no targets, which makes every step of
    the decoding cheaper. ``ct2`` appears complete or not at all, and
    replaces what was there but for its shortlist. The caller appends ``</s>`` to every source.

    Raises ModelDamaged where weights are missing or of an unsupported kind.
    """
    config = json.loads((marian / "config.json").read_text(encoding="utf-8"))
    vocabulary = json.loads((marian / "vocab.json").read_text(encoding="utf-8"))
    try:
        spec = _specify(config, _Weights(marian), sorted(vocabulary, key=vocabulary.__getitem__))
    except KeyError as error:
        raise ModelDamaged(f"{marian / 'config.json'} does not say the model's {error.args[0]}.") from error
    spec.validate()
    if quantization == "int8":
        _quantize(spec)
    spec.optimize(quantization=None if quantization == "int8" else quantization)
    ct2.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".ct2-", dir=ct2.parent) as scratch:
        unfinished = Path(scratch) / "ct2"
        unfinished.mkdir()
        spec.save(str(unfinished))
        if (ct2 / SHORTLIST).exists():
            shutil.copyfile(ct2 / SHORTLIST, unfinished / SHORTLIST)
        if ct2.exists():
            shutil.rmtree(ct2)
        unfinished.rename(ct2)


def _quantize(spec: Any) -> None:
    """Each row of each matrix as whole numbers up to 64 and one scale."""
    from ctranslate2.specs.model_spec import NumpyVariable, visit_spec

    def narrow(layer: Any, path: str, value: Any) -> None:
        name = path.rpartition("/")[2]
        if hasattr(layer, f"{name}_scale") and hasattr(value, "numpy"):
            rows = value.numpy().astype(np.float32)
            largest = np.abs(rows).max(axis=1)
            scale = _LARGEST / np.where(largest == 0, _LARGEST, largest)
            setattr(layer, name, NumpyVariable(np.rint(rows * scale[:, None]).astype(np.int8)))
            setattr(layer, f"{name}_scale", NumpyVariable(scale.astype(np.float32)))

    visit_spec(spec, narrow)


class _Weights:
    """The tensors of a checkpoint by their names in transformers, ties undone."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        path = next((folder / name for name in WEIGHTS if (folder / name).exists()), folder / WEIGHTS[0])
        self._stored: Mapping[str, Stored] = read_layout(path)

    def __contains__(self, name: str) -> bool:
        return name in self._stored

    def __call__(self, *names: str) -> NDArray[np.float32]:
        """The first of these tensors that is stored."""
        for name in names:
            if name in self._stored:
                return self._stored[name].load()
        raise ModelDamaged(
            f"The weights in {self._folder} lack {names[0]}. Fetch or copy the model again; "
            "if it stays like this, it is no Marian model that Muwazi can convert."
        )


def _specify(config: dict[str, Any], weights: _Weights, pieces: list[str]) -> Any:
    """The model as a ``ctranslate2.specs.TransformerSpec``, with its vocabulary."""
    from ctranslate2.specs import common_spec, transformer_spec

    activations = {
        "relu": common_spec.Activation.RELU,
        "gelu": common_spec.Activation.GELU,
        "gelu_new": common_spec.Activation.GELUTanh,
        "swish": common_spec.Activation.SWISH,
        "silu": common_spec.Activation.SWISH,
    }
    activation = activations.get(config.get("activation_function", "gelu"))
    if activation is None:
        raise ModelDamaged(
            f"The model's activation is {config['activation_function']!r}; "
            f"Muwazi can convert: {', '.join(activations)}."
        )
    # transformers puts <pad> last, to start decoding from; Marian starts from a zero vector instead.
    if config["pad_token_id"] != len(pieces) - 1 or config["decoder_start_token_id"] != len(pieces) - 1:
        raise ModelDamaged(
            f"The model's <pad> is piece {config['pad_token_id']} and it starts decoding from piece "
            f"{config['decoder_start_token_id']}; in a Marian model both are the last, {len(pieces) - 1}."
        )

    embedding, spec = {}, {}
    for side in ("encoder", "decoder"):
        embedding[side] = weights(f"model.{side}.embed_tokens.weight", "model.shared.weight")[:-1]
        build = getattr(transformer_spec, f"Transformer{side.title()}Spec")
        spec[side] = build(
            config[f"{side}_layers"],
            config[f"{side}_attention_heads"],
            pre_norm=False,
            activation=activation,
        )
        spec[side].scale_embeddings = math.sqrt(config["d_model"]) if config["scale_embedding"] else 1.0
        positions = f"model.{side}.embed_positions.weight"
        spec[side].position_encodings.encodings = (
            weights(positions)
            if positions in weights
            else sinusoids(config["max_position_embeddings"], config["d_model"])
        )
        for index, layer in enumerate(spec[side].layer):
            _fill_layer(layer, weights, f"model.{side}.layers.{index}.", crossed=side == "decoder")
    encoder, decoder = spec["encoder"], spec["decoder"]
    encoder.embeddings[0].weight = embedding["encoder"]
    decoder.embeddings.weight = embedding["decoder"]
    decoder.start_from_zero_embedding = True
    decoder.projection.weight = (
        weights("lm_head.weight")[:-1] if "lm_head.weight" in weights else embedding["decoder"]
    )
    targets = np.arange(len(pieces) - 1)
    if "final_logits_bias" in weights and (bias := weights("final_logits_bias").reshape(-1)[:-1]).any():
        targets = np.flatnonzero(
            (bias > SHUT) | np.isin(pieces[:-1], [pieces[config["eos_token_id"]], "<unk>"])
        )
        decoder.projection.bias = bias[targets]
    if len(targets) < len(pieces) - 1:
        tied = decoder.projection.weight is decoder.embeddings.weight
        decoder.embeddings.weight = decoder.embeddings.weight[targets]
        decoder.projection.weight = decoder.embeddings.weight if tied else decoder.projection.weight[targets]

    whole: Any = transformer_spec.TransformerSpec(encoder, decoder)
    whole.config.eos_token = whole.config.decoder_start_token = pieces[config["eos_token_id"]]
    whole.config.unk_token = "<unk>"
    whole.register_source_vocabulary(pieces[:-1])
    whole.register_target_vocabulary([pieces[i] for i in targets])
    return whole


def _fill_layer(layer: Any, weights: _Weights, prefix: str, *, crossed: bool) -> None:
    """Copy one layer; query, key and value share a matrix where they share an input."""

    def fill_linear(spec: Any, *names: str) -> None:
        spec.weight = np.concatenate([weights(f"{prefix}{name}.weight") for name in names])
        spec.bias = np.concatenate([weights(f"{prefix}{name}.bias") for name in names])

    def fill_norm(spec: Any, name: str) -> None:
        spec.gamma, spec.beta = weights(f"{prefix}{name}.weight"), weights(f"{prefix}{name}.bias")

    own = layer.self_attention
    fill_linear(own.linear[0], "self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj")
    fill_linear(own.linear[1], "self_attn.out_proj")
    fill_norm(own.layer_norm, "self_attn_layer_norm")
    if crossed:
        fill_linear(layer.attention.linear[0], "encoder_attn.q_proj")
        fill_linear(layer.attention.linear[1], "encoder_attn.k_proj", "encoder_attn.v_proj")
        fill_linear(layer.attention.linear[2], "encoder_attn.out_proj")
        fill_norm(layer.attention.layer_norm, "encoder_attn_layer_norm")
    fill_linear(layer.ffn.linear_0, "fc1")
    fill_linear(layer.ffn.linear_1, "fc2")
    fill_norm(layer.ffn.layer_norm, "final_layer_norm")


def sinusoids(positions: int, width: int) -> NDArray[np.float32]:
    """
    Position encodings, shape (positions, width): sines in the first half, cosines in the second.

    Vaswani et al. (2017), ordered as Marian does; checkpoints leave them out.
    """
    rates = np.power(10000.0, -2 * (np.arange(width) // 2) / width)
    angles = np.arange(positions)[:, None] * rates
    return np.concatenate([np.sin(angles[:, 0::2]), np.cos(angles[:, 1::2])], axis=1).astype(np.float32)
