import { z } from 'zod';
import type { AuditEvent } from '../events/event-schema.ts';
import { Actor } from '../identity/names.ts';
import type { WallTime } from '../time.ts';

/** A drain of a target: who drains it, since when and why. */
export interface PastDrain {
  /** The operator as `HOST/NAME`; null: its record cannot be read. */
  readonly by: string | null;
  readonly since: WallTime;
  readonly why: string | null;
}

/** A host, or an instance by its name. */
type Target = { readonly host: string } | { readonly service: string; readonly id: string };

interface Span extends PastDrain {
  /** The id of the drain. */
  readonly run: string;
  /** undefined: it has not ended. */
  readonly to: WallTime | undefined;
}

/** The fields of a drain's record that are read here. The record in an event has no hash. */
const Drained = z.lazy(() => z.looseObject({ by: Actor, why: z.string().optional() }));

/** The drains of a history by target, with their times. */
export class DrainHistory {
  readonly #spans = new Map<string, readonly Span[]>();

  take({ of, to, record }: AuditEvent, at: WallTime): void {
    if (of.entity !== 'drain') return;
    const key = keyOf(of.target);
    const before = this.#spans.get(key) ?? [];
    const begun = before.find(({ run }) => run === of.run);
    const read = Drained.safeParse(record);
    const span: Span = {
      run: of.run,
      since: begun?.since ?? at,
      by: read.success ? `${read.data.by.host}/${read.data.by.agent}` : (begun?.by ?? null),
      why: read.success ? (read.data.why ?? null) : (begun?.why ?? null),
      to: to === 'over' ? at : undefined,
    };
    this.#spans.set(key, [...before.filter((one) => one !== begun), span]);
  }

  /** The drain of a target at a moment; undefined: none. */
  at(target: Target, moment: WallTime): PastDrain | undefined {
    const found = this.#spans
      .get(keyOf(target))
      ?.find(({ since, to }) => since <= moment && (to === undefined || moment < to));
    return found && { by: found.by, since: found.since, why: found.why };
  }

  /** Whether a target is drained at the end of the history. */
  isDrained(target: Target): boolean {
    return this.#spans.get(keyOf(target))?.some(({ to }) => to === undefined) ?? false;
  }
}

/** No name has a line break. */
const keyOf = (target: Target): string =>
  'host' in target ? target.host : `${target.service}\n${target.id}`;
