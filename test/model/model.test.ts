import { describe, expect, test } from 'vitest';
import { explore } from './explore.ts';
import { initialOf, rulesOf, scenarios } from './scenarios.ts';
import { redundant, refutations, scenarioOf } from './weakened-model.ts';

const minute = 60_000;

describe('every reachable state', () => {
  test.each(scenarios)(
    'keeps the guarantees and can reach a quiescent state in scenario $name',
    (scenario) => {
      const { broken, clean } = explore(initialOf(scenario), rulesOf(scenario, []));
      expect(broken).toBeUndefined();
      expect(clean).toBeGreaterThan(0);
    },
    4 * minute,
  );
});

describe('the protocol without one rule', () => {
  test.each(refutations)(
    'breaks $property: $without',
    ({ without, scenario, property }) => {
      const of = scenarioOf(scenario);
      const { broken } = explore(initialOf(of), rulesOf(of, without));
      expect(broken?.property, broken?.story.join('\n')).toBe(property);
    },
    4 * minute,
  );
});

describe('the protocol without one redundant rule', () => {
  test.each(redundant)(
    'breaks no property: $without',
    ({ without, scenario }) => {
      const of = scenarioOf(scenario);
      expect(explore(initialOf(of), rulesOf(of, without)).broken).toBeUndefined();
    },
    4 * minute,
  );
});
