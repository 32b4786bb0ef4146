import { renewWithin } from '../../composition/access/tls-folder.ts';
import { days } from '../../domain/time.ts';
import { escapeControls } from '../terminal/escape-terminal.ts';
import type { Terminal } from '../terminal/io.ts';

interface Certificate {
  readonly kind: 'authority' | 'server' | 'client';
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly until: number;
}

/** A certificate with its end, and how near it is. */
export function certificateLine(
  { kind, name, until }: Certificate,
  { palette, now }: { palette: Terminal['palette']; now: number },
): string {
  const left = until - now;
  const text = `${kind.padEnd(9)}  ${escapeControls(name)}  ${validUntil(until, now)}`;
  if (left <= 0) return palette.expired(text);
  return left < renewWithin ? palette.failing(text) : text;
}

/** `valid until 2027-11-29 (365 days)`, or `expired on 2026-11-28`. */
export function validUntil(until: number, now: number): string {
  const day = new Date(until).toISOString().slice(0, 10);
  if (until <= now) return `expired on ${day}`;
  return `valid until ${day} (${Math.floor((until - now) / days(1))} days)`;
}
