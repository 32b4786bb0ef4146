import { stdout } from 'node:process';
import { scriptOptions } from '../../tools/script-options.ts';
import { type Explored, explore } from './explore.ts';
import { weakenings } from './removable-rules.ts';
import { initialOf, largeScenarios, rulesOf, type Scenario, scenarios } from './scenarios.ts';
import { refutations, scenarioOf } from './weakened-model.ts';

const usage = `usage: npm run model -- [options]
explores every state of the small fleets, then shows that each removed rule is missed
  --large        also the fleets that take minutes and gigabytes
  --only NAME    one fleet
  --show NAME    the shortest story that breaks the model without this rule
exit: 0 every rule holds and each removed rule is missed, 1 not`;

const values = scriptOptions(usage, {
  large: { type: 'boolean', default: false },
  only: { type: 'string' },
  show: { type: 'string' },
});

const say = (line: string) => void stdout.write(`${line}\n`);
const telling = ({ story }: { readonly story: readonly string[] }) =>
  story.map((step, n) => `${String(n + 1).padStart(4)}  ${step}`).join('\n');

function timed(
  scenario: Scenario,
  weakened: Parameters<typeof rulesOf>[1],
): Explored & { s: string } {
  const began = performance.now();
  const explored = explore(initialOf(scenario), rulesOf(scenario, weakened));
  return { ...explored, s: ((performance.now() - began) / 1000).toFixed(1) };
}

function exploreAll(all: readonly Scenario[]): boolean {
  say('scenario            states  transitions  depth  seconds');
  let holds = true;
  for (const scenario of all) {
    const { states, transitions, depth, s, broken } = timed(scenario, []);
    const numbers = [states, transitions, depth, s].map(String);
    const [a = '', b = '', c = '', d = ''] = numbers;
    say(
      `${scenario.name.padEnd(15)}${a.padStart(11)}${b.padStart(13)}${c.padStart(7)}${d.padStart(9)}`,
    );
    if (!broken) continue;
    holds = false;
    say(`${broken.property}: ${broken.what}\n${telling(broken)}`);
  }
  return holds;
}

function refuteAll(): boolean {
  say('\nwithout                                      breaks  in steps  scenario');
  let all = true;
  for (const { without, scenario, property } of refutations) {
    const { broken } = timed(scenarioOf(scenario), without);
    const found = broken
      ? `${broken.property.padEnd(8)}${`${broken.story.length}`.padStart(8)}`
      : 'NOTHING';
    say(`${without.join(', ').padEnd(45)}${found}  ${scenario}`);
    all &&= broken?.property === property;
  }
  return all;
}

/** The shortest counterexample without a rule. */
function show(rule: string): boolean {
  const refutation = refutations.find(({ without }) => without.join(', ') === rule);
  if (!refutation) {
    say(
      `no such rule: ${rule}; there are\n${refutations.map((r) => r.without.join(', ')).join('\n')}`,
    );
    return false;
  }
  const { broken } = timed(scenarioOf(refutation.scenario), refutation.without);
  for (const each of refutation.without) say(`${each}: ${weakenings[each]}`);
  if (broken) say(`${telling(broken)}\n${broken.property}: ${broken.what}`);
  return broken !== undefined;
}

function main(): boolean {
  if (values.show !== undefined) return show(values.show);
  const all = values.large ? largeScenarios : scenarios;
  const holds = exploreAll(
    all.filter(({ name }) => values.only === undefined || name === values.only),
  );
  return values.only !== undefined || values.large ? holds : refuteAll() && holds;
}
process.exitCode = main() ? 0 : 1;
