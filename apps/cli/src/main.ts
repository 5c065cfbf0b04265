#!/usr/bin/env node
/** The `parsimony` command. */
import { ParsimonyError } from '@parsimony/core';
import { defineCommand, renderUsage, runCommand } from 'citty';
import { augmentCommand } from './commands/augment';
import { explainCommand } from './commands/explain';
import { trainCommand } from './commands/train';

const main = defineCommand({
  meta: { name: 'parsimony', description: 'Train networks with regularizers from TypeScript, and see what they bring' },
  subCommands: { train: trainCommand, explain: explainCommand, augment: augmentCommand },
});

const rawArgs = process.argv.slice(2);
const name = rawArgs.find((arg) => !arg.startsWith('-'));

if (rawArgs.includes('--help') || rawArgs.includes('-h') || rawArgs.length === 0) {
  console.log(await (name === 'train' ? renderUsage(trainCommand) : name === 'explain' ? renderUsage(explainCommand) : name === 'augment' ? renderUsage(augmentCommand) : renderUsage(main)));
} else {
  try {
    await runCommand(main, { rawArgs });
  } catch (error) {
    // A mistake of the caller's is one line; anything else keeps its stack.
    const own = error instanceof ParsimonyError || (error as Error).name === 'CLIError';
    console.error(own ? `parsimony: ${(error as Error).message}` : error);
    process.exitCode = 1;
  }
}
