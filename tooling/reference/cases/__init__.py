"""path below packages/ -> the function that adds its cases."""
from cases import conv, elementwise, index, matmul, norm, pool, reduce, shape

CASES = {
    'core/fixtures/ops/elementwise.json': elementwise.build,
    'core/fixtures/ops/matmul.json': matmul.build,
    'core/fixtures/ops/conv.json': conv.build,
    'core/fixtures/ops/pool.json': pool.build,
    'core/fixtures/ops/reduce.json': reduce.build,
    'core/fixtures/ops/index.json': index.build,
    'core/fixtures/ops/shape.json': shape.build,
    'core/fixtures/ops/norm.json': norm.build,
}
