"""
A run with stochastic weight averaging by torch.optim.swa_utils, its batches in order: { name, options: { lr, momentum, swaLr, startStep,
annealSteps, anneal, epochs, batchSize }, inputs, labels, stateDict, lastStateDict (the model's), averagedStateDict (after update_bn), outputs (of the
average, in evaluation) }. The model is Linear(4, 6), BatchNorm1d(6), Tanh, Linear(6, 3).
"""
import torch
from torch import nn
from torch.optim.swa_utils import SWALR, AveragedModel, update_bn

from draw import float32, generator
from fixture import encode, keyed, to_torch
from module_case import draw_state


def run(f, name, anneal):
    rng = generator(name)
    options = {'lr': 0.1, 'momentum': 0.9, 'swaLr': 0.05, 'startStep': 9, 'annealSteps': 6, 'anneal': anneal, 'epochs': 7, 'batchSize': 8}
    inputs = to_torch(float32(rng.standard_normal((24, 4)) * 2 + 1))
    labels = torch.tensor(rng.randint(0, 3, 24))
    model = nn.Sequential(nn.Linear(4, 6), nn.BatchNorm1d(6), nn.Tanh(), nn.Linear(6, 3)).double()
    draw_state(model, rng)
    model[1].num_batches_tracked.zero_()
    before = keyed(encode, {key: value.clone() for key, value in model.state_dict().items()})
    optimizer = torch.optim.SGD(model.parameters(), lr=options['lr'], momentum=options['momentum'])
    averaged = AveragedModel(model)
    schedule = SWALR(optimizer, swa_lr=options['swaLr'], anneal_epochs=options['annealSteps'], anneal_strategy=anneal)
    step = 0
    for epoch in range(options['epochs']):
        for x, y in zip(inputs.split(8), labels.split(8)):
            optimizer.zero_grad()
            nn.functional.cross_entropy(model(x), y).backward()
            optimizer.step()
            if step >= options['startStep']:
                schedule.step()
            step += 1
        if step > options['startStep']:
            averaged.update_parameters(model)
    update_bn(inputs.split(8), averaged)
    averaged.eval()
    f.add({
        'name': name, 'options': options, 'inputs': encode(inputs), 'labels': encode(labels), 'stateDict': before,
        'lastStateDict': keyed(encode, dict(model.state_dict())), 'averagedStateDict': keyed(encode, dict(averaged.module.state_dict())), 'outputs': encode(averaged(inputs)),
    })


def build(f):
    run(f, 'swa: by cosine', 'cos')
    run(f, 'swa: linear', 'linear')
