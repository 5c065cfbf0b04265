"""
Losses of distillation in PyTorch's ops, written from the papers' formulas.
{ name, loss: 'hint' | 'attention' | 'similarity' | 'relational' | 'decoupled' | 'correlation', options, student, teacher, labels?, value (mean), grad (by the student) }.
"""
import torch
import torch.nn.functional as F

from draw import float32, generator
from fixture import encode, to_torch


def hint(s, t):
    return ((s - t) ** 2).mean()


def attention(s, t, p=2):
    size = [min(a, b) for a, b in zip(s.shape[2:], t.shape[2:])]
    pool = {1: F.adaptive_avg_pool1d, 2: F.adaptive_avg_pool2d}[len(size)]

    def where(f):
        f = f if list(f.shape[2:]) == size else pool(f, size)
        return F.normalize(f.abs().pow(p).mean(1).flatten(1), dim=1)
    return (where(s) - where(t)).pow(2).mean()


def similarity(s, t):
    def gram(f):
        rows = f.flatten(1)
        return F.normalize(rows @ rows.T, p=2, dim=1)
    return (gram(s) - gram(t)).pow(2).sum() / len(s) ** 2


def relational(s, t, distance=25.0, angle=50.0):
    def relations(f):
        rows = f.flatten(1)
        n = len(rows)
        pairs = torch.nn.functional.pdist(rows)
        full = torch.zeros(n, n, dtype=rows.dtype)
        upper = torch.triu_indices(n, n, offset=1)
        full[upper[0], upper[1]] = pairs
        full = (full + full.T) / pairs.mean()
        directions = F.normalize(rows.unsqueeze(0) - rows.unsqueeze(1), p=2, dim=2)
        return full, torch.bmm(directions, directions.transpose(1, 2))
    (sd, sa), (td, ta) = relations(s), relations(t)
    return distance * F.smooth_l1_loss(sd, td) + angle * F.smooth_l1_loss(sa, ta)


def decoupled(s, t, labels, alpha=1.0, beta=8.0, temperature=4.0):
    keep = labels != -100
    s, t, labels = s[keep] / temperature, t[keep] / temperature, labels[keep]
    rows = torch.arange(len(labels))
    others = F.one_hot(labels, s.shape[1]) == 0

    def binary(z):
        p = F.softmax(z, 1)[rows, labels]
        return torch.stack([p, 1 - p], 1)

    def rest(z):
        return F.softmax(z[others].reshape(len(labels), -1), 1)

    def divergence(of):
        return F.kl_div(of(s).log(), of(t), reduction='sum') / len(labels)
    return temperature ** 2 * (alpha * divergence(binary) + beta * divergence(rest))


def correlation(s, t, beta=1.0, gamma=1.0, temperature=1.0):
    a, b = F.softmax(s / temperature, 1), F.softmax(t / temperature, 1)

    def mean(a, b):
        a, b = a - a.mean(1, keepdim=True), b - b.mean(1, keepdim=True)
        return ((a * b).sum(1) / (a.norm(dim=1) * b.norm(dim=1) + 1e-8)).mean()
    return temperature ** 2 * (beta * (1 - mean(a, b)) + gamma * (1 - mean(a.T, b.T)))


LOSSES = {'hint': hint, 'attention': attention, 'similarity': similarity, 'relational': relational, 'decoupled': decoupled, 'correlation': correlation}


def add(f, loss, detail, student, teacher, labels=None, scale=1, **options):
    name = f'{loss}: {detail}'
    rng = generator(name)
    s = to_torch(float32(scale * rng.standard_normal(student))).requires_grad_()
    t = to_torch(float32(scale * rng.standard_normal(teacher)))
    given = [] if labels is None else [torch.tensor(labels)]
    value = LOSSES[loss](s, t, *given, **options)
    grad, = torch.autograd.grad(value, s)
    case = {'name': name, 'loss': loss, 'options': options, 'student': encode(s.detach()), 'teacher': encode(t)}
    if given:
        case['labels'] = encode(given[0].int())
    f.add({**case, 'value': float(value.detach()), 'grad': encode(grad)})


def build(f):
    add(f, 'hint', 'maps', (3, 4, 2, 2), (3, 4, 2, 2))
    add(f, 'hint', 'vectors', (5, 7), (5, 7))
    add(f, 'attention', 'maps of other channels', (3, 2, 4, 4), (3, 5, 4, 4))
    add(f, 'attention', 'p 4', (3, 2, 4, 4), (3, 5, 4, 4), p=4)
    add(f, 'attention', 'p 1, along time', (2, 3, 6), (2, 4, 6), p=1)
    add(f, 'attention', 'a larger student', (2, 3, 6, 6), (2, 4, 3, 2))
    add(f, 'attention', 'a larger teacher', (2, 3, 3, 3), (2, 4, 7, 5))
    add(f, 'similarity', 'maps and vectors', (5, 3, 2, 2), (5, 6))
    add(f, 'relational', 'vectors', (5, 3), (5, 6))
    add(f, 'relational', 'maps', (4, 2, 2, 2), (4, 3, 2, 2))
    add(f, 'relational', 'distances alone', (6, 3), (6, 3), angle=0.0)
    add(f, 'relational', 'angles alone', (6, 3), (6, 3), distance=0.0)
    add(f, 'decoupled', 'as published', (4, 5), (4, 5), labels=[0, 4, 2, 2])
    add(f, 'decoupled', 'temperature 1, sure of themselves', (4, 5), (4, 5), labels=[1, 3, 0, 2], scale=6, alpha=0.5, beta=2.0, temperature=1.0)
    add(f, 'decoupled', 'an ignored label', (4, 5), (4, 5), labels=[0, -100, 2, 2])
    add(f, 'decoupled', 'two classes', (3, 2), (3, 2), labels=[0, 1, 1])
    add(f, 'correlation', 'as published', (6, 4), (6, 4))
    add(f, 'correlation', 'temperature 4', (6, 4), (6, 4), beta=2.0, gamma=0.5, temperature=4.0)
