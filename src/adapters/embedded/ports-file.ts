import { readdir, readFile, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { z } from 'zod';

const PortsFile = z.object({ nats: z.array(z.url()).min(1) });
const Info = z.object({ jetstream: z.boolean().optional() });

/** Removes the ports files of killed servers: the operating system may reuse their process ids. */
export async function removeStalePortsFiles(storeDir: string): Promise<void> {
  for (const name of await readdir(storeDir)) {
    if (name.endsWith('.ports')) await rm(join(storeDir, name), { force: true });
  }
}

/**
 * The port of the server with this process id once it serves JetStream, `undefined` before.
 *
 * The server writes the file with its process id in the name after it listens. So a reply from another
 * program's port is never mistaken for ours.
 */
export async function readyPort(
  storeDir: string,
  pid: number,
  host: string,
): Promise<number | undefined> {
  const name = (await readdir(storeDir)).find((file) => file.endsWith(`_${pid}.ports`));
  if (name === undefined) return undefined;
  const ports = parse(PortsFile, await readFile(join(storeDir, name), 'utf8').catch(() => ''));
  const port = ports === undefined ? undefined : Number(new URL(ports.nats[0] ?? '').port);
  if (port === undefined) return undefined;
  const info = parse(Info, (await greeting(host, port)).replace(/^INFO /, ''));
  return info?.jetstream === true ? port : undefined;
}

/** The first line that a NATS server sends. */
async function greeting(host: string, port: number): Promise<string> {
  const socket = connect({ host, port }).setEncoding('utf8');
  let text = '';
  try {
    for await (const chunk of socket) {
      text += chunk;
      if (text.includes('\n')) break;
    }
  } catch {
    // not listening yet
  }
  socket.destroy();
  return text.split('\n', 1).join('');
}

/** `undefined` for a missing or incomplete text. */
function parse<T>(schema: z.ZodType<T>, text: string): T | undefined {
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
