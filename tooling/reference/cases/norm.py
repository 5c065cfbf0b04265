"""Layer and batch normalization as functions. batchNorm's outputs in training: y, the mean, the biased variance of the batch."""
import torch
import torch.nn.functional as F

from draw import normal, uniform


def batch_moments(x):
    axes = [0, *range(2, x.dim())]
    return x.mean(axes).detach(), x.var(axes, unbiased=False).detach()


def batch_norm_training(x, weight=None, bias=None, eps=1e-5):
    return (F.batch_norm(x, None, None, weight, bias, training=True, eps=eps), *batch_moments(x))


def batch_norm_evaluation(x, mean, variance, weight=None, bias=None, eps=1e-5):
    return F.batch_norm(x, mean, variance, weight, bias, training=False, eps=eps)


def build(f):
    def layer_norm(x, weight=None, bias=None, eps=1e-5, axes=1):
        return F.layer_norm(x, x.shape[-axes:], weight, bias, eps)
    affine = {'weight': normal(6, shift=1), 'bias': normal(6)}
    f.op('layerNorm: rows', layer_norm, {'x': normal(4, 6), **affine})
    f.op('layerNorm: no affine', layer_norm, {'x': normal(4, 6)})
    f.op('layerNorm: leading axes', layer_norm, {'x': normal(2, 3, 6), **affine}, {'eps': 1e-3})
    f.op('layerNorm: far from zero', layer_norm, {'x': normal(3, 6, shift=30), **affine}, second=False)
    f.op('layerNorm: two axes', lambda x, weight, bias: F.layer_norm(x, x.shape[-2:], weight, bias), {'x': normal(2, 3, 4), 'weight': normal(3, 4), 'bias': normal(3, 4)},
         {'normalizedShape': [3, 4]}, pass_options=False)

    channels = {'weight': normal(3, shift=1), 'bias': normal(3)}
    for name, shape in {'2 axes': (6, 3), '3 axes': (2, 3, 4), '4 axes': (2, 3, 2, 3)}.items():
        f.op(f'batchNorm: {name}', batch_norm_training, {'x': normal(*shape), **channels})
    f.op('batchNorm: no affine', batch_norm_training, {'x': normal(5, 3)}, {'eps': 1e-3})
    f.op('batchNorm: far from zero', batch_norm_training, {'x': normal(7, 3, shift=30), **channels}, second=False)
    moments = {'mean': normal(3), 'variance': uniform(0.3, 2, 3)}
    f.op('normalizeChannels: 2 axes', batch_norm_evaluation, {'x': normal(4, 3), **moments, **channels}, wrt=['x', 'weight', 'bias'])
    f.op('normalizeChannels: 4 axes', batch_norm_evaluation, {'x': normal(2, 3, 2, 2), **moments, **channels}, wrt=['x', 'weight', 'bias'])
    f.op('normalizeChannels: no affine', batch_norm_evaluation, {'x': normal(4, 3), **moments}, wrt=['x'])
