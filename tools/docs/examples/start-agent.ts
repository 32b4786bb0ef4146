import { startAgent } from '../../../src/index.ts';

const shop = await startAgent({
  servers: 'nats://127.0.0.1:4222',
  name: 'shop',
  instances: [{ service: 'web', id: 'web-1', address: '10.0.0.7', port: 8080 }],
});
shop.report({ service: 'web', id: 'web-1' }, { state: 'failing', detail: 'disk full' });
// Removes the instance, then the agent, and releases the lease.
await shop.stop();
