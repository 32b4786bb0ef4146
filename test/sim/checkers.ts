import { auditExplainsRegistry } from './checkers/audit-explains-registry.ts';
import { g6 } from './checkers/g6-blindness.ts';
import { g8 } from './checkers/g8-audit.ts';
import { g9 } from './checkers/g9-honest-view.ts';
import { g11 } from './checkers/g11-one-set.ts';
import { g12 } from './checkers/g12-bad-input.ts';
import type { Checker } from './checks.ts';

export const checkers: readonly Checker[] = [auditExplainsRegistry, g6, g8, g9, g11, g12];
