// A service with Express that registers itself. NATS_URL, ROLLCALL_NAMESPACE and PORT are optional.
import { env } from 'node:process';
import express from 'express';
import { registerSelf } from 'rollcall';

const app = express();
app.get('/', (_request, response) => response.send('express\n'));

const server = app.listen(Number(env.PORT ?? 0), async (error) => {
  if (error) throw error;
  // Registered once it listens. At SIGTERM it drains for 2 s, leaves, and the process ends.
  await registerSelf({
    servers: env.NATS_URL ?? 'nats://127.0.0.1:4222',
    namespace: env.ROLLCALL_NAMESPACE ?? 'default',
    service: 'web',
    port: server,
    drain: '2s',
    stopOnSigterm: true,
  });
});
