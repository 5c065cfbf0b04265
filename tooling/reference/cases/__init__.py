"""path below packages/ -> the function that adds its cases."""
from cases import attention, conv, decay, dropout, elementwise, index, long_runs, losses, matmul, modules, norm, norm_modules, optimizers, pool, recurrent, reduce, regularizers, schedules, shape, swa, techniques, training, update_batch_norm, weights

CASES = {
    'core/fixtures/ops/elementwise.json': elementwise.build,
    'core/fixtures/ops/matmul.json': matmul.build,
    'core/fixtures/ops/conv.json': conv.build,
    'core/fixtures/ops/pool.json': pool.build,
    'core/fixtures/ops/reduce.json': reduce.build,
    'core/fixtures/ops/index.json': index.build,
    'core/fixtures/ops/shape.json': shape.build,
    'core/fixtures/ops/norm.json': norm.build,
    'core/fixtures/ops/attention.json': attention.scaled_dot_product,
    'core/fixtures/nn/layers.json': modules.build,
    'core/fixtures/nn/recurrent.json': recurrent.build,
    'core/fixtures/nn/attention.json': attention.build,
    'core/fixtures/losses.json': losses.build,
    'norms/fixtures/modules.json': norm_modules.build,
    'norms/fixtures/parametrized.json': norm_modules.build_parametrized,
    'core/fixtures/optim.json': optimizers.build,
    'core/fixtures/optim-100.json': long_runs.build,
    'core/fixtures/schedules.json': schedules.build,
    'norms/fixtures/training.json': training.build,
    'norms/fixtures/parametrized-training.json': training.build_parametrized,
    'norms/fixtures/update-batch-norm.json': update_batch_norm.build,
    'weight-decay/fixtures/decoupled.json': optimizers.build_decoupled,
    'weight-decay/fixtures/hundred-steps.json': decay.build,
    'weight-decay/fixtures/tied.json': decay.build_tied,
    'ema/fixtures/averages.json': techniques.build_ema,
    'ema/fixtures/swa.json': swa.build,
    'dropout/fixtures/layers.json': dropout.build,
    'dropout/fixtures/stochastic-depth.json': techniques.build_dropout,
    'gradients/fixtures/clipping.json': regularizers.build_clipping,
    'label-smoothing/fixtures/cross-entropy.json': regularizers.build_smoothing,
    'distillation/fixtures/hinton.json': regularizers.build_distillation,
    'weight-decay/fixtures/penalties.json': regularizers.build_penalties,
    'weight-decay/fixtures/projections.json': regularizers.build_projections,
}
# These write files of weights too, and are told where.
WEIGHTS = {
    'core/fixtures/weights/models.json': weights.build,
    'core/fixtures/weights/types.json': weights.build_types,
    'norms/fixtures/weights/models.json': weights.build_norms,
}
