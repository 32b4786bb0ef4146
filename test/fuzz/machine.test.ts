import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  mirrorsOf,
  readOneLineSources,
  readStanzaSources,
} from '../../src/adapters/embedded/binary/apt-sources.ts';
import { checksumOf } from '../../src/adapters/embedded/binary/fetch-release.ts';
import { newEnough, readVersion } from '../../src/adapters/embedded/binary/version.ts';
import { readyPort } from '../../src/adapters/embedded/ports-file.ts';
import { systemProcesses } from '../../src/adapters/system/processes.ts';
import { compiledDir, stateDir } from '../../src/composition/xdg-directories.ts';
import { anyText } from '../arbitrary/names.ts';
import { foreseen, fuzz } from './support/fuzz.ts';
import { mutated } from './support/mutated.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'rollcall-fuzz-'));
});
afterAll(() => rm(directory, { recursive: true }));

const sources = fc
  .array(
    fc.oneof(
      anyText,
      fc.constantFrom(
        'deb ',
        'deb [signed-by=/k ',
        '] ',
        'http://a/debian',
        ' sid main',
        '\n',
        '\n\n',
      ),
      fc.constantFrom(
        'Types: deb',
        'URIs: ',
        'Enabled: no',
        'Signed-By:',
        '\n ',
        ':',
        '#',
        ' '.repeat(50_000),
      ),
    ),
    { maxLength: 10 },
  )
  .map((parts) => parts.join(''));

test('any apt source lists name mirrors, or none', () =>
  fuzz(sources, (text) => {
    for (const read of [readOneLineSources, readStanzaSources]) {
      for (const { uri } of mirrorsOf(read(text))) expect(uri).not.toMatch(/^$|\s/);
    }
  }));

test('any text is a checksum or a version, or neither', () =>
  fuzz(
    fc.oneof(
      anyText,
      fc.constantFrom('abc  nats', '2.12.1', 'v2.12.1-RC.1', '1.2.3.4', '9'.repeat(400)),
    ),
    (text) => {
      expect(['string', 'undefined']).toContain(typeof checksumOf(text, 'nats'));
      const version = readVersion(text);
      if (version !== undefined) expect(typeof newEnough(version)).toBe('boolean');
    },
  ));

test('any ports file and greeting give a port, or mean not ready', async () => {
  let greeting = '';
  const server = createServer((socket) => socket.on('error', () => {}).end(`${greeting}\r\n`));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  try {
    await fuzz(
      fc.record({
        ports: fc.oneof(
          {
            weight: 3,
            arbitrary: fc.constant(JSON.stringify({ nats: [`nats://127.0.0.1:${port}`] })),
          },
          { weight: 1, arbitrary: mutated(fc.constant({ nats: ['nats://127.0.0.1:1'] })) },
        ),
        info: mutated(fc.constant({ jetstream: true })),
      }),
      async ({ ports, info }) => {
        greeting = `INFO ${info}`;
        await writeFile(join(directory, 'nats_7.ports'), ports);
        const ready = await readyPort(directory, 7, '127.0.0.1');
        if (ready !== undefined) expect(ready).toBe(port);
      },
      { runs: 60 },
    );
  } finally {
    server.close();
  }
});

test('any process in a record is reported as ended or as not known to be ended', () =>
  fuzz(
    fc.record({ boot: anyText, namespace: anyText, pid: fc.oneof(fc.integer(), fc.double()) }),
    (place) => {
      const { isGone } = systemProcesses({ ...place, pid: 1 });
      expect(typeof isGone(place)).toBe('boolean');
      if (!Number.isInteger(place.pid) || place.pid <= 0) expect(isGone(place)).toBe(false);
    },
  ));

test('any environment names directories, or the error reports that they are missing', () =>
  fuzz(
    fc.dictionary(fc.constantFrom('HOME', 'XDG_STATE_HOME', 'XDG_CACHE_HOME'), anyText),
    async (env) => {
      await foreseen(() => stateDir(env));
      compiledDir(env);
    },
  ));
