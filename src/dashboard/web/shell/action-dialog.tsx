import '../styles/dialogs.css';
import { signal } from '@preact/signals';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { ApiActionResult } from '../../api-actions.ts';
import type { ApiGuardResult } from '../../api-types.ts';
import { clockTime } from '../format/format-time.ts';
import { apiPath } from '../protocol/api-path.ts';
import { PlacedNotice } from '../state/placed-notice.ts';
import { actionsDisabledReason, place } from '../state/store.ts';
import { BidiText } from '../widgets/bidi-text.tsx';
import { still } from '../widgets/still.ts';

/** An operator action that the dialog asks to confirm. */
interface Action {
  readonly action: 'hold' | 'release' | 'sweep' | 'acknowledge';
  readonly host?: string;
  readonly agent?: string;
  /** For `acknowledge`: the losses of this zone up to this time. */
  readonly zone?: string;
  readonly until?: number;
}

const pendingAction = signal<Action | null>(null);
interface Outcome {
  readonly level: ApiActionResult['level'] | 'bad';
  readonly text: string;
}

const lastResult = new PlacedNotice<Outcome>(place);

/** The result of the last action here. */
export function LastActionResult({ class: also = '' }: { readonly class?: string }) {
  const { level, text } = lastResult.value ?? {};
  return level ? (
    <p class={`${also} ${level}`} role="status">
      {text}
    </p>
  ) : null;
}

const titles = {
  hold: 'Hold',
  release: 'Release the hold on',
  sweep: 'Sweep now',
  acknowledge: 'Acknowledge losses of',
} as const;
const reasons = { hold: 'kernel upgrade', acknowledge: 'the site is closed' } as const;
const fillMinutes = still('minutes');

const close = (): void => {
  pendingAction.value = null;
};

export function ActionDialog() {
  const box = useRef<HTMLDialogElement>(null);
  const [busy, setBusy] = useState(false);
  const pending = pendingAction.value;
  useEffect(() => {
    if (pending) box.current?.showModal();
    else box.current?.close();
  }, [pending]);
  async function act(event: SubmitEvent) {
    event.preventDefault();
    if (!pending || actionsDisabledReason.peek()) return;
    const form = new FormData(event.currentTarget as HTMLFormElement);
    const text = (name: string) => String(form.get(name) ?? '').trim();
    setBusy(true);
    const outcome = await perform(pending, {
      why: text('why'),
      minutes: Number(text('minutes')),
      as: text('as'),
    });
    lastResult.show(outcome, outcome.level === 'good' ? 10 : 60);
    setBusy(false);
    close();
  }
  const off = actionsDisabledReason.value;
  return (
    <dialog ref={box} class="action" aria-labelledby="action-title" onClose={close}>
      {pending ? (
        <form onSubmit={(event) => void act(event)}>
          <h2 id="action-title">
            {titles[pending.action]}{' '}
            {pending.zone === undefined ? null : (
              <BidiText
                text={pending.zone === '' ? 'hosts without a zone' : `zone ${pending.zone}`}
              />
            )}
            {pending.host === undefined ? null : (
              <BidiText text={pending.agent ? `${pending.host}/${pending.agent}` : pending.host} />
            )}
          </h2>
          <p ref={still(`about-${pending.action}`)} />
          {pending.action === 'hold' ? <div ref={fillMinutes} /> : null}
          {pending.action === 'hold' || pending.action === 'acknowledge' ? (
            <label>
              Reason (recorded in the audit)
              <input
                name="why"
                required
                autofocus
                maxLength={1000}
                placeholder={reasons[pending.action]}
              />
            </label>
          ) : null}
          <label>
            Your name (recorded in the audit)
            <input name="as" maxLength={200} placeholder="dashboard" value={storedName()} />
          </label>
          {off === null ? null : <p class="bad">{off}</p>}
          <div class="row end">
            <button type="button" onClick={close}>
              Cancel
            </button>
            <button type="submit" class="primary" disabled={busy || off !== null}>
              {titles[pending.action].split(' ')[0]}
            </button>
          </div>
        </form>
      ) : null}
    </dialog>
  );
}

interface FormValues {
  readonly why: string;
  readonly minutes: number;
  readonly as: string;
}

async function perform(
  { action, host, agent, zone, until }: Action,
  { why, minutes, as }: FormValues,
): Promise<Outcome> {
  try {
    localStorage.setItem('rollcall-as', as);
  } catch {
    // Without storage the dialog asks again next time.
  }
  const body = {
    ...(host !== undefined && { host }),
    ...(agent !== undefined && { agent }),
    ...(zone !== undefined && { zone, until }),
    ...(why !== '' && { why }),
    ...(action === 'hold' && { for: minutes * 60_000 }),
    ...(as !== '' && { as }),
  };
  try {
    const response = await fetch(apiPath(`actions/${action}`), {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        'Rollcall-Request':
          crypto.randomUUID?.() ?? `${Date.now()}-${Math.floor(performance.now() * 1000)}`,
        'X-Rollcall': '1',
      },
      body: JSON.stringify(body),
    });
    const answer = (await response.json()) as ApiActionResult | ApiGuardResult;
    if ('code' in answer) {
      return {
        level: 'bad',
        text: `Refused: ${answer.message}${answer.hint ? ` — ${answer.hint}` : ''}`,
      };
    }
    const { level, text, until: end } = answer;
    return { level, text: end ? `${text} until ${clockTime(end)}` : text };
  } catch (error) {
    return {
      level: 'bad',
      text: `Unknown result: ${String(error)}. Check the history before you try again.`,
    };
  }
}

function storedName(): string {
  try {
    return localStorage.getItem('rollcall-as') ?? '';
  } catch {
    return '';
  }
}

interface ActionButtonProps {
  readonly of: Action;
  /** The name of a button that shows only a sign. */
  readonly label?: string;
  readonly children: string;
}

/** A button that opens the dialog. Disabled, with the reason as its title, when actions are off. */
export function ActionButton({ of, label, children }: ActionButtonProps) {
  const off = actionsDisabledReason.value;
  return (
    <button
      type="button"
      disabled={off !== null}
      aria-label={label}
      title={off ?? label ?? ''}
      onClick={() => {
        lastResult.clear();
        pendingAction.value = of;
      }}
    >
      {children}
    </button>
  );
}
