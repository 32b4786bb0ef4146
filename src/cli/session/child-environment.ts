type Environment = Readonly<Record<string, string | undefined>>;

/** Variables with a login to the registry, or a key to the dashboard. */
const secret = /^ROLLCALL_(USER|PASSWORD(_FILE)?|TOKEN|CREDS|NKEY|LOGIN|TLS_KEY|UI_TOKEN)/;

/** How systemd is notified. It hears of this process alone. */
const ofServiceManager = new Set(['NOTIFY_SOCKET', 'WATCHDOG_USEC', 'WATCHDOG_PID']);

/** The environment of a wrapped process: ours, without the logins that are for Rollcall alone. */
export const childEnvironment = (env: Environment): Record<string, string | undefined> =>
  Object.fromEntries(
    Object.entries(env).filter(
      ([name, value]) =>
        !secret.test(name) &&
        !ofServiceManager.has(name) &&
        !(name === 'ROLLCALL_SERVERS' && value?.includes('@')),
    ),
  );
