// Ten requests to the service web with undici: each to an instance that is picked for it, and again to another one if that fails.
import { env, stdout } from 'node:process';
import { openDirectory } from 'rollcall';
import { Agent, request } from 'undici';

const servers = env.NATS_URL ?? 'nats://127.0.0.1:4222';
const namespace = env.ROLLCALL_NAMESPACE ?? 'default';
await using directory = await openDirectory({ servers, namespace });
const dispatcher = new Agent({ connect: { timeout: 1000 }, headersTimeout: 2000 });

async function get(service, path, tries = 3) {
  const instance = directory.pick(service);
  if (instance === undefined) throw new Error(`no instance of ${service} can be used`);
  const { address, port } = instance;
  const host = address.includes(':') ? `[${address}]` : address;
  try {
    const { body } = await request(`http://${host}:${port}${path}`, { dispatcher });
    return await body.text();
  } catch (error) {
    // This process does not pick it again for a while.
    directory.avoid(instance, '10s');
    if (tries === 1) throw error;
    return get(service, path, tries - 1);
  }
}

for (let n = 0; n < 10; n += 1) stdout.write(await get('web', '/'));
await dispatcher.close();
