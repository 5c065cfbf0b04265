"""RNN, LSTM and GRU: layers, directions, batch first, given and absent initial states. Outputs: output, h_n (, c_n)."""
from torch import nn

from draw import normal
from fixture import snake
from module_case import module_case

SIZES = {'inputSize': 3, 'hiddenSize': 4}


def flat(output):
    y, state = output
    return [y, *(state if isinstance(state, tuple) else (state,))]


def run(module, inputs):
    x, *state = inputs.values()
    if not state:
        return flat(module(x))
    return flat(module(x, tuple(state) if isinstance(module, nn.LSTM) else state[0]))


def build(f):
    kinds = {
        'RNN': (nn.RNN, {}, 1), 'RNN, relu': (nn.RNN, {'nonlinearity': 'relu'}, 1), 'LSTM': (nn.LSTM, {}, 2), 'GRU': (nn.GRU, {}, 1),
    }
    forms = {
        'plain': {}, 'batch first': {'batchFirst': True}, 'two layers': {'numLayers': 2}, 'bidirectional': {'bidirectional': True},
        'two layers, bidirectional, batch first': {'numLayers': 2, 'bidirectional': True, 'batchFirst': True}, 'no bias': {'bias': False},
    }
    for label, (kind, extra, states) in kinds.items():
        for form, options in forms.items():
            if extra and form not in ('plain', 'two layers'):
                continue
            given = {**SIZES, **extra, **options}
            x = normal(2, 5, 3) if options.get('batchFirst') else normal(5, 2, 3)
            name = f'{kind.__name__}: {form}' + (', relu' if extra else '')
            module_case(f, name, kind(**snake(given)), {'x': x}, given, run=run)
            if form in ('plain', 'two layers, bidirectional, batch first'):
                rows = given.get('numLayers', 1) * (2 if given.get('bidirectional') else 1)
                initial = {'h0': normal(rows, 2, 4), 'c0': normal(rows, 2, 4)} if states == 2 else {'h0': normal(rows, 2, 4)}
                module_case(f, f'{name}, initial state', kind(**snake(given)), {'x': x, **initial}, given, run=run)
        module_case(f, f'{kind.__name__}: one sample{", relu" if extra else ""}', kind(**snake({**SIZES, **extra})), {'x': normal(4, 3)}, {**SIZES, **extra}, run=run)
