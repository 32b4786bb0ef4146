import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readConfigFile } from '../../src/adapters/files/config-file.ts';
import { historyFile } from '../../src/adapters/files/history-file.ts';
import { historyLine } from '../../src/adapters/files/history-line.ts';
import { readInstances } from '../../src/adapters/files/instances-file.ts';
import { systemClock } from '../../src/adapters/system/clock.ts';
import { findHostId } from '../../src/adapters/system/host-id.ts';
import { savedIn } from '../../src/cli/audit/verify-checkpoint.ts';
import { common } from '../../src/cli/command/settings/common.ts';
import { readSettings, refuseUnknown } from '../../src/cli/command/settings/read.ts';
import { commands } from '../../src/cli/command-list.ts';
import { loadMachines } from '../../src/composition/load-machines.ts';
import { Duration } from '../../src/composition/time/duration.ts';
import { hashEvent } from '../../src/domain/events/hash-chain.ts';
import { Fault } from '../../src/domain/fault.ts';
import { AgentName, HostId } from '../../src/domain/identity/names.ts';
import { parseAnchor } from '../../src/domain/replay/anchor.ts';
import { replayTo } from '../../src/runtime/audit/replay.ts';
import { verify } from '../../src/runtime/audit/verify.ts';
import { anyText } from '../arbitrary/names.ts';
import { historyOf } from '../fixtures/history/given-history.ts';
import { longHistory } from '../fixtures/history/long-history.ts';
import { foreseen, fuzz } from './support/fuzz.ts';
import { mutated } from './support/mutated.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'rollcall-fuzz-'));
});
afterAll(() => rm(directory, { recursive: true }));
const inside = (name: string) => join(directory, name);

const { signal } = new AbortController();
const slot = { host: HostId.parse('h1'), agent: AgentName.parse('a') };

/** YAML beyond JSON: anchors, tags, merges, several documents, odd indentation. */
const yaml = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        ...[
          '&a ',
          '*a',
          '<<: *a',
          '<<: 1',
          '!!set ',
          '!!binary ',
          '!!timestamp ',
          '!x ',
          '? ',
          ': ',
        ],
        ...[
          '- ',
          '\n',
          '\n  ',
          '\n- ',
          '\t',
          '\r\n',
          '---\n',
          '...\n',
          '%YAML 1.1\n---\n',
          '|\n ',
          '> ',
        ],
        ...[
          'instances:',
          'instances: &a [*a]',
          ' {',
          '}',
          ' [',
          ']',
          ', ',
          '#',
          '"',
          "'",
          '@',
          '`',
        ],
        ...[
          'service: web',
          'port: 0x10',
          'port: .inf',
          'labels: {a: *a}',
          'ttl: &a [*a]',
          'json: yes',
        ],
        ...[
          'namespace: !!binary aGk=',
          '__proto__: {polluted: 1}',
          'constructor: 1',
          'check: {tcp: ',
        ],
      ),
      anyText,
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(''));

const deepYaml = '['.repeat(5000);

const instances = mutated(
  fc.constant({
    instances: [
      {
        ...{ service: 'web', id: 'w1', address: '10.0.0.1', port: 8080, labels: { a: 'b' } },
        check: { http: 'http://127.0.0.1/', every: '2s', timeout: '1s', failAfter: 2 },
      },
      { service: 'db', check: { tcp: '[::1]:5432' } },
      { service: 'cron', check: { exec: ['true'] } },
    ],
  }),
);

test('any instances file lists instances, or is refused with the reason', () =>
  fuzz(
    fc.oneof(instances, yaml),
    async (text) => {
      const read = await foreseen(() => readInstances(text, 'i.yaml', slot, Duration));
      if (read instanceof Fault) expect(read.code).toBe('bad-instances-file');
      else for (const { spec } of read) expect(spec.id).not.toBe('');
    },
    { examples: [deepYaml, '%YAML 1.1\n---\n<<: 1', '&a [*a]'] },
  ));

const config = mutated(
  fc.constant({
    servers: ['nats://a', 'b'],
    namespace: 'prod',
    ttl: '15s',
    json: true,
    replicas: 3,
  }),
);
const flags = fc.dictionary(
  fc.constantFrom('servers', 'ttl', 'json', 'port', 'metrics', 'host', '__proto__'),
  fc.oneof(anyText, fc.boolean()),
);
const env = fc.dictionary(
  fc.constantFrom('NATS_URL', 'ROLLCALL_TTL', 'ROLLCALL_JSON', 'ROLLCALL_METRICS', 'ROLLCALL_HOST'),
  anyText,
);

test('any config file, flags and variables are settings, or the error names the bad one', () =>
  fuzz(
    fc.record({ text: fc.oneof(config, yaml), flags, env, which: fc.nat() }),
    async ({ text, flags, env, which }) => {
      await writeFile(inside('config'), text);
      const one = commands[which % commands.length];
      const settings = { ...common, ...one?.settings };
      const read = await foreseen(async () => {
        const from = { flags, env, file: await readConfigFile(inside('config')) };
        refuseUnknown(from, Object.values(settings));
        return readSettings(settings, from);
      });
      if (read instanceof Fault) expect(read.code).toBe('bad-setting');
      else expect(read.namespace).toMatch(/^[A-Za-z0-9-]+$/);
    },
    {
      examples: [
        { text: deepYaml, flags: {}, env: {}, which: 0 },
        { text: 'servers: &a [*a]', flags: {}, env: {}, which: 0 },
      ],
    },
  ));

const events = [...longHistory(12, { agents: 2 })];
const lines = events.map(historyLine);

/** An exported history with one line changed, compressed or not, truncated or not. */
const exported = fc
  .record({
    line: mutated(fc.constantFrom(...lines.map((line) => JSON.parse(line)))),
    at: fc.nat({ max: lines.length }),
    packed: fc.boolean(),
    crlf: fc.boolean(),
    cut: fc.option(fc.nat(), { freq: 2 }),
  })
  .map(({ line, at, packed, crlf, cut }) => {
    const text = lines.toSpliced(at, 1, line).join(crlf ? '\r\n' : '\n');
    const bytes = packed ? gzipSync(text) : Buffer.from(text);
    return cut === null ? bytes : bytes.subarray(0, cut % (bytes.length + 1));
  });

test('any history file is read to its end, with illegible lines reported', () =>
  fuzz(
    fc.oneof(
      { weight: 5, arbitrary: exported },
      fc.uint8Array({ maxLength: 2000 }).map(Buffer.from),
    ),
    async (bytes) => {
      await writeFile(inside('history'), bytes);
      const history = historyFile(inside('history'));
      const { first, last } = await history.range();
      expect(Number.isSafeInteger(first) && Number.isSafeInteger(last)).toBe(true);
      const options = { onDivergence: () => {}, signal };
      await foreseen(() => verify(history, { clock: systemClock }, options));
      await replayTo(history, { at: Number.MAX_VALUE }, undefined, signal);
    },
    { runs: 100 },
  ));

test('a line with an invalid sequence number is illegible, not skipped', async () => {
  const line = (lines[0] ?? '').replace(/"seq":\d+/, '"seq":-5');
  await writeFile(inside('negative'), `${line}\n`);
  const read = [];
  for await (const event of historyFile(inside('negative')).read(0)) read.push(event.illegible);
  expect(read).toEqual([expect.stringContaining('not a line of an exported history')]);
});

const last = events.at(-1);
let saved: unknown;
beforeAll(async () => {
  const verified = await verify(
    historyOf(events),
    { clock: systemClock },
    { onDivergence: () => {}, signal },
  );
  saved = {
    ...{ v: 1, kind: 'rollcall verify checkpoint', history: 'x', firstAt: 0, divergences: 0 },
    ...{ found: [], checkpoint: verified.checkpoint },
    last: { seq: last?.seq, origin: last?.origin, hash: hashEvent(last?.text ?? '') },
  };
});

test('any checkpoint file is continued from, or is refused', () =>
  fuzz(
    fc.constant(0).chain(() => mutated(fc.constant(saved))),
    async (text) => {
      await writeFile(inside('checkpoint'), text);
      const read = await foreseen(() => savedIn(inside('checkpoint'), historyOf(events), 'x'));
      if (read instanceof Fault || read === undefined) return;
      const options = { from: read.checkpoint, onDivergence: () => {}, signal };
      await verify(historyOf(events), { clock: systemClock }, options);
      for (const one of read.found) expect(typeof one.entity).toBe('string');
    },
    { runs: 250 },
  ));

test('any stored host id is read or refused', () =>
  fuzz(anyText, async (text) => {
    await writeFile(inside('host-id'), text);
    const id = await foreseen(() => findHostId({ stateDir: directory }));
    if (!(id instanceof Fault)) expect(HostId.safeParse(id).success).toBe(true);
  }));

const source = fc.oneof(
  anyText,
  fc.constantFrom(
    'export const machine = { getTransitionData: 1, root: null, id: "run" };',
    'export const machine = { getTransitionData() {}, root: {}, id: "__proto__" };',
    'throw undefined;',
    'export default null;',
    'export const a = new Proxy({}, { has() { throw new Error("no") } });',
    'import "nowhere";',
  ),
);
let directories = 0;

test('any directory of machines gives machines, or is refused', () =>
  fuzz(
    source,
    async (text) => {
      directories += 1;
      const at = await mkdtemp(inside('machines-'));
      await writeFile(join(at, `m${directories}.js`), text);
      const read = await foreseen(() => loadMachines(at));
      if (read instanceof Fault) expect(read.code).toBe('bad-setting');
    },
    { runs: 20 },
  ));

const anchor = fc.record({
  ...{ v: fc.constant(1), kind: fc.constant('rollcall anchor'), namespace: anyText },
  ...{ createdAt: fc.option(fc.nat()), seq: fc.nat(), events: fc.nat(), at: fc.nat() },
  digest: fc.constant('ab'.repeat(32)),
  by: fc.constant({ host: 'h', agent: 'a', run: 'run000001' }),
  ...{ key: anyText, sig: anyText },
});

test('a line of an anchor file is read as an anchor, or the reason is told', () =>
  fuzz(fc.oneof(anyText, mutated(anchor)), (line) => {
    const read = parseAnchor(line, () => true);
    if (typeof read === 'string') expect(read).not.toBe('');
    else expect(read.digest).toMatch(/^[0-9a-f]{64}$/);
  }));
