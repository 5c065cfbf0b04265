"""
The dropout family of PyTorch and torchvision, under the masks that they drew, which are given so that ours can apply them.
{ name, kind: 'dropout' | 'dropout1d' … | 'dropBlock3d', p, blockSize?, x, permuted? (axes: the layer saw x permuted so, without a copy),
kept (bool, of every element; of drop blocks `seeds`, before they grow, and `gamma`, which they were drawn with), output, evaluation, cotangent, grad }.
"""
import warnings

import torch
import torchvision
from torch import nn

from draw import float32, generator
from fixture import encode, to_torch

LAYERS = {
    'dropout': nn.Dropout,
    'dropout1d': nn.Dropout1d,
    'dropout2d': nn.Dropout2d,
    'dropout3d': nn.Dropout3d,
    'alphaDropout': nn.AlphaDropout,
    'featureAlphaDropout': nn.FeatureAlphaDropout,
}
BLOCKS = {'dropBlock2d': torchvision.ops.DropBlock2d, 'dropBlock3d': torchvision.ops.DropBlock3d}


def run(layer, x, seed):
    torch.manual_seed(seed)
    return layer(x)


def kept_of(layer, x, seed):
    """A kept element passes a difference of its input on; all these layers are affine in it."""
    return run(layer, torch.ones_like(x), seed) != run(layer, torch.zeros_like(x), seed)


def seeds_of(layer, x, seed):
    """What torchvision draws within, and the probability that it draws with, seen at the draw itself."""
    seen = []
    draw = torch.Tensor.bernoulli_

    def watched(noise, gamma):
        seen.append((draw(noise, gamma).clone(), gamma))
        return noise
    torch.Tensor.bernoulli_ = watched
    try:
        run(layer, x, seed)
    finally:
        torch.Tensor.bernoulli_ = draw
    return seen[0] if seen else None


def case(f, kind, note, shape, p, block_size=None, permuted=None):
    name = f'{kind}: {note}'
    rng = generator(name)
    stored = to_torch(float32(rng.standard_normal(shape)))
    x = (stored.permute(permuted) if permuted else stored).detach().requires_grad_()
    layer = (BLOCKS[kind](p, block_size) if kind in BLOCKS else LAYERS[kind](p)).train()

    def drawn(seed):
        if kind not in BLOCKS:
            return {'kept': kept_of(layer, x, seed)}
        seen = seeds_of(layer, x, seed)
        return {'seeds': seen[0], 'gamma': seen[1]} if seen else {}
    # A seed by which some are dropped and some are kept, where that can be.
    mixed = 0 < p < 1 and x.numel() > 0
    seed = next(s for s in range(1000) if not mixed or next(iter(drawn(s).values())).double().unique().numel() == 2)
    y = run(layer, x, seed)
    cotangent = to_torch(float32(rng.standard_normal(tuple(y.shape))))
    grad, = torch.autograd.grad(y, x, cotangent)
    f.add({
        'name': name, 'kind': kind, 'p': p, **({'blockSize': block_size} if block_size else {}), 'x': encode(stored),
        **({'permuted': list(permuted)} if permuted else {}),
        **{key: encode(value) if torch.is_tensor(value) else value for key, value in drawn(seed).items()},
        'output': encode(y), 'evaluation': encode(layer.eval()(x)), 'cotangent': encode(cotangent), 'grad': encode(grad),
    })


SHAPES = {
    'dropout': {'odd sizes': (5, 7), 'one axis': (11,), 'one sample': (1, 6), 'no samples': (0, 3)},
    'dropout1d': {'odd sizes': (3, 5, 7), 'one sample': (1, 6, 3), 'without a batch axis': (6, 5), 'no samples': (0, 3, 4)},
    'dropout2d': {'odd sizes': (3, 4, 5, 3), 'one sample': (1, 6, 3, 2), 'three axes, taken for N, C, L': (3, 4, 5), 'no samples': (0, 3, 4, 2)},
    'dropout3d': {'odd sizes': (2, 4, 3, 5, 2), 'one sample': (1, 6, 2, 3, 2), 'without a batch axis': (6, 2, 3, 2), 'no samples': (0, 3, 2, 4, 2)},
    'alphaDropout': {'odd sizes': (5, 7), 'one sample': (1, 6), 'no samples': (0, 3)},
    'featureAlphaDropout': {'odd sizes': (3, 5, 7), 'images': (2, 4, 3, 3), 'one sample': (1, 6, 3), 'no samples': (0, 3, 4)},
}


def build(f):
    warnings.simplefilter('ignore')
    for kind, shapes in SHAPES.items():
        for note, shape in shapes.items():
            case(f, kind, note, shape, 0.4)
        full = shapes['odd sizes']
        for p in (0.0, 0.1, 0.75, 1.0):
            case(f, kind, f'p {p:g}', full, p)
        case(f, kind, 'non-contiguous', full, 0.5, permuted=tuple(reversed(range(len(full)))))
    for kind, odd, small in (('dropBlock2d', (2, 3, 9, 7), (1, 2, 4, 3)), ('dropBlock3d', (2, 1, 5, 7, 5), (1, 2, 4, 3, 5))):
        for block_size in (1, 3, 5):
            case(f, kind, f'blocks of {block_size}', odd, 0.3, block_size)
        case(f, kind, 'a block larger than the map, one sample', small, 0.4, 7)
        case(f, kind, 'no samples', (0, *odd[1:]), 0.3, 3)
        case(f, kind, 'p 0', odd, 0.0, 3)
        case(f, kind, 'p 1', odd, 1.0, 1)
        case(f, kind, 'non-contiguous', odd, 0.2, 3, permuted=(0, 1, *reversed(range(2, len(odd)))))
