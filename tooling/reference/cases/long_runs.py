"""
A hundred steps of each optimizer with groups, PyTorch's own and, where PyTorch 1.13 has none, by formula: Lion as in algorithm 2 of
arXiv:2302.06675, Muon as in torch.optim.Muon of PyTorch 2.9, iterated in float64, with AdamW for the rest.
{ name, optimizer, options, groups?, lrs?, params: { path }, grads: { path: [100, …] }, after: { path: [10, …] } }: after each tenth step.
"""
import math

import torch

from cases.optimizers import KINDS
from draw import float32, generator
from fixture import encode, keyed, snake, to_torch

STEPS = 100
EVERY = 10
SHAPES = {'in.weight': (4, 3), 'in.bias': (4,), 'mid.weight': (2, 4), 'head.weight': (3, 2), 'head.bias': (3,)}
HIDDEN = ('in.weight', 'mid.weight')
GROUPS = [{'match': '**.bias', 'weightDecay': 0, 'lrScale': 0.5}, {'match': 'mid.*', 'lrScale': 2}]


def problem(name):
    """Gradients with a drift, whose scale differs by element."""
    rng = generator(name)
    params = {key: float32(rng.standard_normal(shape)) for key, shape in SHAPES.items()}
    grads = {}
    for key, shape in SHAPES.items():
        scale = 10.0 ** rng.uniform(-2, 1, shape)
        grads[key] = float32((rng.standard_normal((STEPS, *shape)) + 0.3 * rng.standard_normal(shape)) * scale)
    return params, grads


def matches(group, key):
    return key.endswith('.bias') if group['match'] == '**.bias' else key.startswith(group['match'][:-1])


def rates_of(key, options, groups):
    """[lr, decay] of a parameter by the groups that match; None where the optimizer's own counts."""
    lr, decay = options['lr'], options.get('weightDecay')
    for group in groups:
        if matches(group, key):
            lr = options['lr'] * group.get('lrScale', 1)
            decay = group.get('weightDecay', decay)
    return lr, decay


def run(f, name, kind, options, update, groups=(), lrs=None):
    """update(key, parameter, gradient, lr, decay, step) -> the new parameter."""
    params, grads = problem(name)
    live = {key: to_torch(array) for key, array in params.items()}
    after = {key: [] for key in live}
    for step in range(STEPS):
        for key in live:
            lr, decay = rates_of(key, options, groups)
            if lrs:
                lr *= lrs[step] / options['lr']
            live[key] = update(key, live[key], to_torch(grads[key][step]), lr, decay, step)
            if (step + 1) % EVERY == 0:
                after[key].append(live[key].clone())
    case = {'name': name, 'optimizer': kind, 'options': options, **({'groups': list(groups)} if groups else {}), **({'lrs': lrs} if lrs else {})}
    f.add({**case, 'params': keyed(encode, params), 'grads': keyed(encode, grads), 'after': {key: encode(torch.stack(values)) for key, values in after.items()}})


def of_torch(kind, options):
    """An optimizer of PyTorch for each parameter, whose rates are set before each step."""
    optimizers = {}

    def update(key, p, g, lr, decay, _):
        if key not in optimizers:
            live = p.clone().requires_grad_()
            optimizers[key] = (live, KINDS[kind]([live], **snake(options)))
        live, optimizer = optimizers[key]
        optimizer.param_groups[0]['lr'] = lr
        if decay is not None:
            optimizer.param_groups[0]['weight_decay'] = decay
        live.grad = g
        optimizer.step()
        return live.detach().clone()
    return update


def lion(options):
    momentum = {}
    b1, b2 = options.get('betas', (0.9, 0.99))

    def update(key, p, g, lr, decay, _):
        m = momentum.get(key, torch.zeros_like(p))
        direction = torch.sign(b1 * m + (1 - b1) * g)
        momentum[key] = b2 * m + (1 - b2) * g
        return p - lr * (direction + (decay or 0) * p)
    return update


def newton_schulz(x, coefficients, steps, eps):
    a, b, c = coefficients
    tall = x.size(0) > x.size(1)
    y = x.T if tall else x
    y = y / y.norm().clamp(min=eps)
    for _ in range(steps):
        gram = y @ y.T
        gram_update = torch.addmm(gram, gram, gram, beta=b, alpha=c)
        y = torch.addmm(y, gram_update, y, beta=a)
    return y.T if tall else y


def muon(options):
    buffers = {}
    momentum, nesterov = options.get('momentum', 0.95), options.get('nesterov', True)
    iteration = options.get('newtonSchulz', {})
    adamw = options.get('adamw', {})
    own = {'betas': tuple(adamw.get('betas', (0.9, 0.95))), 'eps': adamw.get('eps', 1e-8)}
    rest = of_torch('adamw', {'lr': options['lr'], **own})

    def update(key, p, g, lr, decay, step):
        decay = 0.1 if decay is None else decay
        if key not in HIDDEN:
            return rest(key, p, g, lr * adamw.get('lrScale', 1), decay, step)
        buffer = buffers.setdefault(key, torch.zeros_like(p))
        buffer.lerp_(g, 1 - momentum)
        u = g.lerp(buffer, momentum) if nesterov else buffer
        u = newton_schulz(u, iteration.get('coefficients', (3.4445, -4.7750, 2.0315)), iteration.get('steps', 5), iteration.get('eps', 1e-7))
        rows, columns = p.shape
        ratio = math.sqrt(max(1, rows / columns)) if options.get('adjustLrFn') == 'original' else 0.2 * math.sqrt(max(rows, columns))
        return p * (1 - lr * decay) - lr * ratio * u
    return update


def build(f):
    rates = {'sgd': 0.02, 'adam': 0.05, 'adamw': 0.05, 'rmsprop': 0.01, 'adagrad': 0.1}
    for kind, lr in rates.items():
        options = {'lr': lr, 'weightDecay': 0.1, **({'momentum': 0.9} if kind == 'sgd' else {})}
        run(f, f'{kind}: groups', kind, options, of_torch(kind, options), GROUPS)
    for text, extra, groups in (
            ('plain', {}, ()), ('betas 0.95 and 0.98', {'betas': [0.95, 0.98]}, ()), ('groups and decay', {'weightDecay': 0.3}, GROUPS)):
        options = {'lr': 0.01, **extra}
        run(f, f'lion: {text}', 'lion', options, lion(options), groups)
    run(f, 'lion: a rate that changes', 'lion', {'lr': 0.01}, lion({'lr': 0.01}), lrs=[0.01 * (1 + step % 4) / 4 for step in range(STEPS)])
    for text, extra, groups in (
            ('plain', {}, ()), ('the original scale', {'adjustLrFn': 'original', 'adamw': {'lrScale': 0.1}}, ()),
            ('without Nesterov, momentum 0.8', {'nesterov': False, 'momentum': 0.8, 'weightDecay': 0}, ()),
            ('groups', {'weightDecay': 0.3}, GROUPS),
            ('another polynomial, three steps, betas', {'newtonSchulz': {'coefficients': [1.5, -0.5, 0], 'steps': 3}, 'adamw': {'betas': [0.8, 0.9], 'eps': 1e-6}}, ())):
        options = {'lr': 0.02, **extra}
        run(f, f'muon: {text}', 'muon', options, muon(options), groups)
    run(f, 'muon: a rate that changes', 'muon', {'lr': 0.02}, muon({'lr': 0.02}), lrs=[0.02 * (1 + step % 4) / 4 for step in range(STEPS)])
