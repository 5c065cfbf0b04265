/**
 * A model of one's own. A module declares children as properties and parameters in its constructor, and writes `compute`. It passes
 * its context on, which carries the mode, the weights and the keys: so dropout inside knows whether this is training, and the model
 * can be run under other weights, such as an average.
 */
import { type ForwardContext, losses, nn, ops, optim, type Tensor, Trainer } from '@parsimony/core';
import { Dropout } from '@parsimony/dropout';
import { weightDecay } from '@parsimony/weight-decay';
import { spirals } from './spirals';

/** y = x + scale * value(x) * sigmoid(gate(x)): [N, size] to [N, size], with a learned scale for each unit. */
export class GatedBlock extends nn.Module {
  readonly value: nn.Linear;
  readonly gate: nn.Linear;

  constructor(size: number) {
    super();
    this.value = new nn.Linear(size, size);
    this.gate = new nn.Linear(size, size);
    // A parameter of its own: a name, a shape and its first values, drawn from the key of its path if they are random.
    this.parameter('scale', [size], () => new Float32Array(size).fill(0.5));
  }

  protected compute(x: Tensor, ctx: ForwardContext): Tensor {
    const gated = ops.mul(this.value.forward(x, ctx), ops.sigmoid(this.gate.forward(x, ctx)));
    return ops.add(x, ops.mul(gated, this.param('scale', ctx)));
  }
}

/** Points [N, 2] to scores [N, 2]. */
export class SpiralNet extends nn.Module {
  readonly stem = new nn.Linear(2, 32);
  readonly blocks: readonly GatedBlock[];
  readonly dropout = new Dropout({ p: 0.1 });
  readonly head = new nn.Linear(32, 2);

  constructor(depth: number) {
    super();
    this.blocks = Array.from({ length: depth }, () => new GatedBlock(32));
  }

  protected compute(x: Tensor, ctx: ForwardContext): Tensor {
    // A scale of 3 spreads the points over the range in which tanh bends.
    let h = ops.tanh(this.stem.forward(ops.mul(x, 3), ctx));
    for (const block of this.blocks) h = block.forward(h, ctx);
    return this.head.forward(this.dropout.forward(h, ctx), ctx);
  }
}

/** Trains it, and says how often it is right on points it has not seen. */
export async function trainOwnModel() {
  const model = new SpiralNet(3);
  const trainer = new Trainer({
    model, loss: losses.crossEntropy(), optimizer: optim.adam({ lr: 0.01 }), seed: 7,
    // Biases and the scales are one-dimensional, so they are not decayed; a glob would include them.
    plugins: [weightDecay({ decay: 1e-3 })],
  });
  await trainer.fit({ train: spirals(400, 1), epochs: 60, batchSize: 50 });
  const { accuracy = 0 } = await trainer.evaluate(spirals(200, 2));
  return { accuracy, paths: Object.keys(model.parameters()), explained: trainer.explain() };
}
