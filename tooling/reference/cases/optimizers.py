"""
Twenty steps of each optimizer with given gradients: { name, optimizer, options, groups?, params: {w, b, g}, grads: { w: [20, …] },
lrs?: the rate of every step, after: { w: [20, …] } }, the parameters after every step. `groups` are { match, lrScale?, weightDecay? }.
"""
import torch

from draw import float32, generator
from fixture import encode, keyed, snake, to_torch

STEPS = 20
SHAPES = {'w': (3, 4), 'b': (4,), 'g': (2, 2)}

KINDS = {'sgd': torch.optim.SGD, 'adam': torch.optim.Adam, 'adamw': torch.optim.AdamW, 'rmsprop': torch.optim.RMSprop, 'adagrad': torch.optim.Adagrad}


def problem(name):
    """Parameters, and gradients whose scale differs by element and that are zero now and then, as behind a ReLU."""
    rng = generator(name)
    params = {key: float32(rng.standard_normal(shape)) for key, shape in SHAPES.items()}
    grads = {}
    for key, shape in SHAPES.items():
        scale = 10.0 ** rng.uniform(-2, 1, shape)
        grads[key] = float32(rng.standard_normal((STEPS, *shape)) * scale * (rng.uniform(size=(STEPS, *shape)) > 0.1))
    return params, grads


def run(f, name, kind, options, groups=(), lrs=None, before_step=None):
    """before_step(parameter name, parameter, lr): what PyTorch's optimizer does not do itself."""
    params, grads = problem(name)
    live = {key: to_torch(array).requires_grad_() for key, array in params.items()}
    torch_groups = []
    for key, parameter in live.items():
        group = next((g for g in groups if key in g['match']), {})
        own = {'lr': options['lr'] * group.get('lrScale', 1)}
        if 'weightDecay' in group:
            own['weight_decay'] = group['weightDecay']
        torch_groups.append({'params': [parameter], **own})
    optimizer = KINDS[kind](torch_groups, **snake(options))
    after = {key: [] for key in live}
    for step in range(STEPS):
        for group in optimizer.param_groups:
            if lrs:
                group['lr'] = lrs[step]
        for (key, parameter), group in zip(live.items(), optimizer.param_groups):
            parameter.grad = to_torch(grads[key][step])
            if before_step:
                with torch.no_grad():
                    before_step(key, parameter, group['lr'])
        optimizer.step()
        for key, parameter in live.items():
            after[key].append(parameter.detach().clone())
    case = {'name': name, 'optimizer': kind, 'options': options}
    if groups:
        case['groups'] = list(groups)
    if lrs:
        case['lrs'] = lrs
    f.add({**case, 'params': keyed(encode, params), 'grads': keyed(encode, grads), 'after': {key: encode(torch.stack(values)) for key, values in after.items()}})


def build(f):
    forms = {
        'sgd': [{}, {'weightDecay': 0.1}, {'momentum': 0.9}, {'momentum': 0.9, 'nesterov': True}, {'momentum': 0.9, 'dampening': 0.3},
                {'momentum': 0.9, 'nesterov': True, 'weightDecay': 0.05}],
        'adam': [{}, {'betas': [0.8, 0.95], 'eps': 1e-6}, {'weightDecay': 0.1}, {'amsgrad': True}, {'amsgrad': True, 'weightDecay': 0.1}],
        'adamw': [{}, {'weightDecay': 0.1}, {'weightDecay': 0}, {'amsgrad': True}],
        'rmsprop': [{}, {'alpha': 0.9, 'eps': 1e-5}, {'centered': True}, {'momentum': 0.9}, {'centered': True, 'momentum': 0.9, 'weightDecay': 0.1}],
        'adagrad': [{}, {'lrDecay': 0.1}, {'initialAccumulatorValue': 0.5}, {'weightDecay': 0.1, 'eps': 1e-6}],
    }
    rates = {'sgd': 0.02, 'adam': 0.05, 'adamw': 0.05, 'rmsprop': 0.01, 'adagrad': 0.1}
    for kind, options in forms.items():
        for extra in options:
            text = ', '.join(f'{key} {value}' for key, value in extra.items()) or 'plain'
            run(f, f'{kind}: {text}', kind, {'lr': rates[kind], **extra})
        groups = [{'match': 'b', 'weightDecay': 0, 'lrScale': 0.5}, {'match': 'g', 'lrScale': 2}]
        run(f, f'{kind}: groups', kind, {'lr': rates[kind], 'weightDecay': 0.1}, groups)
        run(f, f'{kind}: a rate that changes', kind, {'lr': rates[kind]}, lrs=[rates[kind] * (1 + step % 4) / 4 for step in range(STEPS)])


def build_decoupled(f):
    """
    Decoupled decay, `decay` and `decays` (the names it applies to; one-dimensional parameters are left out), at a rate that
    changes: AdamW itself, and SGD with p <- p - lr decay p taken before the step.
    """
    lrs = [0.05 * (1 + step % 4) / 4 for step in range(STEPS)]
    exclusion = [{'match': 'b', 'weightDecay': 0}]
    run(f, 'adamw: one-dimensional parameters left out', 'adamw', {'lr': 0.05, 'weightDecay': 0.1}, exclusion)
    run(f, 'adamw: one-dimensional parameters left out, a rate that changes', 'adamw', {'lr': 0.05, 'weightDecay': 0.1}, exclusion, lrs)
    for extra in ({}, {'momentum': 0.9}):
        def decay(key, parameter, lr):
            if key != 'b':
                parameter.mul_(1 - lr * 0.1)
        label = 'with momentum' if extra else 'plain'
        run(f, f'sgd: {label}, a rate that changes', 'sgd', {'lr': 0.05, **extra}, lrs=lrs, before_step=decay)
    for case in f.cases:
        case['options'].pop('weightDecay', None)
        case.pop('groups', None)
        case['decay'] = 0.1
        case['decays'] = ['w', 'g']
