import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { copyFile, mkdir, readFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import { arch, platform } from 'node:os';
import { join } from 'node:path';
import {
  archiveName,
  releasePlatform,
} from '../../../../src/adapters/embedded/binary/fetch-release.ts';
import { runCommand } from '../../../../src/adapters/embedded/binary/run-command.ts';
import { fetchedServer } from '../../../../src/adapters/embedded/binary/version.ts';
import { portOf } from '../../../../tools/bench/environment/free-ports.ts';

/** The paths below a releases address that a machine like this one asks for. */
const name = archiveName(fetchedServer, releasePlatform(platform(), arch()) ?? 'none');
export const archivePath = `/v${fetchedServer}/${name}.tar.gz`;
export const sumsPath = `/v${fetchedServer}/SHA256SUMS`;

/** A release archive as it is published, made from the server at hand. */
export async function packRelease(binary: string, scratch: string): Promise<Buffer> {
  await mkdir(join(scratch, name));
  await copyFile(binary, join(scratch, name, 'nats-server'));
  const packed = join(scratch, 'packed.tar.gz');
  const { code, stderr } = await runCommand('tar', ['-czf', packed, '-C', scratch, name], {
    within: 60_000,
  });
  if (code !== 0) throw new Error(stderr);
  return readFile(packed);
}

/** What `SHA256SUMS` says of an archive. */
export function sumsOf(archive: Buffer): string {
  const sum = createHash('sha256').update(archive).digest('hex');
  return `${'0'.repeat(64)}  other.tar.gz\n${sum}  ${name}.tar.gz\n`;
}

/** A web server on loopback, with the address that stands for the releases of GitHub. */
export async function serve(answer: RequestListener): Promise<AsyncDisposable & { url: string }> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${portOf(server)}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Serves these files, and 404 for all others. */
export function serveFiles(files: Readonly<Record<string, Buffer | string>>) {
  return serve((request, response) => {
    const file = files[request.url ?? ''];
    response.statusCode = file === undefined ? 404 : 200;
    response.end(file);
  });
}
