import { createServer } from 'node:http';
import { expect, test } from 'vitest';
import {
  type AgentOptions,
  type CollectorOptions,
  type DirectoryOptions,
  openDirectory,
  type ReplayFileOptions,
  type ReplayStoreOptions,
  registerSelf,
  replay,
  startAgent,
  startCollector,
} from '../../src/index.ts';
import { knownOptions } from '../../src/library/known-options.ts';

const at = { servers: 'nats://127.0.0.1:1', connectWithin: 1 };
const agent = { ...at, host: 'h1', name: 'a' };

test.each([
  [() => startAgent({ ...agent, instnaces: [] } as never), "unknown option 'instnaces'"],
  [() => openDirectory({ ...at, naemspace: 'a' } as never), "unknown option 'naemspace'"],
  [() => startCollector({ ...at, nmae: 'a' } as never), "unknown option 'nmae'"],
  [() => openDirectory({ servers: 4222 } as never), 'servers: nats://HOST:PORT'],
  [() => replay({ ...at, at: 'now', fiel: 'a' } as never), "unknown option 'fiel'"],
  [() => startAgent(undefined as never), 'options: an object is required'],
  [() => startAgent({ ...at, host: 'h1' } as never), 'name: is missing'],
  [
    () => startAgent({ ...agent, instances: [{ id: 'a' }] } as never),
    'instances[0].service: is missing',
  ],
  [
    () => startAgent({ ...agent, instances: [{ service: 'a', prot: 1 }] } as never),
    'instances[0].prot: unknown key',
  ],
  [() => startAgent({ ...agent, credentials: { user: 1 } } as never), 'credentials: '],
  [() => startAgent({ ...agent, credentials: { creds: 'x', user: 'a' } } as never), 'credentials'],
  [() => startAgent({ ...agent, tls: { caFile: '/x' } } as never), 'tls.caFile: unknown key'],
  [() => registerSelf({ ...at, prot: 80 } as never), "unknown option 'prot'"],
  [() => registerSelf({ ...at, service: 'web', port: 70_000 }), 'port: a number from 0 to 65535'],
  [
    () => registerSelf({ ...at, service: 'web', port: createServer() }),
    'does not listen on a port',
  ],
  [() => openDirectory({ connection: 'nats://h' } as never), 'connection: a NATS connection, or'],
  [() => openDirectory({ connection: {} } as never), 'connection: it is not a connection of nats'],
  [
    () => openDirectory({ ...at, connection: async () => ({}) } as never),
    'connection and servers cannot be combined',
  ],
  [() => openDirectory({} as never), 'servers: nats://HOST:PORT'],
  [() => openDirectory({ ...at, signal: {} } as never), 'signal: an AbortSignal'],
  [() => startAgent({ ...agent, onTransition: 'log' } as never), 'onTransition: a function'],
  [() => openDirectory({ ...at, log: 'info' } as never), 'log: an object with the functions'],
  [
    () =>
      startAgent({
        ...agent,
        instances: [
          { service: 'a', id: '1' },
          { service: 'a', id: '1' },
        ],
      }),
    "instances: 'a/1' is listed twice",
  ],
])('an option that breaks its rule is refused before anything connects: %s', async (call, why) => {
  const refusal = await call().catch((cause: unknown) => cause);
  expect(refusal).toMatchObject({ name: 'Fault', code: 'bad-setting' });
  expect(`${refusal}`).toContain(why);
});

type Option = keyof (AgentOptions &
  CollectorOptions &
  DirectoryOptions &
  ReplayStoreOptions &
  ReplayFileOptions);

test('the options that are known are those of the types', () => {
  const typed: Readonly<Record<Option, true>> = {
    ...{ servers: true, connection: true },
    ...{ namespace: true, jsDomain: true, credentials: true, inboxPrefix: true },
    ...{ tls: true, connectWithin: true, signal: true, log: true, metrics: true },
    ...{ host: true, stateDir: true, ttl: true, grace: true, name: true, instances: true },
    ...{ zone: true, address: true, takeover: true, whenExpired: true, collect: true },
    ...{ drain: true, onTransition: true, seatsEvery: true, keepLast: true, at: true, file: true },
  };
  expect([...knownOptions].sort()).toEqual(Object.keys(typed).sort());
});
