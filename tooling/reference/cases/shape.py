"""Ops that move elements: concatenate, stack, slice, pad, permute, reshape, flip and kin."""
import torch
import torch.nn.functional as F

from draw import coins, integers, normal


def take(x, slices):
    """Python's slicing by (start, stop, step) an axis, which PyTorch has for positive steps; others by indices."""
    for axis, (start, stop, step) in enumerate(slices):
        index = torch.tensor(list(range(x.shape[axis]))[slice(start, stop, step)], dtype=torch.long)
        x = torch.index_select(x, axis, index)
    return x


def pad(x, pad, mode='constant', value=0.0):
    return F.pad(x, pad, mode=mode, **({'value': value} if mode == 'constant' else {}))


def build(f):
    three = {'a': normal(2, 3), 'b': normal(4, 3), 'c': normal(1, 3)}
    f.op('concat: axis 0', lambda *xs, dim: torch.cat(xs, dim), three, {'axis': 0})
    f.op('concat: axis 1', lambda *xs, dim: torch.cat(xs, dim), {'a': normal(2, 3, 2), 'b': normal(2, 1, 2)}, {'axis': 1})
    f.op('concat: last axis', lambda *xs, dim: torch.cat(xs, dim), {'a': normal(2, 3), 'b': normal(2, 2)}, {'axis': -1}, second=False)
    f.op('concat: int32', lambda *xs, dim: torch.cat(xs, dim), {'a': integers(0, 9, 2), 'b': integers(0, 9, 3)}, {'axis': 0})
    f.op('concat: bool', lambda *xs, dim: torch.cat(xs, dim), {'a': coins(2, 2), 'b': coins(1, 2)}, {'axis': 0})
    for axis in (0, 1, -1):
        f.op(f'stack: axis {axis}', lambda *xs, dim: torch.stack(xs, dim), {'a': normal(2, 3), 'b': normal(2, 3)}, {'axis': axis}, second=axis == 1)

    slices = {
        'one axis': [[1, 3, 1]], 'two axes': [[0, 4, 1], [2, 5, 1]], 'steps': [[0, 4, 2], [1, 6, 3]], 'negative ends': [[-3, -1, 1], [-4, 6, 2]],
        'past the end': [[2, 99, 1]], 'empty': [[2, 2, 1]], 'backwards': [[3, 0, -1], [5, 0, -2]],
    }
    for name, parts in slices.items():
        f.op(f'slice: {name}', take, {'x': normal(4, 6)}, {'slices': parts}, second=name == 'steps')
    f.op('slice: int32', take, {'x': integers(0, 99, 4, 6)}, {'slices': [[1, 3, 1], [0, 6, 2]]})

    pads = {
        'constant': ((2, 3, 4), [1, 2], {}), 'constant, two axes': ((2, 3, 4), [1, 0, 2, 1], {'value': 0.5}), 'constant, three axes': ((2, 3), [0, 1, 1, 0], {}),
        'cropping': ((3, 5), [-1, 2, 1, -1], {}),
    }
    for mode in ('reflect', 'replicate', 'circular'):
        pads[f'{mode}, one axis'] = ((2, 2, 5), [2, 1], {'mode': mode})
        pads[f'{mode}, two axes'] = ((1, 2, 4, 5), [1, 3, 2, 0], {'mode': mode})
    for name, (shape, amounts, options) in pads.items():
        f.op(f'pad: {name}', pad, {'x': normal(*shape)}, {'pad': amounts, **options}, second='two axes' in name)
    f.op('pad: int32', pad, {'x': integers(0, 9, 2, 3)}, {'pad': [1, 1], 'value': 7})

    f.op('permute: three axes', lambda x, axes: x.permute(axes).contiguous(), {'x': normal(2, 3, 4)}, {'axes': [2, 0, 1]})
    f.op('permute: negative axes', lambda x, axes: x.permute(axes).contiguous(), {'x': normal(2, 3, 4)}, {'axes': [-1, 1, 0]}, second=False)
    f.op('permute: four axes', lambda x, axes: x.permute(axes).contiguous(), {'x': normal(2, 3, 1, 4)}, {'axes': [0, 3, 1, 2]}, second=False)
    f.op('transpose: axes 0 and 1', lambda x, axis0, axis1: x.transpose(axis0, axis1).contiguous(), {'x': normal(2, 3, 4)}, {'axis0': 0, 'axis1': 1})
    f.op('transpose: the last two', lambda x, axis0, axis1: x.transpose(axis0, axis1).contiguous(), {'x': normal(2, 3, 4)}, {'axis0': -1, 'axis1': -2}, second=False)
    f.op('reshape: plain', lambda x, shape: x.reshape(shape), {'x': normal(2, 3, 4)}, {'shape': [4, 6]})
    f.op('reshape: one size inferred', lambda x, shape: x.reshape(shape), {'x': normal(2, 3, 4)}, {'shape': [3, -1]}, second=False)
    f.op('flatten: from axis 1', lambda x, start_axis: x.flatten(start_axis), {'x': normal(2, 3, 4)}, {'startAxis': 1}, second=False)
    f.op('flatten: axes 1 and 2', lambda x, start_axis, end_axis: x.flatten(start_axis, end_axis), {'x': normal(2, 3, 4, 2)}, {'startAxis': 1, 'endAxis': 2}, second=False)
    f.op('squeeze: axis 1', lambda x, dim: x.squeeze(dim), {'x': normal(2, 1, 3)}, {'axis': 1}, second=False)
    f.op('squeeze: all', lambda x: x.squeeze(), {'x': normal(1, 2, 1, 3)}, second=False)
    f.op('unsqueeze: axis 1', lambda x, dim: x.unsqueeze(dim), {'x': normal(2, 3)}, {'axis': 1}, second=False)
    f.op('unsqueeze: last', lambda x, dim: x.unsqueeze(dim), {'x': normal(2, 3)}, {'axis': -1}, second=False)
    f.op('broadcastTo: new and stretched axes', lambda x, shape: x.broadcast_to(shape).contiguous(), {'x': normal(3, 1)}, {'shape': [2, 3, 4]})
    f.op('flip: one axis', lambda x, axes: x.flip(axes), {'x': normal(3, 4)}, {'axes': [1]})
    f.op('flip: two axes', lambda x, axes: x.flip(axes), {'x': normal(2, 3, 4)}, {'axes': [0, -1]}, second=False)
    f.op('roll: one axis', lambda x, shifts, dims: torch.roll(x, shifts, dims), {'x': normal(2, 5)}, {'shifts': [2], 'dims': [1]}, second=False)
    f.op('tile: two axes', lambda x, repeats: x.repeat(repeats), {'x': normal(2, 3)}, {'repeats': [2, 3]}, second=False)
    f.op('split: sizes', lambda x, sizes, dim: list(torch.split(x, sizes, dim)), {'x': normal(2, 6)}, {'sizes': [1, 2, 3], 'axis': 1}, second=False)
    f.op('split: equal sizes', lambda x, sizes, dim: list(torch.split(x, sizes, dim)), {'x': normal(5, 2)}, {'sizes': 2, 'axis': 0}, second=False)
    f.op('chunk: three of seven', lambda x, chunks, dim: list(torch.chunk(x, chunks, dim)), {'x': normal(2, 7)}, {'chunks': 3, 'axis': 1}, second=False)
    for op, function in {'tril': torch.tril, 'triu': torch.triu}.items():
        f.op(f'{op}: plain', function, {'x': normal(4, 3)})
        f.op(f'{op}: diagonal 1, batched', function, {'x': normal(2, 3, 4)}, {'diagonal': 1}, second=False)
        f.op(f'{op}: diagonal -2', function, {'x': normal(4, 4)}, {'diagonal': -2}, second=False)
