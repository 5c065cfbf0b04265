export { policyOp } from './policy-op';
