import { type Db, type Moment, Money, problem, type Sql, sql, type Tx } from '../../platform/index.ts';
import type { OfficeCash, SafeMovement } from '../types.ts';

/**
 * Whether an office that counts its cash has too little of any currency, in its safe and in the tills of the day, to pay anybody.
 * @param office the alias of its row
 */
export const hasRunOut = (office: Sql, now: Moment): Sql => sql`(exists (select from office_safes s where s.office_id = ${office}.id)
  and not exists (select from office_safes s cross join lateral (select s.cash + cash_in_tills(s.office_id, s.currency, ${now}) as cash) held
    where s.office_id = ${office}.id and held.cash > 0 and held.cash >= coalesce(s.enough_from, 0)))`;

/** What an office holds at a moment, by currency, where it counts its cash. @throws not_found */
export async function cashOf(db: Db, officeId: string, at: Date): Promise<OfficeCash> {
  const row = await db.first<{ hasRunOut: boolean }>(
    sql`select ${hasRunOut(sql`o`, at)} as "hasRunOut" from offices o where o.id = ${officeId}`,
  );
  if (!row) throw problem.not_found('There is no such record.');
  const rows = await db.all<{ currency: string; safe: string; tills: string; enoughFrom: string | null }>(sql`
    select currency, cash as safe, cash_in_tills(office_id, currency, ${at}) as tills, enough_from as "enoughFrom"
    from office_safes where office_id = ${officeId} order by currency`);
  const currencies = rows.map(({ currency, safe, tills, enoughFrom }) => ({
    safe: Money.of(safe, currency).toJSON(),
    tills: Money.of(tills, currency).toJSON(),
    held: Money.of(safe, currency).plus(Money.of(tills, currency)).toJSON(),
    enoughFrom: enoughFrom === null ? null : Money.of(enoughFrom, currency).toJSON(),
  }));
  return { officeId, ...row, currencies };
}

/** Cash that is brought to an office or taken away. */
export interface NewMovement extends Pick<SafeMovement, 'kind' | 'reference'> {
  readonly id: string;
  readonly officeId: string;
  readonly amount: Money;
  readonly enoughFrom: Money | undefined;
}

/** Writes a movement down. @throws Error by `office_safes_never_below_zero`, and one of the constraints that start with `safe_movements` */
export async function insertMovement(tx: Tx, movement: NewMovement, by: string, at: Date): Promise<void> {
  const { id, officeId, kind, amount, enoughFrom, reference } = movement;
  await tx.insert('safe_movements', [
    {
      id,
      office_id: officeId,
      kind,
      amount: amount.toString(),
      currency: amount.currency,
      enough_from: enoughFrom?.toString() ?? null,
      reference,
      moved_by: by,
      moved_at: at,
    },
  ]);
}
