"""What is learned: cross-entropy of the targets, a guided attention head, and agreement of two passes."""

from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from translate.conversion import SHUT
from translate.training.links import expected_links
from translate.training.network import NONE, Dropouts, Network, States

Weight = float | Tensor


class Objective:
    """
    Losses of ``model`` over the pieces that a translation may use, ``outputs``.

    ``table`` has the lexical probabilities for the guided head. With ``half``
    products are bfloat16; losses are float32 all the same.
    """

    def __init__(
        self,
        model: Any,
        outputs: Tensor,
        table: Tensor | None,
        *,
        pad: int,
        dropouts: Dropouts = NONE,
        half: bool = False,
    ) -> None:
        self._model, self._table, self._pad, self._half = model, table, pad, half
        self._network = Network(model, dropouts=dropouts, half=half)
        vocabulary, device = model.config.vocab_size, model.final_logits_bias.device
        # All pieces but the last, <pad>, are a view; others are gathered for each batch.
        self._whole = len(outputs) == pad == vocabulary - 1
        self._outputs = (torch.arange(pad) if self._whole else outputs).to(device)
        self._column = torch.full((vocabulary,), -100, device=device)
        self._column[self._outputs] = torch.arange(len(outputs), device=device)
        # What is shut out is nobody's label, and a bias of −30 shuts out as well as −10⁴ without
        # that label smoothing, which looks at every column, sees an infinite loss.
        bias = model.final_logits_bias[0]
        self._column[bias <= SHUT] = -100
        self._bias = bias[self._outputs].clamp_min(-30.0)

    def losses(
        self,
        source: Tensor,
        fed: Tensor,
        labels: Tensor,
        *,
        smoothing: float,
        guidance: Weight | None = None,
        rdrop: Weight | None = None,
    ) -> tuple[Tensor, Tensor]:
        """
        What to minimize in a batch, and the cross-entropy in it alone; sums over target pieces, in nats.

        ``rdrop`` makes two passes, each with its own dropout, and takes the mean of
        their losses and a quarter of ``rdrop`` times their :func:`disagreement`
        (R-Drop, Wu et al. 2021).
        """
        if rdrop is not None:
            source, fed, labels = (torch.cat([side, side]) for side in (source, fed, labels))
        with self._cast(source):
            states = self._network(source, fed, learning=True)
            scores = self.scores(states).float()
            entropy = functional.cross_entropy(
                scores.flatten(0, 1),
                self._column[labels.flatten()],
                ignore_index=-100,
                label_smoothing=smoothing,
                reduction="sum",
            )
            loss = entropy
            if guidance is not None and self._table is not None:
                loss = loss + guidance * self._attention_loss(states, source, labels)
            if rdrop is None:
                return loss, entropy.detach()
            apart = disagreement(*scores.chunk(2), present=labels[: len(labels) // 2] != self._pad)
            return (loss + 0.5 * rdrop * apart) / 2, entropy.detach() / 2

    def measured(self, source: Tensor, fed: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
        """Cross-entropy without dropout or smoothing, and how many target pieces it sums over."""
        with self._cast(source):
            scores = self.scores(self._network(source, fed, learning=False)).float()
        wanted = self._column[labels.flatten()]
        loss = functional.cross_entropy(scores.flatten(0, 1), wanted, ignore_index=-100, reduction="sum")
        return loss, (wanted >= 0).sum()

    def scores(self, states: States) -> Tensor:
        """Of every piece in ``outputs``: (batch, length, outputs)."""
        weight: Tensor = self._model.lm_head.weight
        # Unlike indexing, index_select goes back without a look at the values.
        weight = weight[: self._pad] if self._whole else weight.index_select(0, self._outputs)
        return functional.linear(states.target, weight, self._bias)

    def _cast(self, source: Tensor) -> torch.autocast:
        return torch.autocast(source.device.type, torch.bfloat16, enabled=self._half, cache_enabled=False)

    def _attention_loss(self, states: States, source: Tensor, labels: Tensor) -> Tensor:
        """Cross-entropy of the guided head against statistical links (Chen et al. 2016), summed."""
        attention = self._model.model.decoder.layers[-1].encoder_attn
        width = attention.head_dim
        query = functional.linear(
            states.query, attention.q_proj.weight[:width], attention.q_proj.bias[:width]
        )
        key = functional.linear(states.source, attention.k_proj.weight[:width], attention.k_proj.bias[:width])
        mask, present = source != self._pad, labels != self._pad
        logits = (query @ key.transpose(1, 2)).float() * width**-0.5
        log_attention = functional.log_softmax(logits.masked_fill(~mask[:, None], -1e9), -1)
        assert self._table is not None
        with torch.no_grad():
            links, trusted = expected_links(self._table, source, labels, mask, present)
        return (-(links * log_attention).sum(-1) * trusted).sum()


def disagreement(first: Tensor, second: Tensor, *, present: Tensor) -> Tensor:
    """
    Kullback–Leibler divergence both ways between two passes' scores, summed where ``present``, in nats.

    0 for equal scores. Shapes (batch, length, outputs) twice, and (batch, length).
    """
    left, right = functional.log_softmax(first, -1), functional.log_softmax(second, -1)
    return (((left.exp() - right.exp()) * (left - right)).sum(-1) * present).sum()
