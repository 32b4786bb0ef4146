import { openDirectory } from '../../../src/index.ts';

await using directory = await openDirectory({ servers: 'nats://127.0.0.1:4222' });
const instance = directory.pick('web', { policy: 'prefer-live' });
if (instance) process.stdout.write(`${instance.address}:${instance.port} is ${instance.state}\n`);
for await (const changes of directory.changes()) {
  for (const { before, now } of changes) {
    process.stdout.write(`${before?.state ?? 'new'} -> ${now?.state ?? 'gone'}\n`);
  }
}
