import type { Command } from './command/command.ts';
import { commandIndex } from './command-index.ts';

/** Every command with its settings, in the order of the help. */
export const commands: readonly Command[] = await Promise.all(
  commandIndex.map((entry) => entry.load()),
);
