import { argv, stdout } from 'node:process';
import { openDirectory, startAgent, startCollector } from '../../../../src/index.ts';

const servers = argv[2] ?? 'nats://127.0.0.1:4222';
await using _collector = await startCollector({ servers });
await using shop = await startAgent({
  servers,
  name: 'shop',
  instances: [{ service: 'web', id: 'web-1', address: '10.0.0.7', port: 8080 }],
});

await using directory = await openDirectory({ servers });
for (const { id, address, port, state, token } of directory.instances('web')) {
  stdout.write(`${id} at ${address}:${port} is ${state}; its fencing token is ${token}\n`);
}
shop.report({ service: 'web', id: 'web-1' }, { state: 'failing', detail: 'disk full' });
for await (const [change] of directory.changes()) {
  stdout.write(`${change?.now?.id} is now ${change?.now?.state}: ${change?.now?.health.detail}\n`);
  break;
}
