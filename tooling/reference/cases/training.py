"""
Fifty steps of a small MLP with batch norm, dropout and AdamW: Linear(20, 32, bias=False), BatchNorm1d, ReLU, dropout, Linear(32, 16),
ReLU, Linear(16, 5), cross entropy. { name, steps, batchSize, options (AdamW's), data, labels, batches [steps, batchSize] (rows of
data), masks [steps, batchSize, 32] (kept where true, kept values scaled by 1 / (1 - p)), p, stateDict, losses, stateDictAfter }.
The same in float64 and in float32; how far the two part is the scale of what rounding does. The first layer has no bias: batch norm
takes its gradient to zero but for rounding, which Adam would blow up.
"""
import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.utils import parametrizations, weight_norm

from draw import float32, generator
from fixture import encode, keyed, to_torch
from module_case import draw_state

STEPS, BATCH, ROWS, P = 50, 16, 64, 0.25
OPTIONS = {'lr': 0.01, 'weightDecay': 0.05}


class Net(nn.Module):
    """Names as in a Sequential of seven: 3 is the dropout."""
    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleDict({
            '0': nn.Linear(20, 32, bias=False), '1': nn.BatchNorm1d(32), '4': nn.Linear(32, 16), '6': nn.Linear(16, 5)})

    def forward(self, x, mask):
        layer = self.layers
        x = F.relu(layer['1'](layer['0'](x)))
        return layer['6'](F.relu(layer['4'](x * mask)))


def train(state, data, labels, batches, masks, dtype):
    net = Net().to(dtype)
    net.layers.load_state_dict(state)
    optimizer = torch.optim.AdamW(net.parameters(), lr=OPTIONS['lr'], weight_decay=OPTIONS['weightDecay'])
    losses = []
    for step in range(STEPS):
        rows = batches[step]
        mask = torch.tensor(masks[step]).to(dtype) / (1 - P)
        loss = F.cross_entropy(net(data[rows].to(dtype), mask), labels[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.detach())
    return {'losses': encode(torch.stack(losses)), 'stateDictAfter': keyed(encode, dict(net.layers.state_dict()))}


def build(f):
    name = 'training: 50 steps'
    rng = generator(name)
    data = to_torch(float32(rng.standard_normal((ROWS, 20))))
    labels = torch.tensor((rng.standard_normal((20, 5)).T @ data.numpy().T).argmax(0))
    batches = torch.stack([torch.tensor(rng.permutation(ROWS)[:BATCH]) for _ in range(STEPS)])
    masks = rng.uniform(size=(STEPS, BATCH, 32)) >= P
    start = Net().double()
    draw_state(start, rng)
    state = {key: value.clone() for key, value in start.layers.state_dict().items()}
    f.add({
        'name': name, 'steps': STEPS, 'batchSize': BATCH, 'p': P, 'options': OPTIONS,
        'data': encode(data), 'labels': encode(labels), 'batches': encode(batches), 'masks': encode(masks), 'stateDict': keyed(encode, state),
        'float64': train(state, data, labels, batches, masks, torch.float64),
        'float32': train(state, data, labels, batches, masks, torch.float32),
    })


def build_parametrized(f):
    """
    Twenty steps of weight norm and spectral norm under AdamW, with the gradients clipped by their norm and the parameters averaged:
    { name, steps, options (AdamW's, with maxNorm and the average's decay), data [steps, N, 6], labels [steps, N], stateDict, losses, norms (before
    clipping), stateDictAfter, averages (of the parameters, from those of the first step on) }, all in float64.
    """
    name = 'training: parametrized, 20 steps'
    rng = generator(name)
    steps, options = 20, {'lr': 0.02, 'weightDecay': 0.1, 'maxNorm': 0.5, 'averageDecay': 0.8}
    net = nn.Sequential(
        weight_norm(nn.Linear(6, 8)), nn.Tanh(), parametrizations.spectral_norm(nn.Linear(8, 8)), nn.Tanh(),
        parametrizations.spectral_norm(nn.Linear(8, 5), n_power_iterations=2), nn.Tanh(), weight_norm(nn.Linear(5, 3), dim=None)).double()
    draw_state(net, rng)
    state = {key: value.clone() for key, value in net.state_dict().items()}
    data = to_torch(float32(rng.standard_normal((steps, 7, 6))))
    labels = torch.tensor(rng.randint(0, 3, (steps, 7)))
    optimizer = torch.optim.AdamW(net.parameters(), lr=options['lr'], weight_decay=options['weightDecay'])
    losses, norms, averages = [], [], None
    for step in range(steps):
        loss = F.cross_entropy(net(data[step]), labels[step])
        optimizer.zero_grad()
        loss.backward()
        norms.append(nn.utils.clip_grad_norm_(net.parameters(), options['maxNorm']))
        optimizer.step()
        losses.append(loss.detach())
        now = {key: p.detach().clone() for key, p in net.named_parameters()}
        decay = options['averageDecay']
        averages = now if averages is None else {key: decay * averages[key] + (1 - decay) * p for key, p in now.items()}
    f.add({
        'name': name, 'steps': steps, 'options': options, 'data': encode(data), 'labels': encode(labels), 'stateDict': keyed(encode, state),
        'losses': encode(torch.stack(losses)), 'norms': encode(torch.stack(norms)), 'stateDictAfter': keyed(encode, dict(net.state_dict())),
        'averages': keyed(encode, averages),
    })
