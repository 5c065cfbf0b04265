"""Maximum, average and adaptive pooling."""
import torch.nn.functional as F

from draw import exactly, normal

POOLS = {
    1: (F.max_pool1d, F.avg_pool1d, F.adaptive_avg_pool1d, F.adaptive_max_pool1d),
    2: (F.max_pool2d, F.avg_pool2d, F.adaptive_avg_pool2d, F.adaptive_max_pool2d),
    3: (F.max_pool3d, F.avg_pool3d, F.adaptive_avg_pool3d, F.adaptive_max_pool3d),
}
SIZES = {1: (2, 2, 9), 2: (2, 2, 5, 7), 3: (1, 2, 4, 5, 4)}


def case(f, op, function, x, options, second=True):
    named = ', '.join(f'{key} {value}' for key, value in options.items())
    # Pooling options are keywords save the adaptive size, which is one too.
    f.op(f'{op}: {named}', function, {'x': normal(*x)}, options, second=second)


def build(f):
    for axes, (maximum, average, adaptive_average, adaptive_maximum) in POOLS.items():
        x = SIZES[axes]
        case(f, f'maxPool{axes}d', maximum, x, {'kernelSize': 2})
        case(f, f'maxPool{axes}d', maximum, x, {'kernelSize': 3, 'stride': 2, 'padding': 1})
        case(f, f'maxPool{axes}d', maximum, x, {'kernelSize': 2, 'stride': 1, 'dilation': 2}, second=False)
        case(f, f'maxPool{axes}d', maximum, x, {'kernelSize': 2, 'stride': 2, 'ceilMode': True}, second=False)
        case(f, f'maxPool{axes}d', maximum, x, {'kernelSize': 3, 'stride': 3, 'padding': 1, 'ceilMode': True}, second=False)
        case(f, f'avgPool{axes}d', average, x, {'kernelSize': 2})
        case(f, f'avgPool{axes}d', average, x, {'kernelSize': 3, 'stride': 2, 'padding': 1})
        case(f, f'avgPool{axes}d', average, x, {'kernelSize': 3, 'stride': 2, 'padding': 1, 'countIncludePad': False})
        case(f, f'avgPool{axes}d', average, x, {'kernelSize': 2, 'stride': 2, 'ceilMode': True}, second=False)
        case(f, f'avgPool{axes}d', average, x, {'kernelSize': 3, 'stride': 3, 'padding': 1, 'ceilMode': True}, second=False)
        case(f, f'avgPool{axes}d', average, x, {'kernelSize': 3, 'stride': 3, 'padding': 1, 'ceilMode': True, 'countIncludePad': False}, second=False)
        case(f, f'adaptiveAvgPool{axes}d', adaptive_average, x, {'outputSize': 3})
        case(f, f'adaptiveAvgPool{axes}d', adaptive_average, x, {'outputSize': 1}, second=False)
        case(f, f'adaptiveMaxPool{axes}d', adaptive_maximum, x, {'outputSize': 3})
    case(f, 'maxPool2d', F.max_pool2d, (1, 2, 6, 7), {'kernelSize': [2, 3], 'stride': [1, 2], 'padding': [1, 0]})
    case(f, 'avgPool2d', F.avg_pool2d, (1, 2, 6, 7), {'kernelSize': [2, 3], 'stride': [1, 2], 'padding': [1, 0]})
    case(f, 'avgPool2d', F.avg_pool2d, (1, 2, 6, 6), {'kernelSize': 2, 'divisorOverride': 3}, second=False)
    case(f, 'adaptiveAvgPool2d', F.adaptive_avg_pool2d, (1, 2, 5, 7), {'outputSize': [2, 4]})
    case(f, 'adaptiveAvgPool2d', F.adaptive_avg_pool2d, (1, 2, 2, 3), {'outputSize': [3, 5]}, second=False)
    case(f, 'adaptiveMaxPool2d', F.adaptive_max_pool2d, (1, 2, 5, 7), {'outputSize': [2, 4]})
    ties = {'x': exactly([[[[1.0, 1.0, 0.0, 2.0], [1.0, 0.0, 2.0, 2.0]]]])}
    f.op('maxPool2d: ties', F.max_pool2d, ties, {'kernelSize': 2}, second=False)
