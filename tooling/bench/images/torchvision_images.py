"""torchvision on tensors: one process of main.mjs, which gives the folder of the images and which transforms."""
import json
import os
import re
import statistics
import sys
import time
import warnings

import numpy as np
import torch
import torchvision.transforms as T
from torchvision.transforms import InterpolationMode as Mode

warnings.simplefilter('ignore')
torch.set_num_threads(1)


def transforms(side):
    jitter = T.ColorJitter(0.2, 0.2, 0.2, 0.05)
    return {
        'crop, flip': T.Compose([T.RandomCrop(side, side // 8), T.RandomHorizontalFlip()]),
        'crop, flip, colour jitter': T.Compose([T.RandomCrop(side, side // 8), T.RandomHorizontalFlip(), jitter]),
        'crop of mirrored padding': T.RandomCrop(side, side // 8, padding_mode='reflect'),
        'pad': T.Pad(side // 8),
        'horizontal flip': T.RandomHorizontalFlip(1),
        'vertical flip': T.RandomVerticalFlip(1),
        'resized crop': T.RandomResizedCrop(side),
        'resize to 3/4, nearest': T.Resize(side * 3 // 4, Mode.NEAREST),
        'resize to 3/4, bilinear': T.Resize(side * 3 // 4),
        'resize to 3/4, antialiased': T.Resize(side * 3 // 4, antialias=True),
        'resize to 3/4, bicubic': T.Resize(side * 3 // 4, Mode.BICUBIC),
        'rotation': T.RandomRotation(30),
        'affine, bilinear': T.RandomAffine(30, (0.1, 0.1), (0.8, 1.2), 10, interpolation=Mode.BILINEAR),
        'perspective': T.RandomPerspective(p=1),
        'elastic': T.ElasticTransform(),
        'colour jitter': jitter,
        'grey': T.RandomGrayscale(1),
        'invert': T.RandomInvert(1),
        'posterize': T.RandomPosterize(4, 1),
        'solarize': T.RandomSolarize(128, 1),
        'autocontrast': T.RandomAutocontrast(1),
        'equalize': T.RandomEqualize(1),
        'sharpen': T.RandomAdjustSharpness(2, 1),
        'Gaussian blur of 5': T.GaussianBlur(5),
        'random erasing': T.RandomErasing(1),
        'RandAugment': T.RandAugment(),
        'AutoAugment of CIFAR-10': T.AutoAugment(T.AutoAugmentPolicy.CIFAR10),
        'TrivialAugment': T.TrivialAugmentWide(),
        'AugMix': T.AugMix(),
    }


def seconds(step):
    """Of the processor, the median of windows of some 10 ms, after a warm-up of as many as make 0.1 s."""
    times, start = [], time.process_time()
    while len(times) < 5 or time.process_time() < start + 0.4:
        before, wall, count = time.process_time(), time.perf_counter(), 0
        while count == 0 or time.perf_counter() < wall + 0.01:
            step()
            count += 1
        if before > start + 0.1:
            times.append((time.process_time() - before) / count)
    return statistics.median(times)


def main(folder, only=''):
    rates = {}
    for side in (32, 224):
        data = np.fromfile(os.path.join(folder, f'{side}.bin'), dtype=np.uint8)
        images = list(torch.from_numpy(data).reshape(-1, 3, side, side))
        for name, transform in transforms(side).items():
            if re.search(only, f'{name}, {side}'):
                rates[f'{name}, {side}'] = len(images) / seconds(lambda: torch.stack([transform(image) for image in images]))
    print('RESULT ' + json.dumps(rates))


if __name__ == '__main__':
    main(*sys.argv[1:])
