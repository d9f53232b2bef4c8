import { atMost, type Db, Money, type Page, pageOf, sql, type Tx } from '../../platform/index.ts';
import type { Day } from '../schedule/days.ts';
import type { Entitlement, EntitlementState } from './types.ts';

type Row = Omit<Entitlement, 'madeOut' | 'carried' | 'createdAt'> & {
  readonly programmeId: string;
  readonly currency: string;
  readonly madeOut: string;
  readonly carried: string;
  readonly changes: number;
  readonly createdAt: Date;
};

/** An entitlement, and where it belongs. */
export interface StoredEntitlement {
  readonly entitlement: Entitlement;
  readonly programmeId: string;
  readonly currency: string;
}

const columns = sql`e.id, e.plan_id as "planId", e.beneficiary_id as "beneficiaryId", b.registration_number as "registrationNumber", e.state,
  e.starts_on as "startsOn", e.ends_on as "endsOn", p.programme_id as "programmeId", p.currency, round(e.carried, minor_units(p.currency))::text as carried,
  (select coalesce(sum(i.amount), 0)::text from instalments i where i.entitlement_id = e.id and i.state <> 'withdrawn') as "madeOut", e.created_at as "createdAt"`;
const tables = sql`entitlements e join plans p on p.id = e.plan_id join beneficiaries b on b.id = e.beneficiary_id`;

function stored({ programmeId, currency, madeOut, carried, createdAt, changes: _changes, ...row }: Row): StoredEntitlement {
  const entitlement = {
    ...row,
    madeOut: Money.of(madeOut, currency).toJSON(),
    carried: Money.of(carried, currency).toJSON(),
    createdAt: createdAt.toISOString(),
  };
  return { entitlement, programmeId, currency };
}

export async function findEntitlement(db: Db, id: string): Promise<StoredEntitlement | undefined> {
  const row = await db.first<Row>(sql`select ${columns} from ${tables} where e.id = ${id}`);
  return row && stored(row);
}

/** Which people of a plan. */
export interface EntitlementFilter {
  readonly state?: EntitlementState | undefined;
}

/** A plan's people, in the order in which they were registered. */
export async function pageOfEntitlements(
  db: Db,
  planId: string,
  { state }: EntitlementFilter,
  limit: number,
  after: string | undefined,
): Promise<Page<Entitlement>> {
  const rows = await db.all<Row>(sql`select ${columns} from ${tables}
    where e.plan_id = ${planId} and ${after ? sql`e.beneficiary_id > ${after}` : sql`true`} and ${state ? sql`e.state = ${state}` : sql`true`}
    order by e.beneficiary_id limit ${atMost(limit + 1)}`);
  return pageOf(
    rows.map((row) => stored(row).entitlement),
    limit,
    ({ beneficiaryId }) => beneficiaryId,
  );
}

/** Which of these people are registered in a programme and stand for themselves: not merged into another record, not erased. */
export async function peopleOf(db: Db, programmeId: string, ids: readonly string[]): Promise<Set<string>> {
  const rows = await db.all<{ id: string }>(sql`select b.id from beneficiaries b join enrolments n on n.beneficiary_id = b.id
    where n.programme_id = ${programmeId} and b.id = any(${ids}::uuid[]) and b.merged_into is null and b.data_key is not null`);
  return new Set(rows.map(({ id }) => id));
}

/** Entitles people by name. @returns the entitlements of those who had none of the plan yet */
export async function insertNamed(
  tx: Tx,
  planId: string,
  people: readonly string[],
  startsOn: Day,
  endsOn: Day,
  by: string,
  now: Date,
): Promise<string[]> {
  const rows = await tx.all<{ id: string }>(sql`
    insert into entitlements (id, plan_id, beneficiary_id, starts_on, ends_on, entitled_by, created_at)
    select gen_random_uuid(), ${planId}, id, ${startsOn}, ${endsOn}, ${by}, ${now} from unnest(${people}::uuid[]) id
    on conflict (plan_id, beneficiary_id) do nothing returning id`);
  return rows.map(({ id }) => id);
}
