import { recordsOf } from '../../beneficiaries/index.ts';
import { type Db, Money, type Sql, sql } from '../../platform/index.ts';
import type { Plan } from '../types.ts';
import type { Source } from './rules.ts';
import type { AssistedPorts } from './types.ts';

/** Somebody whose instalment is to be topped up: this one, or the last that was released to them. */
export interface Wanted {
  readonly index: number;
  readonly beneficiaryId: string;
  readonly instalmentId: string | null;
}

/** Looks at what is to be topped up, in one statement. @returns by the index of the request; nothing where there is no such instalment */
export async function sourcesOf(
  db: Db,
  { programmeId }: Plan,
  reason: string,
  wanted: readonly Wanted[],
  { isReleased }: AssistedPorts,
): Promise<Map<number, Source>> {
  const rows = await db.all<Omit<Source, 'amount'> & { readonly index: number; readonly amount: string; readonly currency: string }>(sql`
    select w.index, i.id as "instalmentId", i.beneficiary_id = any(${recordsOf(sql`w.person`)}) as "isTheirs", i.tops_up_id is not null as "isTopUp",
      ${isReleased(sql`i.id`)} and i.state <> 'withdrawn' as "isReleased", i.amount::text, i.currency,
      exists (select from instalments o where o.tops_up_id = i.id and o.top_up_reason = ${reason}
        and (o.state <> 'withdrawn' or is_given_up(o.id))) as "isToppedUp"
    from unnest(${wanted.map(({ index }) => index)}::int[], ${wanted.map(({ beneficiaryId }) => beneficiaryId)}::uuid[],
      ${wanted.map(({ instalmentId }) => instalmentId)}::uuid[]) as w (index, person, instalment)
    join instalments i on i.programme_id = ${programmeId} and i.id = coalesce(w.instalment, (
      select own.id from instalments own where own.beneficiary_id = any(${recordsOf(sql`w.person`)}) and own.programme_id = ${programmeId}
        and own.tops_up_id is null and own.state <> 'withdrawn' and ${isReleased(sql`own.id`)}
      order by own.due_on desc, own.id desc limit 1))`);
  return new Map(rows.map(({ index, amount, currency, ...source }) => [index, { ...source, amount: Money.of(amount, currency) }]));
}

/**
 * Whether what an instalment tops up is not released any more: its payment was cancelled, or its voucher has expired or was.
 * @param instalment the name of its row in the statement around it
 */
export const hasLostSource = (instalment: Sql): Sql => sql`(${instalment}.tops_up_id is not null and not exists (
  select from payment_list_lines sl join vouchers sv on sv.line_id = sl.id
  where sl.instalment_id = ${instalment}.tops_up_id and sl.state = 'released' and sv.state not in ('expired', 'cancelled')))`;
