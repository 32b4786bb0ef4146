import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { until } from '../../harness/until.ts';

/** Receives datagrams, as systemd does; Node cannot. Perl is in every Debian system. */
const receiver = `
$| = 1; use Socket;
socket(S, PF_UNIX, SOCK_DGRAM, 0); bind(S, pack_sockaddr_un($ARGV[0])) or die "bind: $!";
print "listening\n"; while (1) { recv(S, $_, 8192, 0); tr/\n/ /; print "$_\n" }`;

/** The socket on which systemd hears how a service is doing. */
export async function notifySocketIn(folder: string, name: string) {
  const path = join(folder, name);
  const child = spawn('perl', ['-e', receiver, path], { stdio: ['ignore', 'pipe', 'inherit'] });
  const heard: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => heard.push(line.trim()));
  await until('the receiver listens', () => heard.includes('listening'));
  return {
    path,
    heard,
    /** Everything but the barriers with which systemd-notify waits until it is heard. */
    told: () => heard.filter((line) => !/^(BARRIER|listening|WATCHDOG)/.test(line)),
    [Symbol.asyncDispose]: async () => {
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    },
  };
}
