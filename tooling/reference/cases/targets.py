"""
Losses of label-smoothing: { name, loss, options, scores, labels | probs | values, weight?, epsilon? (smoothing before the loss), mean, grad (by the scores) }.
The focal loss of classes from the formula of arXiv:1708.02002, that of sigmoids from torchvision, Poly-1 as its authors wrote it down.
"""
import torch
import torch.nn.functional as F
from torchvision.ops import sigmoid_focal_loss

from draw import float32, generator
from fixture import encode, to_torch


def focal(log_p, y, gamma):
    return -(y * (1 - log_p.exp()) ** gamma * log_p)


def poly(log_p, y, epsilon, gamma):
    """arXiv:2204.12511, equations 7 and 9; of distributions as its code has it: 1 - p_t is sum(y (1 - p))."""
    return focal(log_p, y, gamma) + epsilon * y * (1 - log_p.exp()) ** (gamma + 1)


TERMS = {'focalLoss': focal, 'polyLoss': poly}


def classes(f, name, loss, options, soft=False, weighted=False, ignored=False, scale=1.0, epsilon=None):
    rng = generator(name)
    scores = to_torch(float32(scale * rng.standard_normal((6, 4)))).requires_grad_()
    case = {'name': name, 'loss': loss, 'options': options}
    weight = to_torch(float32(rng.uniform(0.3, 2, 4))) if weighted else torch.ones(4, dtype=torch.float64)
    if weighted:
        case['weight'] = encode(weight)
    if soft:
        y = to_torch(float32(rng.dirichlet([1.0] * 4, 6)))
        case['probs'] = encode(y)
        counts, denominator = torch.ones(6), 6
    else:
        labels = torch.tensor([0, -100, 1, 3, -100, 2] if ignored else [0, 3, 1, 1, 2, 0])
        case['labels'] = encode(labels)
        counts = (labels != -100).double()
        y = F.one_hot(labels.clamp(min=0), 4).double()
        denominator = (weight[labels.clamp(min=0)] * counts).sum()
    if epsilon is not None:
        case['epsilon'] = epsilon
        y = (1 - epsilon) * y + epsilon / 4
    each = (TERMS[loss](F.log_softmax(scores, 1), y, **options) * weight).sum(1) * counts
    mean = each.sum() / denominator
    grad, = torch.autograd.grad(mean, scores)
    f.add({**case, 'scores': encode(scores), 'mean': float(mean), 'grad': encode(grad)})


def binary(f, name, loss, options, epsilon=None, scale=2.0, soft=False):
    rng = generator(name)
    scores = to_torch(float32(scale * rng.standard_normal((5, 3)))).requires_grad_()
    values = to_torch(float32(rng.uniform(size=(5, 3)) if soft else rng.uniform(size=(5, 3)) < 0.5))
    y = values if epsilon is None else (1 - epsilon) * values + epsilon / 2
    if loss == 'sigmoidFocalLoss':
        alpha = options.get('alpha', 0.25)
        mean = sigmoid_focal_loss(scores, y, alpha=-1 if alpha is False else alpha, gamma=options.get('gamma', 2), reduction='mean')
    else:
        mean = F.binary_cross_entropy_with_logits(scores, y)
    grad, = torch.autograd.grad(mean, scores)
    case = {'name': name, 'loss': loss, 'options': options, 'values': encode(values), **({} if epsilon is None else {'epsilon': epsilon})}
    f.add({**case, 'scores': encode(scores), 'mean': float(mean), 'grad': encode(grad)})


def build(f):
    for loss, several in (('focalLoss', ({'gamma': 2}, {'gamma': 0.5}, {'gamma': 0})), ('polyLoss', ({'epsilon': 1, 'gamma': 0}, {'epsilon': -1, 'gamma': 0}, {'epsilon': 2.5, 'gamma': 2}))):
        for options in several:
            what = f"{loss} {' '.join(f'{key} {value}' for key, value in options.items())}"
            classes(f, f'{what}: labels', loss, options)
            classes(f, f'{what}: class weights, some ignored', loss, options, weighted=True, ignored=True)
            classes(f, f'{what}: class weights, some ignored, smoothed', loss, options, weighted=True, ignored=True, epsilon=0.2)
            classes(f, f'{what}: distributions', loss, options, soft=True)
            classes(f, f'{what}: distributions, class weights, smoothed', loss, options, soft=True, weighted=True, epsilon=0.1)
        classes(f, f'{loss}: sure scores', loss, several[0], scale=6.0)
    for options in ({}, {'gamma': 0.5, 'alpha': 0.6}, {'gamma': 0, 'alpha': False}, {'gamma': 3, 'alpha': False}):
        what = f"sigmoidFocalLoss{''.join(f' {key} {value}' for key, value in options.items())}"
        binary(f, what, 'sigmoidFocalLoss', options)
        binary(f, f'{what}: smoothed', 'sigmoidFocalLoss', options, epsilon=0.1)
        binary(f, f'{what}: shares', 'sigmoidFocalLoss', options, soft=True)
    for epsilon in (0.1, 0.5, 1.0):
        binary(f, f'bceWithLogits: epsilon {epsilon}', 'bceWithLogits', {}, epsilon=epsilon)
        binary(f, f'bceWithLogits: shares, epsilon {epsilon}', 'bceWithLogits', {}, epsilon=epsilon, soft=True)
