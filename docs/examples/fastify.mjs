// A service with Fastify that registers itself. NATS_URL, ROLLCALL_NAMESPACE and PORT are optional.
import { env } from 'node:process';
import fastify from 'fastify';
import { registerSelf } from 'rollcall';

const app = fastify();
app.get('/', async () => 'fastify\n');
await app.listen({ host: '0.0.0.0', port: Number(env.PORT ?? 0) });

// Registered once it listens. At SIGTERM it drains for 2 s, leaves, and the process ends.
await registerSelf({
  servers: env.NATS_URL ?? 'nats://127.0.0.1:4222',
  namespace: env.ROLLCALL_NAMESPACE ?? 'default',
  service: 'web',
  port: app.server,
  drain: '2s',
  stopOnSigterm: true,
});
