import { afterAHold } from './checkers/after-a-hold.ts';
import { auditExplainsRegistry } from './checkers/audit-explains-registry.ts';
import type { Checker } from './checkers/checks.ts';
import { evidenceBearsOut } from './checkers/evidence-bears-out.ts';
import { g1 } from './checkers/guarantees/g1-safety.ts';
import { g2 } from './checkers/guarantees/g2-exactly-what-was-judged.ts';
import { g3 } from './checkers/guarantees/g3-expired-is-final.ts';
import { g4 } from './checkers/guarantees/g4-progress.ts';
import { g5 } from './checkers/guarantees/g5-level-triggered.ts';
import { g6 } from './checkers/guarantees/g6-blindness.ts';
import { g7 } from './checkers/guarantees/g7-no-herd.ts';
import { g8 } from './checkers/guarantees/g8-audit.ts';
import { g9 } from './checkers/guarantees/g9-honest-view.ts';
import { g10 } from './checkers/guarantees/g10-one-holder.ts';
import { g11 } from './checkers/guarantees/g11-one-set.ts';
import { g12 } from './checkers/guarantees/g12-bad-input.ts';
import { g13 } from './checkers/guarantees/g13-kept.ts';
import { holdEnds } from './checkers/hold-ends.ts';
import { sight } from './checkers/sight.ts';
import { silenceNoticed } from './checkers/silence-noticed.ts';
import { termsGrow } from './checkers/terms-grow.ts';
import { tooMuchSilence } from './checkers/too-much-silence.ts';

/**
 * One checker for each guarantee, and more: for the audit against the registry, commit by commit, for
 * verdicts against their recorded evidence, for brakes, for silence under faults, and for terms and tokens.
 */
export const checkers: readonly Checker[] = [
  ...[g1, g2, g3, g4, g5, g6, g7, g8, g9, g10, g11, g12, g13],
  auditExplainsRegistry,
  evidenceBearsOut,
  tooMuchSilence,
  afterAHold,
  holdEnds,
  silenceNoticed,
  sight,
  termsGrow,
];
