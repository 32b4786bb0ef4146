import type { AgentOptions, RunningAgent } from './agent-types.ts';
import { thisMachine } from './machine.ts';
import { runAgent } from './run-agent.ts';

/**
 * Registers instances and keeps them registered while this process lives. Resolves when all are registered.
 *
 * A namespace that does not exist is created. If the process ends without `stop`, its lease lapses, and a
 * collector removes its instances after `grace` (guarantee G4).
 *
 * A process may call this thousands of times at once: it works on 16 starts at a time. The others wait in the order of
 * the calls, without a connection. `connectWithin` counts from the end of this wait, and `signal` ends it at once. A start
 * that waits for another run to give up its slot, or that takes more than 15 s, does not keep others waiting.
 * @throws {Fault} `bad-setting`, `bad-name`; `slot-held` if a live run has the slot; `superseded`;
 * `store-unavailable`, `store-refused`, `store-misconfigured`, `server-too-old`
 * @example
 * ```ts
 * import { startAgent } from 'rollcall';
 *
 * const shop = await startAgent({
 *   servers: 'nats://127.0.0.1:4222',
 *   name: 'shop',
 *   instances: [{ service: 'web', id: 'web-1', address: '10.0.0.7', port: 8080 }],
 * });
 * shop.report({ service: 'web', id: 'web-1' }, { state: 'failing', detail: 'disk full' });
 * // Removes the instance, then the agent, and releases the lease.
 * await shop.stop();
 * ```
 */
export function startAgent(options: AgentOptions): Promise<RunningAgent> {
  return runAgent(options, thisMachine);
}
