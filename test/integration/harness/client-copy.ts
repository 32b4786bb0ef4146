import { cp, mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkout } from '../../conventions/run-biome.ts';

/** Another copy of the NATS client, as an application may have it: its classes are others. */
export async function copyOfClient(): Promise<
  AsyncDisposable & { readonly client: typeof import('@nats-io/transport-node') }
> {
  const folder = await mkdtemp(join(tmpdir(), 'rollcall-copy-'));
  const packages = ['transport-node', 'nats-core', 'nkeys', 'nuid'].map((one) => `@nats-io/${one}`);
  for (const one of [...packages, 'tweetnacl']) {
    const [from, to] = [checkout, folder].map((root) => join(root, 'node_modules', one));
    await cp(from ?? '', to ?? '', { recursive: true });
  }
  return {
    client: createRequire(join(folder, 'index.js'))('@nats-io/transport-node'),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  };
}
