import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readConfigFile } from '../../src/adapters/files/config-file.ts';
import { readInstances } from '../../src/adapters/files/instances-file.ts';
import { findHostId } from '../../src/adapters/system/host-id.ts';
import { common } from '../../src/cli/command/settings/common.ts';
import { readSettings, refuseUnknown } from '../../src/cli/command/settings/read.ts';
import { commands } from '../../src/cli/command-list.ts';
import { loadMachines } from '../../src/composition/load-machines.ts';
import { Duration } from '../../src/composition/time/duration.ts';
import { Fault } from '../../src/domain/fault.ts';
import { AgentName, HostId } from '../../src/domain/identity/names.ts';
import { anyText } from '../arbitrary/names.ts';
import { foreseen, fuzz } from './support/fuzz.ts';
import { mutated } from './support/mutated.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'rollcall-fuzz-'));
});
afterAll(() => rm(directory, { recursive: true }));
const inside = (name: string) => join(directory, name);

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
