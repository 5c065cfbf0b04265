"""Matrix products: ranks, batches that broadcast, transposes; sizes either side of the kernels' tiles."""
import torch
import torch.nn.functional as F

from draw import normal


def build(f):
    shapes = {
        '2x2': ((3, 4), (4, 5)), 'one row': ((1, 7), (7, 3)), 'one column': ((5, 6), (6, 1)), 'inner size one': ((3, 1), (1, 4)),
        'a whole tile': ((4, 8), (8, 8)), 'past a tile': ((5, 9), (9, 11)), 'batched': ((3, 2, 4), (3, 4, 5)),
        'batch on the left': ((3, 2, 4), (4, 5)), 'batch on the right': ((2, 4), (3, 4, 5)),
        'batches broadcast': ((2, 1, 3, 4), (5, 4, 2)), 'vector times vector': ((6,), (6,)), 'matrix times vector': ((3, 6), (6,)),
        'vector times matrix': ((6,), (6, 3)), 'batch times vector': ((2, 3, 6), (6,)), 'vector times batch': ((6,), (2, 6, 3)),
    }
    for name, (a, b) in shapes.items():
        f.op(f'matmul: {name}', torch.matmul, {'a': normal(*a), 'b': normal(*b)})
    for ta, tb in ((True, False), (False, True), (True, True)):
        options = {key: True for key, on in (('transposeA', ta), ('transposeB', tb)) if on}

        def product(a, b, ta=ta, tb=tb):
            return torch.matmul(a.mT if ta else a, b.mT if tb else b)
        for name, batch in (('', ()), (', batched', (2,))):
            a = (*batch, 6, 3) if ta else (*batch, 3, 6)
            b = (*batch, 5, 6) if tb else (*batch, 6, 5)
            f.op(f'matmul: {" ".join(options)}{name}', product, {'a': normal(*a), 'b': normal(*b)}, options, pass_options=False)
    f.op('matmul: long inner axis', torch.matmul, {'a': normal(2, 300), 'b': normal(300, 3)}, second=False)
    f.op('matmul: past a panel', torch.matmul, {'a': normal(6, 270), 'b': normal(270, 10)}, second=False)
    f.op('linear: rows', F.linear, {'x': normal(5, 6), 'weight': normal(9, 6), 'bias': normal(9)})
    f.op('linear: no bias', F.linear, {'x': normal(5, 6), 'weight': normal(3, 6)})
    f.op('linear: leading axes', F.linear, {'x': normal(2, 3, 4), 'weight': normal(5, 4), 'bias': normal(5)})
    f.op('linear: a vector', F.linear, {'x': normal(4), 'weight': normal(5, 4), 'bias': normal(5)})
