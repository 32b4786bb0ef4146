import type {
  AgentIdentity,
  InstanceName,
  RegisteredInstance,
  RegisterRefusal,
  RegisterRequest,
  Registrar,
  WriteOutcome,
} from '../../adapters/local-api/registrar.ts';
import type { RunRef } from '../../domain/identity/names.ts';
import { type Health, unchecked } from '../../domain/records/desired-instances.ts';
import { mostInstances } from '../../domain/records/record-budget.ts';
import { attach, beat, detach, drain, register } from '../../domain/registrations/registration.ts';
import { type Millis, seconds } from '../../domain/time.ts';
import type { Agent } from '../../runtime/agent/agent.ts';
import { type InstanceSources, sourceLabels } from './instance-sources.ts';
import { type BookPorts, entryOf, type RegistrationBook, serving } from './registration-book.ts';

/** How long a request waits for the store. */
const settleWithin: Millis = seconds(2);

/** Serves the requests of the local API: keeps the book, and waits until the registry has each change. */
export class RegistrationKeeper implements Registrar {
  readonly #me: RunRef;
  readonly #book: RegistrationBook;
  readonly #sources: InstanceSources;
  readonly #ports: BookPorts;
  readonly #ended = Promise.withResolvers<'ended'>();
  #agent: Agent | undefined;
  #isOver = false;

  constructor(me: RunRef, book: RegistrationBook, sources: InstanceSources, ports: BookPorts) {
    this.#me = me;
    this.#book = book;
    this.#sources = sources;
    this.#ports = ports;
  }

  /** Requests wait for this agent from now on. */
  connect(agent: Agent): void {
    const end = () => {
      this.#isOver = true;
      this.#ended.resolve('ended');
    };
    this.#agent = agent;
    agent.done.then(end, end);
  }

  identity(): AgentIdentity {
    const { host, agent: name, run } = this.#me;
    const agent = this.#agent;
    if (!agent) return { host, agent: name, run, term: 0, state: 'connecting' };
    return { host, agent: name, run: agent.run, term: agent.term, state: agent.state };
  }

  list(): readonly RegisteredInstance[] {
    return this.#book.list();
  }

  async register(
    request: RegisterRequest,
  ): Promise<(WriteOutcome & { readonly isNew: boolean }) | RegisterRefusal> {
    const { spec, health, check: how } = request;
    if (this.#isOver) return { outcome: 'ended', isNew: false };
    const before = this.#book.find(spec);
    const owner = this.#sources.ownerOf(spec);
    if (owner && owner !== 'api') return { refused: 'taken', by: sourceLabels[owner] };
    if (!before && this.#book.size >= mostInstances) {
      return { refused: 'too-many', limit: mostInstances };
    }
    const isNew = !before || before.registration.reported.state === 'draining';
    const isSameCheck = before && JSON.stringify(before.check) === JSON.stringify(how);
    const initial = how?.initial === 'failing' ? unchecked : serving;
    const checked = isSameCheck ? before.registration.checked : initial;
    before?.over.resolve();
    const registration = register(
      { spec, ttl: request.ttl, removeAfter: request.removeAfter },
      { reported: health, checked },
      this.#book.now(),
      before?.registration,
    );
    const entry = before ?? entryOf(registration, how);
    entry.check = how;
    entry.over = Promise.withResolvers();
    this.#book.add(entry);
    this.#book.set(entry, registration, true);
    if (!isSameCheck) this.#book.runChecks();
    const saved = this.#ports.onChange();
    const outcome = await this.#settle(spec);
    await saved;
    return { ...outcome, isNew };
  }

  async report(name: InstanceName, health: Health): Promise<WriteOutcome | 'unknown'> {
    const seen = this.beat(name, health);
    if (seen !== 'done') return seen === 'ended' ? { outcome: 'ended' } : seen;
    const saved = this.#ports.onChange();
    const outcome = await this.#settle(name);
    await saved;
    return outcome;
  }

  beat(name: InstanceName, health: Health | undefined): 'done' | 'unknown' | 'ended' {
    const entry = this.#book.find(name);
    if (this.#isOver) return 'ended';
    if (!entry) return 'unknown';
    this.#book.set(entry, beat(entry.registration, this.#book.now(), health));
    return 'done';
  }

  attach(name: InstanceName): { readonly detach: () => void } | 'unknown' | 'ended' {
    const entry = this.#book.find(name);
    if (this.#isOver) return 'ended';
    if (!entry) return 'unknown';
    this.#book.set(entry, attach(entry.registration, this.#book.now()));
    return {
      detach: () => {
        if (this.#book.find(name) !== entry || this.#isOver) return;
        this.#book.set(entry, detach(entry.registration, this.#book.now()));
      },
    };
  }

  async deregister(name: InstanceName, drainFor: Millis): Promise<WriteOutcome | 'unknown'> {
    const entry = this.#book.find(name);
    if (this.#isOver) return { outcome: 'ended' };
    if (!entry) return 'unknown';
    if (drainFor > 0) {
      this.#book.set(entry, drain(entry.registration, this.#book.now() + drainFor));
      await entry.over.promise;
    } else {
      this.#book.remove(entry);
    }
    const saved = this.#ports.onChange();
    const outcome = await this.#settle(name);
    await saved;
    return outcome;
  }
  async #settle(name: InstanceName): Promise<WriteOutcome> {
    if (!this.#agent) return { outcome: 'pending' };
    const within = new AbortController();
    const { clock } = this.#ports;
    void clock.sleep(settleWithin, within.signal).then(() => within.abort());
    const settled = await Promise.race([
      this.#agent.whenSettled(name, within.signal),
      this.#ended.promise,
    ]);
    within.abort();
    return typeof settled === 'string' ? { outcome: settled } : { outcome: 'stored', ...settled };
  }
}
