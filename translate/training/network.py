"""
Marian's forward pass over the parameters of a Hugging Face model, as training wants it.

The same scores as the model's own ``forward``, with each layer's projections in
one product, dropout set per pass, and what the guided head sees kept. Nothing
in it depends on the values of a batch, so that a GPU can record and replay it.
"""

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

_FAR = -1e4  # Added to the attention to padding.
Dropouts = tuple[float, float]  # Of embeddings and layers' outputs; of attention and activations.
NONE: Dropouts = (0.0, 0.0)


@dataclass(frozen=True, slots=True)
class States:
    """
    What a pass leaves, each (batch, length, width): ``target`` goes into the scores.

    ``query`` enters the last decoder layer's look at the source, which is ``source``.
    """

    target: Tensor
    query: Tensor
    source: Tensor


class Network:
    """
    The layers of ``model``, a MarianMTModel.

    With ``half`` all states are bfloat16; the caller casts the products (torch.autocast).
    """

    def __init__(self, model: Any, *, dropouts: Dropouts = NONE, half: bool = False) -> None:
        self._encoder, self._decoder = model.model.encoder, model.model.decoder
        self._pad = model.config.pad_token_id
        self._dropouts, self._half = dropouts, half

    def __call__(self, source: Tensor, fed: Tensor, *, learning: bool) -> States:
        """``source`` and ``fed`` are ids with padding; dropout is on while ``learning``."""
        drops = self._dropouts if learning else NONE
        state = self._embed(self._encoder, source, drops[0])
        mask = torch.zeros(source.shape, dtype=state.dtype, device=source.device)
        mask = mask.masked_fill_(source == self._pad, _FAR)[:, None, None, :]
        for layer in self._encoder.layers:
            state = self._attend(layer, "self_attn", state, state, mask, drops)
            state = self._feed(layer, state, drops)
        target = query = self._embed(self._decoder, fed, drops[0])
        for layer in self._decoder.layers:
            query = self._attend(layer, "self_attn", target, target, None, drops)
            target = self._attend(layer, "encoder_attn", query, state, mask, drops)
            target = self._feed(layer, target, drops)
        return States(target, query, state)

    def _embed(self, side: Any, ids: Tensor, dropout: float) -> Tensor:
        # Decoders begin with <pad>, which CTranslate2 takes for zeros: its row must not learn.
        scale = side.config.d_model**0.5 if side.config.scale_embedding else 1.0
        state = functional.embedding(ids, side.embed_tokens.weight, padding_idx=self._pad) * scale
        state = functional.dropout(state + side.embed_positions.weight[: ids.shape[1]], dropout)
        return state.bfloat16() if self._half else state

    def _attend(
        self, layer: Any, name: str, state: Tensor, seen: Tensor, mask: Tensor | None, drops: Dropouts
    ) -> Tensor:
        """A look at ``seen``; at what came before, where there is no ``mask``."""
        attention = getattr(layer, name)
        if seen is state:
            query, key, value = _project(state, attention.q_proj, attention.k_proj, attention.v_proj)
        else:
            (query,) = _project(state, attention.q_proj)
            key, value = _project(seen, attention.k_proj, attention.v_proj)

        def split(part: Tensor) -> Tensor:
            return part.view(*part.shape[:2], attention.num_heads, attention.head_dim).transpose(1, 2)

        mixed = functional.scaled_dot_product_attention(
            split(query),
            split(key),
            split(value),
            attn_mask=None if mask is None else mask.expand(-1, 1, state.shape[1], -1),
            is_causal=mask is None,
            dropout_p=drops[1],
        )
        added = attention.out_proj(mixed.transpose(1, 2).flatten(2))
        return _normed(getattr(layer, f"{name}_layer_norm"), state + functional.dropout(added, drops[0]))

    def _feed(self, layer: Any, state: Tensor, drops: Dropouts) -> Tensor:
        inner = functional.dropout(layer.activation_fn(layer.fc1(state)), drops[1])
        added = functional.dropout(layer.fc2(inner), drops[0])
        return _normed(layer.final_layer_norm, state + added)


def _project(state: Tensor, *layers: Any) -> tuple[Tensor, ...]:
    """Several linear layers of one width in one product."""
    if len(layers) == 1:
        return (layers[0](state),)
    weight, bias = (torch.cat([getattr(layer, name) for layer in layers]) for name in ("weight", "bias"))
    return functional.linear(state, weight, bias).chunk(len(layers), -1)


def _normed(layer: Any, state: Tensor) -> Tensor:
    """Layer normalization in the type of ``state``, which autocast would make float32."""
    if state.dtype == layer.weight.dtype:
        return functional.layer_norm(state, layer.weight.shape, layer.weight, layer.bias, layer.eps)
    with torch.autocast(state.device.type, enabled=False):
        weight, bias = layer.weight.to(state.dtype), layer.bias.to(state.dtype)
        return functional.layer_norm(state, weight.shape, weight, bias, layer.eps)
