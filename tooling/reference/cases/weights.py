"""
Weights as PyTorch saves them: <name>.safetensors beside <fixture>.json, whose cases are { name, inputs, outputs }: what the model with these
weights gives in evaluation. float32 throughout. `back/<name>.safetensors`, written by our tests' side, are checked here: PyTorch
must take them and give the same outputs.
"""
import torch
from torch import nn
from torch.nn.utils import parametrizations, weight_norm

import tensor_file
from draw import generator, normal
from fixture import as_list, encode, keyed, to_torch
from module_case import draw_state

CORE = {
    'layers': (
        lambda: nn.Sequential(nn.Conv1d(3, 4, 3), nn.ReLU(), nn.ConvTranspose1d(4, 2, 3, stride=2), nn.Flatten(), nn.Linear(34, 6, bias=False), nn.LayerNorm(6)),
        {'x': normal(2, 3, 10)}, None),
    'lstm': (lambda: nn.LSTM(3, 4, num_layers=2, batch_first=True, bidirectional=True), {'x': normal(2, 5, 3)}, lambda m, t: m(t['x'])[0]),
    'gru': (lambda: nn.GRU(3, 4, batch_first=True), {'x': normal(2, 5, 3)}, lambda m, t: m(t['x'])[0]),
    'rnn': (lambda: nn.RNN(3, 4, batch_first=True), {'x': normal(2, 5, 3)}, lambda m, t: m(t['x'])[0]),
    'attention': (lambda: nn.MultiheadAttention(8, 2, batch_first=True), {'x': normal(2, 5, 8)}, lambda m, t: m(t['x'], t['x'], t['x'])[0]),
    'transformer': (lambda: nn.TransformerEncoderLayer(8, 2, dim_feedforward=12, batch_first=True), {'x': normal(2, 5, 8)}, None),
    'embedding': (lambda: nn.Embedding(7, 3), {'x': lambda rng: rng.randint(0, 7, (2, 4)).astype('int32')}, None),
}
NORMS = {
    'convnet': (
        lambda: nn.Sequential(
            nn.Conv2d(1, 4, 3, padding=1), nn.BatchNorm2d(4), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(4, 6, 3, bias=False), nn.BatchNorm2d(6), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(6, 3)),
        {'x': normal(2, 1, 8, 8)}, None),
    'norms': (
        lambda: nn.Sequential(
            nn.Conv3d(1, 4, 2), nn.BatchNorm3d(4), nn.ReLU(), nn.Flatten(2), nn.InstanceNorm1d(4, affine=True, track_running_stats=True), nn.GroupNorm(2, 4),
            nn.LocalResponseNorm(3), nn.LayerNorm([4, 18]), nn.Unflatten(2, (3, 6)), nn.InstanceNorm2d(4), nn.BatchNorm2d(4, affine=False)),
        {'x': normal(2, 1, 3, 4, 4)}, None),
    'parametrized': (
        lambda: nn.Sequential(
            weight_norm(nn.Linear(5, 6)), nn.Tanh(), parametrizations.spectral_norm(nn.Linear(6, 6)), nn.Tanh(),
            parametrizations.orthogonal(nn.Linear(6, 6)), parametrizations.orthogonal(nn.Linear(6, 4)), nn.Tanh(), weight_norm(nn.Linear(4, 3), dim=None)),
        {'x': normal(3, 5)}, None),
}


def outputs_of(model, tensors, run):
    with torch.no_grad():
        return [encode(y) for y in as_list(run(model, tensors) if run else model(*tensors.values()))]


def add(f, root, name, make, inputs, run):
    rng = generator(f'weights: {name}')
    torch.manual_seed(1)
    model = make().eval()
    # Parametrizations made their own first values, of which some may not be any; the seed is for them.
    if name != 'parametrized':
        draw_state(model, rng)
    drawn = {key: draw(rng) for key, draw in inputs.items()}
    tensors = {key: to_torch(array, torch.float32) for key, array in drawn.items()}
    folder = (root / 'packages' / f.path).parent
    tensor_file.write(folder / f'{name}.safetensors', model.state_dict(), {'format': 'pt'})
    outputs = outputs_of(model, tensors, run)
    back = folder / 'back' / f'{name}.safetensors'
    if back.exists():
        again = make().eval()
        state, _ = tensor_file.read(back)
        again.load_state_dict(state)
        assert outputs_of(again, tensors, run) == outputs, f'{back}: other outputs'
        print(f'{back.relative_to(root)}: PyTorch takes it')
    f.add({'name': name, 'inputs': keyed(encode, drawn), 'outputs': outputs})


def build(f, root):
    for name, parts in CORE.items():
        add(f, root, name, *parts)


def build_norms(f, root):
    for name, parts in NORMS.items():
        add(f, root, name, *parts)


def build_types(f, root):
    """One file with every type that PyTorch writes; the case says what its numbers are, as float64 or int32."""
    values = torch.tensor([0., -0., 1., -2.5, 65504., 6.1e-5, 5.96e-8, float('inf'), float('-inf')])
    whole = torch.tensor([0, 1, 100])
    tensors = {
        **{str(dtype).split('.')[1]: values.to(dtype) for dtype in (torch.float64, torch.float32, torch.float16, torch.bfloat16)},
        **{str(dtype).split('.')[1]: (-whole if dtype != torch.uint8 else whole).to(dtype) for dtype in (torch.int64, torch.int32, torch.int16, torch.int8, torch.uint8)},
        'bool': torch.tensor([[True, False], [False, True]]), 'scalar': torch.tensor(3.5), 'empty': torch.empty((0, 4)), 'ünïcode': torch.tensor([1.5]),
    }
    tensor_file.write((root / 'packages' / f.path).parent / 'types.safetensors', tensors, {'format': 'pt', 'note': 'every type'})
    plain = lambda x: x if x.dtype == torch.bool else x.double() if x.is_floating_point() else x.int()
    f.add({'name': 'types', 'outputs': {name: encode(plain(x)) for name, x in tensors.items()}})
