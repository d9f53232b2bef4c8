import { expect } from 'vitest';
import type { Frame } from './fixtures.ts';
import type { Client } from './platform.ts';

/** What each kind of account of a fund holds, where it holds anything, once every identity of the programme was seen to hold. */
export async function booksOf(
  finance: Client,
  { programmeId, fundId }: Pick<Frame, 'programmeId' | 'fundId'>,
): Promise<Record<string, string>> {
  const { body } = await finance.get(`/v1/programmes/${programmeId}/identities`).expect(200);
  expect(body.identities.filter(({ holds }: { holds: boolean }) => !holds)).toEqual([]);
  const { body: held } = await finance.get(`/v1/funds/${fundId}/balances`).expect(200);
  const balances: { kind: string; balance: { amount: string } }[] = held.balances;
  return Object.fromEntries(
    balances.filter(({ balance }) => Number(balance.amount) !== 0).map(({ kind, balance }) => [kind, balance.amount]),
  );
}
