import { type FileSync, fileDriver } from '../../composition/services/drivers.ts';
import { Fault } from '../../domain/fault.ts';
import { command } from '../command/command.ts';
import { exitCodes } from '../command/exit.ts';
import { metrics } from '../command/settings/metrics.ts';
import { handOut } from '../command/settings/services.ts';
import type { Values } from '../command/settings/setting.ts';
import { fileSettings } from '../command/settings/sync-file.ts';
import { logOf } from '../session/connect.ts';
import { openMetrics } from '../session/open-metrics.ts';
import { completeView, followStore, openServices } from '../session/open-services.ts';
import { untilStopped } from '../session/until-stopped.ts';
import { escapeControls } from '../terminal/escape-terminal.ts';
import { documentLine } from '../terminal/iso-times.ts';

export const syncFile = command({
  name: 'sync file',
  summary: 'keep a configuration file up to date, for nginx or any program that reads a file',
  settings: { ...fileSettings, ...handOut, ...metrics },
  examples: [
    [
      "rollcall sync file --format nginx --out /etc/nginx/rollcall.conf --exec 'nginx -s reload'",
      'an upstream for each service',
    ],
    [
      'rollcall sync file --template hosts.liquid --out hosts.yml --dry-run',
      'prints what a template would write',
    ],
  ],
  isDaemon: true,
  oneOf: ['format', 'template'],
  async run({ settings, io }) {
    const { json, out } = settings;
    const sync = syncOf(settings);
    await using opened = new AsyncDisposableStack();
    const { metrics, readiness } = opened.use(await openMetrics(settings, io));
    const log = logOf(io, settings);
    const view = opened.use(await openServices(settings, io, metrics));
    const driver = await fileDriver(sync, view, { log, metrics });
    await using until = untilStopped(io.signal);
    const { signal } = until;
    if (settings.once || settings.dryRun) {
      opened.use(await completeView(view, settings, io));
      if (settings.dryRun) {
        const text = driver.render();
        io.out(json ? documentLine({ file: out, text }) : text.trimEnd());
        return exitCodes.done;
      }
      const outcome = await driver.look();
      io.out(json ? documentLine({ file: out, outcome }) : `${escapeControls(out)}: ${outcome}`);
      return outcome === 'same' || outcome === 'written' ? exitCodes.done : exitCodes.wanting;
    }
    const onComplete = () => {
      readiness.report('start', undefined);
      const { source } = view.status;
      if (json) io.out(documentLine({ event: 'ready', source, pid: io.pid }));
      else io.out(`${io.palette.live('●')} keeps ${escapeControls(out)}`);
    };
    await Promise.race([
      Promise.all([
        followStore(view, settings, io, { metrics, signal, onComplete }),
        driver.follow(signal),
      ]),
      until.ended,
    ]);
    return exitCodes.done;
  },
});

type Given = Values<typeof fileSettings> & Values<typeof handOut>;

/** @throws {Fault} `bad-setting` if the file could be emptied unseen, or has two sources */
function syncOf(settings: Given): FileSync {
  const { format, template, service: services, policy, allowEmpty, ...rest } = settings;
  if (policy === 'strict' && !allowEmpty) {
    throw new Fault(
      'bad-setting',
      '--policy strict would write no instance whenever no collector is active',
      { hint: 'use prefer-live, or add --allow-empty' },
    );
  }
  const all = { ...rest, services, policy };
  if (format !== undefined && template === undefined) return { ...all, format };
  if (template !== undefined && format === undefined) return { ...all, template };
  throw new Fault('bad-setting', '--format and --template cannot be combined', {
    hint: 'give one of them',
  });
}
