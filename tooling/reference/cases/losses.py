"""Losses, every reduction; cross entropy by index and by distribution, with weights, ignored indices and smoothing."""
from itertools import product

import numpy as np
import torch.nn.functional as F

from draw import exactly, float32, integers, normal, uniform

REDUCTIONS = ('mean', 'sum', 'none')


def distributions(*shape, axis=1):
    def draw(rng):
        x = np.exp(rng.standard_normal(shape))
        return float32(x / x.sum(axis, keepdims=True))
    return draw


def labels(*values):
    return exactly(values, 'int32')


def weighted(loss):
    """Class weights are an input of ours and a keyword of PyTorch's."""
    return lambda input, target, weight=None, **options: loss(input, target, weight=weight, **options)


def build(f):
    weight = {'weight': uniform(0.3, 2, 4)}
    scores = {'input': normal(5, 4)}
    index = {**scores, 'target': labels(0, 3, 1, 1, 2)}
    soft = {**scores, 'target': distributions(5, 4)}
    ignored = {**scores, 'target': labels(0, -100, 1, -100, 2)}
    with_grad = ['input']
    for reduction in REDUCTIONS:
        r = {'reduction': reduction}
        f.op(f'nll: index, {reduction}', weighted(F.nll_loss), index, r)
        f.op(f'nll: class weights, {reduction}', weighted(F.nll_loss), {**index, **weight}, r, wrt=with_grad)
        f.op(f'nll: ignored, {reduction}', weighted(F.nll_loss), ignored, r, wrt=with_grad)
        f.op(f'nll: ignored, class weights, {reduction}', weighted(F.nll_loss), {**ignored, **weight}, r, wrt=with_grad, second=False)
        for name, loss in (('crossEntropy', F.cross_entropy), ('nll', F.nll_loss)):
            f.op(f'{name}: ignored index 1, {reduction}', weighted(loss), index, {**r, 'ignoreIndex': 1}, wrt=with_grad, second=False)
            f.op(f'{name}: further axes, {reduction}', weighted(loss), {'input': normal(2, 3, 4), 'target': integers(0, 3, 2, 4)}, r, second=False)
        for kind, ignoring, weighting, smoothing in product(('index', 'soft'), (False, True), (False, True), (False, True)):
            # PyTorch takes an ignored index beside distributions if it is no class, and then it ignores nothing.
            target = index if kind == 'index' else soft
            if ignoring and kind == 'index':
                target = {**scores, 'target': labels(0, -7, 1, -7, 2)}
            parts = [kind, *['ignored index'] * ignoring, *['class weights'] * weighting, *['label smoothing'] * smoothing]
            options = {**r, **({'ignoreIndex': -7} if ignoring else {}), **({'labelSmoothing': 0.1} if smoothing else {})}
            f.op(f"crossEntropy: {', '.join(parts)}, {reduction}", weighted(F.cross_entropy), {**target, **(weight if weighting else {})}, options, wrt=with_grad, second=not smoothing)

        pairs = {'input': normal(3, 4), 'target': normal(3, 4)}
        f.op(f'mse: {reduction}', F.mse_loss, pairs, r)
        f.op(f'l1: {reduction}', F.l1_loss, pairs, r, second=False)
        for value in (1.0, 0.3):
            f.op(f'huber: delta {value}, {reduction}', F.huber_loss, pairs, {**r, 'delta': value}, second=value == 1.0)
            f.op(f'smoothL1: beta {value}, {reduction}', F.smooth_l1_loss, pairs, {**r, 'beta': value}, second=value == 1.0)
        probabilities = {'input': uniform(0.05, 0.95, 3, 4), 'target': uniform(0, 1, 3, 4)}
        logits = {'input': normal(3, 4, scale=3), 'target': uniform(0, 1, 3, 4)}
        f.op(f'bce: {reduction}', F.binary_cross_entropy, probabilities, r, wrt=with_grad)
        f.op(f'bce: element weights, {reduction}', weighted(F.binary_cross_entropy), {**probabilities, 'weight': uniform(0.2, 2, 4)}, r, wrt=with_grad, second=False)
        f.op(f'bceWithLogits: {reduction}', F.binary_cross_entropy_with_logits, logits, r, wrt=with_grad)
        f.op(f'bceWithLogits: positive weight, {reduction}', lambda input, target, posWeight, **o: F.binary_cross_entropy_with_logits(input, target, pos_weight=posWeight, **o),
             {**logits, 'posWeight': uniform(0.3, 3, 4)}, r, wrt=with_grad)
        f.op(f'bceWithLogits: element weights, {reduction}', weighted(F.binary_cross_entropy_with_logits), {**logits, 'weight': uniform(0.2, 2, 3, 4)}, r, wrt=with_grad, second=False)
    for reduction in (*REDUCTIONS, 'batchmean'):
        r = {'reduction': reduction}
        for log_target in (False, True):
            # Distributions of 4 classes along axis 1, and their logarithms.
            target = distributions(2, 4, 3)
            f.op(f"klDiv: further axes{', log target' * log_target}, {reduction}", F.kl_div,
                 {'input': normal(2, 4, 3, shift=-1), 'target': (lambda rng: float32(np.log(target(rng)))) if log_target else target}, {**r, 'logTarget': log_target}, wrt=with_grad)
        f.op(f'klDiv: {reduction}', F.kl_div, {'input': normal(3, 4), 'target': distributions(3, 4)}, r, wrt=with_grad)
        f.op(f'klDiv: log target, {reduction}', F.kl_div, {'input': normal(3, 4), 'target': normal(3, 4, shift=-1)}, {**r, 'logTarget': True}, wrt=with_grad, second=False)
    f.op('klDiv: a zero in the target', F.kl_div, {'input': normal(2, 3), 'target': exactly([[0, 0.25, 0.75], [1, 0, 0]])}, {'reduction': 'sum'}, wrt=with_grad, second=False)
    f.op('crossEntropy: large scores', F.cross_entropy, {'input': exactly([[1000.0, 0.0, -1000.0], [0.0, 50.0, 49.0]]), 'target': labels(1, 2)}, {'reduction': 'none'}, second=False)
    f.op('bceWithLogits: large scores', F.binary_cross_entropy_with_logits, {'input': exactly([200.0, -200.0, 200.0, -200.0]), 'target': exactly([0.0, 1.0, 1.0, 0.0])},
         {'reduction': 'none'}, wrt=with_grad, second=False)
    f.op('bce: at the ends', F.binary_cross_entropy, {'input': exactly([0.0, 1.0, 0.0, 1.0]), 'target': exactly([0.0, 1.0, 1.0, 0.0])}, {'reduction': 'none'}, wrt=[])
