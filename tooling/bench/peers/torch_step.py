"""mlp-step with PyTorch; OPENBLAS_NUM_THREADS and OMP_NUM_THREADS come from main.mjs."""
import json
import time
import sys

try:
    import torch
except ImportError:
    print("MISSING PyTorch is not installed for this python3 (Debian: python3-torch)")
    sys.exit(0)

torch.manual_seed(0)
batch = 128
model = torch.nn.Sequential(
    torch.nn.Linear(784, 512), torch.nn.ReLU(), torch.nn.Dropout(0.5),
    torch.nn.Linear(512, 512), torch.nn.ReLU(), torch.nn.Dropout(0.5), torch.nn.Linear(512, 10))
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
loss_fn = torch.nn.CrossEntropyLoss()
x = torch.rand(batch, 784) - 0.5
y = torch.arange(batch) % 10


def step():
    optimizer.zero_grad(set_to_none=True)
    loss = loss_fn(model(x), y)
    loss.backward()
    optimizer.step()
    return loss.item()


for _ in range(20):
    step()
times = []
end = time.perf_counter() + 6
while len(times) < 400 and (len(times) < 15 or time.perf_counter() < end):
    start = time.perf_counter()
    step()
    times.append((time.perf_counter() - start) * 1000)
times.sort()
at = lambda q: times[min(len(times) - 1, int(q * len(times)))]
print("RESULT " + json.dumps({"ms": at(0.5), "low": at(0.1), "high": at(0.9), "steps": len(times),
                              "description": f"PyTorch {torch.__version__}"}))
