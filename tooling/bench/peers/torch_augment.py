"""Images through torchvision's transforms: `torch_augment.py CASE WORKERS BATCH`; of tensors and of PIL images, the better one counts.

Without workers in this process; with some in as many processes of a DataLoader, which has its batches in shared memory.
"""
import json
import sys
import time

try:
    import torch
    import torchvision
    from PIL import Image
    from torchvision import transforms as T
except ImportError:
    print("MISSING torchvision is not installed for this python3 (Debian: python3-torchvision)")
    sys.exit(0)

case, workers, batch = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
seconds = float(sys.argv[4]) if len(sys.argv) > 4 else 5
torch.set_num_threads(1)
torch.manual_seed(0)
side = 32 if case == "augment-cifar" else 256
batches = 8
place = T.RandomCrop(32, padding=4) if case == "augment-cifar" else T.RandomResizedCrop(224)
jitter = T.ColorJitter(0.4, 0.4, 0.4, 0.1)


def pixels():
    """The images of measure.mjs: a smooth colour with noise on it, so that hues are all there."""
    g = torch.Generator().manual_seed(1)
    wave = torch.linspace(0, 6.28, side)
    base = torch.sin(wave[:, None] + wave[None, :])[None] * 60 + torch.randint(0, 196, (batch, 3, 1, 1), generator=g)
    return (base + torch.randint(-40, 40, (batch, 3, side, side), generator=g)).clamp(0, 255).to(torch.uint8)


class Images(torch.utils.data.Dataset):
    def __init__(self, kind):
        images = pixels()
        self.images = list(images) if kind == "tensor" else [Image.fromarray(x.permute(1, 2, 0).numpy()) for x in images]
        last = T.ConvertImageDtype(torch.float32) if kind == "tensor" else T.ToTensor()
        self.transform = T.Compose([place, T.RandomHorizontalFlip(), jitter, last])

    def __len__(self):
        return batch * batches

    def __getitem__(self, i):
        return self.transform(self.images[i % batch])


def measure(kind):
    """Seconds of the fastest batch, or of the fastest run of batches: what disturbs one only makes it longer."""
    data = Images(kind)
    best, count = float("inf"), 0
    end = time.perf_counter() + seconds
    if workers == 0:
        while time.perf_counter() < end or count < 3:
            start = time.perf_counter()
            torch.stack([data[i] for i in range(batch)])
            best, count = min(best, time.perf_counter() - start), count + 1
        return best, count
    loader = torch.utils.data.DataLoader(data, batch_size=batch, num_workers=workers, persistent_workers=True, prefetch_factor=4)
    for _ in loader:
        pass
    while time.perf_counter() < end or count < 3 * batches:
        start = time.perf_counter()
        for _ in loader:
            count += 1
        best = min(best, (time.perf_counter() - start) / batches)
    return best, count


times = {kind: measure(kind) for kind in ("pil", "tensor")}
kind = min(times, key=lambda name: times[name][0])
ms = times[kind][0] * 1000
print("RESULT " + json.dumps({"ms": ms, "low": ms, "high": times["tensor" if kind == "pil" else "pil"][0] * 1000, "steps": times[kind][1],
                              "description": f"torchvision {torchvision.__version__}, {kind}"}))
