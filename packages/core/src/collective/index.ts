export { type Collective, joinCollective, type SharedCollective, shareCollective } from './collective';
