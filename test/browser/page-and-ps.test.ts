import { setTimeout as pause } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import type { AgentRow, InstanceRow } from '../../src/domain/fleet/directory-rows.ts';
import { seededFractions } from '../../tools/bench/history/seeded-random.ts';
import type { TestFleet } from '../integration/harness/fleet.ts';
import type { RollcallProcess } from '../integration/harness/processes.ts';
import { withServer } from '../integration/harness/with-server.ts';
import { type CommandRunner, commandRunner } from './harness/command-runner.ts';
import { addressOf } from './harness/dashboard.ts';
import {
  agentsIn,
  agentsOf,
  differences,
  instancesIn,
  instancesOf,
  type Listed,
} from './harness/listed-rows.ts';
import { settled, test } from './harness/visit.ts';

const world = withServer();
const soon = { timeout: 30_000 };
/** How long the page may be behind, on a busy machine. */
const behind = 8000;
const twoMinutes = Number(process.env['ROLLCALL_PAGE_SECONDS'] ?? 120) * 1000;
const seed = Number(process.env['ROLLCALL_SEED'] ?? Date.now() % 1_000_000);

const isInstance = (row: object): row is InstanceRow => 'token' in row && 'service' in row;
const isAgent = (row: object): row is AgentRow => 'term' in row && !('service' in row);

/**
 * What differs between a command and the page. The page is read until it agrees, or is too late. A state can
 * be shorter than a frame of the page, so a difference counts only if it is the same the second time.
 */
async function compare(
  what: string,
  command: () => Promise<Listed>,
  read: () => Promise<Listed>,
): Promise<readonly string[]> {
  const first = await differencesOnce(command, read);
  if (first.size === 0) return [];
  const second = await differencesOnce(command, read);
  return [...second]
    .filter(([name, text]) => first.get(name) === text)
    .map(([name, text]) => `${what} ${new Date().toISOString()}: ${name}: ${text}`);
}

async function differencesOnce(command: () => Promise<Listed>, read: () => Promise<Listed>) {
  const listed = [await read()];
  let printed: Listed | undefined;
  const running = command().then((rows) => {
    printed = rows;
  });
  for (let late = Number.POSITIVE_INFINITY; ; ) {
    await pause(100);
    listed.push(await read());
    if (!printed) continue;
    late = Math.min(late, Date.now() + behind);
    const wrong = differences(printed, listed);
    if (wrong.size > 0 && Date.now() < late) continue;
    await running;
    return wrong;
  }
}

const readInstances = (page: Page) => () => instancesIn(page, 'web');

/** A fleet whose agents are killed, frozen, held, drained and contested at random. */
class Trouble {
  readonly #fleet: TestFleet;
  readonly #commands: CommandRunner;
  readonly #random = seededFractions(seed);
  readonly #agents = new Map<string, RollcallProcess>();
  #collector: RollcallProcess | undefined;
  readonly done: string[] = [];

  constructor(fleet: TestFleet, commands: CommandRunner) {
    this.#fleet = fleet;
    this.#commands = commands;
  }

  async start(): Promise<void> {
    await this.#collect();
    await Promise.all(places.map((place) => this.#serve(place)));
  }

  async #collect(): Promise<void> {
    this.#collector = await this.#fleet.collector(`c${this.done.length}`);
  }

  async #serve(place: string): Promise<void> {
    const [host = '', agent = '', zone = ''] = place.split('/');
    const own = [1, 2].map((n) => ({ service: 'web', id: `${agent}${n}`, port: 8000 + n }));
    const more = agent === 'a' || agent === 'd' ? [{ service: 'web', id: 'both' }] : [];
    const long = ['--grace', '4s', '--zone', zone];
    const { process } = await this.#fleet.serving(host, agent, [...own, ...more], long);
    this.#agents.set(place, process);
  }

  /** An operator's command. One that has nothing to end, or comes too early, fails: that is no fault. */
  async #operate(...args: readonly string[]): Promise<void> {
    await this.#commands.run(...args).catch((cause) => void this.done.push(`  ${cause}`));
  }

  /** One random act. */
  async next(): Promise<void> {
    const place = places[Math.floor(this.#random() * places.length)] ?? '';
    const [host = '', agent = ''] = place.split('/');
    const acts: Readonly<Record<string, () => Promise<unknown>>> = {
      kill: async () => {
        this.#agents.get(place)?.kill('SIGKILL');
        this.#agents.delete(place);
      },
      leave: async () => {
        this.#agents.get(place)?.kill('SIGTERM');
        this.#agents.delete(place);
      },
      again: async () => (this.#agents.has(place) ? undefined : this.#serve(place)),
      freeze: async () => this.#agents.get(place)?.kill('SIGSTOP'),
      thaw: async () => {
        for (const one of this.#agents.values()) one.kill('SIGCONT');
      },
      hold: () => this.#operate('hold', host, '--for', '12s', '--why', 'a new kernel'),
      release: () => this.#operate('release', host),
      drain: () => this.#operate('drain', `web/${agent}1`, '--for', '15s'),
      'drain host': () => this.#operate('drain', host, '--for', '10s'),
      undrain: () => this.#operate('undrain', `web/${agent}1`),
      collector: async () => {
        if (this.#collector) {
          this.#collector.kill(this.#random() < 0.5 ? 'SIGKILL' : 'SIGTERM');
          this.#collector = undefined;
        } else await this.#collect();
      },
    };
    const names = Object.keys(acts);
    const name = names[Math.floor(this.#random() * names.length)] ?? 'again';
    this.done.push(`${new Date().toISOString()} ${name} ${place}`);
    await acts[name]?.();
  }
}

const places = ['h1/a/ams', 'h1/b/ams', 'h2/c/ber', 'h3/d/ber', 'h4/e/cph'];

test('the page lists what ps, agents and audit replay print while agents are killed, frozen, held, drained and contested at random', {
  timeout: twoMinutes + 480_000,
}, async ({ open }) => {
  await using fleet = await world.fleet();
  await using commands = commandRunner(fleet);
  const trouble = new Trouble(fleet, commands);
  await trouble.start();
  const address = await addressOf(fleet.start(['ui', '--port', '0']));
  await using visit = await open(`${address}#/services?open=web`);
  const { page } = visit;
  await settled(page);
  await page.locator('.members > li').first().waitFor(soon);
  const agentsPage = await visit.another('#/fleet');
  await settled(agentsPage);
  const began = Date.now();
  const wrong: string[] = [];
  let compared = 0;
  const acting = (async () => {
    while (Date.now() < began + twoMinutes) {
      await trouble.next();
      await pause(1500);
    }
  })();
  while (Date.now() < began + twoMinutes) {
    const instances = async () => instancesOf((await commands.run('ps')).filter(isInstance));
    const agents = async () => agentsOf((await commands.run('agents')).filter(isAgent));
    wrong.push(...(await compare('ps', instances, readInstances(page))));
    wrong.push(...(await compare('agents', agents, () => agentsIn(agentsPage))));
    compared += 2;
  }
  await acting;
  const random = seededFractions(seed + 1);
  const until = Date.now() - 5000;
  for (let n = 0; n < 20; n += 1) {
    const at = new Date(Math.floor(began + random() * (until - began))).toISOString();
    const past = async () =>
      instancesOf((await commands.run('audit', 'replay', '--at', at)).filter(isInstance));
    await page.goto(`${address}#/services?open=web&at=${at}`);
    await page.getByTestId('past').waitFor(soon);
    wrong.push(...(await compare(`replay --at ${at}`, past, readInstances(page))));
  }
  const facts = `seed ${seed}, ${compared} comparisons\n${trouble.done.join('\n')}`;
  expect(wrong, facts).toEqual([]);
  expect(compared, facts).toBeGreaterThan(10);
});
