import { type Db, Money, newId, type Page, pageOf, sql, type Tx } from '../../platform/index.ts';
import { coveredTo } from '../coverage.ts';
import type { Plan } from '../types.ts';
import type { Draw, DrawState, NewTranche, Tranche } from './types.ts';

/** Writes what a plan pays in. */
export async function insertTranches(tx: Tx, planId: string, tranches: readonly NewTranche[]): Promise<void> {
  const rows = tranches.map((tranche, i) => ({ ...tranche, id: newId(), number: i + 1 }));
  await tx.insert(
    'tranches',
    rows.map(({ id, number, name, share = null, amount = null, earliestOn = null, earliestAfterDays }) => ({
      id,
      plan_id: planId,
      number,
      name,
      share,
      amount,
      earliest_on: earliestOn,
      earliest_after_days: earliestOn === null ? (earliestAfterDays ?? 0) : null,
    })),
  );
  await tx.insert(
    'tranche_conditions',
    rows.flatMap(({ id, conditions }) =>
      conditions.map(({ name, evidenceAsked }, i) => ({
        id: newId(),
        tranche_id: id,
        position: i + 1,
        name,
        evidence_asked: evidenceAsked,
      })),
    ),
  );
}

/** A plan's tranches in their order. */
export const tranchesOf = (db: Db, planId: string): Promise<Tranche[]> =>
  db
    .all<Tranche>(sql`
    select id, number, name, share::text, amount::text, earliest_on as "earliestOn", earliest_after_days as "earliestAfterDays"
    from tranches where plan_id = ${planId} order by number`)
    .then((rows) => rows.map(withoutNulls));

const withoutNulls = (row: Tranche): Tranche =>
  Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null)) as unknown as Tranche;

/** Somebody who is entered: their ceiling and what each tranche of it comes to. */
export interface EnteredCeiling {
  readonly entitlementId: string;
  readonly ceiling: Money;
  readonly draws: readonly { readonly trancheId: string; readonly amount: Money; readonly earliestOn: string }[];
}

export async function insertCeilings(tx: Tx, planId: string, entered: readonly EnteredCeiling[], by: string, now: Date): Promise<void> {
  await tx.insert(
    'ceilings',
    entered.map(({ entitlementId, ceiling }) => ({
      entitlement_id: entitlementId,
      ...ceiling.toJSON(),
      entered_by: by,
      entered_at: now,
    })),
  );
  await tx.insert(
    'tranche_draws',
    entered.flatMap(({ entitlementId, draws }) =>
      draws.map(({ trancheId, amount, earliestOn }) => ({
        id: newId(),
        entitlement_id: entitlementId,
        plan_id: planId,
        tranche_id: trancheId,
        ...amount.toJSON(),
        earliest_on: earliestOn,
        state: 'waiting',
        round: 1,
        version: 1,
      })),
    ),
  );
}

export interface StoredDraw extends Draw {
  readonly entitlementId: string;
}

type Row = Omit<StoredDraw, 'amount'> & { readonly amount: string; readonly currency: string };

const columns = sql`d.id, d.plan_id as "planId", p.programme_id as "programmeId", t.beneficiary_id as "beneficiaryId", d.tranche_id as "trancheId",
  r.number as "trancheNumber", r.name as "trancheName", d.amount::text, d.currency, d.earliest_on as "earliestOn", d.state, d.round,
  d.instalment_id as "instalmentId", d.entitlement_id as "entitlementId"`;
const tables = sql`tranche_draws d join tranches r on r.id = d.tranche_id join entitlements t on t.id = d.entitlement_id join plans p on p.id = d.plan_id`;

const drawOf = ({ amount, currency, ...row }: Row): StoredDraw => ({ ...row, amount: Money.of(amount, currency).toJSON() });

export async function findDraw(db: Db, id: string): Promise<StoredDraw | undefined> {
  const row = await db.first<Row>(sql`select ${columns} from ${tables} where d.id = ${id}`);
  return row && drawOf(row);
}

/** A draw that nobody else can move until this transaction ends. */
export async function lockDraw(tx: Tx, id: string): Promise<StoredDraw | undefined> {
  const row = await tx.first<Row>(sql`select ${columns} from ${tables} where d.id = ${id} for no key update of d`);
  return row && drawOf(row);
}

/** A plan's draws in the order in which they were made. */
export async function pageOfDraws(
  db: Db,
  planId: string,
  state: DrawState | undefined,
  limit: number,
  after: string | undefined,
): Promise<Page<Draw>> {
  const rows = await db.all<Row>(sql`select ${columns} from ${tables}
    where d.plan_id = ${planId} and ${after ? sql`d.id > ${after}` : sql`true`} and ${state ? sql`d.state = ${state}` : sql`true`}
    order by d.id limit ${limit + 1}`);
  return pageOf(
    rows.map((row) => {
      const { entitlementId: _entitlementId, ...draw } = drawOf(row);
      return draw;
    }),
    limit,
    ({ id }) => id,
  );
}

/** Makes a signed tranche due. @returns the instalment that owes it */
export async function insertInstalment(tx: Tx, plan: Plan, draw: StoredDraw, dueOn: string, now: Date): Promise<string> {
  const id = newId();
  const last = await coveredTo(tx, plan, dueOn);
  await tx.run(sql`
    insert into instalments (id, entitlement_id, number, plan_id, kind, programme_id, beneficiary_id, household_id, purpose, covers_from,
      covers_to, due_on, amount, currency, created_at)
    select ${id}::uuid, ${draw.entitlementId}::uuid, 1 + (select coalesce(max(number), 0) from instalments where entitlement_id = ${draw.entitlementId}),
      ${plan.id}::uuid, ${plan.kind}, ${plan.programmeId}::uuid, b.id, b.household_id, ${plan.purpose}, ${dueOn}::date, ${last}::date,
      ${dueOn}::date, ${draw.amount.amount}::numeric, ${draw.amount.currency}, ${now}::timestamptz
    from beneficiaries b where b.id = ${draw.beneficiaryId}`);
  return id;
}

export const markDrawn = (tx: Tx, id: string, instalmentId: string): Promise<number> =>
  tx.run(sql`update tranche_draws set state = 'drawn', instalment_id = ${instalmentId}, version = version + 1 where id = ${id}`);

export const markRefused = (tx: Tx, id: string): Promise<number> =>
  tx.run(sql`update tranche_draws set state = 'refused', version = version + 1 where id = ${id}`);

/** Begins another round, in which nothing is confirmed yet. What was due by the last one is withdrawn before. */
export async function markPutBack(tx: Tx, { id, instalmentId }: StoredDraw): Promise<void> {
  if (instalmentId) await tx.run(sql`update instalments set state = 'withdrawn' where id = ${instalmentId} and state = 'due'`);
  await tx.run(
    sql`update tranche_draws set state = 'waiting', round = round + 1, instalment_id = null, version = version + 1 where id = ${id}`,
  );
}
