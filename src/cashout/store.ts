import { hasWithdrawn } from '../beneficiaries/index.ts';
import {
  allOf,
  brokenConstraint,
  type Db,
  Money,
  newId,
  type Page,
  pageOf,
  type Scope,
  type Sql,
  sql,
  type Tx,
} from '../platform/index.ts';
import { ATTEMPTS_ALLOWED, type VoucherState } from '../vouchers/index.ts';
import type { Payout } from './types.ts';

/** Without these nothing of a person is shared with the paying agent. */
const neededToPay = ['registration', 'share_with_paying_agent'] as const;

/** A voucher that somebody at the counter may mean. */
export interface Candidate {
  readonly id: string;
  readonly serial: string;
  readonly state: VoucherState;
  readonly amount: string;
  readonly currency: string;
  readonly keyVersion: number;
  readonly counter: number;
  readonly expiresAt: Date | null;
  readonly programmeId: string;
  readonly fundId: string;
  readonly timeZone: string;
  /** Whether a consent has been taken back without which nobody is paid. */
  readonly isWithheld: boolean;
  /** Whether another record of the same person was paid the same, or has a voucher for it that comes first. */
  readonly isPaidElsewhere: boolean;
}

/** When and where a voucher was paid. */
export interface EarlierPayout {
  readonly paidAt: Date;
  readonly officeCode: string;
  readonly officeName: string;
}

/** An office, the agent behind its counter and the vouchers in question. */
export interface Counter {
  readonly officeCode: string;
  readonly officeName: string;
  readonly isOpen: boolean;
  readonly hasCash: boolean;
  /** The agent's wrong codes of the last hour. */
  readonly failures: number;
  readonly candidates: readonly Candidate[];
}

type CounterRow = Omit<Counter, 'candidates'> & ({ readonly [Field in keyof Candidate]: null } | Candidate);

/**
 * Everything a redemption is judged by, in one round trip.
 * @param vouchers the query of the vouchers in question
 * @returns undefined when there is no such office
 */
export async function findCounter(db: Db, now: Date, officeId: string, agentId: string, vouchers: Sql): Promise<Counter | undefined> {
  const rows = await db.all<CounterRow>(sql`select o.code as "officeCode", o.name_fr as "officeName", o.is_open as "isOpen",
      o.has_cash as "hasCash", (select count(*)::int from failed_codes f where f.agent_id = ${agentId}
        and f.at > ${now}::timestamptz - interval '1 hour') as failures,
      v.id, v.serial, v.state, v.amount, v.currency, v.key_version as "keyVersion", v.counter, v.expires_at as "expiresAt",
      v.programme_id as "programmeId", v.fund_id as "fundId",
      (select p.time_zone from programmes p where p.id = v.programme_id) as "timeZone",
      (${hasWithdrawn(sql`v.beneficiary_id`, neededToPay)} or ${hasWithdrawn(sql`v.collector_id`, neededToPay)}) as "isWithheld",
      ${isPaidElsewhere(sql`v`, now)} as "isPaidElsewhere"
    from offices o left join (${vouchers}) v on true
    where o.id = ${officeId} order by (v.state = 'activated') desc`);
  const [office] = rows;
  return office && { ...office, candidates: rows.flatMap((row) => (row.id === null ? [] : [row])) };
}

/**
 * Whether the same instalment of the same plan was paid to another record of the same person, or can be paid now by a voucher that comes
 * first: the survivor's, then the oldest. Records are one person as long as one was merged into the other, or both into a third. Who was
 * never merged costs a look-up.
 * @param voucher the alias of its row
 */
const isPaidElsewhere = (voucher: Sql, now: Date): Sql => sql`exists (select from beneficiaries own
  cross join lateral (select own.merged_into as id where own.merged_into is not null
    union all select m.id from beneficiaries m where m.merged_into = coalesce(own.merged_into, own.id) and m.id <> own.id) other
  join vouchers w on w.beneficiary_id = other.id and (w.state = 'redeemed' or w.state = 'activated' and w.expires_at > ${now}
    and own.merged_into is not null and (other.id = own.merged_into or w.id < ${voucher}.id))
  where own.id = ${voucher}.beneficiary_id and is_same_instalment(w.line_id, ${voucher}.line_id))`;

/** The pay-out of a voucher that stands. */
export const earlierPayout = (db: Db, voucherId: string): Promise<EarlierPayout | undefined> =>
  db.first<EarlierPayout>(sql`select p.paid_at as "paidAt", o.code as "officeCode", o.name_fr as "officeName"
    from payouts p join offices o on o.id = p.office_id where p.voucher_id = ${voucherId} and p.voided_at is null`);

/** A pay-out that is being made. */
export interface NewPayout {
  readonly id: string;
  readonly officeId: string;
  readonly agentId: string;
  readonly documentType: string;
  readonly documentLastFour: string;
  readonly paidOn: string;
}

/**
 * Redeems a voucher, writes its pay-out and posts it, in one statement: the voucher must still be active, unexpired and under the same
 * code, and no other record of the person paid by it.
 * @param entry the posting of the pay-out
 * @returns whether it was; if not, somebody else was here first
 */
export async function pay(
  tx: Tx,
  now: Date,
  { id, counter }: Pick<Candidate, 'id' | 'counter'>,
  payout: NewPayout,
  entry: Sql,
): Promise<boolean> {
  const statement = sql`with redeemed as (
      update vouchers set state = 'redeemed'
      where id = ${id} and state = 'activated' and counter = ${counter} and expires_at > ${now}
      returning id, collector_id, amount, currency
    ), paid as (
      insert into payouts (id, voucher_id, office_id, agent_id, collector_id, amount, currency, document_type, document_last_four,
        paid_at, paid_on)
      select ${payout.id}::uuid, id, ${payout.officeId}::uuid, ${payout.agentId}::uuid, collector_id, amount, currency,
        ${payout.documentType}, ${payout.documentLastFour}, ${now}::timestamptz, ${payout.paidOn}::date from redeemed
      returning id)
    select ${entry} from paid`;
  try {
    return (await tx.run(statement)) === 1;
  } catch (error) {
    if (brokenConstraint(error) === 'payouts_once_for_person') return false;
    throw error;
  }
}

/** Counts a wrong code: against the agent always, and against the vouchers it was tried on, which the fifth one locks. */
export async function countFailure(
  tx: Tx,
  now: Date,
  { agentId, officeId, tried }: { agentId: string; officeId: string; tried: readonly string[] },
): Promise<void> {
  // The rows are locked in order of id, so that two wrong codes for one person do not wait for each other in a circle.
  await tx.run(sql`with aimed as materialized (
      select id from vouchers where id = any(${tried}::uuid[]) order by id for no key update
    ), counted as (
      update vouchers v set failed_attempts = v.failed_attempts + 1,
        state = case when v.failed_attempts + 1 >= ${ATTEMPTS_ALLOWED} then 'locked' else v.state end
      from aimed where v.id = aimed.id and v.state = 'activated')
    insert into failed_codes (id, agent_id, office_id, voucher_id, at)
    values (${newId()}, ${agentId}, ${officeId}, ${tried.length === 1 ? tried[0] : null}, ${now})`);
}

interface PayoutRow extends Omit<Payout, 'amount' | 'office' | 'paidAt' | 'voidedAt'> {
  readonly amount: string;
  readonly currency: string;
  readonly officeCode: string;
  readonly officeName: string;
  readonly paidAt: Date;
  readonly voidedAt: Date | null;
}

const columns = sql`po.id, po.voucher_id as "voucherId", v.serial, po.amount, po.currency, po.paid_at as "paidAt",
  po.paid_on as "paidOn", po.agent_id as "agentId", po.voided_at as "voidedAt", o.code as "officeCode", o.name_fr as "officeName"`;
const tables = sql`payouts po join vouchers v on v.id = po.voucher_id join offices o on o.id = po.office_id`;

function shown({ amount, currency, officeCode, officeName, paidAt, voidedAt, ...payout }: PayoutRow): Payout {
  return {
    ...payout,
    amount: Money.of(amount, currency).toJSON(),
    office: { code: officeCode, name: officeName },
    paidAt: paidAt.toISOString(),
    voidedAt: voidedAt?.toISOString() ?? null,
  };
}

export async function findPayout(db: Db, id: string): Promise<{ payout: Payout; scope: Scope } | undefined> {
  const row = await db.first<PayoutRow & { scope: Scope }>(sql`select ${columns},
      jsonb_build_object('programme', v.programme_id, 'fund', v.fund_id, 'office', po.office_id) as scope
    from ${tables} where po.id = ${id}`);
  if (!row) return undefined;
  const { scope, ...payout } = row;
  return { payout: shown(payout), scope };
}

/** Which of a programme's pay-outs are wanted. */
export interface PayoutFilter {
  readonly paidOn?: string | undefined;
  readonly officeId?: string | undefined;
}

/** The pay-outs of a programme, in the order in which they were made. */
export async function pageOfPayouts(
  db: Db,
  programmeId: string,
  { paidOn, officeId }: PayoutFilter,
  limit: number,
  after: string | undefined,
): Promise<Page<Payout>> {
  const rows = await db.all<PayoutRow>(
    sql`select ${columns} from ${tables} where ${allOf([
      sql`v.programme_id = ${programmeId}`,
      ...(paidOn ? [sql`po.paid_on = ${paidOn}`] : []),
      ...(officeId ? [sql`po.office_id = ${officeId}`] : []),
      ...(after ? [sql`po.id > ${after}`] : []),
    ])} order by po.id limit ${limit + 1}`,
  );
  return pageOf(rows.map(shown), limit, ({ id }) => id);
}

/** Those of these people for whom something was paid that was not voided. */
export async function paidAmong(db: Db, beneficiaryIds: readonly string[]): Promise<ReadonlySet<string>> {
  const rows = await db.all<{ id: string }>(sql`select distinct v.beneficiary_id as id from vouchers v join payouts p on p.voucher_id = v.id
    where v.beneficiary_id = any(${beneficiaryIds}::uuid[]) and p.voided_at is null`);
  return new Set(rows.map(({ id }) => id));
}

/** Whether any of these people was paid since a moment, whether or not it was voided. */
export const paidOutSince = async (db: Db, beneficiaryIds: readonly string[], since: Date): Promise<boolean> =>
  (await db.first(sql`select from vouchers v join payouts po on po.voucher_id = v.id
    where v.beneficiary_id = any(${beneficiaryIds}::uuid[]) and po.paid_at >= ${since} limit 1`)) !== undefined;
