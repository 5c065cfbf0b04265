"""
Running statistics gathered anew by torch.optim.swa_utils.update_bn:
{ name, layers, batches: [x, …], stateDict, stateDictAfter }. `layers` are ours, as in the cases of modules.
"""
from torch import nn
from torch.optim.swa_utils import update_bn

from draw import float32, generator
from fixture import encode, keyed, snake, to_torch
from module_case import draw_state


def gather(f, name, layers, shapes):
    rng = generator(name)
    model = nn.Sequential(*(getattr(nn, kind)(**snake(options)) for kind, options in layers)).double()
    draw_state(model, rng)
    before = keyed(encode, {key: value.clone() for key, value in model.state_dict().items()})
    batches = [to_torch(float32(rng.standard_normal(shape) * 2 + 1)) for shape in shapes]
    model.eval()
    update_bn(batches, model)
    assert not model.training
    f.add({
        'name': name, 'layers': [{'module': kind, 'options': options} for kind, options in layers], 'batches': [encode(x) for x in batches],
        'stateDict': before, 'stateDictAfter': keyed(encode, dict(model.state_dict())),
    })


def build(f):
    perceptron = [
        ('Linear', {'inFeatures': 4, 'outFeatures': 5}), ('BatchNorm1d', {'numFeatures': 5}), ('Tanh', {}),
        ('Linear', {'inFeatures': 5, 'outFeatures': 3}), ('BatchNorm1d', {'numFeatures': 3, 'momentum': 0.4}),
    ]
    gather(f, 'update_bn: batches of different sizes', perceptron, [(6, 4), (6, 4), (3, 4)])
    gather(f, 'update_bn: one batch', perceptron, [(5, 4)])
    convolutional = [
        ('Conv2d', {'inChannels': 2, 'outChannels': 3, 'kernelSize': 3}), ('BatchNorm2d', {'numFeatures': 3, 'momentum': None}), ('ReLU', {}),
        ('BatchNorm2d', {'numFeatures': 3, 'affine': False}),
    ]
    gather(f, 'update_bn: images', convolutional, [(4, 2, 5, 6)] * 3)
