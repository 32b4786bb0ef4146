import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { checkout } from './run-biome.ts';

const run = promisify(execFile);
const manifests = join(checkout, 'deploy/kubernetes');

interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
}

const objects = readdirSync(manifests)
  .filter((file) => file !== 'kustomization.yaml')
  .flatMap((file) => parseAllDocuments(readFileSync(join(manifests, file), 'utf8')))
  .map((one) => one.toJSON() as Manifest);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rollcall-kubernetes-'));
  symlinkSync(join(checkout, 'node_modules'), join(folder, 'node_modules'));
});
afterAll(() => rm(folder, { recursive: true }));

/**
 * Compiles the objects as literals of the types that are made from the API of Kubernetes: unlike its JSON schemas, the
 * types refuse fields that do not exist. Empty if they are right.
 */
async function complaints(all: readonly Manifest[]): Promise<string> {
  const lines = all.map(
    (one, n) =>
      `import type { I${one.kind} as T${n} } from 'kubernetes-models/${one.apiVersion}';\n` +
      `export const object${n}: T${n} = ${JSON.stringify(one)};`,
  );
  await writeFile(join(folder, 'manifests.ts'), lines.join('\n'));
  const tsc = join(checkout, 'node_modules/typescript/bin/tsc');
  const how = ['--noEmit', '--strict', '--module', 'nodenext', '--skipLibCheck', '--types', ''];
  return run(process.execPath, [tsc, ...how, 'manifests.ts'], { cwd: folder }).then(
    () => '',
    ({ stdout }: { readonly stdout: string }) => stdout,
  );
}

test('the manifests for Kubernetes have the fields and types of its API', async () => {
  expect(await complaints(objects)).toBe('');
});

test.each([
  ['"livenessProbe"', '"livenesProbe"', 'livenesProbe'],
  ['"replicas":3', '"replicas":"three"', 'TS2322'],
  ['"policyTypes"', '"policyType"', 'policyType'],
])('a mistake in a manifest is found: %s as %s', async (right, wrong, why) => {
  const text = JSON.stringify(objects);
  expect(text).toContain(right);
  expect(await complaints(JSON.parse(text.replace(right, wrong)))).toContain(why);
});
