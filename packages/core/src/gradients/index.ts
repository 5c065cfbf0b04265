/** The gradient rules by op name. 'none': the op's outputs do not depend smoothly on its inputs. */
import type { GradientTable } from '../autograd/tape';
import { activationGradients } from './activations';
import { arithmeticGradients } from './arithmetic';
import { batchNormGradGradient, batchNormGradient } from './batch-norm';
import { convGradient, convInputGradGradient, convWeightGradGradient } from './conv';
import { dropoutGradient } from './dropout';
import { extremaGradients } from './extrema';
import { geluGradients } from './gelu';
import { indexingGradients } from './indexing';
import { layerNormGradGradient, layerNormGradient } from './layer-norm';
import { linearGradient } from './linear';
import { logSoftmaxGradGradient, logSoftmaxGradient } from './log-softmax';
import { matmulGradient } from './matmul';
import { movementGradients } from './movement';
import { noGradients } from './none';
import { adaptiveAvgPoolGradGradient, adaptiveAvgPoolGradient, avgPoolGradGradient, avgPoolGradient, maxPoolGradient } from './pool';
import { powerGradients } from './powers';
import { reductionGradients } from './reductions';
import { softmaxGradGradient, softmaxGradient } from './softmax';
import { sumSquaresGradient } from './sum-squares';
import { trigonometricGradients } from './trigonometric';

export const gradients: GradientTable = {
  ...activationGradients,
  ...arithmeticGradients,
  ...extremaGradients,
  ...geluGradients,
  ...indexingGradients,
  ...movementGradients,
  ...noGradients,
  ...powerGradients,
  ...reductionGradients,
  ...trigonometricGradients,
  adaptiveAvgPool: adaptiveAvgPoolGradient,
  adaptiveAvgPoolGrad: adaptiveAvgPoolGradGradient,
  adaptiveMaxPool: maxPoolGradient,
  addNormal: (_, [dy]) => [dy],
  allFinite: 'none',
  avgPool: avgPoolGradient,
  avgPoolGrad: avgPoolGradGradient,
  batchNorm: batchNormGradient,
  batchNormGrad: batchNormGradGradient,
  conv: convGradient,
  convInputGrad: convInputGradGradient,
  convWeightGrad: convWeightGradGradient,
  dropout: dropoutGradient,
  layerNorm: layerNormGradient,
  layerNormGrad: layerNormGradGradient,
  linear: linearGradient,
  logSoftmax: logSoftmaxGradient,
  logSoftmaxGrad: logSoftmaxGradGradient,
  matmul: matmulGradient,
  maxPool: maxPoolGradient,
  softmax: softmaxGradient,
  softmaxGrad: softmaxGradGradient,
  sumSquares: sumSquaresGradient,
};
