import { expect } from 'vitest';
import { sentencesOf } from '../../../../src/cli/why/explain-named.ts';
import { planLive } from '../../../../src/composition/gc-plan-now.ts';
import { parseEntity } from '../../../../src/composition/names/entity-name.ts';
import { LiveSource } from '../../../../src/dashboard/server/history/live-source.ts';
import { watchedNow } from '../../../../src/dashboard/server/history/watched-since.ts';
import { Actions } from '../../../../src/dashboard/server/routes/actions.ts';
import { GcPlans } from '../../../../src/dashboard/server/routes/gc-plans.ts';
import { forecastBrakes } from '../../../../src/domain/collection/brake-forecast.ts';
import { Fault } from '../../../../src/domain/fault.ts';
import type { Fleet } from '../../../../src/domain/fleet/fleet.ts';
import { HostId } from '../../../../src/domain/identity/names.ts';
import { seconds } from '../../../../src/domain/time.ts';
import type { Ports } from '../../../../src/ports/ports.ts';
import { Directory } from '../../../../src/runtime/directory/directory.ts';
import { FleetInMemory } from '../../../runtime/support/fleet-in-memory.ts';
import { apiOf, fetched, served } from './test-server.ts';

/** Ports of a user who may not write some keys. */
const refusing = (ports: Ports, isRefused: (key: string) => boolean): Ports => ({
  ...ports,
  registry: {
    ...ports.registry,
    commit: async (commit) => {
      const refused = commit.writes.find(({ key }) => isRefused(key));
      if (refused) throw new Fault('store-refused', `it may not publish to ${refused.key}`);
      return ports.registry.commit(commit);
    },
  },
});

/** A dashboard of this fleet on a real socket. The virtual time of the fleet passes while it answers. */
async function serveLive(fleet: FleetInMemory, isRefused: (key: string) => boolean) {
  const { ports } = fleet.process('viewer');
  const source = new LiveSource('memory', ports);
  const directory = new Directory(ports);
  await fleet.advance(seconds(1));
  const plan = (of: Fleet) => planLive(of, fleet.lease, ports);
  const api = apiOf(source, {
    actions: new Actions(HostId.parse('viewer'), fleet.lease, refusing(ports, isRefused), plan),
    plans: new GcPlans(source, {
      now: async () => ({ fleet: directory.fleet, now: ports.clock.wall() }),
      plan,
    }),
    sentencesOf: (...of) =>
      sentencesOf(
        {
          name: 'memory',
          history: ports.audit,
          keyframes: ports.keyframes,
          ports,
          brakes: async () =>
            forecastBrakes(directory.fleet, ports.clock.wall(), watchedNow(source)),
        },
        ...of,
      ),
    subjectsOf: (name, all) => parseEntity(name).flatMap((one) => (all ? one.all : one.own)),
  });
  const server = await served(api);
  /** Waits for an answer while the time of the store goes on. */
  const answered = async (request: ReturnType<typeof fetched>) => {
    let over = false;
    const done = request.finally(() => {
      over = true;
    });
    while (!over) {
      await fleet.advance(20);
      await new Promise((resolve) => setImmediate(resolve));
    }
    return done;
  };
  return {
    source,
    server,
    async get<T>(path: string): Promise<T> {
      const { status, text } = await answered(fetched(server.url, path));
      expect([path, status]).toEqual([path, 200]);
      return JSON.parse(text);
    },
    post: (path: string, body: object, headers: object = {}) =>
      answered(
        fetched(server.url, path, {
          method: 'POST',
          headers: {
            origin: server.url.slice(0, -1),
            'rollcall-request': 'click-0001',
            ...headers,
          },
          body: JSON.stringify(body),
        }),
      ),
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      const closing = [source[Symbol.asyncDispose](), directory[Symbol.asyncDispose]()];
      await fleet.advance(seconds(30));
      await Promise.all(closing);
    },
  };
}

/** Whether the user of the dashboard may not write a key. Set to "never" before each test. */
export const permissions = { isRefused: (_key: string): boolean => false };

/** Two agents, a collector, and their dashboard. */
export async function liveDashboard() {
  permissions.isRefused = () => false;
  const fleet = new FleetInMemory();
  const { process: collector, collector: watching } = fleet.collector('watch');
  const agents = [
    fleet.agent('h1/a', ['web/w1', 'web/w2']).process,
    fleet.agent('h2/b', ['db/d1']).process,
  ];
  await fleet.advance(seconds(10));
  const dashboard = await serveLive(fleet, (key) => permissions.isRefused(key));
  return { ...dashboard, fleet, collector, watching, agents };
}

export type LiveDashboard = Awaited<ReturnType<typeof liveDashboard>>;
