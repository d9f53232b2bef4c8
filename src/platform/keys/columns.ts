import type { RoomColumns } from './sealed-columns.ts';

/** How long the answer to an idempotency key is kept: longer than any client goes on repeating a request. */
export const ANSWERS_KEPT_DAYS = 30;

export const answers = {
  table: 'idempotency_keys',
  column: 'answer',
  bound: ['actor_id', 'key'],
  place: ({ actor_id, key }: Readonly<Record<string, string>>) => `${actor_id}/${key}`,
  purpose: 'idempotency',
  writtenAt: 'created_at',
  keptDays: ANSWERS_KEPT_DAYS,
} as const;

/** The ground's own columns of bytes. */
export const platformColumns: RoomColumns = {
  sealed: [answers],
  unsealed: { 'known_keys.check_value': 'derived one way from a key, to know that key again' },
};
