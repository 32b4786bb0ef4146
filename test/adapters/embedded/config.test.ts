import { expect, test } from 'vitest';
import {
  isLoopback,
  newLogins,
  type ServerSettings,
  serverConfig,
} from '../../../src/adapters/embedded/config.ts';

const settings: ServerSettings = {
  host: '127.0.0.1',
  port: 0,
  storeDir: '/var/lib/rollcall',
  logins: newLogins(),
};

test('on loopback clients need no credentials', () => {
  expect(serverConfig(settings)).toContain('no_auth_user: app');
});

test('on loopback clients need credentials if other users of the machine must stay out', () => {
  expect(serverConfig({ ...settings, needsLogin: true })).not.toContain('no_auth_user');
});

test.each(['0.0.0.0', '::', '192.0.2.7', '127.example.org', '10.127.0.0.1'])(
  'on %s clients need credentials',
  (host) => expect(serverConfig({ ...settings, host })).not.toContain('no_auth_user'),
);

test.each(['127.0.0.1', '127.8.9.1', '::1', 'localhost'])('%s is loopback', (host) => {
  expect(isLoopback(host)).toBe(true);
});

test('a quote in the name of a directory stays in the name', () => {
  const config = serverConfig({ ...settings, storeDir: '/srv/the "old" \\ one' });
  expect(config).toContain('store_dir: "/srv/the \\"old\\" \\\\ one"');
});

test('no two starts share a password', () => {
  const logins = [newLogins(), newLogins()].flatMap(({ app, system }) => [app, system]);
  const passwords = logins.map(({ pass }) => pass);
  expect(new Set(passwords).size).toBe(4);
  for (const password of passwords) expect(password.length).toBeGreaterThanOrEqual(24);
});

test('the interval of syncs has quotes: nats-server reads 2m without them as two million seconds', () => {
  expect(serverConfig({ ...settings, syncInterval: '2m' })).toContain('sync_interval: "2m"');
});
