"""Gather, scatter, selection and embedding."""
import numpy as np
import torch
import torch.nn.functional as F

from draw import exactly, integers, normal


def permutations(rows, columns, low=0):
    """Indices without repeats along the last axis: `scatter` is then defined."""
    return lambda rng: np.stack([rng.permutation(columns + low)[:columns] for _ in range(rows)]).astype(np.int32)


def build(f):
    f.op('gather: axis 1', lambda x, index, dim: torch.gather(x, dim, index), {'x': normal(3, 5), 'index': integers(0, 5, 3, 4)}, {'axis': 1})
    f.op('gather: axis 0', lambda x, index, dim: torch.gather(x, dim, index), {'x': normal(4, 3, 2), 'index': integers(0, 4, 2, 3, 2)}, {'axis': 0})
    f.op('gather: a smaller index', lambda x, index, dim: torch.gather(x, dim, index), {'x': normal(4, 3), 'index': integers(0, 3, 2, 2)}, {'axis': 1}, second=False)
    f.op('scatter: axis 1', lambda x, index, source, dim: torch.scatter(x, dim, index, source),
         {'x': normal(3, 5), 'index': permutations(3, 4, 1), 'source': normal(3, 4)}, {'axis': 1})
    f.op('scatter: axis 0', lambda x, index, source, dim: torch.scatter(x, dim, index, source),
         {'x': normal(4, 3), 'index': exactly([[0, 3, 1], [2, 1, 0]], 'int32'), 'source': normal(2, 3)}, {'axis': 0})
    f.op('scatterAdd: axis 1', lambda x, index, source, dim: torch.scatter_add(x, dim, index, source),
         {'x': normal(3, 5), 'index': integers(0, 5, 3, 4), 'source': normal(3, 4)}, {'axis': 1})
    f.op('scatterAdd: axis 0', lambda x, index, source, dim: torch.scatter_add(x, dim, index, source),
         {'x': normal(3, 2, 2), 'index': integers(0, 3, 5, 2, 2), 'source': normal(5, 2, 2)}, {'axis': 0})
    f.op('indexSelect: axis 0', lambda x, index, dim: torch.index_select(x, dim, index), {'x': normal(4, 3), 'index': integers(0, 4, 6)}, {'axis': 0})
    f.op('indexSelect: axis 1', lambda x, index, dim: torch.index_select(x, dim, index), {'x': normal(2, 4, 3), 'index': integers(0, 4, 3)}, {'axis': 1})
    f.op('indexSelect: int32', lambda x, index, dim: torch.index_select(x, dim, index), {'x': integers(0, 50, 4, 2), 'index': integers(0, 4, 3)}, {'axis': 0})
    f.op('embedding: a row of indices', lambda index, weight: F.embedding(index, weight), {'index': integers(0, 6, 8), 'weight': normal(6, 3)})
    f.op('embedding: two axes of indices', lambda index, weight: F.embedding(index, weight), {'index': integers(0, 6, 2, 5), 'weight': normal(6, 3)})
    f.op('embedding: padding index', lambda index, weight, padding_idx: F.embedding(index, weight, padding_idx),
         {'index': exactly([1, 0, 2, 1, 5, 1], 'int32'), 'weight': normal(6, 3)}, {'paddingIdx': 1}, second=False)
    f.op('oneHot: two axes', lambda index, num_classes: F.one_hot(index, num_classes).double(), {'index': integers(0, 4, 2, 3)}, {'numClasses': 4})
    f.op('indexAdd: axis 0', lambda x, index, source, dim: torch.index_add(x, dim, index, source),
         {'x': normal(4, 3), 'index': integers(0, 4, 6), 'source': normal(6, 3)}, {'axis': 0})
    f.op('indexAdd: axis 1', lambda x, index, source, dim: torch.index_add(x, dim, index, source),
         {'x': normal(2, 4, 3), 'index': integers(0, 4, 5), 'source': normal(2, 5, 3)}, {'axis': 1}, second=False)
