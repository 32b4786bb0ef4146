import { errors, headers, type NatsConnection } from '@nats-io/transport-node';

/** How a request ended: `refused` by a permission, `unreachable` in this account, or the answer. */
type Outcome = 'refused' | 'unreachable' | 'unanswered' | { readonly answer: string };

/** A connection with somebody's login, used against the rights that it was given for. */
export class Attacker {
  readonly connection: NatsConnection;

  constructor(connection: NatsConnection) {
    this.connection = connection;
  }

  async request(
    subject: string,
    text = '',
    more: Readonly<Record<string, string>> = {},
  ): Promise<Outcome> {
    try {
      const options = { timeout: 400, headers: headersOf(more) };
      const msg = await this.connection.request(subject, text, options);
      return { answer: `${msg.string()} ${msg.headers?.toString() ?? ''}` };
    } catch (cause) {
      if (!(cause instanceof Error)) throw cause;
      if (cause instanceof errors.TimeoutError) return 'unanswered';
      if (cause instanceof errors.RequestError) {
        if (cause.isNoResponders()) return 'unreachable';
        if (cause.cause instanceof errors.PermissionViolationError) return 'refused';
      }
      throw cause;
    }
  }

  /** The answer; '' if there was none. */
  async ask(subject: string, text = '', more?: Readonly<Record<string, string>>): Promise<string> {
    const outcome = await this.request(subject, text, more);
    return typeof outcome === 'string' ? '' : outcome.answer;
  }

  /** Publishes with a reply subject of its choice. */
  async publish(
    subject: string,
    text: string,
    reply?: string,
    more: Readonly<Record<string, string>> = {},
  ): Promise<void> {
    this.connection.publish(subject, text, {
      headers: headersOf(more),
      ...(reply !== undefined && { reply }),
    });
    await this.connection.flush();
  }

  /** Publishes without waiting for the server. */
  send(subject: string, text: string, more: Readonly<Record<string, string>>): void {
    this.connection.publish(subject, text, { headers: headersOf(more) });
  }

  /** What arrives on these subjects while `during` runs. */
  async overhear(
    subjects: readonly string[],
    during: () => Promise<unknown>,
  ): Promise<readonly string[]> {
    const heard: string[] = [];
    const subscriptions = subjects.map((subject) =>
      this.connection.subscribe(subject, {
        callback: (error, msg) => {
          if (error === null) heard.push(`${subject} ${msg.string()}`);
        },
      }),
    );
    await this.connection.flush();
    await during();
    await this.connection.flush();
    for (const subscription of subscriptions) subscription.unsubscribe();
    return heard;
  }
}

function headersOf(more: Readonly<Record<string, string>>) {
  const all = headers();
  for (const [name, value] of Object.entries(more)) all.set(name, value);
  return all;
}
