"""
What PyTorch has of gradients, label-smoothing, distillation and the penalties of weight-decay.
gradients: { name, kind: 'norm' | 'value', limit, grads: { w, b, g }, norm? (before), after: { w, b, g } }.
label-smoothing: { name, epsilon, scores, labels | probs, weight?, ignoreIndex?, loss (mean), grad (by the scores) }.
distillation: { name, alpha, temperature, scores, teacher, labels, loss (mean), grad (by the scores) }.
weight-decay: penalties as in optimizers.py, with { kind: 'l1' | 'l2', lambda }; projections { name, kind: 'renorm' | 'softshrink', options, x, y }.
"""
import torch
import torch.nn.functional as F

from cases import optimizers
from draw import float32, generator
from fixture import encode, keyed, to_torch


def clip(f, name, kind, limit, scale):
    rng = generator(name)
    grads = {key: float32(rng.standard_normal(shape) * scale) for key, shape in optimizers.SHAPES.items()}
    parameters = []
    for array in grads.values():
        parameters.append(torch.zeros(array.shape, dtype=torch.float64, requires_grad=True))
        parameters[-1].grad = to_torch(array)
    case = {'name': name, 'kind': kind, 'limit': limit, 'grads': keyed(encode, grads)}
    if kind == 'norm':
        case['norm'] = float(torch.nn.utils.clip_grad_norm_(parameters, limit))
    else:
        torch.nn.utils.clip_grad_value_(parameters, limit)
    f.add({**case, 'after': {key: encode(p.grad) for key, p in zip(grads, parameters)}})


def build_clipping(f):
    clip(f, 'norm: clipped', 'norm', 1.0, 2.0)
    clip(f, 'norm: within', 'norm', 50.0, 2.0)
    clip(f, 'norm: to a small one', 'norm', 1e-3, 1.0)
    clip(f, 'norm: so small that the 1e-6 shows', 'norm', 1e-5, 1e-5)
    clip(f, 'value: clipped', 'value', 0.5, 2.0)
    clip(f, 'value: within', 'value', 50.0, 2.0)


def smoothing(f, name, epsilon, shape=(6, 4), labels=None, weighted=False, ignore_index=-100):
    """labels None: distributions."""
    rng = generator(name)
    scores = to_torch(float32(rng.standard_normal(shape))).requires_grad_()
    case = {'name': name, 'epsilon': epsilon}
    if labels is None:
        probs = float32(rng.dirichlet([1.0] * shape[1], shape[0]))
        target = to_torch(probs)
        case['probs'] = encode(probs)
    else:
        target = torch.tensor(labels)
        case['labels'] = encode(target)
    weight = None
    if weighted:
        weight = to_torch(float32(rng.uniform(0.3, 2, shape[1])))
        weight[1] = 0
        case['weight'] = encode(weight)
    if ignore_index != -100:
        case['ignoreIndex'] = ignore_index
    loss = F.cross_entropy(scores, target, weight=weight, ignore_index=ignore_index, label_smoothing=epsilon)
    grad, = torch.autograd.grad(loss, scores)
    f.add({**case, 'scores': encode(scores), 'loss': float(loss), 'grad': encode(grad)})


def build_smoothing(f):
    some = [0, 3, 1, 1, 2, 0]
    ignored = [0, -100, 1, 3, -100, 2]
    for epsilon in (0.1, 0.5):
        smoothing(f, f'labels, epsilon {epsilon}', epsilon, labels=some)
        smoothing(f, f'distributions, epsilon {epsilon}', epsilon)
        smoothing(f, f'labels, class weights, epsilon {epsilon}', epsilon, labels=some, weighted=True)
        smoothing(f, f'distributions, class weights, epsilon {epsilon}', epsilon, weighted=True)
        smoothing(f, f'labels, some ignored, epsilon {epsilon}', epsilon, labels=ignored)
        smoothing(f, f'labels, some ignored, class weights, epsilon {epsilon}', epsilon, labels=ignored, weighted=True)
    smoothing(f, 'labels, class 2 ignored, class weights', 0.1, labels=some, weighted=True, ignore_index=2)
    further = [[0, 2, 1, -100], [1, -100, 0, 2]]
    smoothing(f, 'labels, further axes, some ignored, class weights', 0.1, (2, 3, 4), labels=further, weighted=True)
    smoothing(f, 'labels, epsilon 1', 1.0, labels=some)


def distilled(f, name, alpha, temperature):
    rng = generator(name)
    scores = to_torch(float32(2 * rng.standard_normal((6, 4)))).requires_grad_()
    teacher = to_torch(float32(3 * rng.standard_normal((6, 4))))
    labels = torch.tensor([0, 3, 1, 1, 2, 0])
    soft = F.kl_div(F.log_softmax(scores / temperature, 1), F.softmax(teacher / temperature, 1), reduction='batchmean')
    loss = alpha * F.cross_entropy(scores, labels) + (1 - alpha) * temperature ** 2 * soft
    grad, = torch.autograd.grad(loss, scores)
    f.add({'name': name, 'alpha': alpha, 'temperature': temperature, 'scores': encode(scores), 'teacher': encode(teacher), 'labels': encode(labels),
           'loss': float(loss), 'grad': encode(grad)})


def build_distillation(f):
    for alpha, temperature in ((0.5, 4), (0.1, 1), (0, 20), (0.9, 0.5)):
        distilled(f, f'alpha {alpha}, temperature {temperature}', alpha, temperature)


PENALTIES = {'l2': lambda w, strength: strength / 2 * (w ** 2).sum(), 'l1': lambda w, strength: strength * w.abs().sum()}


def build_penalties(f):
    for kind, penalty in PENALTIES.items():
        for optimizer, lr, strength in (('sgd', 0.02, 0.1), ('adam', 0.05, 0.1)):
            def add(key, parameter, rate):
                if key == 'b':
                    return
                with torch.enable_grad():
                    own, = torch.autograd.grad(penalty(parameter, strength), parameter)
                parameter.grad += own
            optimizers.run(f, f'{kind}: {optimizer}', optimizer, {'lr': lr}, before_step=add)
            f.cases[-1].update({'kind': kind, 'lambda': strength})


def projection(f, name, options, function, shape):
    x = to_torch(float32(2 * generator(name).standard_normal(shape)))
    f.add({'name': name, 'kind': name.split(':')[0], 'options': options, 'x': encode(x), 'y': encode(function(x))})


def build_projections(f):
    for limit, axis, shape in ((1.0, 0, (4, 6)), (3.0, 1, (4, 6)), (2.0, 0, (5, 3, 2, 2)), (2.0, -1, (3, 4, 2)), (100.0, 0, (4, 6))):
        projection(f, f'renorm: {limit} along {axis} of {len(shape)}', {'max': limit, 'axis': axis}, lambda x: torch.renorm(x, 2, axis, limit), shape)
    for threshold in (0.0, 0.5, 3.0):
        projection(f, f'softshrink: {threshold}', {'threshold': threshold}, lambda x: F.softshrink(x, threshold), (5, 6))
