import { freePorts } from '../../../tools/bench/environment/free-ports.ts';
import { type ConfiguredServer, startConfigured } from '../nats/support/configured-server.ts';

/** A server and a second one that is connected to it as a leaf node, each with a JetStream of its own. */
export interface LeafServers extends AsyncDisposable {
  readonly hub: ConfiguredServer;
  readonly leaf: ConfiguredServer;
}

/** `domain: hub` and `domain: leaf`, unless `leafConfig` says otherwise. */
export async function startLeafServers(
  leafConfig = (store: string) => `jetstream { domain: leaf, store_dir: "${store}" }`,
): Promise<LeafServers> {
  await using stack = new AsyncDisposableStack();
  const [port = 0] = await freePorts(1);
  const hub = stack.use(
    await startConfigured(
      (store) => `
server_name: hub
jetstream { domain: hub, store_dir: "${store}" }
leafnodes { host: 127.0.0.1, port: ${port} }`,
    ),
  );
  const leaf = stack.use(
    await startConfigured(
      (store) => `
server_name: leaf
${leafConfig(store)}
leafnodes { reconnect: 1, remotes: [{ url: "nats://127.0.0.1:${port}" }] }`,
    ),
  );
  const opened = stack.move();
  return { hub, leaf, [Symbol.asyncDispose]: () => opened.disposeAsync() };
}
