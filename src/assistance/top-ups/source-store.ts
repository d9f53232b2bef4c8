import { recordsOf } from '../../beneficiaries/index.ts';
import { type Db, Money, type Sql, sql } from '../../platform/index.ts';
import type { Plan } from '../types.ts';
import type { Source } from './rules.ts';

/** Whether an instalment was released, and its voucher has neither expired nor been cancelled. @param instalmentId the expression of its identifier */
const isReleased = (instalmentId: Sql): Sql => sql`exists (select from payment_list_lines rl join vouchers rv on rv.line_id = rl.id
  where rl.instalment_id = ${instalmentId} and rl.state = 'released' and rv.state not in ('expired', 'cancelled'))`;

/** Whether an instalment tops up what is not released any more. @param instalment the name of its row in the statement around it */
export const hasLostSource = (instalment: Sql): Sql =>
  sql`(${instalment}.tops_up_id is not null and not ${isReleased(sql`${instalment}.tops_up_id`)})`;

/** Somebody whose instalment is to be topped up: this one, or the last that was released to them. */
export interface Wanted {
  readonly index: number;
  readonly beneficiaryId: string;
  readonly instalmentId: string | null;
}

/** Looks at what is to be topped up, in one statement. @returns by the index of the request; nothing where there is no such instalment */
export async function sourcesOf(db: Db, { programmeId }: Plan, reason: string, wanted: readonly Wanted[]): Promise<Map<number, Source>> {
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
