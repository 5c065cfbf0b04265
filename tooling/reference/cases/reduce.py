"""Reductions over no, one and several axes; softmax and its kin."""
import math

import torch
import torch.nn.functional as F

from draw import coins, exactly, integers, normal


def all_axes(x):
    return tuple(range(x.dim()))


def reduction(function, one_axis=False):
    """A PyTorch reduction with `dim` (one, several or none) and `keepdim`; functions of one axis are applied in turn."""
    def run(x, dim=None, keepdim=False, **options):
        dims = all_axes(x) if dim is None else (dim,) if isinstance(dim, int) else tuple(dim)
        if not one_axis:
            return function(x, dim=dims, keepdim=keepdim, **options)
        for d in sorted((d % x.dim() for d in dims), reverse=True):
            x = function(x, dim=d, keepdim=keepdim)
        return x
    return run


def vector_norm(x, dim=None, p=2):
    return torch.linalg.vector_norm(x, p, dim)


def build(f):
    reductions = {
        'sum': reduction(torch.sum), 'mean': reduction(torch.mean), 'max': reduction(torch.amax), 'min': reduction(torch.amin),
        'prod': reduction(torch.prod, one_axis=True), 'std': reduction(torch.std), 'norm': reduction(torch.linalg.vector_norm), 'logSumExp': reduction(torch.logsumexp), 'variance': reduction(torch.var),
    }
    forms = {
        'all': {}, 'axis 0': {'axis': 0}, 'axis 1': {'axis': 1}, 'last axis': {'axis': -1}, 'axes 0 and 2': {'axis': [0, 2]},
        'axes 1 and 2, kept': {'axis': [1, 2], 'keepdim': True}, 'axis 1, kept': {'axis': 1, 'keepdim': True}, 'all, kept': {'keepdim': True},
    }
    second = ('all', 'axis 1', 'axes 0 and 2')
    for op, function in reductions.items():
        for form, options in forms.items():
            f.op(f'{op}: {form}', function, {'x': normal(3, 4, 2)}, options, second=form in second)
    for op, function in {'all': torch.all, 'any': torch.any}.items():
        f.op(f'{op}: everything', reduction(function, one_axis=True), {'x': coins(2, 3)})
        f.op(f'{op}: axis 0', reduction(function, one_axis=True), {'x': coins(2, 6)}, {'axis': 0})
        f.op(f'{op}: two axes, kept', reduction(function, one_axis=True), {'x': coins(2, 6, 2)}, {'axis': [0, 2], 'keepdim': True})
    f.op('norm: p 1', vector_norm, {'x': normal(3, 4)}, {'p': 1, 'axis': 1})
    f.op('norm: p 3', vector_norm, {'x': normal(3, 4)}, {'p': 3, 'axis': 0})
    f.op('norm: a zero vector', vector_norm, {'x': exactly([[0.0, 0.0], [3.0, 4.0]])}, {'axis': 1}, second=False)
    f.op('std: biased', reduction(torch.std), {'x': normal(3, 4, 2)}, {'axis': 1, 'correction': 0})
    f.op('variance: biased', reduction(torch.var), {'x': normal(3, 4, 2)}, {'axis': 1, 'correction': 0})
    f.op('variance: biased, two axes', reduction(torch.var), {'x': normal(3, 4, 2)}, {'axis': [0, 2], 'correction': 0, 'keepdim': True})
    f.op('variance: far from zero', reduction(torch.var), {'x': normal(4, 9, shift=50)}, {'axis': 1}, second=False)
    f.op('prod: with zeros', reduction(torch.prod, True), {'x': exactly([[1.0, 0.0, 2.0], [0.0, 0.0, 3.0], [4.0, 5.0, 6.0]])}, {'axis': 1}, second=False)
    f.op('logSumExp: large', reduction(torch.logsumexp), {'x': exactly([[1000.0, 1001.0], [-1000.0, -1002.0]])}, {'axis': 1})
    f.op('logSumExp: minus infinity', reduction(torch.logsumexp), {'x': exactly([[-math.inf, 1.0], [-math.inf, -math.inf]])}, {'axis': 1}, wrt=[])
    f.op('max: ties', reduction(torch.amax), {'x': exactly([[1.0, 3.0, 3.0], [2.0, 2.0, 2.0]])}, {'axis': 1}, second=False)
    f.op('min: ties', reduction(torch.amin), {'x': exactly([[1.0, 1.0, 3.0], [2.0, 2.0, 2.0]])}, {'axis': 1}, second=False)
    f.op('max: NaN', reduction(torch.amax), {'x': exactly([[1.0, math.nan, 3.0], [2.0, 2.0, 2.0]])}, {'axis': 1}, wrt=[])
    for op in ('sum', 'max', 'min', 'prod'):
        f.op(f'{op}: int32', reductions[op], {'x': integers(-5, 6, 3, 4)}, {'axis': 0})
    f.op('sum: no axes', torch.sum, {'x': exactly(2.5)})
    f.op('sum: a long axis', reduction(torch.sum), {'x': normal(2, 500)}, {'axis': 1}, second=False)

    for op, function in {'argmax': torch.argmax, 'argmin': torch.argmin}.items():
        f.op(f'{op}: all', function, {'x': normal(3, 4)}, wrt=[])
        f.op(f'{op}: axis 0', function, {'x': normal(3, 4, 2)}, {'axis': 0}, wrt=[])
        f.op(f'{op}: last axis, kept', function, {'x': normal(3, 4, 2)}, {'axis': -1, 'keepdim': True}, wrt=[])
        f.op(f'{op}: the first of ties', function, {'x': exactly([[1.0, 3.0, 3.0, 1.0], [2.0, 2.0, 2.0, 2.0]])}, {'axis': 1}, wrt=[])
    for axis in (0, 1, -1):
        f.op(f'cumsum: axis {axis}', torch.cumsum, {'x': normal(3, 4, 2)}, {'axis': axis}, second=axis == 1)
    f.op('cumsum: reverse', lambda x, dim, reverse: torch.flip(torch.cumsum(torch.flip(x, [dim]), dim), [dim]), {'x': normal(3, 4, 2)}, {'axis': 1, 'reverse': True})
    f.op('cumsum: int32', torch.cumsum, {'x': integers(-5, 6, 3, 4)}, {'axis': 1})

    for op, function in {'softmax': F.softmax, 'logSoftmax': F.log_softmax}.items():
        for axis in (0, 1, 2, -1):
            f.op(f'{op}: axis {axis}', function, {'x': normal(3, 4, 2)}, {'axis': axis}, second=axis in (1, -1))
        f.op(f'{op}: one axis', function, {'x': normal(7)}, {'axis': 0})
        f.op(f'{op}: large', function, {'x': exactly([[1000.0, 0.0, -1000.0], [88.0, 89.0, 90.0]])}, {'axis': 1}, second=False)
    f.op('softmax: masked by minus infinity', F.softmax, {'x': exactly([[1.0, -math.inf, 0.5], [-math.inf, 2.0, -math.inf]])}, {'axis': 1}, wrt=[])
