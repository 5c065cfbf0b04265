"""
Nearest rows by torch.cdist in float64, without matrix products, and topk: { name, inputs, k, rows, squares }, for each row the k nearest
others and their squared distances. With categories { kinds, penalty } too: each that differs adds penalty^2, the median of the standard
deviations of the numbers.
"""
import numpy as np
import torch

from draw import float32, generator
from fixture import encode, to_torch


def neighbours(f, name, inputs, k=5, kinds=None):
    numeric = [c for c in range(inputs.shape[1]) if kinds is None or kinds[c] != 'nominal']
    nominal = [c for c in range(inputs.shape[1]) if c not in numeric]
    x = to_torch(inputs)
    squares = torch.cdist(x[:, numeric], x[:, numeric], compute_mode='donot_use_mm_for_euclid_dist') ** 2
    case = {'name': name, 'inputs': encode(inputs), 'k': k}
    if kinds is not None:
        penalty = float(np.median(x[:, numeric].std(dim=0, unbiased=False).numpy()))
        squares = squares + penalty ** 2 * (x[:, None, nominal] != x[None, :, nominal]).sum(dim=2).double()
        case.update(kinds=kinds, penalty=penalty)
    squares.fill_diagonal_(float('inf'))
    found = torch.topk(squares, k, dim=1, largest=False, sorted=True)
    f.add({**case, 'rows': encode(found.indices), 'squares': encode(found.values)})


def build(f):
    for width in (2, 20):
        name = f'{width} columns'
        neighbours(f, name, float32(generator(name).standard_normal((300, width))))
    name = 'clusters of unlike scales'
    rng = generator(name)
    neighbours(f, name, float32(rng.standard_normal((300, 8)) * np.logspace(-1, 2, 8) + 30 * rng.randint(0, 4, (300, 1))), k=10)
    for name, categories in (('mixed columns', 3), ('mixed columns, many categories', 40)):
        rng = generator(name)
        numbers = rng.standard_normal((250, 4)) * [1, 3, 0.5, 2]
        codes = rng.randint(0, categories, (250, 3))
        neighbours(f, name, float32(np.concatenate([numbers, codes], axis=1)), kinds=['numeric'] * 4 + ['nominal'] * 3)
