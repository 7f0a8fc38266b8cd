"""Oracle: torch's own `embedding_bag`, values and gradients, for any bags."""

from __future__ import annotations

import numpy as np
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn.functional import embedding_bag

from harness.lab.pooling import summed_rows

PLENTY = settings(derandomize=True, deadline=None, max_examples=80)


def tensors(bags: list[list[int]], kind: type[np.integer]) -> tuple[torch.Tensor, torch.Tensor]:
    starts = np.cumsum([0, *(len(bag) for bag in bags)])[:-1].astype(kind)
    return torch.from_numpy(np.array([row for bag in bags for row in bag], dtype=kind)), torch.from_numpy(starts)


@PLENTY
@given(st.lists(st.lists(st.integers(0, 6), max_size=9), min_size=1, max_size=8), st.sampled_from([np.int32, np.int64]))
def test_other_implementation_same_sums_and_gradients(bags: list[list[int]], kind: type[np.integer]) -> None:
    rng = torch.Generator().manual_seed(len(bags))
    rows = torch.randn(7, 3, generator=rng, dtype=torch.float64, requires_grad=True)
    wanted = torch.randn(len(bags), 3, generator=rng, dtype=torch.float64)
    ids, starts = tensors(bags, kind)
    found = []
    for summed in (summed_rows(rows, ids, starts), embedding_bag(ids, rows, starts, mode="sum")):
        (gradient,) = torch.autograd.grad((summed * wanted).sum(), rows)
        found.append((summed.detach(), gradient))
    torch.testing.assert_close(found[0], found[1])


def test_itself_the_same_bytes_whatever_the_number_of_threads() -> None:
    ids, starts = tensors([list(range(start, start + 50)) for start in range(200)], np.int32)
    rows = torch.randn(300, 64, generator=torch.Generator().manual_seed(1), requires_grad=True)
    made = []
    before = torch.get_num_threads()
    try:
        for threads in (1, 2):
            torch.set_num_threads(threads)
            (gradient,) = torch.autograd.grad(summed_rows(rows, ids, starts).square().sum(), rows)
            made.append(gradient.numpy().tobytes())
    finally:
        torch.set_num_threads(before)
    assert made[0] == made[1]
