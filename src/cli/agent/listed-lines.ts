import type { ListedInstance } from '../../composition/instances/listed-instances.ts';
import type { Slot } from '../../domain/identity/names.ts';
import { escapeControls } from '../terminal/escape-terminal.ts';
import { documentLine } from '../terminal/iso-times.ts';

/** What an instances file lists, one line or document per instance. */
export function listedLines(
  listed: readonly ListedInstance[],
  { host, agent }: Slot,
  json: boolean,
): readonly string[] {
  if (json)
    return listed.map(({ spec, check }) =>
      documentLine({ event: 'would-register', host, agent, ...spec, check: check ?? null }),
    );
  const lines = listed.map(({ spec, check }) => {
    const { service, id, address, port } = spec;
    const at = [address, port].filter((part) => part !== undefined).join(':');
    const checked = check === undefined ? 'no check' : `check ${JSON.stringify(check)}`;
    return escapeControls(`${service}/${id}${at && `  at ${at}`}  ${checked}`);
  });
  return [
    ...lines,
    escapeControls(
      `--dry-run: ${host}/${agent} would register ${listed.length === 1 ? '1 instance' : `${listed.length} instances`}; the file is valid`,
    ),
  ];
}
