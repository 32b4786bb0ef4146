import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type SubjectNames,
  subjectNamesOf,
} from '../../../../src/adapters/nats/connection/subject-names.ts';
import { Namespace } from '../../../../src/domain/identity/names.ts';
import type { TestServer } from '../../harness/nats-server.ts';

type Part = 'registry' | 'audit' | 'leases' | 'keyframes';

/** Copies of the directories of some streams, as a backup has them. */
export interface StoredCopy extends AsyncDisposable {
  /** Puts them back while the server is down. */
  restore(...parts: readonly Part[]): Promise<void>;
}

const namesOf = (namespace: string): SubjectNames => subjectNamesOf(Namespace.parse(namespace));

/** Copies the stream directories of a namespace while the server is down, and starts it again. */
export async function copyStreams(server: TestServer, namespace: string): Promise<StoredCopy> {
  const folder = await mkdtemp(join(tmpdir(), 'rollcall-copy-'));
  const parts: readonly Part[] = ['registry', 'audit', 'leases', 'keyframes'];
  const [from, to] = [
    (part: Part) => directoryOf(server, namespace, part),
    (part: Part) => join(folder, part),
  ];
  await server.stop();
  for (const part of parts) await cp(from(part), to(part), { recursive: true });
  await server.restart();
  return {
    async restore(...wanted) {
      await server.stop();
      for (const part of wanted) {
        await rm(from(part), { recursive: true, force: true });
        await cp(to(part), from(part), { recursive: true });
      }
      await server.restart();
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Deletes the directories of streams while the server is down, as if they had never existed. */
export async function removeStreams(
  server: TestServer,
  namespace: string,
  ...parts: readonly Part[]
): Promise<void> {
  await server.stop();
  for (const part of parts) {
    await rm(directoryOf(server, namespace, part), { recursive: true, force: true });
  }
  await server.restart();
}

function directoryOf(server: TestServer, namespace: string, part: Part): string {
  const { registry, leases, keyframes, auditStream } = namesOf(namespace);
  const stream = {
    registry: registry.stream,
    audit: auditStream,
    leases: leases.stream,
    keyframes: keyframes.stream,
  }[part];
  return join(server.storeDir, 'jetstream', 'APP', 'streams', stream);
}
