"""The models of models.mjs with PyTorch: `python3 torch_step.py JSON` with { device, model, size, sizes, seconds, adam }, as main.mjs gives it."""
import json
import math
import sys
import time

try:
    import torch
except ImportError:
    print("MISSING PyTorch is not installed for this python3 (Debian: python3-torch); another's path goes into PARSIMONY_PYTHON")
    sys.exit(0)

task = json.loads(sys.argv[1])
if task["device"] == "cuda" and not torch.cuda.is_available():
    print("MISSING this python3's PyTorch sees no CUDA device; another's path goes into PARSIMONY_PYTHON")
    sys.exit(0)

nn = torch.nn
device = torch.device(task["device"])
size, classes = task["sizes"], 10
torch.manual_seed(0)


class Encoder(nn.Module):
    def __init__(self, width, heads, hidden):
        super().__init__()
        self.layer = nn.TransformerEncoderLayer(width, heads, dim_feedforward=hidden, dropout=0.0, batch_first=True)
        self.head = nn.Linear(width, classes)

    def forward(self, x):
        return self.head(self.layer(x).mean(1))


def build(name):
    if name == "mlp":
        inputs, hidden = size["mlp"]["inputs"], size["mlp"]["hidden"]
        return nn.Sequential(
            nn.Linear(inputs, hidden), nn.ReLU(), nn.Dropout(0.5), nn.Linear(hidden, hidden), nn.ReLU(), nn.Dropout(0.5),
            nn.Linear(hidden, classes)), [size["batch"], inputs]
    if name == "cnn":
        side, (a, b, c) = size["cnn"]["side"], size["cnn"]["channels"]
        return nn.Sequential(
            nn.Conv2d(1, a, 3, padding=1), nn.ReLU(), nn.Conv2d(a, b, 3, padding=1, stride=2), nn.ReLU(),
            nn.Conv2d(b, c, 3, padding=1, stride=2), nn.ReLU(), nn.Flatten(),
            nn.Linear(c * math.ceil(side / 4) ** 2, classes)), [size["batch"], 1, side, side]
    t = size["transformer"]
    return Encoder(t["width"], t["heads"], t["hidden"]), [size["batch"], t["length"], t["width"]]


# As everybody else here: float32, not the 19 bits of TF32.
torch.backends.cuda.matmul.allow_tf32 = False
torch.backends.cudnn.allow_tf32 = False

model, shape = build(task["model"])
model = model.to(device)
x = (torch.rand(*shape) - 0.5).to(device)
y = (torch.arange(size["batch"]) % classes).to(device)
adam = task["adam"]
optimizer = torch.optim.Adam(model.parameters(), lr=adam["lr"], betas=(adam["beta1"], adam["beta2"]), eps=adam["eps"])
loss_fn = nn.CrossEntropyLoss()


def step():
    optimizer.zero_grad(set_to_none=True)
    loss = loss_fn(model(x), y)
    loss.backward()
    optimizer.step()
    # Reading the loss waits for the device, as in every step of the others.
    return loss.item()


first = step()
for _ in range(3):
    step()
times = []
end = time.perf_counter() + task["seconds"]
last = first
while len(times) < 200 and (len(times) < 5 or time.perf_counter() < end):
    start = time.perf_counter()
    last = step()
    times.append((time.perf_counter() - start) * 1000)
if not last < first:
    raise SystemExit(f"the loss went from {first} to {last}")
times.sort()
at = lambda q: times[min(len(times) - 1, int(q * len(times)))]
where = torch.cuda.get_device_name() if device.type == "cuda" else f"{torch.get_num_threads()} threads"
print("RESULT " + json.dumps({"ms": at(0.5), "low": at(0.1), "high": at(0.9), "steps": len(times), "description": f"PyTorch {torch.__version__}, {where}"}))
