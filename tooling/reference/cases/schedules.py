"""
The rate that a schedule of PyTorch gives at every step: { name, schedule, options (PyTorch's, in camelCase), lr (the
optimizer's), lrs: [n] }; of ReduceLROnPlateau also metrics: [n], where lrs[i] is the rate after metric i was seen.
"""
import numpy as np
import torch
from torch.optim import lr_scheduler as schedulers
from torch.optim.swa_utils import SWALR

from draw import float32, generator
from fixture import encode, snake


def optimizer(lr):
    return torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=lr, momentum=0.9)


def arguments(options):
    """CosineAnnealingLR alone has a capital in a name."""
    return {{'t_max': 'T_max'}.get(key, key): value for key, value in snake(options).items()}


def sequence(f, name, lr, steps, options):
    kind = SWALR if name.startswith('SWALR') else getattr(schedulers, name.split(':')[0])
    sgd = optimizer(lr)
    schedule = kind(sgd, **arguments(options))
    lrs = []
    for step in range(steps):
        lrs.append(sgd.param_groups[0]['lr'])
        sgd.step()
        if step < steps - 1:
            schedule.step()
    f.add({'name': name, 'schedule': name.split(':')[0], 'options': options, 'lr': lr, 'lrs': encode(np.array(lrs, dtype=np.float64))})


def swa_after_cosine(f, name, options):
    """As in PyTorch's documentation: the schedule until `start`, then SWALR; epoch i runs at lrs[i]."""
    sgd = optimizer(0.1)
    cosine = schedulers.CosineAnnealingLR(sgd, T_max=options['tMax'])
    swa = SWALR(sgd, swa_lr=options['swaLr'], anneal_epochs=options['annealEpochs'], anneal_strategy=options['annealStrategy'])
    lrs = []
    for epoch in range(20):
        lrs.append(sgd.param_groups[0]['lr'])
        sgd.step()
        (swa if epoch >= options['start'] else cosine).step()
    f.add({'name': name, 'schedule': name.split(':')[0], 'options': options, 'lr': 0.1, 'lrs': encode(np.array(lrs, dtype=np.float64))})


def plateau(f, name, options, metrics):
    sgd = optimizer(0.1)
    schedule = schedulers.ReduceLROnPlateau(sgd, **snake(options))
    lrs = []
    for metric in metrics:
        schedule.step(metric)
        lrs.append(sgd.param_groups[0]['lr'])
    f.add({'name': name, 'schedule': 'ReduceLROnPlateau', 'options': options, 'lr': 0.1, 'metrics': encode(np.array(metrics)), 'lrs': encode(np.array(lrs))})


def build(f):
    sequence(f, 'ConstantLR: none', 0.1, 6, {'factor': 1.0, 'totalIters': 3})
    sequence(f, 'StepLR: by ten', 0.1, 12, {'stepSize': 4, 'gamma': 0.1})
    sequence(f, 'StepLR: by 0.7', 0.1, 12, {'stepSize': 3, 'gamma': 0.7})
    sequence(f, 'ExponentialLR: plain', 0.1, 8, {'gamma': 0.8})
    sequence(f, 'CosineAnnealingLR: to zero', 0.1, 13, {'tMax': 12})
    sequence(f, 'CosineAnnealingLR: to a floor', 0.1, 11, {'tMax': 10, 'etaMin': 0.01})
    sequence(f, 'LinearLR: warm-up', 0.1, 9, {'startFactor': 0.25, 'totalIters': 5})
    sequence(f, 'LinearLR: to a tenth', 0.1, 9, {'startFactor': 1.0, 'endFactor': 0.1, 'totalIters': 6})
    sequence(f, 'OneCycleLR: plain', 0.1, 20, {'maxLr': 0.1, 'totalSteps': 20})
    sequence(f, 'OneCycleLR: a longer fall', 0.1, 17, {'maxLr': 0.2, 'totalSteps': 17, 'pctStart': 0.4, 'divFactor': 10.0, 'finalDivFactor': 100.0})
    sequence(f, 'OneCycleLR: linear', 0.1, 20, {'maxLr': 0.1, 'totalSteps': 20, 'annealStrategy': 'linear', 'pctStart': 0.25})
    sequence(f, 'SWALR: by cosine', 0.1, 16, {'swaLr': 0.02, 'annealEpochs': 10})
    sequence(f, 'SWALR: linear, upwards', 0.01, 9, {'swaLr': 0.05, 'annealEpochs': 5, 'annealStrategy': 'linear'})
    for strategy in ('cos', 'linear'):
        swa_after_cosine(f, f'SWALR after CosineAnnealingLR: {strategy}', {'tMax': 16, 'start': 9, 'swaLr': 0.05, 'annealEpochs': 4, 'annealStrategy': strategy})

    rng = generator('ReduceLROnPlateau')
    falling = list(float32(1 / np.arange(1, 31) + 0.2 * rng.standard_normal(30)))
    plateau(f, 'ReduceLROnPlateau: plain', {'factor': 0.5, 'patience': 2}, falling)
    plateau(f, 'ReduceLROnPlateau: absolute threshold, cooldown', {'factor': 0.5, 'patience': 1, 'threshold': 0.05, 'thresholdMode': 'abs', 'cooldown': 2}, falling)
    plateau(f, 'ReduceLROnPlateau: greater is better', {'mode': 'max', 'factor': 0.5, 'patience': 2, 'minLr': 0.01}, [-x for x in falling])
