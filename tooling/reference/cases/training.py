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
