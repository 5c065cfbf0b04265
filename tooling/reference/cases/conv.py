"""Convolutions and transposed ones of one, two and three axes: every option, odd sizes."""
import torch.nn.functional as F

from draw import normal


def case(f, op, function, x, weight, options=None, bias=True, name=None, second=True):
    groups = (options or {}).get('groups', 1)
    channels = weight[1] * groups if op.startswith('convTranspose') else weight[0]
    inputs = {'x': normal(*x), 'weight': normal(*weight, scale=0.5)}
    if bias:
        inputs['bias'] = normal(channels)
    named = name or ', '.join(f'{key} {value}' for key, value in (options or {}).items()) or 'plain'
    f.op(f'{op}: {named}', function, inputs, options, second=second)


def build(f):
    case(f, 'conv1d', F.conv1d, (2, 3, 7), (4, 3, 3))
    case(f, 'conv1d', F.conv1d, (2, 3, 7), (4, 3, 3), bias=False, name='no bias', second=False)
    case(f, 'conv1d', F.conv1d, (2, 3, 8), (2, 3, 3), {'stride': 2, 'padding': 1})
    case(f, 'conv1d', F.conv1d, (1, 4, 9), (4, 2, 3), {'dilation': 2, 'groups': 2})
    case(f, 'conv1d', F.conv1d, (1, 2, 6), (3, 2, 1), name='kernel 1')

    case(f, 'conv2d', F.conv2d, (2, 2, 5, 6), (3, 2, 3, 3))
    case(f, 'conv2d', F.conv2d, (1, 2, 5, 5), (3, 2, 3, 3), bias=False, name='no bias', second=False)
    case(f, 'conv2d', F.conv2d, (1, 2, 7, 6), (3, 2, 3, 3), {'stride': 2, 'padding': 1})
    case(f, 'conv2d', F.conv2d, (1, 2, 7, 8), (2, 2, 3, 2), {'stride': [2, 3], 'padding': [1, 0]})
    case(f, 'conv2d', F.conv2d, (1, 2, 7, 7), (2, 2, 3, 3), {'dilation': 2, 'padding': 2})
    case(f, 'conv2d', F.conv2d, (1, 2, 8, 7), (2, 2, 3, 2), {'dilation': [1, 3], 'stride': [3, 1]})
    case(f, 'conv2d', F.conv2d, (1, 4, 5, 5), (6, 2, 3, 3), {'groups': 2, 'padding': 1})
    case(f, 'conv2d', F.conv2d, (2, 3, 5, 4), (6, 1, 3, 3), {'groups': 3, 'stride': 2, 'padding': 1}, name='depthwise')
    case(f, 'conv2d', F.conv2d, (1, 3, 4, 5), (5, 3, 1, 1), name='kernel 1')
    case(f, 'conv2d', F.conv2d, (1, 2, 5, 5), (2, 2, 2, 4), {'padding': [1, 2]}, name='even kernel')
    case(f, 'conv2d', F.conv2d, (1, 1, 9, 9), (2, 1, 5, 5), {'stride': 4}, name='rows never read')
    case(f, 'conv2d', F.conv2d, (3, 9, 4, 4), (9, 9, 3, 3), {'padding': 1}, name='channels past a tile', second=False)

    case(f, 'conv1d', F.conv1d, (1, 2, 6), (2, 2, 4), {'padding': 'same'}, second=False)
    case(f, 'conv2d', F.conv2d, (1, 2, 5, 6), (2, 2, 3, 2), {'padding': 'same', 'dilation': [1, 3]}, second=False)

    case(f, 'conv3d', F.conv3d, (1, 2, 3, 4, 5), (2, 2, 2, 3, 2))
    case(f, 'conv3d', F.conv3d, (1, 2, 4, 5, 4), (2, 1, 3, 3, 2), {'stride': [1, 2, 2], 'padding': 1, 'groups': 2})
    case(f, 'conv3d', F.conv3d, (1, 1, 5, 4, 5), (2, 1, 2, 2, 2), {'dilation': [2, 1, 3]}, second=False)

    case(f, 'convTranspose2d', F.conv_transpose2d, (1, 3, 3, 4), (3, 2, 3, 3))
    case(f, 'convTranspose2d', F.conv_transpose2d, (1, 3, 3, 3), (3, 2, 2, 2), bias=False, name='no bias', second=False)
    case(f, 'convTranspose2d', F.conv_transpose2d, (2, 2, 3, 4), (2, 3, 3, 3), {'stride': 2, 'padding': 1})
    case(f, 'convTranspose2d', F.conv_transpose2d, (1, 2, 3, 4), (2, 3, 3, 3), {'stride': 2, 'padding': 1, 'outputPadding': 1})
    case(f, 'convTranspose2d', F.conv_transpose2d, (1, 2, 3, 4), (2, 2, 3, 2), {'stride': [2, 3], 'padding': [0, 1], 'outputPadding': [1, 2]})
    case(f, 'convTranspose2d', F.conv_transpose2d, (1, 4, 3, 3), (4, 2, 3, 3), {'groups': 2, 'padding': 1})
    case(f, 'convTranspose2d', F.conv_transpose2d, (1, 2, 4, 3), (2, 2, 3, 3), {'dilation': 2, 'padding': 2})

    case(f, 'convTranspose1d', F.conv_transpose1d, (2, 3, 5), (3, 2, 3))
    case(f, 'convTranspose1d', F.conv_transpose1d, (1, 4, 4), (4, 1, 3), {'stride': 3, 'padding': 1, 'outputPadding': 2, 'groups': 2})
    case(f, 'convTranspose3d', F.conv_transpose3d, (1, 2, 2, 3, 2), (2, 2, 2, 2, 3))
    case(f, 'convTranspose3d', F.conv_transpose3d, (1, 2, 2, 2, 3), (2, 1, 3, 2, 2), {'stride': [2, 1, 2], 'padding': 1, 'groups': 2}, second=False)
