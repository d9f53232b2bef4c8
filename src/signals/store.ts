import { allOf, type Db, type Page, pageOf, type Sql, sql, type Tx } from '../platform/index.ts';
import type { Signal, SignalKind } from './types.ts';

type Row = Omit<Signal, 'from' | 'to' | 'foundAt' | 'takenAt' | 'decidedAt'> & {
  readonly from: Date;
  readonly to: Date;
  readonly foundAt: Date;
  readonly takenAt: Date | null;
  readonly decidedAt: Date | null;
};

const columns = sql`s.id, s.programme_id as "programmeId", s.kind, s.office_id as "officeId", s.agent_id as "agentId", s.severity, s.count,
  s.began_at as "from", s.ended_at as "to", s.evidence, s.found_at as "foundAt", s.state, s.owner_id as "ownerId", s.taken_at as "takenAt",
  s.decided_at as "decidedAt", s.reason,
  (select jsonb_build_object('id', e.id, 'state', e.state, 'count', e.count, 'decidedBy', e.owner_id, 'reason', e.reason,
    'decidedAt', to_char(e.decided_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) from signals e where e.id = s.follows) as follows`;

const shown = ({ from, to, foundAt, takenAt, decidedAt, ...signal }: Row): Signal => ({
  ...signal,
  from: from.toISOString(),
  to: to.toISOString(),
  foundAt: foundAt.toISOString(),
  takenAt: takenAt?.toISOString() ?? null,
  decidedAt: decidedAt?.toISOString() ?? null,
});

/** Which signals are wanted. */
export interface SignalFilter {
  readonly programmeId?: string | undefined;
  readonly officeId?: string | undefined;
  readonly agentId?: string | undefined;
  readonly kind?: string | undefined;
  readonly state?: string | undefined;
  readonly severity?: string | undefined;
}

const wanted = ({ programmeId, officeId, agentId, kind, state, severity }: SignalFilter): Sql[] => [
  ...(programmeId ? [sql`s.programme_id = ${programmeId}`] : []),
  ...(officeId ? [sql`s.office_id = ${officeId}`] : []),
  ...(agentId ? [sql`s.agent_id = ${agentId}`] : []),
  ...(kind ? [sql`s.kind = ${kind}`] : []),
  ...(state ? [sql`s.state = ${state}`] : []),
  ...(severity ? [sql`s.severity = ${severity}`] : []),
];

/** Signals, the newest first. @param within which of them `s` may be seen */
export async function pageOfSignals(
  db: Db,
  filter: SignalFilter,
  within: Sql,
  limit: number,
  before: string | undefined,
): Promise<Page<Signal>> {
  const rows = await db.all<Row>(sql`select ${columns} from signals s
    where ${allOf([sql`(${within})`, ...wanted(filter), ...(before ? [sql`s.id < ${before}`] : [])])} order by s.id desc limit ${limit + 1}`);
  return pageOf(rows.map(shown), limit, ({ id }) => id);
}

/** How many there are of each kind and state. @param within which of them `s` may be seen */
export const countsOf = (
  db: Db,
  filter: SignalFilter,
  within: Sql,
): Promise<{ kind: SignalKind; state: Signal['state']; signals: number }[]> =>
  db.all(sql`select s.kind, s.state, count(*)::int as signals from signals s where ${allOf([sql`(${within})`, ...wanted(filter)])}
    group by s.kind, s.state order by s.kind, s.state`);

/** A signal with those whom it concerns. */
export async function findSignal(db: Db, id: string): Promise<{ signal: Signal; concerns: readonly string[] } | undefined> {
  const row = await db.first<Row & { concerns: string[] }>(sql`select ${columns}, s.concerns from signals s where s.id = ${id}`);
  if (!row) return undefined;
  const { concerns, ...signal } = row;
  return { signal: shown(signal), concerns };
}

/**
 * Gives a signal an owner, another one where it has one.
 * @returns whether it could be
 * @throws Error by constraint `signals_judged_by_another` to whom it concerns
 */
export const setOwner = async (tx: Tx, id: string, by: string, at: Date): Promise<boolean> =>
  (await tx.run(sql`update signals set state = 'in_review', owner_id = ${by}, taken_at = ${at}
    where id = ${id} and state in ('open', 'in_review') and owner_id is distinct from ${by}`)) === 1;

/** @returns whether it was in review by this owner */
export const judge = async (
  tx: Tx,
  id: string,
  { by, at, outcome, reason }: { by: string; at: Date; outcome: 'dismissed' | 'confirmed'; reason: string },
): Promise<boolean> =>
  (await tx.run(sql`update signals set state = ${outcome}, decided_at = ${at}, reason = ${reason}
    where id = ${id} and state = 'in_review' and owner_id = ${by}`)) === 1;
