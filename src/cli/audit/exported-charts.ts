import { z } from 'zod';
import { isRegular, readOptionalText, writeFileAtomic } from '../../composition/files.ts';
import type { Charts } from '../../ports/charts.ts';
import { chartOfRecord } from '../../runtime/transitions/publish-charts.ts';

/** Beside a history in a file: a line of it that is no event, older versions could not read. */
const besideOf = (file: string): string => `${file}.charts.json`;

/** By machine, then by hash. */
const Beside = z.record(z.string(), z.record(z.string(), z.unknown()));

/** The charts that were exported with a history; what can't be read is not there. */
export const chartsBeside = (file: string): Pick<Charts, 'get'> => ({
  async get(machine, hash) {
    const text = await readOptionalText(besideOf(file));
    if (text === undefined) return undefined;
    const chart = parsed(text)?.[machine]?.[hash];
    return chart === undefined ? undefined : JSON.stringify(chart);
  },
});

function parsed(text: string): z.infer<typeof Beside> | undefined {
  try {
    return Beside.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** What the exported events name, to be written beside them. */
export class NamedCharts {
  readonly #named = new Map<string, { readonly machine: string; readonly chart: string }>();

  /** Looked for in the text: to parse every event would cost more than to copy it. */
  take(text: string): void {
    const [found, machine, chart] =
      /"machine":"([^"\\]+)","chart":"([0-9a-f]{12})"/.exec(text) ?? [];
    if (found === undefined || machine === undefined || chart === undefined) return;
    if (!this.#named.has(found)) this.#named.set(found, { machine, chart });
  }

  /**
   * Writes those that are known, and gives those that are not. A pipe has nothing beside it.
   * @throws {Fault} `store-unavailable`, `bad-setting`
   */
  async writeBeside(file: string, charts: Pick<Charts, 'get'>): Promise<readonly string[]> {
    if (this.#named.size === 0 || !(await isRegular(file))) return [];
    const known: Record<string, Record<string, unknown>> = {};
    const unknown: string[] = [];
    for (const named of this.#named.values()) {
      const chart = await chartOfRecord(named, charts);
      if (chart) known[named.machine] = { ...known[named.machine], [named.chart]: chart };
      else unknown.push(`${named.machine} #${named.chart}`);
    }
    await writeFileAtomic(besideOf(file), [`${JSON.stringify(known)}\n`]);
    return unknown;
  }
}
