#!/usr/bin/env node
/** The `parsimony` command. */
import { ParsimonyError } from '@parsimony/core';
import { type CommandDef, defineCommand, renderUsage, runCommand } from 'citty';
import { trainCommand } from './commands/train';

const commands = { train: trainCommand };

const main = defineCommand({
  meta: { name: 'parsimony', description: 'Train networks with regularizers from TypeScript, and see what they bring' },
  subCommands: commands,
});

const rawArgs = process.argv.slice(2);
const name = rawArgs.find((arg) => !arg.startsWith('-'));
const known = name !== undefined && name in commands ? commands[name as keyof typeof commands] : undefined;

if (rawArgs.includes('--help') || rawArgs.includes('-h') || rawArgs.length === 0) {
  console.log(known ? await renderUsage(known as CommandDef, main) : await renderUsage(main));
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
