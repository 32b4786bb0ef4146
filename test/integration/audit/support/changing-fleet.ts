import { systemEntropy } from '../../../../src/adapters/system/entropy.ts';
import { FleetPolicy, type Retention } from '../../../../src/domain/policy/fleet-policy.ts';
import { latestSignedKeyframe } from '../../../../src/runtime/audit/keyframes/signed-keyframes.ts';
import { setPolicy } from '../../../../src/runtime/operator/operator-actions.ts';
import { until } from '../../harness/until.ts';
import { type Opened, openOn } from '../../nats/support/open-store.ts';
import { startKeyframeSigner } from './keyframe-signer.ts';
import { portsOf, quiet, specOf, startAgent } from './sample-audit.ts';

const never = new AbortController().signal;

/** The settings of the audit stream. */
export const settingsOf = async ({ jsm, names }: Pick<Opened, 'jsm' | 'names'>) =>
  (await jsm.streams.info(names.auditStream)).config;

/** Instances that are changed in turn: changes of one alone, without end, would be written every 4 s only. */
export const changing = Array.from({ length: 10 }, (_, n) => `web/${n}`);

/** An agent that keeps changing its instances, and a collector's chain that signs on request. */
export async function startChangingFleet(url: string) {
  const opened = await openOn([url]);
  const { store } = opened;
  const on = { servers: [url], namespace: opened.names.namespace };
  const one = await startAgent(on, 'h1/a', [...changing, 'db/1']);
  const ports = portsOf(store);
  const { actor, writer: keyframer } = startKeyframeSigner(ports);
  let port = 0;
  const specs = changing.map((name) => specOf(name));
  return {
    ...opened,
    ports,
    one,
    /** `about`: text that each event carries along. */
    async change(times: number, about = '') {
      for (let n = 0; n < times; n += 1) {
        port += 1;
        const labels = about === '' ? {} : { about };
        const which = port % changing.length;
        specs[which] = { ...specOf(`web/${which}`, port), labels };
        one.agent.replace([...specs, specOf('db/1')]);
        // Changes that come faster than they are written are written as one.
        await until('it is written', async () => {
          const { text } = await store.registry.read(`instance.h1.a.web.${which}`);
          return text?.includes(`"port":${port},`);
        });
      }
      return quiet(store);
    },
    /** Says how much of it is kept, as `rollcall policy set` does. */
    wish: (retention: Retention) =>
      setPolicy(
        { actor: { ...actor, run: systemEntropy.runId() }, ports },
        (now) => FleetPolicy.parse({ ...now, retention }),
        ports,
        never,
      ),
    keyframer,
    /** Keeps a keyframe of all that there is now, signed. */
    async keep(): Promise<number> {
      await keyframer.look(never);
      await quiet(store);
      return (await latestSignedKeyframe(ports))?.signature.keyframe ?? 0;
    },
    [Symbol.asyncDispose]: async () => {
      await one.stop();
      await opened[Symbol.asyncDispose]();
    },
  };
}
