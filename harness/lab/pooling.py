"""Sums of rows, with a gradient that is made once and in order.

The library's own sum (`embedding_bag`) is used both ways: forward it adds, for each text, the
rows of its n-grams; backward it adds, for each row, the gradients of the texts that hold it. Its
built-in gradient takes three times as long on one thread, because it counts and sorts anew.

Deterministic: n-grams are sorted stably, so each sum has one order.
Cost: O(G log G) for the G n-grams of a batch, and one dense gradient of the size of the table.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch.nn.functional import embedding_bag

if TYPE_CHECKING:
    from torch import Tensor


class _SummedRows(torch.autograd.Function):
    """`embedding_bag(mode="sum")` with a gradient of its own."""

    @staticmethod
    def forward(ctx: Any, rows: Tensor, ids: Tensor, starts: Tensor) -> Tensor:
        """Return the sum of each text's rows (N, width)."""
        ctx.save_for_backward(ids, starts)
        ctx.shape = rows.shape
        return embedding_bag(ids, rows, starts, mode="sum")

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None, None]:
        """Return the gradient of every row (buckets, width); zero for those that no text holds."""
        ids, starts = ctx.saved_tensors
        lengths = torch.diff(starts, append=starts.new_tensor([len(ids)]))
        texts = torch.arange(len(starts), dtype=ids.dtype)
        owners = torch.repeat_interleave(texts, lengths)  # (G,) the text that each n-gram is of
        sorted_ids, order = torch.sort(ids, stable=True)
        held, counts = torch.unique_consecutive(sorted_ids, return_counts=True)
        firsts = (torch.cumsum(counts, 0) - counts).to(ids.dtype)
        gradient = gradients[0].new_zeros(ctx.shape)
        gradient[held.long()] = embedding_bag(owners[order], gradients[0].contiguous(), firsts, mode="sum")
        return gradient, None, None


def summed_rows(rows: Tensor, ids: Tensor, starts: Tensor) -> Tensor:
    """Return (N, width): for each of N texts the sum of its `rows` (buckets, width).

    Text i holds the row numbers `ids`[`starts`[i] : `starts`[i + 1]]; a text without any sums to 0.
    """
    summed: Tensor = _SummedRows.apply(rows, ids, starts)  # type: ignore[no-untyped-call]  # torch's own
    return summed
