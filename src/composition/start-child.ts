import { type Child, type ChildOptions, spawnChild } from '../adapters/system/child-process.ts';

/**
 * Starts a command with the standard streams of this process, and forwards signals to it.
 * @throws {Fault} `not-found` if the command cannot be started
 */
export const startChild = (command: readonly string[], options: ChildOptions): Promise<Child> =>
  spawnChild(command, options);
