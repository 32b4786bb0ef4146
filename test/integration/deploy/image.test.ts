import { performance } from 'node:perf_hooks';
import { afterEach, expect, test } from 'vitest';
import {
  buildNatsImage,
  buildShippedImage,
  docker,
  needEngine,
  sizeOf,
} from '../harness/engine.ts';
import { until } from '../harness/until.ts';

const nats = 'rollcall-test/nats';
const name = `rollcall-image-${process.pid}`;
const started: string[] = [];

afterEach(async () => {
  for (const one of started.splice(0)) await docker('rm', '--force', one).catch(() => '');
  await docker('network', 'rm', name).catch(() => '');
});

function start(container: string, ...args: readonly string[]): Promise<string> {
  started.push(container);
  return docker('run', '--detach', '--network', name, '--name', container, ...args);
}

const inspect = (format: string, container: string) =>
  docker('inspect', '--format', `{{${format}}}`, container);

test('the image that ships runs a collector without rights, is healthy, and ends by itself', async (context) => {
  await needEngine(context);
  const [image] = await Promise.all([buildShippedImage(), buildNatsImage(nats)]);
  await docker('network', 'create', name);
  await start(`${name}-nats`, '--network-alias', 'nats', nats, '--jetstream');
  const rights = ['--read-only', '--cap-drop', 'ALL', '--security-opt', 'no-new-privileges'];
  const settings = ['--env', 'NATS_URL=nats://nats:4222', '--env', 'ROLLCALL_HOST=h1'];
  // Only the times of the health check differ from those of the image.
  const soon = ['--health-interval', '1s'];
  await start(name, ...rights, ...settings, ...soon, image, 'collector', '--ttl', '2s');
  try {
    const health = () => inspect('.State.Health.Status', name);
    await until('the container is healthy', async () => (await health()) === 'healthy', 90_000);
  } catch (cause) {
    const log = await docker('logs', name);
    throw new Error(`${log}\n${await inspect('json .State', name)}`, { cause });
  }

  expect(await inspect('.Config.User', name)).toBe('1000:1000');
  const look = `const { status } = await import('node:fs').then((fs) => {
      try { fs.writeFileSync('/opt/rollcall/x', ''); return { status: 'written' }; }
      catch ({ code }) { return { status: code }; }
    });
    const fs = await import('node:fs');
    console.log(process.getuid(), status, fs.readFileSync('/proc/1/cmdline', 'utf8').split('\\0')[0]);`;
  const inside = await docker('exec', name, 'node', '--input-type=module', '-e', look);
  expect(inside).toBe('1000 EROFS node');
  expect(await docker('exec', name, 'node', '/opt/rollcall/dist/src/cli/main.js', 'ps')).toContain(
    'no instance',
  );

  const began = performance.now();
  await docker('stop', '--time', '60', name);
  const took = performance.now() - began;
  expect([await inspect('.State.ExitCode', name), took < 30_000]).toEqual(['0', true]);

  const added = (await sizeOf(image)) - (await sizeOf('rollcall-test/node'));
  expect(added).toBeLessThan(60e6);
  context.annotate?.(
    `the image adds ${(added / 1e6).toFixed(1)} MB; stopped in ${Math.round(took)} ms`,
  );
}, 900_000);
