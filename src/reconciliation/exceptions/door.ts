import type { PeriodCheck } from '../../ledger/index.ts';
import { Money, sql, type Tx } from '../../platform/index.ts';
import { openExceptions, unresolvedOf } from './store.ts';

/** What somebody told us that does not agree with our books. */
export interface ToldException {
  readonly kind: 'not_received' | 'asked_to_pay';
  /** The pay-out that it is about, as far as it is known. Without one nothing can be claimed. */
  readonly payoutId: string | null;
  /** What told of it: a case of feedback, an interview. It is there where no pay-out is. */
  readonly record?: { readonly type: string; readonly id: string };
  /** What was asked for, or is missing, in the currency of the pay-out; where nobody says what was not received it is all of that. */
  readonly amount?: string | null;
  /** Whether some of it was received. */
  readonly isPart?: boolean;
}

const inPart = 'Somebody says that this was not received in full.';
const details = {
  not_received: 'Somebody says that this was not received.',
  asked_to_pay: 'Somebody says that they were asked to pay for it.',
} as const;

/**
 * Opens an exception of what a person told, within the command of the room that was told. What is told twice of one pay-out is one exception
 * while it waits. Its owner is whom the programme has set for the kind.
 * @returns the exception, and whether it is new
 */
export async function openException(
  tx: Tx,
  { programmeId, at }: { readonly programmeId: string; readonly at: Date },
  told: ToldException,
): Promise<{ id: string; isNew: boolean }> {
  const { isPart, amount, ...rest } = told;
  const finding = { ...rest, amount: amount ?? undefined, lineId: null, detail: isPart ? inPart : details[told.kind] };
  const [opened] = await openExceptions(tx, { programmeId, statementId: null, ownerId: null, at }, [finding]);
  const id = opened?.id ?? (await unresolvedOf(tx, finding));
  if (!id) throw new Error('an exception was neither opened nor is there');
  return { id, isNew: opened !== undefined };
}

/** How many open things a checklist looks at. */
const LOOKED_AT = 101;

/** Nothing that concerns a period, or an earlier one, waits for a decision. */
export const exceptionsResolved: PeriodCheck = {
  check: 'exceptions_resolved',
  async find(db, { programmeId, endsOn }) {
    const rows = await db.all<{ id: string; name: string; amount: string | null; currency: string | null }>(sql`
      select e.id, e.kind as name, e.amount, e.currency from exceptions e
      where e.programme_id = ${programmeId} and e.state <> 'resolved' and e.concerns_on <= ${endsOn} order by e.id limit ${LOOKED_AT}`);
    return rows.map(({ id, name, amount, currency }) => ({
      type: 'exception',
      id,
      name,
      ...(amount !== null && currency !== null ? { amount: Money.of(amount, currency).toJSON() } : {}),
    }));
  },
};
