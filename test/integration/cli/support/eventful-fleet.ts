import type { TestFleet } from '../../harness/fleet.ts';
import { until } from '../../harness/until.ts';
import type { withServer } from '../../harness/with-server.ts';

export const on = ({ url, namespace }: TestFleet) => ['--servers', url, '--namespace', namespace];

/** A killed and collected agent, a live one and one that left, with an export of their history. */
export async function eventful(world: ReturnType<typeof withServer>) {
  const fleet = await world.fleet();
  await fleet.collector();
  const dead = await fleet.serving('h1', 'a', [{ service: 'web', id: 'w1', port: 80 }]);
  await fleet.serving('h2', 'a', [
    { service: 'web', id: 'w2' },
    { service: 'db', id: 'd1' },
  ]);
  const left = await fleet.serving('h3', 'a', [{ service: 'web', id: 'w3' }]);
  dead.process.kill('SIGKILL');
  left.process.kill('SIGTERM');
  await left.process.exited;
  await fleet.standing('agent.h2.a', 'instance.h2.a.db.d1', 'instance.h2.a.web.w2');
  // The last event is the one in which the collector reports that it is done.
  const events = await until('the removal is done', async () => {
    const all = await fleet.history();
    return all.at(-1)?.event.type === 'removal-done' ? all : undefined;
  });
  return { fleet, events, dead: dead.run };
}

/** No server listens here, so every answer comes from the file. */
export const nowhere = ['--servers', 'nats://127.0.0.1:1'];
