"""The norms as modules, and parametrized layers. `training: true` is a forward in training mode: `stateDictAfter` holds the buffers it left."""
import torch
from torch import nn
from torch.nn.utils import parametrizations, spectral_norm, weight_norm

from draw import float32, normal
from fixture import snake, to_torch
from module_case import draw_state, module_case


def swapped(module, inputs):
    """The input as a view that is not contiguous."""
    return module(inputs['x'].transpose(1, -1))


def batch_norms(f):
    def case(kind, name, shape, options, training=True, **how):
        given = {key: value for key, value in options.items()}
        module_case(f, f'{kind.__name__}: {name}', kind(3, **snake(given)), {'x': normal(*shape, scale=2, shift=0.5)}, {'numFeatures': 3, **options}, training=training, **how)
    for kind, shapes in {nn.BatchNorm1d: ((6, 3), (3, 3, 4)), nn.BatchNorm2d: ((3, 3, 2, 4),), nn.BatchNorm3d: ((2, 3, 2, 1, 3),)}.items():
        for shape in shapes:
            axes = f'{len(shape)} axes'
            case(kind, f'training, {axes}', shape, {})
            case(kind, f'evaluation, {axes}', shape, {}, training=False)
        shape = shapes[0]
        case(kind, 'no affine', shape, {'affine': False})
        case(kind, 'momentum 0.3, eps 0.01', shape, {'momentum': 0.3, 'eps': 0.01})
        case(kind, 'cumulative', shape, {'momentum': None})
        case(kind, 'no running statistics, training', shape, {'trackRunningStats': False})
        case(kind, 'no running statistics, evaluation', shape, {'trackRunningStats': False}, training=False)
        case(kind, 'one sample, evaluation', (1, *shape[1:]), {}, training=False)
        if len(shape) > 2:
            case(kind, 'one sample, training', (1, *shape[1:]), {})
        # PyTorch's running statistics of nothing are NaN, ours stay: evaluation only.
        case(kind, 'no sample, evaluation', (0, *shape[1:]), {}, training=False)
    case(nn.BatchNorm1d, 'odd sizes, training', (7, 3, 5), {})
    case(nn.BatchNorm1d, 'not contiguous, training', (3, 4, 3), {}, call={'swap': [1, 2]}, run=swapped)
    case(nn.BatchNorm2d, 'not contiguous, training', (2, 2, 4, 3), {}, call={'swap': [1, 3]}, run=swapped)
    case(nn.BatchNorm2d, 'odd sizes, training', (5, 3, 7, 3), {})


def layer_norms(f):
    module_case(f, 'LayerNorm: one axis', nn.LayerNorm(6), {'x': normal(2, 3, 6)}, {'normalizedShape': 6})
    module_case(f, 'LayerNorm: two axes', nn.LayerNorm([3, 4], eps=1e-3), {'x': normal(2, 3, 4)}, {'normalizedShape': [3, 4], 'eps': 1e-3})
    module_case(f, 'LayerNorm: no affine', nn.LayerNorm(6, elementwise_affine=False), {'x': normal(2, 6)}, {'normalizedShape': 6, 'elementwiseAffine': False})
    module_case(f, 'LayerNorm: no sample', nn.LayerNorm(6), {'x': normal(0, 6)}, {'normalizedShape': 6})
    module_case(f, 'LayerNorm: one sample, odd size', nn.LayerNorm(7), {'x': normal(1, 7)}, {'normalizedShape': 7})
    module_case(f, 'LayerNorm: not contiguous', nn.LayerNorm(3), {'x': normal(2, 3, 5)}, {'normalizedShape': 3}, call={'swap': [1, 2]}, run=swapped)


def group_norms(f):
    def case(name, groups, channels, shape, options=None, **how):
        module_case(f, f'GroupNorm: {name}', nn.GroupNorm(groups, channels, **(options or {})), {'x': normal(*shape, scale=2, shift=0.5)},
                    {'numGroups': groups, 'numChannels': channels, **(options or {})}, **how)
    case('two groups', 2, 6, (3, 6, 4))
    case('one group', 1, 3, (2, 3, 2, 5))
    case('a group a channel', 3, 3, (2, 3, 3, 3))
    case('no positions', 2, 8, (3, 8))
    case('three axes, training', 2, 4, (2, 4, 2, 3, 3), training=True)
    case('no affine, eps 0.1', 2, 4, (2, 4, 5), {'affine': False, 'eps': 0.1})
    case('one sample, odd sizes', 5, 15, (1, 15, 3, 7))
    case('no sample', 2, 4, (0, 4, 5))
    case('not contiguous', 2, 4, (2, 3, 4), call={'swap': [1, 2]}, run=swapped)


def instance_norms(f):
    def case(kind, name, shape, options, training=False, **how):
        module_case(f, f'{kind.__name__}: {name}', kind(3, **snake(options)), {'x': normal(*shape, scale=2, shift=0.5)}, {'numFeatures': 3, **options}, training=training, **how)
    for kind, shape in {nn.InstanceNorm1d: (4, 3, 5), nn.InstanceNorm2d: (2, 3, 3, 5), nn.InstanceNorm3d: (2, 3, 2, 1, 3)}.items():
        case(kind, 'plain, evaluation', shape, {})
        case(kind, 'plain, training', shape, {}, training=True)
        case(kind, 'affine, eps 0.01', shape, {'affine': True, 'eps': 0.01})
        case(kind, 'running statistics, training', shape, {'trackRunningStats': True, 'affine': True}, training=True)
        case(kind, 'running statistics, momentum 0.3, training', shape, {'trackRunningStats': True, 'momentum': 0.3}, training=True)
        case(kind, 'running statistics, evaluation', shape, {'trackRunningStats': True, 'affine': True})
        case(kind, 'one sample, running statistics, training', (1, *shape[1:]), {'trackRunningStats': True}, training=True)
        case(kind, 'no batch axis', shape[1:], {'affine': True})
        case(kind, 'running statistics, one position, evaluation', (2, 3, *(1 for _ in shape[2:])), {'trackRunningStats': True})
    case(nn.InstanceNorm2d, 'not contiguous', (2, 2, 4, 3), {'affine': True}, call={'swap': [1, 3]}, run=swapped)


def local_response_norms(f):
    def case(name, size, shape, options=None, **how):
        module_case(f, f'LocalResponseNorm: {name}', nn.LocalResponseNorm(size, **(options or {})), {'x': normal(*shape, scale=2)}, {'size': size, **(options or {})}, **how)
    case('plain', 5, (2, 7, 4))
    case('even size, strong', 2, (2, 5, 3, 2), {'alpha': 2.0, 'beta': 0.5, 'k': 0.5})
    case('wider than the channels', 9, (1, 3, 2, 2), {'alpha': 1.0})
    case('one channel alone', 1, (2, 3, 2, 1, 3), {'alpha': 1.0, 'beta': 1.0})
    case('no sample', 3, (0, 3, 4))
    case('not contiguous', 3, (2, 3, 4), {'alpha': 1.0}, call={'swap': [1, 2]}, run=swapped)


def draw_spectral(module, rng):
    """Vectors whose length is 1 to the last bit, since evaluation takes them as they are."""
    draw_state(module, rng)
    state = module.state_dict()
    for name, value in state.items():
        if name.endswith(('_u', '_v')):
            state[name] = torch.zeros_like(value)
            some = 4 if len(value) >= 4 else 1
            state[name][:some] = to_torch(rng.choice([-1., 1.], some) / some ** 0.5)
    module.load_state_dict(state)


def draw_orthogonal(module, rng):
    """Entries below and above the diagonal, which is of ones of either sign; a base that is orthogonal, as far as float32 goes."""
    draw_state(module, rng)
    state = module.state_dict()
    for name, value in state.items():
        if name.endswith('.original'):
            value.diagonal().copy_(torch.from_numpy(rng.choice([-1., 1.], min(value.shape))))
        if name.endswith('.base'):
            state[name] = to_torch(float32(torch.linalg.qr(value)[0].numpy()))
    module.load_state_dict(state)


def parametrized(f):
    """Layers called after their parametrization: { layer: how to build it, ... its options }."""
    linear = {'kind': 'Linear', 'inFeatures': 5, 'outFeatures': 4}
    conv = {'kind': 'Conv2d', 'inChannels': 2, 'outChannels': 4, 'kernelSize': 3}
    transposed = {'kind': 'ConvTranspose2d', 'inChannels': 4, 'outChannels': 3, 'kernelSize': 3}
    inputs = {'Linear': {'x': normal(3, 5)}, 'Conv2d': {'x': normal(2, 2, 4, 5)}, 'ConvTranspose2d': {'x': normal(1, 4, 3, 2)}}

    def make(layer):
        kind, options = layer['kind'], {key: value for key, value in layer.items() if key != 'kind'}
        return getattr(nn, kind)(**snake(options))

    def case(name, layer, wrap, training=False, draw=draw_state, **options):
        module_case(f, name, wrap(make(layer)), inputs[layer['kind']], {'layer': layer, **options}, training=training, draw=draw)

    for label, layer in {'linear': linear, 'convolution': conv, 'transposed convolution': transposed}.items():
        case(f'weightNorm: {label}', layer, weight_norm, training=True)
        for axis in (1, None):
            case(f'weightNorm: {label}, axis {axis}', layer, lambda m, axis=axis: weight_norm(m, dim=axis), axis=axis)
        for training in (True, False):
            mode = 'training' if training else 'evaluation'
            case(f'spectralNorm: {label}, {mode}', layer, parametrizations.spectral_norm, training=training, draw=draw_spectral)
            case(f'spectralNorm: {label}, the older one, {mode}', layer, lambda m: spectral_norm(m, n_power_iterations=2), training=training, draw=draw_spectral, names='hook', powerIterations=2)
        case(f'spectralNorm: {label}, axis 1, three iterations', layer, lambda m: parametrizations.spectral_norm(m, n_power_iterations=3, dim=1), True, draw_spectral, axis=1, powerIterations=3)
    for label, (rows, columns) in {'square': (4, 4), 'tall': (5, 3), 'wide': (2, 6), 'column': (4, 1)}.items():
        layer = {'kind': 'Linear', 'inFeatures': columns, 'outFeatures': rows}
        inputs['Linear'] = {'x': normal(3, columns)}
        for map_ in ('householder', 'matrix_exp'):
            for trivialization in (True, False):
                module_case(f, f'orthogonal: {label}, {map_}{"" if trivialization else ", no base"}',
                            parametrizations.orthogonal(make(layer), orthogonal_map=map_, use_trivialization=trivialization), inputs['Linear'],
                            {'layer': layer, 'map': 'householder' if map_ == 'householder' else 'matrixExp', 'trivialization': trivialization}, draw=draw_orthogonal)
        if rows != columns:
            continue
        module_case(f, f'orthogonal: {label}, default', parametrizations.orthogonal(make(layer)), inputs['Linear'], {'layer': layer}, draw=draw_orthogonal)


def build(f):
    batch_norms(f)
    layer_norms(f)
    group_norms(f)
    instance_norms(f)
    local_response_norms(f)


def build_parametrized(f):
    parametrized(f)
