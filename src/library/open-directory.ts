import type { DirectoryOptions, OpenDirectory } from './directory-types.ts';
import { thisMachine } from './machine.ts';
import { viewDirectory } from './view-directory.ts';

/**
 * Opens a view of the instances of a namespace. The view is complete when the promise resolves.
 *
 * It creates nothing: for a namespace that does not exist yet it waits up to `connectWithin`. Lost connections are reopened without end; see
 * `OpenDirectory.age`.
 * @throws {Fault} `bad-setting`; `store-unavailable` if the view is not complete within
 * `connectWithin`; `not-found` if there is no such namespace; `store-refused`, `store-misconfigured`, `server-too-old`
 * @example
 * ```ts
 * import { openDirectory } from 'rollcall';
 *
 * await using directory = await openDirectory({ servers: 'nats://127.0.0.1:4222' });
 * const instance = directory.pick('web', { policy: 'prefer-live' });
 * if (instance) process.stdout.write(`${instance.address}:${instance.port} is ${instance.state}\n`);
 * for await (const changes of directory.changes()) {
 *   for (const { before, now } of changes) {
 *     process.stdout.write(`${before?.state ?? 'new'} -> ${now?.state ?? 'removed'}\n`);
 *   }
 * }
 * ```
 */
export function openDirectory(options: DirectoryOptions): Promise<OpenDirectory> {
  return viewDirectory(options, thisMachine);
}
