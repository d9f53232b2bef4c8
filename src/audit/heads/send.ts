import type { Db } from '../../platform/index.ts';
import { headAt } from './head-store.ts';

/** Where heads are sent, beside the file. */
export interface Destination {
  readonly url: string;
  readonly token?: string | undefined;
}

const TIMEOUT_MS = 10_000;

/**
 * Posts a head's note as text. Sending it twice does no harm: the same head is the same text.
 * @throws Error when it was not taken, so that it is sent again later
 */
export async function sendHead(db: Db, { url, token }: Destination, treeSize: number): Promise<void> {
  const head = await headAt(db, treeSize);
  if (!head) return;
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'Content-Type': 'text/plain; charset=utf-8', ...(token ? { Authorization: `Bearer ${token}` } : {}) },
    body: head.note,
    redirect: 'error',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  await answer.body?.cancel();
  if (!answer.ok) throw new Error(`the address for heads answered ${answer.status}`);
}
