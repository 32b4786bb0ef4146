import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import { ApiError } from '../../../adapters/http-server/api-error.ts';
import type { Plan } from '../../../domain/collection/gc-plan.ts';
import { Fault } from '../../../domain/fault.ts';
import type { Fleet } from '../../../domain/fleet/fleet.ts';
import { AgentName, HostId } from '../../../domain/identity/names.ts';
import { Acknowledgement } from '../../../domain/policy/acknowledgement.ts';
import type { LeasePolicy } from '../../../domain/policy/lease-policy.ts';
import { days, type Millis, seconds } from '../../../domain/time.ts';
import type { Ports } from '../../../ports/ports.ts';
import type { Registry } from '../../../ports/registry.ts';
import { ManualCollection } from '../../../runtime/collector/manual-collection.ts';
import {
  acknowledgeLosses,
  endHoldEarly,
  endOfHold,
  planHold,
} from '../../../runtime/operator/operator-actions.ts';
import { type Author, signingAuthor } from '../../../runtime/transitions/record-change.ts';
import type { ApiActionResult, ApiRemaining } from '../../api-actions.ts';
import { readBody } from '../http/request-schema.ts';
import { sweepResultText } from './sweep-result.ts';

/** The author of an action when the request names none. */
const defaultAuthor = AgentName.parse('dashboard');
const target = { host: HostId, agent: AgentName.optional(), as: AgentName.default(defaultAuthor) };
const Hold = z.strictObject({
  ...target,
  for: z.number().int().min(seconds(1)).max(days(30)),
  why: z.string().min(1).max(1000).optional(),
});
const Release = z.strictObject(target);
const Acknowledge = z.strictObject({ ...Acknowledgement.unwrap().shape, as: target.as });
const Sweep = z.strictObject({ as: target.as });

const patience: Millis = seconds(5);
const sweepWithin: Millis = seconds(30);
/** Number of results that are kept for repeated requests. */
const remembered = 200;

/**
 * The actions of the page. They use the same code as the command line. The audit records this host, the
 * name that the page sends, a new run id and the channel `dashboard`. The name is not authenticated; the
 * permissions of the NATS server decide who may write.
 */
export class Actions {
  readonly #host: HostId;
  readonly #lease: LeasePolicy;
  readonly #ports: Ports;
  readonly #planOf: (fleet: Fleet) => Promise<Plan>;
  readonly #asked = new Map<string, { of: string; result: Promise<ApiActionResult> }>();

  /** `planOf`: what will be removed from a fleet in its present state. */
  constructor(
    host: HostId,
    lease: LeasePolicy,
    ports: Ports,
    planOf: (fleet: Fleet) => Promise<Plan>,
  ) {
    this.#host = host;
    this.#lease = lease;
    this.#ports = ports;
    this.#planOf = planOf;
  }

  /** @throws {ApiError} `bad-request`, `not-found`; {Fault} what planning and a collection throw */
  async take(name: string, request: IncomingMessage): Promise<ApiActionResult> {
    const act = this.#act(name);
    if (!act) throw new ApiError('not-found', `there is no action '${name}'`);
    const id = request.headers['rollcall-request'];
    if (typeof id !== 'string' || !/^[\w-]{8,64}$/.test(id)) {
      throw new ApiError(
        'bad-request',
        'the header Rollcall-Request must be an id of 8 to 64 letters, digits, _ or -',
      );
    }
    const { doing, body } = await act(request);
    const of = JSON.stringify([name, body]);
    const known = this.#asked.get(id);
    if (known?.of === of) return known.result;
    if (known !== undefined) {
      throw new ApiError(
        'id-reused',
        `the id ${id} in Rollcall-Request belongs to another request: nothing was done`,
        'give each request an id of its own; only a repetition has the same',
      );
    }
    const done = doing().catch(sayWhoRefused);
    this.#asked.set(id, { of, result: done });
    if (this.#asked.size > remembered) this.#asked.delete(this.#asked.keys().next().value ?? '');
    // A failed action may be retried with the same id.
    done.catch(() => this.#asked.delete(id));
    return done;
  }

  /** The handler of an action. It reads the body of the request and returns it with a function that performs it. */
  #act(name: string) {
    if (name === 'hold') return (request: IncomingMessage) => this.#hold(request);
    if (name === 'release') return (request: IncomingMessage) => this.#release(request);
    if (name === 'acknowledge') return (request: IncomingMessage) => this.#acknowledge(request);
    if (name === 'sweep') return (request: IncomingMessage) => this.#sweep(request);
    return undefined;
  }

  async #hold(request: IncomingMessage) {
    const body = await readBody(request, Hold);
    const { host, agent, why, as, for: duration } = body;
    const at = agent ? `${host}/${agent}` : host;
    const doing = async (): Promise<ApiActionResult> => {
      const author = this.#author(as);
      const until = await endOfHold(duration, this.#ports);
      const plan = { host, until, ...(agent && { agent }), ...(why && { why }) };
      const did = await planHold(author, plan, this.#ports, AbortSignal.timeout(patience));
      const text = did === 'planned' ? `Hold placed on ${at}` : `Hold on ${at} extended`;
      return { did, transitions: 1, ...resultOf(author, text), until };
    };
    return { doing, body };
  }

  async #release(request: IncomingMessage) {
    const body = await readBody(request, Release);
    const { host, agent, as } = body;
    const doing = async (): Promise<ApiActionResult> => {
      const author = this.#author(as);
      const at = { host, ...(agent && { agent }) };
      const did = await endHoldEarly(author, at, this.#ports, AbortSignal.timeout(patience));
      if (did === 'absent')
        throw new ApiError(
          'not-found',
          `no hold exists for ${agent ? `agent ${host}/${agent}` : `host ${host}`}`,
        );
      const text = `Hold on ${agent ? `${host}/${agent}` : host} released`;
      return { did, transitions: 1, ...resultOf(author, text) };
    };
    return { doing, body };
  }

  async #acknowledge(request: IncomingMessage) {
    const body = await readBody(request, Acknowledge);
    const { as, ...added } = body;
    const doing = async (): Promise<ApiActionResult> => {
      const author = this.#author(as);
      const signal = AbortSignal.timeout(patience);
      const did = await acknowledgeLosses(author, added, this.#ports, signal);
      const text =
        did === 'already' ? 'These losses were acknowledged before' : 'Losses acknowledged';
      return { did, transitions: did === 'already' ? 0 : 1, ...resultOf(author, text) };
    };
    return { doing, body };
  }

  async #sweep(request: IncomingMessage) {
    const body = await readBody(request, Sweep);
    const { as } = body;
    const doing = async (): Promise<ApiActionResult> => {
      const author = this.#author(as);
      let transitions = 0;
      const listener = {
        onCommitted: (events: readonly unknown[]) => {
          transitions += events.length;
        },
        onSighted() {},
        onBlinded() {},
      };
      const refusals: Fault[] = [];
      const registry = noting(this.#ports.registry, refusals);
      await using visit = new ManualCollection(
        author,
        this.#lease,
        { ...this.#ports, registry },
        listener,
      );
      await visit.sweep(AbortSignal.timeout(sweepWithin));
      // A sweep continues after a refused write. The user waits for the result, so report the refusal.
      const [refusal] = refusals;
      if (refusal && transitions === 0) throw refusal;
      const left = await this.#leftBy(visit, refusal);
      const done = { transitions, by: nameOf(author), left };
      return { did: 'swept', ...done, ...sweepResultText(done) };
    };
    return { doing, body };
  }

  /** What remains to be removed; null: the sweep is done, but the plan cannot be computed. */
  async #leftBy(visit: ManualCollection, refusal: Fault | undefined): Promise<ApiRemaining | null> {
    try {
      await visit.caughtUp(AbortSignal.timeout(patience));
      const { rows } = await this.#planOf(visit.view.fleet);
      return { rows, at: this.#ports.clock.wall(), refused: refusal ? messageOf(refusal) : null };
    } catch (cause) {
      if (cause instanceof Fault) return null;
      throw cause;
    }
  }

  #author(as: AgentName): Author {
    const ports = this.#ports;
    const actor = { host: this.#host, agent: as, run: ports.entropy.runId() };
    return { ...signingAuthor(actor, ports), channel: 'dashboard' };
  }
}

/** A registry that also collects the faults of refused writes. */
const noting = (registry: Registry, refusals: Fault[]): Registry => ({
  ...registry,
  commit: (commit) =>
    registry.commit(commit).catch((cause: unknown) => {
      if (cause instanceof Fault && cause.code === 'store-refused') refusals.push(cause);
      throw cause;
    }),
});

/** Adds to the message that the NATS server, not the dashboard, refused the write. */
function sayWhoRefused(cause: unknown): never {
  if (!(cause instanceof Fault) || cause.code !== 'store-refused') throw cause;
  throw new Fault(cause.code, messageOf(cause), { cause, ...(cause.hint && { hint: cause.hint }) });
}

const messageOf = ({ message }: Fault): string =>
  `the NATS server does not let this dashboard's user do that: ${message}`;

const resultOf = (author: Author, text: string) =>
  ({ by: nameOf(author), left: null, text, level: 'good' }) as const;

const nameOf = ({ actor }: Author): string => `${actor.host}/${actor.agent}`;
