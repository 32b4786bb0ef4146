import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Container } from '../../../src/adapters/docker/container.ts';
import { healthOf, instancesOf } from '../../../src/adapters/docker/container-instances.ts';
import { isLabelled, readLabels } from '../../../src/adapters/docker/container-labels.ts';
import { Engine, EngineAway } from '../../../src/adapters/docker/engine.ts';
import { DurationOrMillis } from '../../../src/composition/time/duration.ts';
import { InstanceSpec } from '../../../src/domain/records/desired-instances.ts';
import { FakeEngine } from '../../composition/instances/fake-engine.ts';
import { fuzz } from '../support/fuzz.ts';

const field = fc.oneof(
  fc.constantFrom('service', 'port', 'id', 'address', 'network', 'label', 'label.a', 'check.tcp'),
  fc.constantFrom('services', 'services.web', 'services.web.port', 'services..port', 'check.exec'),
  fc.constantFrom('__proto__', 'label.__proto__', 'check.__proto__.a', 'services.__proto__.port'),
  fc.string({ unit: 'binary', maxLength: 20 }),
);
const value = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    '80',
    'web',
    'host',
    '["id"]',
    '127.0.0.1 port 80; set server web/victim state maint',
  ),
);
const labels = fc.dictionary(
  field.map((name) => `rollcall.${name}`),
  value,
);
const container = fc.record({
  Id: fc.constant('a'.repeat(64)),
  Name: fc.string(),
  Config: fc.record({
    Image: fc.string({ unit: 'binary' }),
    Labels: fc.option(labels),
    ExposedPorts: fc.option(
      fc.dictionary(fc.constantFrom('80/tcp', '53/udp', '/', 'x'), fc.jsonValue()),
    ),
  }),
  HostConfig: fc.record({ NetworkMode: fc.option(fc.constantFrom('host', 'bridge')) }),
  State: fc.record({
    Status: fc.constantFrom('running', 'exited', 'paused', 'other'),
    Pid: fc.integer(),
    ExitCode: fc.integer(),
    Health: fc.option(
      fc.record({
        Status: fc.constantFrom('starting', 'unhealthy', 'healthy', 'x'),
        Log: fc.option(fc.array(fc.record({ Output: fc.string({ unit: 'binary' }) }))),
      }),
    ),
  }),
  NetworkSettings: fc.record({
    Ports: fc.option(
      fc.dictionary(
        fc.constantFrom('80/tcp', '81/tcp', 'x'),
        fc.option(fc.array(fc.record({ HostIp: fc.option(fc.string()), HostPort: fc.string() }))),
      ),
    ),
    Networks: fc.option(
      fc.dictionary(fc.string(), fc.record({ IPAddress: fc.option(fc.string()) })),
    ),
  }),
});

test('labels of a container become valid instances or complaints, and never a command', async () => {
  await fuzz(fc.tuple(container, labels), ([one, more]) => {
    const read = readLabels(more, DurationOrMillis);
    expect(read.services.every(({ check }) => !check || !('exec' in check))).toBe(true);
    isLabelled(more);
    const { success, data } = Container.safeParse(one);
    if (!success) return;
    const { instances } = instancesOf(data, '10.0.0.7', DurationOrMillis);
    for (const { spec } of instances) expect(InstanceSpec.parse(spec)).toEqual(spec);
    healthOf(data, false);
  });
});

test('any answer of an engine is a document, or counts as no answer', async () => {
  await using engine = await new FakeEngine().open();
  const client = new Engine(engine.path);
  const { signal } = new AbortController();
  await fuzz(fc.oneof(fc.jsonValue(), fc.constantFrom(null, [], {})), async (answer) => {
    engine.setRaw('b'.repeat(64), answer);
    engine.broken = fc.sample(fc.constantFrom(undefined, 200, 404, 500), 1)[0];
    const read = await client
      .get(`/containers/${'b'.repeat(64)}/json`, signal)
      .catch((cause) => cause);
    if (read instanceof Error) expect(read).toBeInstanceOf(EngineAway);
    else Container.safeParse(read);
  });
});
