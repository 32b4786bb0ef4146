import { daemonHost } from '../../composition/daemon-host.ts';
import { escapeControls } from '../terminal/escape-terminal.ts';
import type { Terminal } from '../terminal/io.ts';

/** Runs a command that runs until it is stopped, and tells the service manager how it is doing. */
export async function runDaemon<T>(io: Terminal, run: (io: Terminal) => Promise<T>): Promise<T> {
  const debuggerUrl = daemonHost.debuggerUrl();
  if (debuggerUrl !== undefined) {
    io.err(
      `a debugger is open at ${debuggerUrl}: remove --inspect from the command line and from NODE_OPTIONS`,
    );
  }
  const manager = daemonHost.serviceManager(io.env, io.pid, (why) =>
    io.err(`systemd cannot be notified by systemd-notify: ${escapeControls(why)}`),
  );
  if (manager === undefined) return run(io);
  const stopping = () => manager.stopping();
  io.signal.addEventListener('abort', stopping);
  try {
    return await run({ ...io, started: (status) => manager.ready(status) });
  } finally {
    io.signal.removeEventListener('abort', stopping);
    manager.stopping();
    await manager.flush();
  }
}
