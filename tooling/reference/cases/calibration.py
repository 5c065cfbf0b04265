"""
Calibration: { name, bins, scores, labels | probs, ignoreIndex?, expectedCalibrationError, brierScore }. The error as in the code
that Guo et al. published with arXiv:1706.04599 (temperature_scaling.py), the score by Brier's definition.
"""
import torch
import torch.nn.functional as F

from draw import float32, generator
from fixture import encode, to_torch


def expected_calibration_error(softmaxes, labels, bins):
    boundaries = torch.linspace(0, 1, bins + 1, dtype=torch.float64)
    confidences, predictions = torch.max(softmaxes, 1)
    accuracies = predictions.eq(labels)
    ece = torch.zeros(1, dtype=torch.float64)
    for lower, upper in zip(boundaries[:-1], boundaries[1:]):
        inside = confidences.gt(lower.item()) & confidences.le(upper.item())
        share = inside.double().mean()
        if share.item() > 0:
            ece += torch.abs(confidences[inside].mean() - accuracies[inside].double().mean()) * share
    return float(ece)


def case(f, name, bins=15, n=40, classes=5, scale=2.0, soft=False, ignored=False):
    rng = generator(name)
    scores = to_torch(float32(scale * rng.standard_normal((n, classes))))
    softmaxes = F.softmax(scores, 1)
    entry = {'name': name, 'bins': bins, 'scores': encode(scores)}
    if soft:
        probs = to_torch(float32(rng.dirichlet([0.3] * classes, n)))
        labels, truth, counts = probs.argmax(1), probs, torch.ones(n, dtype=bool)
        entry['probs'] = encode(probs)
    else:
        labels = torch.tensor(rng.randint(0, classes, n))
        counts = torch.tensor(rng.uniform(size=n) < 0.7) if ignored else torch.ones(n, dtype=bool)
        entry['labels'] = encode(torch.where(counts, labels, torch.tensor(-100)))
        truth = F.one_hot(labels, classes)
    entry['expectedCalibrationError'] = expected_calibration_error(softmaxes[counts], labels[counts], bins)
    entry['brierScore'] = float(((softmaxes - truth)[counts] ** 2).sum(1).mean())
    f.add(entry)


def build(f):
    case(f, 'labels')
    case(f, 'labels, 10 bins', bins=10)
    case(f, 'labels, 1 bin', bins=1)
    case(f, 'labels, some ignored', ignored=True)
    case(f, 'distributions', soft=True)
    case(f, 'two classes, sure of themselves', classes=2, scale=20.0)
    case(f, 'scores near zero', scale=1e-3)
