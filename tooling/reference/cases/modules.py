"""Layers without time, and the norms."""
from torch import nn

from cases.elementwise import hard_sigmoid
from draw import exactly, integers, normal
from fixture import snake
from module_case import module_case


def layers(f):
    for name, shape, options in (('plain', (3, 4), {}), ('no bias, leading axes', (2, 3, 4), {'bias': False})):
        module_case(f, f'Linear: {name}', nn.Linear(4, 5, **options), {'x': normal(*shape)}, {'inFeatures': 4, 'outFeatures': 5, **options})
    convolutions = {
        'Conv1d': (nn.Conv1d, (2, 4, 7), {'inChannels': 4, 'outChannels': 6, 'kernelSize': 3, 'stride': 2, 'padding': 1, 'groups': 2}),
        'Conv2d': (nn.Conv2d, (2, 2, 5, 6), {'inChannels': 2, 'outChannels': 3, 'kernelSize': 3, 'padding': 1}),
        'Conv3d': (nn.Conv3d, (1, 2, 3, 4, 4), {'inChannels': 2, 'outChannels': 2, 'kernelSize': 2, 'dilation': 2, 'padding': 1}),
        'ConvTranspose1d': (nn.ConvTranspose1d, (2, 2, 4), {'inChannels': 2, 'outChannels': 3, 'kernelSize': 3, 'stride': 2}),
        'ConvTranspose3d': (nn.ConvTranspose3d, (1, 2, 2, 2, 3), {'inChannels': 2, 'outChannels': 2, 'kernelSize': 2, 'groups': 2}),
        'ConvTranspose2d': (nn.ConvTranspose2d, (1, 2, 3, 4), {'inChannels': 2, 'outChannels': 3, 'kernelSize': 3, 'stride': 2, 'padding': 1, 'outputPadding': 1}),
    }
    for name, (kind, shape, options) in convolutions.items():
        for bias in (True, False):
            given = options if bias else {**options, 'bias': False}
            module_case(f, f'{name}: {"plain" if bias else "no bias"}', kind(**snake(given)), {'x': normal(*shape)}, given)
    sizes = {'numEmbeddings': 6, 'embeddingDim': 3}
    module_case(f, 'Embedding: plain', nn.Embedding(6, 3), {'x': integers(0, 6, 2, 5)}, sizes)
    module_case(f, 'Embedding: padding index', nn.Embedding(6, 3, padding_idx=2), {'x': exactly([2, 0, 1, 2, 5], 'int32')}, {**sizes, 'paddingIdx': 2})


def sequential(f):
    """A small convolutional network: names like `0.weight`, and modules without parameters between."""
    net = nn.Sequential(nn.Conv2d(1, 2, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(2 * 3 * 3, 4), nn.Sequential(nn.Tanh(), nn.Linear(4, 3)))
    spec = [
        {'module': 'Conv2d', 'options': {'inChannels': 1, 'outChannels': 2, 'kernelSize': 3, 'padding': 1}}, {'module': 'ReLU'},
        {'module': 'MaxPool2d', 'options': {'kernelSize': 2}}, {'module': 'Flatten'}, {'module': 'Linear', 'options': {'inFeatures': 18, 'outFeatures': 4}},
        {'module': 'Sequential', 'layers': [{'module': 'Tanh'}, {'module': 'Linear', 'options': {'inFeatures': 4, 'outFeatures': 3}}]},
    ]
    module_case(f, 'Sequential: a convolutional network', net, {'x': normal(2, 1, 6, 6)}, layers=spec)


def stateless(f):
    """Activations and pooling: that each module calls its op with its options."""
    activations = ('ELU', 'GELU', 'Hardsigmoid', 'Hardswish', 'LeakyReLU', 'LogSigmoid', 'Mish', 'ReLU', 'ReLU6', 'SELU', 'SiLU', 'Sigmoid', 'Softplus', 'Softsign', 'Tanh')
    for name in activations:
        # PyTorch's Hardsigmoid rounds the slope of 1/6 to float32.
        module = HardSigmoid() if name == 'Hardsigmoid' else getattr(nn, name)()
        module_case(f, f'{name}: plain', module, {'x': normal(2, 6, scale=2)})
    for name, options in {'ELU': {'alpha': 0.5}, 'GELU': {'approximate': 'tanh'}, 'LeakyReLU': {'negativeSlope': 0.2}, 'Softplus': {'beta': 2.0},
                          'Softmax': {'axis': 1}, 'LogSoftmax': {'axis': 0}, 'Flatten': {'startAxis': 2}}.items():
        arguments = {'start_dim': 2} if name == 'Flatten' else snake(options)
        module_case(f, f'{name}: {", ".join(options)}', getattr(nn, name)(**arguments), {'x': normal(2, 3, 2, 2)}, options)
    module_case(f, 'Flatten: plain', nn.Flatten(), {'x': normal(2, 3, 2)})
    sizes = {1: (2, 2, 6), 2: (1, 2, 5, 6), 3: (1, 2, 3, 4, 5)}
    for axes, shape in sizes.items():
        for name, options in {'MaxPool': {'kernelSize': 3, 'stride': 1, 'padding': 1}, 'AvgPool': {'kernelSize': 2, 'stride': 1, 'padding': 1, 'countIncludePad': False},
                              'AdaptiveAvgPool': {'outputSize': 2}, 'AdaptiveMaxPool': {'outputSize': 2}}.items():
            module_case(f, f'{name}{axes}d: options', getattr(nn, f'{name}{axes}d')(**snake(options)), {'x': normal(*shape)}, options)


class HardSigmoid(nn.Module):
    def forward(self, x):
        return hard_sigmoid(x)


def build(f):
    layers(f)
    stateless(f)
    sequential(f)
