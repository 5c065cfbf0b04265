"""path below packages/ -> the function that adds its cases."""
from cases import attention, conv, elementwise, index, losses, matmul, modules, norm, optimizers, pool, recurrent, reduce, schedules, shape, techniques, training

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
    'norms/fixtures/modules.json': modules.build_norms,
    'core/fixtures/optim.json': optimizers.build,
    'core/fixtures/schedules.json': schedules.build,
    'norms/fixtures/training.json': training.build,
    'weight-decay/fixtures/decoupled.json': optimizers.build_decoupled,
    'ema/fixtures/averages.json': techniques.build_ema,
    'dropout/fixtures/stochastic-depth.json': techniques.build_dropout,
}
