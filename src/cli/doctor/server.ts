import { Fault } from '../../domain/fault.ts';
import { type Millis, seconds } from '../../domain/time.ts';
import { type Inspection, system } from '../compose.ts';
import { type Finding, note, ok, wrong } from './finding.ts';

/** Is it a server that can keep the promises? */
export async function lookAtServer(inspection: Inspection): Promise<readonly Finding[]> {
  const { info } = inspection.connection;
  const server = `nats-server ${info?.version ?? 'of unknown version'} at ${inspection.connection.getServer()}`;
  try {
    await inspection.checkServer();
    return [ok('server', `${server}, with JetStream`)];
  } catch (cause) {
    if (!(cause instanceof Fault)) throw cause;
    return [wrong('server', cause.message, cause.hint ?? `look at the log of ${server}`)];
  }
}

const advisoryWithin: Millis = seconds(1);

/**
 * Are we told when somebody's connection closes? The only proof is to close one: a subscription that
 * is granted nothing is not refused.
 */
export async function lookAtAdvisories({ connection, connect }: Inspection): Promise<Finding> {
  const heard = Promise.withResolvers<boolean>();
  const subscription = connection.subscribe('$SYS.ACCOUNT.*.DISCONNECT', {
    callback: (error, message) => {
      if (error) heard.resolve(false);
      else if (message.string().includes(marked)) heard.resolve(true);
    },
  });
  const marked = `"id":${(await closedClient(connect)).id}`;
  void system.clock.sleep(advisoryWithin).then(() => heard.resolve(false));
  const granted = await heard.promise;
  subscription.unsubscribe();
  return granted
    ? ok('advisories', 'disconnect advisories arrive: a killed process is noticed in milliseconds')
    : note(
        'advisories',
        'no disconnect advisories: a killed process is noticed a little after its next heartbeat is due',
        'import $SYS.ACCOUNT.<account>.DISCONNECT from the system account (docs/operations.md)',
      );
}
