import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault } from '../../domain/fault.ts';
import { logFile } from './config.ts';

const shownLines = 8;

/** Says why a server did not come up, from what it printed and what this process wrote to its log. */
export async function failedStart(storeDir: string, pid: number, ended: boolean): Promise<Fault> {
  const printed = await readFile(join(storeDir, 'nats-server.out'), 'utf8').catch(() => '');
  const log = await readFile(logFile(storeDir), 'utf8').catch(() => '');
  const own = log.split('\n').filter((line) => line.startsWith(`[${pid}]`));
  const said = [...own.slice(-shownLines), ...printed.trim().split('\n').slice(-shownLines)];
  const taken = /listen tcp \S*?(\S+:\d+): bind: address already in use/.exec(said.join('\n'))?.[1];
  if (taken !== undefined) {
    return new Fault('port-taken', `${taken} is taken by another program`, {
      hint: 'choose another port, 0 for any free one',
    });
  }
  const what = ended ? 'ended at its start' : 'is not ready after a minute';
  const lines = said.filter((line) => line !== '').map((line) => `\n  ${line}`);
  return new Fault('server-failed', `nats-server ${what}; it said:${lines.join('')}`, {
    hint: `the whole log is ${logFile(storeDir)}`,
  });
}
