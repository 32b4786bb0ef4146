import { type HaproxySync, haproxyDriver } from '../../composition/services/drivers.ts';
import { Fault } from '../../domain/fault.ts';
import { command } from '../command/command.ts';
import { exitCodes } from '../command/exit.ts';
import { haproxySettings } from '../command/settings/haproxy.ts';
import { metrics } from '../command/settings/metrics.ts';
import { handOut } from '../command/settings/services.ts';
import type { Values } from '../command/settings/setting.ts';
import { logOf } from '../session/connect.ts';
import { openMetrics } from '../session/open-metrics.ts';
import { completeView, followStore, openServices } from '../session/open-services.ts';
import { untilStopped } from '../session/until-stopped.ts';
import { tableLook } from '../tables/column-widths.ts';
import { slotTable } from '../tables/slot-table.ts';
import type { Terminal } from '../terminal/io.ts';
import { documentLine } from '../terminal/iso-times.ts';

type Driver = Awaited<ReturnType<typeof haproxyDriver>>;

export const syncHaproxy = command({
  name: 'sync haproxy',
  summary: 'fill the servers of HAProxy with instances, without a reload',
  settings: { ...haproxySettings, ...handOut, ...metrics },
  examples: [
    [
      'rollcall sync haproxy --socket /run/haproxy/admin.sock --backend web',
      'server-template web 20 127.0.0.1:1 check disabled',
    ],
    [
      'rollcall sync haproxy --socket /run/haproxy/admin.sock --backend web --show-servers',
      'prints which instance is in which server',
    ],
  ],
  isDaemon: true,
  async run({ settings, io }) {
    const sync = syncOf(settings);
    const { json } = settings;
    await using opened = new AsyncDisposableStack();
    const { metrics, readiness } = opened.use(await openMetrics(settings, io));
    const log = logOf(io, settings);
    const view = opened.use(await openServices(settings, io, metrics));
    const built = await haproxyDriver(sync, view, { log, metrics });
    await using until = untilStopped(io.signal);
    const { signal } = until;
    if (settings.showServers || settings.once || settings.dryRun) {
      opened.use(await completeView(view, settings, io));
      return settings.showServers
        ? show(built, json, io)
        : once(built, { json, apply: !settings.dryRun }, io);
    }
    const onComplete = () => {
      readiness.report('start', undefined);
      const { source } = view.status;
      if (json) io.out(documentLine({ event: 'ready', source, pid: io.pid }));
      else
        io.out(
          `${io.palette.live('●')} keeps ${sync.backends.map((one) => one.backend).join(', ')}`,
        );
    };
    await Promise.race([
      Promise.all([
        followStore(view, settings, io, { metrics, signal, onComplete }),
        built.driver.follow(signal),
      ]),
      until.ended,
    ]);
    return exitCodes.done;
  },
});

type Given = Values<typeof haproxySettings> & Values<typeof handOut>;

/** @throws {Fault} `bad-setting` where the lists do not fit, or a backend could become empty unseen */
function syncOf({
  socket,
  backend,
  service,
  slots,
  policy,
  drain,
  keepLast,
  stateFile,
  allowEmpty,
}: Given): HaproxySync {
  for (const [name, list] of Object.entries({ service, slots })) {
    if (list === undefined || list.length === backend.length) continue;
    throw new Fault(
      'bad-setting',
      `--${name} has ${list.length} values for ${backend.length} backends`,
      {
        hint: `give --${name} once for each --backend, in the same order, or not at all`,
      },
    );
  }
  if (policy === 'strict' && !allowEmpty) {
    throw new Fault(
      'bad-setting',
      '--policy strict would empty a backend whenever no collector is active',
      { hint: 'use prefer-live, or add --allow-empty' },
    );
  }
  const backends = backend.map((name, n) => ({
    ...{ backend: name, service: service?.[n] ?? name, slots: slots?.[n] ?? '' },
  }));
  return { socket, backends, policy, drain, keepLast, stateFile };
}

async function show({ driver, slotState }: Driver, json: boolean, io: Terminal) {
  const { slots, missing, unknown } = await driver.look(false);
  const rows = slots.map(({ backend, slot, instance }) => {
    const state = slotState(slot);
    const isEmpty = state === 'free' || state === 'emptied';
    return {
      ...{ server: `${backend}/${slot.name}`, address: `${slot.address}:${slot.port}`, state },
      instance: isEmpty ? '' : (instance ?? 'none has this address'),
    };
  });
  if (json) for (const row of rows) io.out(documentLine(row));
  else io.out(slotTable(rows, tableLook(io)));
  return missing.length + unknown.length > 0 ? exitCodes.wanting : exitCodes.done;
}

async function once(
  { driver }: Driver,
  { json, apply }: { readonly json: boolean; readonly apply: boolean },
  io: Terminal,
) {
  const { acts, missing, unknown, kept } = await driver.look(apply);
  for (const { backend, act } of acts) {
    const to = act.act === 'fill' ? ` with ${act.address}:${act.port}` : '';
    io.out(json ? documentLine({ backend, ...act }) : `${act.act} ${backend}/${act.slot}${to}`);
  }
  for (const { backend, at } of missing)
    io.err(`${backend} has no free server for ${at.address}:${at.port}`);
  for (const backend of unknown) io.err(`HAProxy has no server in backend ${backend}`);
  for (const backend of kept) {
    io.err(
      `the servers of ${backend} stay: no instance has a record, and nothing is known to have`,
    );
    io.err('  ended those in its servers; --keep-last 0 drains them');
  }
  return missing.length + unknown.length + kept.length > 0 ? exitCodes.wanting : exitCodes.done;
}
