import { createHash } from 'node:crypto';
import type { Db, Tx } from './database.ts';
import type { KeyRing } from './key-ring.ts';
import { answers } from './keys/columns.ts';
import { type KeptProblem, problem } from './problems.ts';
import { sql } from './sql.ts';
import { say } from './words/index.ts';

/** What a command was answered: what it gave, or why it refused. */
export type Answer = { readonly result: unknown } | { readonly refusal: KeptProblem };

/** A request that can be told again: whose key it is, and for what. */
export interface KeyedRequest {
  readonly actor_id: string;
  readonly key: string;
  readonly command: string;
  /** Keyed, in hexadecimal: what was asked cannot be guessed from it. */
  readonly input_digest: string;
}

/** The key of a further command that the same request takes, so that repeating the request repeats its answer too. */
export const furtherKey = (idempotencyKey: string | undefined, step: string): string | undefined =>
  idempotencyKey && createHash('sha256').update(`${step}/${idempotencyKey}`).digest('base64url');

/** What a request was answered before, if it was. Whoever sends the same key later waits until this transaction has ended. @throws idempotency_key_reused */
export async function answerTo(tx: Tx, keyRing: KeyRing, request: KeyedRequest): Promise<Answer | undefined> {
  const row = await tx.readTogether(answersTo, request);
  if (!row) return undefined;
  if (row.input_digest !== request.input_digest) {
    throw problem.idempotency_key_reused(say('idempotency_key_reused'));
  }
  return JSON.parse(keyRing.open(answers.purpose, answers.place({ ...request }), row.answer)) as Answer;
}

type Row = Pick<KeyedRequest, 'actor_id' | 'key' | 'input_digest'> & { readonly answer: Buffer };

async function answersTo(db: Db, requests: readonly KeyedRequest[]): Promise<(Row | undefined)[]> {
  const [actors, keys] = [requests.map(({ actor_id }) => actor_id), requests.map(({ key }) => key)];
  const rows = await db.all<Row>(sql`select * from answers_of(${actors}::uuid[], ${keys}::text[])`);
  return requests.map(({ actor_id, key }) => rows.find((row) => row.actor_id === actor_id && row.key === key));
}

/** The row that keeps an answer, sealed. */
export const answerRow = (keyRing: KeyRing, request: KeyedRequest, answer: Answer, now: Date) => ({
  ...request,
  answer: keyRing.seal(answers.purpose, answers.place({ ...request }), JSON.stringify(answer)),
  created_at: now,
});
