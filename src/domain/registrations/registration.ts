import type { Health, InstanceSpec } from '../records/desired-instances.ts';
import { hours, type Millis, seconds } from '../time.ts';
import type { ActiveTime } from './active-time.ts';

/** The shortest and the longest time without a beat that a program may ask for. */
export const beatLimits = { min: seconds(2), max: hours(1) } as const;

/** How long an instance whose connection closed stays registered, unless its program attaches again. */
const removeAfterDetach: Millis = seconds(10);

/** The least time that programs have to show up after a restart of the agent. */
const adoptedFor: Millis = seconds(30);

/** What a program asked for when it registered an instance. */
export interface RegistrationTerms {
  readonly spec: InstanceSpec;
  /** Without a beat for so long it is failing; undefined: no beats are needed. */
  readonly ttl: Millis | undefined;
  /** Without a beat for so long it is deregistered; undefined: 10 × ttl. */
  readonly removeAfter: Millis | undefined;
}

/** An instance that a program registered through the local API, and the signs of life of the program. */
export interface Registration extends RegistrationTerms {
  /** The health that the program reported. */
  readonly reported: Health;
  /** The last result of its health check; serving without a check. */
  readonly checked: Health;
  /** The last sign of life: the registration, a beat, a report. */
  readonly seenAt: ActiveTime;
  /** Open connections that hold the registration. */
  readonly attached: number;
  /** When the last of them closed. */
  readonly detachedAt?: ActiveTime | undefined;
  /**
   * It is from before a restart of the agent: it keeps this health, and is deregistered then, unless its
   * program shows up.
   */
  readonly awaited?: { readonly until: ActiveTime; readonly health: Health } | undefined;
  /** It drains, and is deregistered then. */
  readonly drainsUntil?: ActiveTime | undefined;
}

/** A new registration, or the changed terms of an existing one. */
export function register(
  terms: RegistrationTerms,
  health: { readonly reported: Health | undefined; readonly checked: Health },
  now: ActiveTime,
  before?: Registration,
): Registration {
  const kept = before?.reported.state === 'failing' ? before.reported : undefined;
  return {
    ...terms,
    reported: health.reported ?? kept ?? { state: 'serving' },
    checked: health.checked,
    seenAt: now,
    attached: before?.attached ?? 0,
  };
}

/** A registration of before a restart of the agent: it keeps its health until its program shows up. */
export const adopt = (
  terms: RegistrationTerms,
  health: { readonly reported: Health; readonly checked: Health; readonly shown: Health },
  now: ActiveTime,
): Registration => ({
  ...terms,
  reported: health.reported,
  checked: health.checked,
  seenAt: now,
  attached: 0,
  awaited: { until: now + Math.max(terms.ttl ?? 0, adoptedFor), health: health.shown },
});

/** A beat, or a report with a health: the program lives. A report ends `draining` too. */
export const beat = (
  { awaited: _, ...registration }: Registration,
  now: ActiveTime,
  reported = registration.reported,
): Registration => ({
  ...registration,
  reported,
  seenAt: now,
  ...(reported.state !== 'draining' && { drainsUntil: undefined }),
});

/** A connection holds the registration from now on. */
export const attach = (registration: Registration, now: ActiveTime): Registration => ({
  ...beat(registration, now),
  attached: registration.attached + 1,
  detachedAt: undefined,
});

/** A connection that held the registration closed. */
export const detach = (registration: Registration, now: ActiveTime): Registration => {
  const attached = Math.max(0, registration.attached - 1);
  return { ...registration, attached, ...(attached === 0 && { detachedAt: now }) };
};

/** It drains, and is deregistered at `until`. */
export const drain = (registration: Registration, until: ActiveTime): Registration => ({
  ...registration,
  reported: { state: 'draining' },
  drainsUntil: until,
});

/** A result of its health check. A check that passes shows that an adopted instance lives. */
export const check = (
  { awaited, ...registration }: Registration,
  checked: Health,
): Registration => ({
  ...registration,
  checked,
  ...(awaited && checked.state !== 'serving' && { awaited: { ...awaited, health: checked } }),
});

/** The health of an instance: draining, then a missing program, then what it reported, then its check. */
export function healthAt(registration: Registration, now: ActiveTime): Health {
  const { reported, ttl, seenAt, detachedAt, checked, awaited } = registration;
  if (awaited) return awaited.health;
  if (reported.state === 'draining') return reported;
  if (detachedAt !== undefined) {
    return { state: 'failing', detail: 'the connection of its process closed' };
  }
  if (ttl !== undefined && now - seenAt >= ttl) {
    return { state: 'failing', detail: `no beat for ${ttl / 1000} s` };
  }
  return reported.state === 'failing' ? reported : checked;
}

/** When it is deregistered unless its program shows up. Infinity: never. */
export function removalAt(registration: Registration): ActiveTime {
  const { awaited, drainsUntil, detachedAt, seenAt, ttl } = registration;
  const { removeAfter = ttl === undefined ? Number.POSITIVE_INFINITY : 10 * ttl } = registration;
  return Math.min(
    drainsUntil ?? Number.POSITIVE_INFINITY,
    awaited?.until ?? (ttl === undefined ? Number.POSITIVE_INFINITY : seenAt + removeAfter),
    detachedAt === undefined ? Number.POSITIVE_INFINITY : detachedAt + removeAfterDetach,
  );
}
