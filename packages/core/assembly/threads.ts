// Fork and join over the shared memory: spin briefly, then sleep. Any thread may take any chunk.
import { runTask } from './dispatch';
import { CHUNKS, DONE, FAILED, MAIN_WAITS, READY, SLEEPERS, TASK, TICKET, setScratch } from './abi';

// About 30 microseconds: longer than the host needs between two commands, short enough not to starve a busy machine.
const SPINS: i32 = 100000;
const SECOND: i64 = 1000000000;
let epoch: i64 = 0;

/** Runs every chunk here. */
export function run(task: i32, chunks: i32): void {
  for (let chunk = 0; chunk < chunks; chunk++) runTask(task, chunk);
}

/** Runs the chunks here and on the workers; false where a worker died. */
export function fork(task: i32, chunks: i32): bool {
  store<i32>(TASK, task);
  store<i32>(CHUNKS, chunks);
  atomic.store<i32>(DONE, 0);
  epoch++;
  atomic.store<i64>(TICKET, (epoch << 32) | <i64>chunks);
  if (atomic.load<i32>(SLEEPERS) > 0) atomic.notify(TICKET, chunks - 1);
  while (takeChunk(atomic.load<i64>(TICKET))) { /* until none is left */ }
  let spins = 0;
  let done = atomic.load<i32>(DONE);
  while (done !== chunks) {
    if (++spins > SPINS) {
      if (atomic.load<i32>(FAILED)) return false;
      atomic.store<i32>(MAIN_WAITS, 1);
      atomic.wait<i32>(DONE, done, SECOND);
      atomic.store<i32>(MAIN_WAITS, 0);
    }
    done = atomic.load<i32>(DONE);
  }
  return true;
}

/** Takes and runs one chunk of the ticket as it was read; false where none is left. */
function takeChunk(ticket: i64): bool {
  const left = <i32>ticket;
  if (left <= 0) return false;
  // The swap fails if the epoch moved on, so the parameters read after it belong to the ticket.
  if (atomic.cmpxchg<i64>(TICKET, ticket, ticket - 1) !== ticket) return true;
  const chunks = load<i32>(CHUNKS);
  runTask(load<i32>(TASK), chunks - left);
  if (atomic.add<i32>(DONE, 1) + 1 === chunks && atomic.load<i32>(MAIN_WAITS)) atomic.notify(DONE, 1);
  return true;
}

/** A worker's life: ends when the host stores a ticket with -1 chunks. */
export function work(scratch: usize): void {
  setScratch(scratch);
  atomic.add<i32>(READY, 1);
  let spins = 0;
  while (true) {
    const ticket = atomic.load<i64>(TICKET);
    if (<i32>ticket < 0) return;
    if (takeChunk(ticket)) { spins = 0; continue; }
    if (++spins < SPINS) continue;
    atomic.add<i32>(SLEEPERS, 1);
    atomic.wait<i64>(TICKET, ticket, -1);
    atomic.sub<i32>(SLEEPERS, 1);
    spins = 0;
  }
}

/** Sends every worker home. */
export function stop(): void {
  epoch++;
  atomic.store<i64>(TICKET, (epoch << 32) | 0xffffffff);
  atomic.notify(TICKET, -1);
}
