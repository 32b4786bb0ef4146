import { z } from 'zod';
import { isRegular, readOptionalText, writeFileAtomic } from '../../composition/files.ts';
import type { Charts } from '../../ports/charts.ts';
import { chartOfRecord } from '../../runtime/transitions/publish-charts.ts';

/** A file next to the history: older versions could not read lines that are not events. */
const chartsFileOf = (file: string): string => `${file}.charts.json`;

/** Charts by machine, then by hash. */
const ChartsFile = z.record(z.string(), z.record(z.string(), z.unknown()));

/** The charts that were exported with a history; an unreadable file counts as empty. */
export const exportedCharts = (file: string): Pick<Charts, 'get'> => ({
  async get(machine, hash) {
    const text = await readOptionalText(chartsFileOf(file));
    if (text === undefined) return undefined;
    const chart = parsed(text)?.[machine]?.[hash];
    return chart === undefined ? undefined : JSON.stringify(chart);
  },
});

function parsed(text: string): z.infer<typeof ChartsFile> | undefined {
  try {
    return ChartsFile.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** Collects the charts that exported events refer to, and writes them next to the export. */
export class ReferencedCharts {
  readonly #charts = new Map<string, { readonly machine: string; readonly chart: string }>();

  /** Adds the chart of an event. Searches the text, as parsing would cost more than copying. */
  add(text: string): void {
    const [found, machine, chart] =
      /"machine":"([^"\\]+)","chart":"([0-9a-f]{12})"/.exec(text) ?? [];
    if (found === undefined || machine === undefined || chart === undefined) return;
    if (!this.#charts.has(found)) this.#charts.set(found, { machine, chart });
  }

  /**
   * Writes the known charts and returns the unknown ones. Writes nothing next to a pipe.
   * @throws {Fault} `store-unavailable`, `bad-setting`
   */
  async writeTo(file: string, charts: Pick<Charts, 'get'>): Promise<readonly string[]> {
    if (this.#charts.size === 0 || !(await isRegular(file))) return [];
    const known: Record<string, Record<string, unknown>> = {};
    const unknown: string[] = [];
    for (const reference of this.#charts.values()) {
      const chart = await chartOfRecord(reference, charts);
      if (chart)
        known[reference.machine] = { ...known[reference.machine], [reference.chart]: chart };
      else unknown.push(`${reference.machine} #${reference.chart}`);
    }
    await writeFileAtomic(chartsFileOf(file), [`${JSON.stringify(known)}\n`]);
    return unknown;
  }
}
