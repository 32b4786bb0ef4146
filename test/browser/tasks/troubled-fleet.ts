import { setTimeout as pause } from 'node:timers/promises';
import { TestFleet } from '../../integration/harness/fleet.ts';
import { startTestServer } from '../../integration/harness/nats-server.ts';
import { until } from '../../integration/harness/until.ts';
import { addressOf } from '../harness/dashboard.ts';

/** A fleet in which real agents were killed, frozen and held, and its dashboard. */
export interface TroubledFleet extends AsyncDisposable {
  readonly fleet: TestFleet;
  readonly address: string;
  /** When `api/k1` of h5/killed was removed, as the audit stored it. */
  readonly removedAt: number;
  /** When the trouble began. */
  readonly began: number;
}

/** More than the three returns in an hour that the policy allows. */
const flaps = 4;
const patient = ['--grace', '600s'];
const within = 60_000;

/**
 * Three zones. In cph, h5/killed was killed and removed, h6/frozen is frozen, and h7/flaps returned four times. In
 * ams, h1/a and h2/c both have web/dup. All agents of ber were killed, and its brake is on.
 */
export async function troubledFleet(): Promise<TroubledFleet> {
  await using opened = new AsyncDisposableStack();
  const server = opened.use(await startTestServer());
  const fleet = opened.use(await TestFleet.open(server.url));
  await fleet.collector();
  const policy = fleet.start(['policy', 'set', 'brake.pace=60s']);
  if ((await policy.exited) !== 0) throw new Error(policy.stderr);
  const serve = async (
    name: string,
    zone: string,
    instances: readonly string[],
    more = patient,
  ) => {
    const [host = '', agent = ''] = name.split('/');
    const specs = instances.map((one) => {
      const [service = '', id = ''] = one.split('/');
      return { service, id, port: 8080, labels: { tier: service === 'web' ? 'gold' : 'tin' } };
    });
    return (await fleet.serving(host, agent, specs, ['--zone', zone, ...more])).process;
  };
  await serve('h1/a', 'ams', ['web/a1', 'web/dup']);
  await serve('h1/b', 'ams', ['web/b1']);
  const killed = await serve('h5/killed', 'cph', ['api/k1'], ['--grace', '2s']);
  const frozen = await serve('h6/frozen', 'cph', ['api/z1']);
  const flapping = await serve('h7/flaps', 'cph', ['api/f1']);
  await serve('h8/calm', 'cph', ['api/c1']);
  await serve('h9/calm', 'cph', ['api/c2']);
  const ber = [];
  for (const name of ['h3/d', 'h3/e', 'h4/f', 'h4/g']) {
    ber.push(await serve(name, 'ber', [`db/${name.at(-1)}`], ['--grace', '10s']));
  }
  const address = await addressOf(fleet.start(['ui', '--port', '0']));
  const began = Date.now();
  killed.kill('SIGKILL');
  await serve('h2/c', 'ams', ['web/dup', 'web/c1']);
  const returns = async () =>
    (await fleet.history()).filter(
      ({ of, event }) => event.type === 'regranted' && of.entity === 'run' && of.agent === 'flaps',
    ).length;
  for (let n = 0; n < flaps; n += 1) {
    flapping.kill('SIGSTOP');
    await until('suspect', () => fleet.row('api', 'f1')?.state === 'dubious', within);
    flapping.kill('SIGCONT');
    await until('returned', async () => (await returns()) > n, within);
  }
  frozen.kill('SIGSTOP');
  await until('removed', () => fleet.row('api', 'k1') === undefined, within);
  for (const one of ber) one.kill('SIGKILL');
  const braked = async () => (await fleet.history()).some(({ of }) => of.entity === 'brake');
  await until('the brake of ber is on', braked, within);
  await until('frozen', () => fleet.row('api', 'z1')?.state === 'dubious', within);
  const removal = (await fleet.history()).find(
    ({ of, event }) => of.entity === 'instance' && of.id === 'k1' && event.type === 'removed',
  );
  const rest = opened.move();
  // A page that is still open would send one more request.
  const close = async () => {
    await pause(100);
    await rest.disposeAsync();
  };
  return {
    ...{ fleet, address, began, removedAt: Number(removal?.at) },
    [Symbol.asyncDispose]: close,
  };
}
