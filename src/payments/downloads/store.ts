import { hasWithdrawn, type SealedPerson } from '../../beneficiaries/index.ts';
import { type Db, Money, type Sql, sql } from '../../platform/index.ts';
import type { Totals } from './pain001/message.ts';

const neededToShare = ['registration', 'share_with_paying_agent'] as const;

// What a partner may still pay: released, neither paid nor expired nor cancelled, to somebody who was not erased, and nothing of whom may
// be shared no longer.
const stillToPay = (listId: string): Sql => sql`payment_list_lines l
  join beneficiaries b on b.id = l.beneficiary_id
  join beneficiaries k on k.id = l.collector_id
  join vouchers v on v.line_id = l.id
  where l.list_id = ${listId} and l.state = 'released' and v.state in ('issued', 'activated', 'locked') and k.data_key is not null
    and not ${hasWithdrawn(sql`l.beneficiary_id`, neededToShare)} and not ${hasWithdrawn(sql`l.collector_id`, neededToShare)}`;

/** What a file of a list would hold now, of each fund. */
export interface FundTotals extends Totals {
  readonly fundId: string;
  /** How many people it would show: whom the lines are for, and who else collects. */
  readonly people: number;
}

export async function totalsToPay(db: Db, listId: string): Promise<FundTotals[]> {
  const rows = await db.all<{ fundId: string; count: number; sum: string; currency: string; people: number }>(sql`
    select l.fund_id as "fundId", count(*)::int as count, sum(l.amount)::text as sum, min(l.currency) as currency,
      (count(*) + count(*) filter (where l.collector_id <> l.beneficiary_id))::int as people
    from ${stillToPay(listId)} group by l.fund_id order by l.fund_id`);
  return rows.map(({ sum, currency, ...row }) => ({ ...row, sum: Money.of(sum, currency) }));
}

/** A line as the tables hold it, with what is sealed of who collects. */
export interface SealedPayment extends Pick<SealedPerson, 'data_key' | 'names' | 'documents' | 'phones'> {
  readonly id: string;
  readonly position: number;
  readonly serial: string;
  readonly amount: string;
  readonly currency: string;
  readonly kind: string;
  readonly beneficiaryId: string;
  readonly registrationNumber: string;
  readonly collectorId: string;
  readonly wilayaNumber: string;
  readonly subdivision: string;
  readonly commune: string;
}

/** The next of these lines, in order of position. @param fundId of one fund; null is of all */
export const linesToPay = (db: Db, listId: string, fundId: string | null, after: number, limit: number): Promise<SealedPayment[]> =>
  db.all<SealedPayment>(sql`
    select l.id, l.position, v.serial, l.amount::text, l.currency, l.kind, l.beneficiary_id as "beneficiaryId",
      b.registration_number as "registrationNumber", l.collector_id as "collectorId", l.wilaya_number as "wilayaNumber",
      (select w.iso_3166_2 from wilayas w where w.number = l.wilaya_number) as subdivision, k.commune, k.data_key, k.names, k.documents, k.phones
    from ${stillToPay(listId)} and (${fundId}::uuid is null or l.fund_id = ${fundId}::uuid) and l.position > ${after}
    order by l.position limit ${limit}`);
