/** Trains on two threads: `node --import jiti/register replicas/train.ts`, or with another loader for TypeScript. */
import { spirals } from '../spirals';
import makeTrainer from './trainer';

const [train, validation] = [spirals(512, 1), spirals(256, 2)];
for (const replicas of [1, 2]) {
  const trainer = makeTrainer(0.02);
  await trainer.fit({ train, epochs: 20, batchSize: 64, replicas });
  const { loss } = await trainer.evaluate(validation);
  console.log(`${replicas} replica${replicas === 1 ? '' : 's'}: validation loss ${loss.toFixed(3)}`);
}
