import { hasWithdrawn } from '../../beneficiaries/index.ts';
import { isWithinHours, opensNext } from '../../offices/index.ts';
import { type Db, type Moment, type Sql, sql, type Tx } from '../../platform/index.ts';
import type { VoucherState } from '../../vouchers/index.ts';
import type { PlaceName } from '../words/index.ts';
import { hasRunOut } from './safe.ts';

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
  readonly beneficiaryId: string;
  /** Who is to come for it, unless somebody comes in their place. */
  readonly collectorId: string;
  readonly programmeId: string;
  readonly fundId: string;
  readonly timeZone: string;
  /** Whether a consent has been taken back without which nobody is paid. */
  readonly isWithheld: boolean;
  /** Whether another record of the same person was paid the same, or has a voucher for it that comes first. */
  readonly isPaidElsewhere: boolean;
  /** The office without a network that alone can pay it at present. */
  readonly boundTo: PlaceName | null;
  /** Whether an officer is on the way with its cash. */
  readonly isCarried: boolean;
}

/** What is known of those who may come for a voucher: still sealed. */
export interface KnownCollectors {
  /** The key of the collector and the documents under it; null once they were erased. */
  readonly dataKey: Buffer | null;
  readonly documents: Buffer | null;
  /** Who is said to have come in their place, if the household has such an alternate. */
  readonly alternateIdentity: Buffer | null;
  readonly alternateHouseholdId: string | null;
  /** The last day on which the alternate may collect, ISO 8601. */
  readonly alternateUntil: string | null;
}

export type CounterCandidate = Candidate & KnownCollectors;

/** An office, the agent behind its counter and the vouchers in question. */
export interface Counter {
  readonly officeCode: string;
  readonly officeName: string;
  readonly officeTimeZone: string;
  readonly isOpen: boolean;
  readonly isWithinHours: boolean;
  /** When it opens next, where it is closed by its hours and that is known. */
  readonly opensAt: Date | undefined;
  readonly hasCash: boolean;
  /** The agent's wrong codes of the last hour. */
  readonly failures: number;
  readonly candidates: readonly CounterCandidate[];
}

type CounterRow = Omit<Counter, 'candidates' | 'opensAt'> & { readonly n: number } & (
    | { readonly [Field in keyof CounterCandidate]: null }
    | CounterCandidate
  );

/** By what the vouchers in question are found: one of these. */
export interface Located {
  readonly voucherId?: string;
  readonly serial?: string;
  readonly registrationNumber?: string;
  /** The keyed fingerprint of something that their collector is known by; null where there can be none. */
  readonly key?: string | null;
}

/** Who pays where, who is said to have come, and for what. */
export interface AtCounter {
  readonly officeId: string;
  readonly agentId: string;
  readonly collectorId?: string | undefined;
  readonly now: Date;
  readonly located: Located;
}

/**
 * Everything a redemption is judged by, in one round trip for all that share the transaction; when a closed office opens is looked up for who asks at one.
 * @returns undefined when there is no such office
 */
export async function findCounter(tx: Tx, asked: AtCounter): Promise<Counter | undefined> {
  const rows = await tx.readTogether(findCounters, asked);
  const [office] = rows;
  if (!office) return undefined;
  const opensAt = office.isWithinHours ? undefined : await opensNext(tx, asked.officeId, asked.now);
  return { ...office, opensAt, candidates: rows.flatMap((row) => (row.id === null ? [] : [row])) };
}

async function findCounters(db: Db, asked: readonly AtCounter[]): Promise<CounterRow[][]> {
  const now = sql`q.now`;
  const alternates = asked.some(({ collectorId }) => collectorId !== undefined) ? sql`q."collectorId"` : undefined;
  const counters = JSON.stringify(asked.map(({ located, ...counter }, n) => ({ ...counter, ...located, n })));
  const rows = await db.all<CounterRow>(sql`select q.n, o.code as "officeCode", o.name_fr as "officeName", o.time_zone as "officeTimeZone",
      o.is_open as "isOpen", ${isWithinHours(sql`o`, now)} as "isWithinHours", o.has_cash and not ${hasRunOut(sql`o`, now)} as "hasCash",
      ${failuresOf(sql`q."agentId"`, now)} as failures, ${candidateColumns(now)}, ${collectorColumns(alternates)}
    from json_to_recordset(${counters}::json) as q (n int, now timestamptz, "officeId" uuid, "agentId" uuid, "collectorId" uuid,
        "voucherId" uuid, serial text, "registrationNumber" text, key bigint)
      join offices o on o.id = q."officeId" left join lateral (${vouchersFound(asked)}) v on true ${joinCollectors(alternates)}
    order by (v.state = 'activated') desc`);
  return asked.map((_, n) => rows.filter((row) => row.n === n));
}

/** Vouchers of people that one locator can bring up, those that can be paid first: as many as people who share a telephone may have. */
const CANDIDATES = 30;

const ofCollectors = (collectors: Sql): Sql => sql`(select * from vouchers where collector_id in (${collectors})
  order by (state = 'activated') desc, issued_at desc, id limit ${CANDIDATES})`;

/** The vouchers that `q` is about, by each way that one of these asks. */
const waysToFind: Readonly<Record<keyof Located, Sql>> = {
  voucherId: sql`select * from vouchers where id = q."voucherId"`,
  serial: sql`select * from vouchers where serial = q.serial`,
  registrationNumber: ofCollectors(sql`select id from beneficiaries where registration_number = q."registrationNumber"`),
  key: ofCollectors(sql`select beneficiary_id from beneficiary_keys where key = q.key`),
};

const vouchersFound = (asked: readonly AtCounter[]): Sql =>
  (Object.keys(waysToFind) as (keyof Located)[])
    .filter((way) => asked.some(({ located }) => way in located))
    .map((way) => waysToFind[way])
    .reduce((all, next) => sql`${all} union all ${next}`);

/** What is known of those who may come for a voucher `v`, of {@link joinCollectors}. @param alternateId of who is said to have come in the collector's place */
export const collectorColumns = (alternateId: string | Sql | undefined): Sql =>
  sql`k.data_key as "dataKey", k.documents, ${alternateId ? alternateColumns : noAlternate}`;

/** Joins those who may come for a voucher `v`. */
export const joinCollectors = (alternateId: string | Sql | undefined): Sql =>
  sql`left join beneficiaries k on k.id = v.collector_id ${alternateId ? alternate(alternateId) : sql``}`;

const alternateColumns = sql`c.identity as "alternateIdentity", c.household_id as "alternateHouseholdId", c.valid_until as "alternateUntil"`;
const noAlternate = sql`null::bytea as "alternateIdentity", null::uuid as "alternateHouseholdId", null::date as "alternateUntil"`;
const alternate = (id: string | Sql): Sql => sql`left join collectors c on c.id = ${id} and c.ended_at is null
  and c.household_id = (select b.household_id from beneficiaries b where b.id = v.beneficiary_id)`;

/** The wrong codes that somebody has tried within the last hour. */
export const failuresOf = (agentId: Sql, now: Moment): Sql =>
  sql`(select count(*)::int from failed_codes f where f.agent_id = ${agentId} and f.at > ${now}::timestamptz - interval '1 hour')`;

/** What a voucher `v` is judged by before it is paid. */
export const candidateColumns = (
  now: Moment,
): Sql => sql`v.id, v.serial, v.state, v.amount, v.currency, v.key_version as "keyVersion", v.counter,
  v.expires_at as "expiresAt", v.beneficiary_id as "beneficiaryId", v.collector_id as "collectorId", v.programme_id as "programmeId", v.fund_id as "fundId",
  (select p.time_zone from programmes p where p.id = v.programme_id) as "timeZone",
  (${hasWithdrawn(sql`v.beneficiary_id`, neededToPay)} or ${hasWithdrawn(sql`v.collector_id`, neededToPay)}) as "isWithheld",
  ${isPaidElsewhere(sql`v`, now)} as "isPaidElsewhere",
  (select jsonb_build_object('code', oo.code, 'nameFr', oo.name_fr, 'nameAr', oo.name_ar) from offline_bindings ob
    join offline_packs op on op.id = ob.pack_id join offices oo on oo.id = op.office_id where ob.voucher_id = v.id and ob.is_open) as "boundTo",
  exists (select from advance_vouchers cr join advances ca on ca.id = cr.advance_id where cr.voucher_id = v.id and cr.is_open and ca.state = 'handed')
    as "isCarried"`;

/**
 * Whether the same instalment of the same plan was paid to another record of the same person, or can be paid now by a voucher that comes
 * first: one that is out with an office without a network, which may have paid it and hears of nothing, a lock included; then the survivor's,
 * then the oldest. Records are one person as long as one was merged into the other, or both into a third. Who was never merged costs a look-up.
 * @param voucher the alias of its row
 */
const isPaidElsewhere = (voucher: Sql, now: Moment): Sql => sql`exists (select from beneficiaries own
  cross join lateral (select own.merged_into as id where own.merged_into is not null
    union all select m.id from beneficiaries m where m.merged_into = coalesce(own.merged_into, own.id) and m.id <> own.id) other
  join vouchers w on w.beneficiary_id = other.id and (w.state = 'redeemed' or not is_bound(${voucher}.id) and (is_bound(w.id)
    or w.state = 'activated' and w.expires_at > ${now}::timestamptz and own.merged_into is not null and (other.id = own.merged_into or w.id < ${voucher}.id)))
  where own.id = ${voucher}.beneficiary_id and is_same_instalment(w.line_id, ${voucher}.line_id))`;
