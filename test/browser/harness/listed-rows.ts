import type { Page } from 'playwright-core';
import type { AgentRow, InstanceRow } from '../../../src/domain/fleet/directory-rows.ts';

/** What is listed about an instance or an agent. */
interface Row {
  readonly said: string;
  /** When its state began, in seconds of the minute; undefined: not listed. */
  readonly since?: number;
}

/** By name. */
export type Listed = ReadonlyMap<string, Row>;

/** The instances that the open service of the services screen lists: state, reason, address, since. */
export async function instancesIn(page: Page, service: string): Promise<Listed> {
  const rows = await page.locator('.members > li').evaluateAll((all) =>
    all.map((row) => {
      const [id = '', agent = ''] = [...row.querySelectorAll('a')].map((a) => a.textContent ?? '');
      const state = [...(row.querySelector('.state')?.childNodes ?? [])]
        .slice(1)
        .map((one) => one.textContent ?? '')
        .join('');
      const where = row.querySelector('code')?.textContent ?? '';
      const since = row.querySelector<HTMLElement>('.num.dim')?.title ?? '';
      return { id, agent, state, where, since };
    }),
  );
  // Only the page lists the instances that were lost with an agent.
  const registered = rows.filter(({ state }) => state !== 'lost');
  return new Map(
    registered.map(({ id, agent, state, where, since }) => [
      `${service}/${id} ${agent}`,
      // A replay prints as live what the page shows as unverified, with a note.
      { said: `${state.replace('unverified', 'live')} | ${where}`, since: dateOf(since) },
    ]),
  );
}

/** The page does not write the year. */
const dateOf = (text: string): number =>
  Date.parse(text.replace(/^(\d+ \w+) /, `$1 ${new Date().getFullYear()} `));

/** The same of the rows that `rollcall ps --json` and `rollcall audit replay --json` print. */
export const instancesOf = (rows: readonly InstanceRow[]): Listed =>
  new Map(
    rows.map(({ service, id, host, agent, state, reason, health, address, port, since }) => {
      const why = reason ?? (state === 'failing' ? health.detail : null);
      const said = [state, why ?? []].flat().join(' ');
      const where = [address ?? [], port ?? []].flat().join(':');
      return [`${service}/${id} ${host}/${agent}`, { said: `${said} | ${where}`, since }];
    }),
  );

/** The agents of the fleet screen that have a record, with their states and numbers of instances. */
export async function agentsIn(page: Page): Promise<Listed> {
  const labels = await page
    .locator('.cell')
    .evaluateAll((all) => all.map((one) => one.getAttribute('aria-label') ?? ''));
  return new Map(
    labels.flatMap((label) => {
      const [, name = '', said = ''] = /^(.*?): (.*? instances)/.exec(label) ?? [];
      return /^(gone|left|superseded)\b/.test(said) ? [] : [[name, { said }] as const];
    }),
  );
}

/** The same of the rows that `rollcall agents --json` prints. */
export const agentsOf = (rows: readonly AgentRow[]): Listed =>
  new Map(
    rows.map(({ host, agent, state, reason, instances }) => {
      const shown = reason === 'unobserved' ? 'dubious' : state;
      const why = reason === null ? '' : `, ${reason}`;
      return [`${host}/${agent}`, { said: `${shown}${why}; ${instances} instances` }];
    }),
  );

/** A record has the writer's time, the page that of storage: on a busy machine they differ by a few seconds. */
const apart = 10_000;

const isSame = (one: Row | undefined, other: Row): boolean =>
  one?.said === other.said &&
  (one.since === undefined ||
    other.since === undefined ||
    Math.abs(one.since - other.since) < apart);

/**
 * The rows in which a command and the page differ, by name. A row is right if the page listed it as printed at
 * one of these times. A row that the page listed at all of them must be printed too.
 */
export function differences(
  printed: Listed,
  listed: readonly Listed[],
): ReadonlyMap<string, string> {
  const last: Listed = listed.at(-1) ?? new Map();
  const wrong = new Map<string, string>();
  for (const [name, row] of printed) {
    if (listed.some((one) => isSame(one.get(name), row))) continue;
    wrong.set(name, `printed ${text(row)}, listed ${text(last.get(name))}`);
  }
  for (const [name, row] of last) {
    if (!printed.has(name) && listed.every((one) => one.has(name)))
      wrong.set(name, `not printed, listed ${text(row)}`);
  }
  return wrong;
}

const text = (row: Row | undefined): string =>
  row === undefined
    ? 'not at all'
    : `'${row.said}'${row.since === undefined ? '' : ` since ${new Date(row.since).toISOString()}`}`;
