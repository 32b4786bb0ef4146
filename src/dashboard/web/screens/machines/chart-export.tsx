import { apiPath } from '../../protocol/api-path.ts';

const kinds = [
  ['SVG', 'svg', '?theme=light'],
  ['Mermaid', 'mmd', ''],
  ['DOT', 'dot', ''],
] as const;

/** The whole chart as a file. `rollcall machines draw` also writes PNG. */
export function ChartExport({
  machine,
  hash,
}: {
  readonly machine: string;
  readonly hash: string;
}) {
  return (
    <details class="menu">
      <summary class="button">Export</summary>
      <div class="panel">
        {kinds.map(([label, ending, query]) => (
          <a
            key={ending}
            class="button"
            href={apiPath(`charts/${hash}.${ending}${query}`)}
            download={`${machine}-${hash}.${ending}`}
          >
            {label}
          </a>
        ))}
      </div>
    </details>
  );
}
