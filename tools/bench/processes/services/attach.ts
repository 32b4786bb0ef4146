import type { Access } from '../../environment/access.ts';
import type { Jobs } from '../job.ts';

type Attach = Jobs['attach'];

/** A program that keeps a request open, as one that is attached to its instance does, until it ends. */
export async function attach(_: Access, { url }: Attach['task']): Promise<Attach['answer']> {
  const answer = await fetch(url, { method: 'POST' });
  if (!answer.ok || !answer.body) throw new Error(`${url}: ${answer.status}`);
  await answer.body.getReader().read();
  return 'attached';
}
