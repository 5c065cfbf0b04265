"""
A hundred steps of each optimizer with each kind of decay, penalty and constraint, with groups and exclusions, on given gradients.
The first case holds what all share: { name: 'problem', params: { '0.weight': [4, 3], … }, grads: { '0.weight': [100, 4, 3], … } }; then
{ name, optimizer, options, plugin, pluginOptions, after: { '0.weight': [4, 4, 3], … } }: the parameters after the steps SEEN. `plugin` is our factory.
tied: { name, options, tokens, labels, stateDict, losses, norms, after }: twenty steps of a tied model, AdamW and clipping; the state dicts name both places.
"""
import torch
import torch.nn.functional as F
from torch import nn

from draw import float32, generator
from fixture import encode, keyed, to_torch
from module_case import draw_state

STEPS = 100
SEEN = [1, 10, 50, 100]
SHAPES = {'0.weight': (4, 3), '0.bias': (4,), '2.weight': (2, 4), '2.bias': (2,)}
RATES = {'sgd': 0.02, 'adam': 0.02, 'adamw': 0.02, 'rmsprop': 0.005, 'adagrad': 0.05, 'lion': 0.004, 'muon': 0.02}
OWN = {'sgd': {'momentum': 0.9}, 'adam': {}, 'adamw': {}, 'rmsprop': {}, 'adagrad': {}, 'lion': {}, 'muon': {}}
WEIGHTS = {'0.weight': 1, '2.weight': 1}
SOME = {'0.weight': 0, '2.weight': 1, '2.bias': 0.5}
SOME_OPTIONS = {'exclude': ['0.weight'], 'include': ['2.bias'], 'factors': {'**.bias': 0.5}}


def problem():
    rng = generator('decay: problem')
    params = {key: float32(rng.standard_normal(shape)) for key, shape in SHAPES.items()}
    grads = {}
    for key, shape in SHAPES.items():
        scale = 10.0 ** rng.uniform(-2, 0.5, shape)
        grads[key] = float32(rng.standard_normal((STEPS, *shape)) * scale * (rng.uniform(size=(STEPS, *shape)) > 0.1))
    return params, grads


def shrink(w, threshold):
    return F.softshrink(w, threshold)


def shrink_groups(w, threshold):
    """Of a matrix, its columns."""
    length = w.norm(dim=0, keepdim=True)
    return w * torch.clamp(1 - threshold * w.shape[0] ** 0.5 / length, min=0)


class Lion(torch.optim.Optimizer):
    """PyTorch has none: by its definition, arXiv:2302.06675, with a coupled decay."""
    def __init__(self, params, lr):
        super().__init__(params, {'lr': lr, 'weight_decay': 0})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for p in group['params']:
                m = self.state[p].setdefault('m', torch.zeros_like(p))
                g = p.grad + group['weight_decay'] * p
                p -= group['lr'] * torch.sign(0.9 * m + 0.1 * g)
                m.copy_(0.99 * m + 0.01 * g)


class Muon(torch.optim.Optimizer):
    """PyTorch 1.13 has none: by Jordan et al. (2024) and, for the scale, arXiv:2502.16982; AdamW for all but the first matrix, which is the hidden one."""
    def __init__(self, params, lr):
        super().__init__(params, {'lr': lr, 'weight_decay': 0})

    @torch.no_grad()
    def step(self):
        for i, group in enumerate(self.param_groups):
            for p in group['params']:
                state, lr = self.state[p], group['lr']
                g = p.grad + group['weight_decay'] * p
                p.mul_(1 - lr * group['decoupled'])
                m = state.setdefault('m', torch.zeros_like(p))
                if i == 0:
                    m.mul_(0.95).add_(0.05 * g)
                    p.sub_(lr * 0.2 * max(p.shape) ** 0.5 * self.orthogonal(g + 0.95 * (m - g)))
                    continue
                v = state.setdefault('v', torch.zeros_like(p))
                t = state['t'] = state.get('t', 0) + 1
                m.mul_(0.9).add_(0.1 * g)
                v.mul_(0.95).add_(0.05 * g * g)
                p.sub_(lr * m / (1 - 0.9 ** t) / ((v / (1 - 0.95 ** t)).sqrt() + 1e-8))

    @staticmethod
    def orthogonal(u):
        x = u / u.norm().clamp(min=1e-7)
        for _ in range(5):
            gram = x @ x.T
            x = 3.4445 * x + (-4.775 * gram + 2.0315 * gram @ gram) @ x
        return x


class Kind:
    """What PyTorch does in its optimizer (`coupled` by name of the parameter), before it on the gradient or weight, and after it."""
    def __init__(self, plugin, options, coupled=None, before=None, after=None):
        self.plugin, self.options = plugin, options
        self.coupled = coupled or {}
        self.before, self.after = before, after


def kinds(start):
    def decoupled(factors, strength):
        def before(key, p, lr, step):
            p.mul_(1 - lr * strength(step) * factors.get(key, 0))
        return before

    def sign(factors, strength):
        def before(key, p, lr, step):
            p.grad += strength * factors.get(key, 0) * torch.sign(p)
        return before

    def towards(key, p, lr, step):
        if key == '0.weight':
            p.grad += 0.2 * (p - to_torch(start[key]))

    def after(function):
        def run(key, p, lr, step):
            if key in WEIGHTS:
                p.copy_(function(p, lr))
        return run

    def scaled(factors, strength):
        return {key: strength * factor for key, factor in factors.items()}

    linear = {'schedule': 'linear', 'start': 0.4, 'end': 0, 'steps': 80}
    return {
        'decoupled': Kind('weightDecay', {'decay': 0.1}, before=decoupled(WEIGHTS, lambda step: 0.1)),
        'decoupled, some': Kind('weightDecay', {'decay': 0.1, **SOME_OPTIONS}, before=decoupled(SOME, lambda step: 0.1)),
        'decoupled, scheduled': Kind('weightDecay', {'decay': linear}, before=decoupled(WEIGHTS, lambda step: 0.4 * (1 - min(step / 80, 1)))),
        'coupled': Kind('l2', {'lambda': 0.1}, coupled=scaled(WEIGHTS, 0.1)),
        'coupled, some': Kind('l2', {'lambda': 0.1, **SOME_OPTIONS}, coupled=scaled(SOME, 0.1)),
        'l1': Kind('l1', {'lambda': 0.05}, before=sign(WEIGHTS, 0.05)),
        'l1, some': Kind('l1', {'lambda': 0.05, **SOME_OPTIONS}, before=sign(SOME, 0.05)),
        'l1, proximal': Kind('l1', {'lambda': 0.1, 'proximal': True}, after=after(lambda p, lr: shrink(p, lr * 0.1))),
        'elastic net': Kind('elasticNet', {'l1': 0.05, 'l2': 0.1}, coupled=scaled(WEIGHTS, 0.1), before=sign(WEIGHTS, 0.05)),
        'elastic net, proximal': Kind('elasticNet', {'l1': 0.1, 'l2': 0.2, 'proximal': True}, after=after(lambda p, lr: shrink(p, lr * 0.1) / (1 + lr * 0.2))),
        'group lasso': Kind('groupLasso', {'lambda': 0.1, 'axis': 1}, after=after(lambda p, lr: shrink_groups(p, lr * 0.1))),
        'towards the start': Kind('l2sp', {'alpha': 0.2, 'beta': 0.1, 'fresh': ['2.**']}, coupled={'2.weight': 0.1}, before=towards),
        'max norm': Kind('maxNorm', {'max': 0.8}, after=after(lambda p, lr: torch.renorm(p, 2, 0, 0.8))),
    }


def run(name, kind, params, grads):
    live = {key: to_torch(array).requires_grad_() for key, array in params.items()}
    # A plugin that owns the decay takes it over from AdamW, whose coupled form is Adam; the others leave AdamW its default.
    how = torch.optim.AdamW if name == 'adamw' and kind.plugin not in OWNERS else KINDS[name]
    lr = RATES[name]
    groups = [{'params': [p], **({} if how is torch.optim.AdamW else {'weight_decay': kind.coupled.get(key, 0)})} for key, p in live.items()]
    if how is Muon:
        groups = [{**group, 'decoupled': 0 if kind.plugin in OWNERS else 0.1} for group in groups]
    optimizer = how(groups, lr=lr, **OWN[name])
    seen = {key: [] for key in live}
    for step in range(STEPS):
        for key, p in live.items():
            p.grad = to_torch(grads[key][step])
            with torch.no_grad():
                if kind.before:
                    kind.before(key, p, lr, step)
        optimizer.step()
        with torch.no_grad():
            for key, p in live.items():
                if kind.after:
                    kind.after(key, p, lr, step)
                if step + 1 in SEEN:
                    seen[key].append(p.detach().clone())
    return {key: torch.stack(values) for key, values in seen.items()}


OWNERS = ('weightDecay', 'l2', 'elasticNet', 'l2sp')
KINDS = {'sgd': torch.optim.SGD, 'adam': torch.optim.Adam, 'adamw': torch.optim.Adam, 'rmsprop': torch.optim.RMSprop, 'adagrad': torch.optim.Adagrad, 'lion': Lion, 'muon': Muon}


def check_decoupled(params, grads, after):
    """PyTorch's AdamW itself is what Adam gives with the decay taken off first."""
    live = {key: to_torch(array).requires_grad_() for key, array in params.items()}
    optimizer = torch.optim.AdamW([{'params': [p], 'weight_decay': 0.1 if key in WEIGHTS else 0} for key, p in live.items()], lr=RATES['adamw'])
    for step in range(STEPS):
        for key, p in live.items():
            p.grad = to_torch(grads[key][step])
        optimizer.step()
    for key, p in live.items():
        assert torch.allclose(p, after[key][-1], rtol=1e-12, atol=1e-14), key


def build(f):
    params, grads = problem()
    f.add({'name': 'problem', 'seen': SEEN, 'params': keyed(encode, params), 'grads': keyed(encode, grads)})
    for label, kind in kinds(params).items():
        for name in KINDS:
            after = run(name, kind, params, grads)
            if label == 'decoupled' and name == 'adamw':
                check_decoupled(params, grads, after)
            f.add({'name': f'{label}: {name}', 'optimizer': name, 'options': {'lr': RATES[name], **OWN[name]}, 'plugin': kind.plugin, 'pluginOptions': kind.options, 'after': keyed(encode, after)})


class Tied(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(7, 4)
        self.hidden = nn.Linear(4, 4)
        self.head = nn.Linear(4, 7)
        self.head.weight = self.embed.weight

    def forward(self, x):
        return self.head(torch.tanh(self.hidden(self.embed(x))))


def build_tied(f):
    rng = generator('tied')
    model = Tied().double()
    draw_state(model, rng)
    tokens = torch.tensor(rng.randint(0, 7, (20, 8)))
    labels = torch.tensor(rng.randint(0, 7, (20, 8)))
    before = keyed(encode, {key: value.clone() for key, value in model.state_dict().items()})
    decayed = [p for p in model.parameters() if p.ndim > 1]
    rest = [p for p in model.parameters() if p.ndim <= 1]
    optimizer = torch.optim.AdamW([{'params': decayed, 'weight_decay': 0.1}, {'params': rest, 'weight_decay': 0}], lr=0.02)
    averaged = torch.optim.swa_utils.AveragedModel(model, avg_fn=lambda old, new, count: 0.9 * old + 0.1 * new)
    losses, norms = [], []
    averaged.update_parameters(model)
    for x, y in zip(tokens, labels):
        optimizer.zero_grad()
        loss = F.cross_entropy(model(x), y)
        loss.backward()
        norms.append(torch.nn.utils.clip_grad_norm_(model.parameters(), 0.5))
        optimizer.step()
        averaged.update_parameters(model)
        losses.append(loss.detach())
    f.add({
        'name': 'tied', 'options': {'lr': 0.02, 'decay': 0.1, 'maxNorm': 0.5, 'averageDecay': 0.9}, 'count': sum(p.numel() for p in model.parameters()),
        'tokens': encode(tokens), 'labels': encode(labels), 'stateDict': before, 'losses': encode(torch.stack(losses)), 'norms': encode(torch.stack(norms)),
        'after': keyed(encode, model.state_dict()), 'averages': keyed(encode, averaged.module.state_dict()),
    })
