import type { AuditEntry } from '../../../domain/events/audit-entry.ts';
import type { AuditEvent } from '../../../domain/events/event-schema.ts';
import { runSubject } from '../../../domain/events/event-subjects.ts';
import type { Hash } from '../../../domain/events/hash-chain.ts';
import { type CheckSignature, isSignedBy } from '../../../domain/events/signature.ts';
import type { Divergence } from '../../../domain/replay/divergence.ts';
import type { ChainIndex } from './chain-index.ts';
import type { EventViolation } from './check-event.ts';
import { IncompleteCommits } from './incomplete-commits.ts';

/** The key of an actor that has no chain of its own so far; null: it does not sign. */
export interface KeyClaim {
  readonly key: string | null;
  /** The first event with this key. */
  readonly seq: number;
}

/** How signatures are checked. Without `check`, only the keys of the events are compared. */
export interface SigningRule {
  readonly check?: CheckSignature | undefined;
  /** Also where the policy does not require signatures. */
  readonly isRequired?: boolean | undefined;
}

/** What the signature of an event shows. */
export interface SignatureFinding {
  readonly violations: readonly EventViolation[];
  /** The key to keep with the chain, if the actor of the event is the process of the chain. */
  readonly introduced: string | null | undefined;
  readonly isSigned: boolean;
}

/** Actors without a chain of their own are operators: each command is another one. */
const maxClaims = 20_000;

/**
 * Checks that each event is signed with the key of its author.
 *
 * A process introduces its key with the first event of a chain of its own: `run`, `session` or
 * `collector`. Only it may write there, by its permissions on the server. So such an introduction is
 * believed, and one in the chain of another entity is a claim that must agree with it, whichever comes
 * first. A process that began unsigned does not sign later.
 */
export class SignatureChecker {
  readonly #rule: SigningRule;
  readonly #hash: Hash;
  readonly #check: CheckSignature | undefined;
  readonly #commits = new IncompleteCommits();
  #chains: Pick<ChainIndex, 'get'>;
  #claims = new Map<string, KeyClaim>();

  constructor(rule: SigningRule, hash: Hash, chains: Pick<ChainIndex, 'get'>) {
    this.#rule = rule;
    this.#hash = hash;
    this.#check = rule.check && rememberLast(rule.check);
    this.#chains = chains;
  }

  /** What was before the next event is not known, or no longer there. */
  beginInMiddle(): void {
    this.#commits.beginInMiddle();
  }

  /** Goes on with this state of the chains. */
  continueWith(
    chains: Pick<ChainIndex, 'get'>,
    claims: readonly (readonly [string, KeyClaim])[] = [],
  ): void {
    this.#chains = chains;
    this.#claims = new Map(claims);
    this.beginInMiddle();
  }

  /** Commits of which an event is missing. To be asked for at the end of the history. */
  get incompleteCommits(): readonly Divergence[] {
    return this.#commits.divergences();
  }

  /** For a checkpoint. */
  get claims(): readonly (readonly [string, KeyClaim])[] {
    return [...this.#claims];
  }

  /** `isRequiredByPolicy`: the policy accepts no unsigned events. */
  take(recorded: AuditEntry, isRequiredByPolicy: boolean): SignatureFinding {
    const { event, seq } = recorded;
    const isSigned = event.sig !== undefined || event.key !== undefined;
    const key = isSigned ? (event.key ?? '') : null;
    const violations: EventViolation[] = [];
    if (isSigned && !isSignedBy(recorded, this.#check, this.#hash)) {
      violations.push(violation(`a signature of ${nameOf(event)} that fits`, 'another one'));
    }
    this.#commits.take(recorded);
    const actor = runSubject(event.actor);
    const introduced = this.#introducedBy(actor);
    const claim = this.#claims.get(actor);
    const known = introduced === undefined ? claim?.key : introduced;
    if (known !== undefined && known !== key)
      violations.push(this.#mismatch(event, known, key, claim));
    else if (key === null && (isRequiredByPolicy || this.#rule.isRequired)) {
      const why = isRequiredByPolicy ? ': the policy requires it' : '';
      violations.push(violation(`a signature${why}`, 'none'));
    }
    const isOwn = isOwnChain(event);
    if (isOwn) this.#claims.delete(actor);
    else if (known === undefined) this.#claim(actor, { key, seq });
    return { violations, isSigned, introduced: isOwn ? (introduced ?? key) : undefined };
  }

  /** The key that the actor introduced in a chain of its own; undefined: it has none so far. */
  #introducedBy(actor: string): string | null | undefined {
    for (const name of [actor, `${actor}.collector`, `${actor}.session`]) {
      const key = this.#chains.get(name)?.key;
      if (key !== undefined) return key;
    }
    return undefined;
  }

  /** The claim is at fault if the actor itself shows another key afterwards. */
  #mismatch(
    event: AuditEvent,
    known: string | null,
    key: string | null,
    claim: KeyClaim | undefined,
  ): EventViolation {
    const actor = nameOf(event);
    const isClaimWrong = claim !== undefined && isOwnChain(event);
    const [right, wrong] = isClaimWrong ? [key, known] : [known, key];
    const expected =
      right === null ? `no signature: ${actor} does not sign` : `the key of ${actor}, ${right}`;
    const found = wrong === null ? 'no signature' : `the key ${wrong}`;
    return { ...violation(expected, found), ...(isClaimWrong && { seq: claim.seq }) };
  }

  #claim(actor: string, claim: KeyClaim): void {
    this.#claims.set(actor, claim);
    const oldest = this.#claims.keys().next();
    if (this.#claims.size > maxClaims && !oldest.done) this.#claims.delete(oldest.value);
  }
}

/** A commit of many events has one signature, and its second events another one. */
const maxRemembered = 8;

/** Checks each signature over a text once, as long as the same few are asked for. */
function rememberLast(check: CheckSignature): CheckSignature {
  const known = new Map<string, boolean>();
  return (key, text, sig) => {
    const question = [key, sig, text].join();
    const answer = known.get(question) ?? check(key, text, sig);
    if (known.size >= maxRemembered) known.clear();
    known.set(question, answer);
    return answer;
  };
}

const violation = (expected: string, found: string): EventViolation => ({
  check: 'signature',
  expected,
  found,
});

const nameOf = ({ actor: { host, agent, run } }: AuditEvent): string =>
  `${host}/${agent} run ${run}`;

/** Whether the event is one of the process itself, in a chain that only it may begin. */
function isOwnChain({ of, actor }: AuditEvent): boolean {
  if (of.entity !== 'run' && of.entity !== 'session' && of.entity !== 'collector') return false;
  return of.run === actor.run && of.host === actor.host && of.agent === actor.agent;
}
