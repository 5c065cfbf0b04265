"""
What PyTorch and torchvision have of the plugin packages.
ema: { name, decay | null (equal weights), values: { w: [21, …] } (the first are what the average starts from), averages: { w: [21, …] } }.
dropout: { name, p, mode, x, kept (of each row, or of the batch), output, cotangent, grad } of torchvision's stochastic_depth.
"""
import torch
import torchvision
from torch import nn
from torch.optim.swa_utils import AveragedModel

from draw import float32, generator
from fixture import encode, keyed, to_torch

UPDATES = 20


class Weights(nn.Module):
    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.zeros(3, 4, dtype=torch.float64))
        self.b = nn.Parameter(torch.zeros(4, dtype=torch.float64))
        self.register_buffer('mean', torch.zeros(3, dtype=torch.float64))


def average(f, name, decay, use_buffers=False):
    """PyTorch's first update copies, so the values at 0 are where the average starts."""
    rng = generator(name)
    model = Weights()
    names = list(model.state_dict())
    values = {key: float32(rng.standard_normal((UPDATES + 1, *value.shape))) for key, value in model.state_dict().items()}
    average_of = None if decay is None else (lambda old, new, count: decay * old + (1 - decay) * new)
    averaged = AveragedModel(model, avg_fn=average_of, use_buffers=use_buffers)
    after = {key: [] for key in names}
    for update in range(UPDATES + 1):
        model.load_state_dict({key: to_torch(values[key][update]) for key in names})
        averaged.update_parameters(model)
        for key in names:
            after[key].append(averaged.module.state_dict()[key].clone())
    buffers = ['mean']
    case = {'name': name, 'decay': decay, 'values': keyed(encode, {k: v for k, v in values.items() if use_buffers or k not in buffers})}
    f.add({**case, 'averages': {k: encode(torch.stack(v)) for k, v in after.items() if use_buffers or k not in buffers}})


def build_ema(f):
    average(f, 'ema: decay 0.9', 0.9)
    average(f, 'ema: decay 0.5, buffers too', 0.5, use_buffers=True)
    average(f, 'ema: equal weights', None)


def build_dropout(f):
    for p in (0.2, 0.6):
        for mode in ('row', 'batch'):
            name = f'stochasticDepth: p {p}, {mode}'
            rng = generator(name)
            x = to_torch(float32(rng.standard_normal((8, 3, 2)))).requires_grad_()
            cotangent = to_torch(float32(rng.standard_normal((8, 3, 2))))

            def forward(values, seed):
                torch.manual_seed(seed)
                return torchvision.ops.stochastic_depth(values, p, mode, training=True)
            # A seed by which, of rows, some are dropped and some kept; of a batch, as it falls.
            seed = next(s for s in range(100) if mode == 'batch' or 0 < (forward(torch.ones_like(x), s)[:, 0, 0] > 0).sum() < 8)
            kept = (forward(torch.ones_like(x), seed)[:, 0, 0] > 0)
            y = forward(x, seed)
            grad, = torch.autograd.grad(y, x, cotangent)
            f.add({'name': name, 'p': p, 'mode': mode, 'x': encode(x), 'kept': encode(kept), 'output': encode(y), 'cotangent': encode(cotangent), 'grad': encode(grad)})
