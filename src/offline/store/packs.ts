import { allOf, type Db, Money, type Page, pageOf, problem, type Sql, sql, type Tx } from '../../platform/index.ts';
import type { OfflinePack, OfflinePackState } from '../types.ts';

type Moments = 'preparedAt' | 'startsAt' | 'endsAt' | 'graceEndsAt';
type Events = 'handedAt' | 'syncedAt' | 'lossReportedAt' | 'endedAt';
type Row = Omit<OfflinePack, 'amount' | 'cashLimit' | 'paid' | Moments | Events> &
  Record<Moments, Date> &
  Record<Events, Date | null> & { readonly amount: string; readonly cashLimit: string; readonly paid: string; readonly currency: string };

const columns = sql`k.id, k.programme_id as "programmeId", k.office_id as "officeId", k.device_id as "deviceId", k.agent_id as "agentId",
  k.prepared_by as "preparedBy", k.prepared_at as "preparedAt", k.starts_at as "startsAt", k.ends_at as "endsAt", k.grace_ends_at as "graceEndsAt",
  k.state, k.voucher_count as "voucherCount", k.cash_limit as "cashLimit", k.currency, k.declared_length as length, k.head_sequence as received,
  k.is_finished as "isFinished", k.handed_at as "handedAt", k.synced_at as "syncedAt", k.loss_reported_by as "lossReportedBy",
  k.loss_reported_at as "lossReportedAt", k.loss_reason as "lossReason", k.loss_confirmed_by as "lossConfirmedBy", k.ended_by as "endedBy",
  k.ended_at as "endedAt",
  (select sum(v.amount) from offline_bindings b join vouchers v on v.id = b.voucher_id where b.pack_id = k.id)::text as amount,
  (select count(*)::int from offline_entries e where e.pack_id = k.id and e.state = 'booked') as "paidCount",
  (select coalesce(sum(p.amount), 0) from offline_entries e join payouts p on p.id = e.payout_id where e.pack_id = k.id)::text as paid,
  (select count(*)::int from offline_conflicts c where c.pack_id = k.id and c.state = 'open') as "openConflicts",
  (select count(*)::int from offline_entries e where e.pack_id = k.id and e.state = 'waiting') as waiting`;

const iso = (instant: Date | null): string | null => instant?.toISOString() ?? null;

const shown = ({ amount, cashLimit, paid, currency, ...row }: Row): OfflinePack => ({
  ...row,
  amount: Money.of(amount, currency).toJSON(),
  cashLimit: Money.of(cashLimit, currency).toJSON(),
  paid: Money.of(paid, currency).toJSON(),
  preparedAt: row.preparedAt.toISOString(),
  startsAt: row.startsAt.toISOString(),
  endsAt: row.endsAt.toISOString(),
  graceEndsAt: row.graceEndsAt.toISOString(),
  handedAt: iso(row.handedAt),
  syncedAt: iso(row.syncedAt),
  lossReportedAt: iso(row.lossReportedAt),
  endedAt: iso(row.endedAt),
});

const missing = () => problem.not_found('There is no such record.');

/** @throws not_found */
export async function packById(db: Db, id: string): Promise<OfflinePack> {
  const row = await db.first<Row>(sql`select ${columns} from offline_packs k where k.id = ${id}`);
  if (!row) throw missing();
  return shown(row);
}

/** Where a pack lies. @throws not_found */
export async function scopeOfPack(db: Db, id: string): Promise<{ programme: string; office: string }> {
  const row = await db.first<{ programme: string; office: string }>(
    sql`select programme_id as programme, office_id as office from offline_packs where id = ${id}`,
  );
  if (!row) throw missing();
  return row;
}

/** Which packs of a programme are wanted. */
export interface PackFilter {
  readonly officeId?: string | undefined;
  readonly state?: OfflinePackState | undefined;
}

/** The packs of a programme, in the order in which they were prepared. @param within which of them may be seen */
export async function pageOfPacks(
  db: Db,
  programmeId: string,
  { officeId, state }: PackFilter,
  within: Sql,
  limit: number,
  after: string | undefined,
): Promise<Page<OfflinePack>> {
  const rows = await db.all<Row>(
    sql`select ${columns} from offline_packs k where ${allOf([
      sql`k.programme_id = ${programmeId}`,
      sql`(${within})`,
      ...(officeId ? [sql`k.office_id = ${officeId}`] : []),
      ...(state ? [sql`k.state = ${state}`] : []),
      ...(after ? [sql`k.id > ${after}`] : []),
    ])} order by k.id limit ${limit + 1}`,
  );
  return pageOf(rows.map(shown), limit, ({ id }) => id);
}

/** A pack that is being prepared. */
export interface NewPack {
  readonly id: string;
  readonly programmeId: string;
  readonly officeId: string;
  readonly deviceId: string;
  readonly agentId: string;
  readonly preparedBy: string;
  readonly preparedAt: Date;
  readonly startsAt: Date;
  readonly endsAt: Date;
  readonly graceEndsAt: Date;
  readonly voucherCount: number;
  readonly cashLimit: Money;
  readonly workFactor: number;
  /** The hash that the chain begins with. */
  readonly beginning: string;
}

/** @throws Error by constraint `offline_packs_within_limits`, `offline_packs_one_for_device` or `offline_packs_agent_is_another` */
export async function insertPack(tx: Tx, pack: NewPack): Promise<void> {
  await tx.insert('offline_packs', [
    {
      id: pack.id,
      programme_id: pack.programmeId,
      office_id: pack.officeId,
      device_id: pack.deviceId,
      agent_id: pack.agentId,
      prepared_by: pack.preparedBy,
      prepared_at: pack.preparedAt,
      starts_at: pack.startsAt,
      ends_at: pack.endsAt,
      grace_ends_at: pack.graceEndsAt,
      voucher_count: pack.voucherCount,
      cash_limit: pack.cashLimit.toString(),
      currency: pack.cashLimit.currency,
      work_factor: pack.workFactor,
      head_hash: pack.beginning,
      // `insert` reads rows as records, in which what is left out is null.
      state: 'prepared',
      head_sequence: 0,
      declared_length: 0,
      is_finished: false,
    },
  ]);
}

/** @returns whether it was prepared and no more */
export const markOut = async (
  tx: Tx,
  id: string,
  { by, at, keyVersion, signingVersion }: { by: string; at: Date; keyVersion: number; signingVersion: number },
): Promise<boolean> =>
  (await tx.run(sql`update offline_packs set state = 'out', handed_by = ${by}, handed_at = ${at}, key_version = ${keyVersion},
    signing_version = ${signingVersion} where id = ${id} and state = 'prepared'`)) === 1;

/** @returns whether it was in one of those states @throws Error by constraint when it cannot end so */
export const markEnded = async (
  tx: Tx,
  id: string,
  from: readonly OfflinePackState[],
  to: 'closed' | 'withdrawn' | 'over',
  by: string,
  at: Date,
): Promise<boolean> =>
  (await tx.run(
    sql`update offline_packs set state = ${to}, ended_by = ${by}, ended_at = ${at} where id = ${id} and state = any(${from})`,
  )) === 1;

/** @returns whether it was out and nobody had reported it */
export const markLossReported = async (tx: Tx, id: string, by: string, at: Date, reason: string): Promise<boolean> =>
  (await tx.run(sql`update offline_packs set loss_reported_by = ${by}, loss_reported_at = ${at}, loss_reason = ${reason}
    where id = ${id} and state = 'out' and loss_reported_by is null`)) === 1;

/** @returns whether it was out and reported @throws Error by constraint `offline_packs_lost_by_two` to who reported it */
export const markLost = async (tx: Tx, id: string, by: string, at: Date): Promise<boolean> =>
  (await tx.run(sql`update offline_packs set state = 'lost', loss_confirmed_by = ${by}, loss_confirmed_at = ${at}
    where id = ${id} and state = 'out' and loss_reported_by is not null`)) === 1;

/** Packs whose grace is over. */
export const packsPastGrace = async (db: Db, now: Date): Promise<string[]> =>
  (
    await db.all<{ id: string }>(
      sql`select id from offline_packs where state in ('prepared', 'out', 'lost') and grace_ends_at <= ${now} order by grace_ends_at limit 100`,
    )
  ).map(({ id }) => id);

/** What an office is called. @throws not_found */
export async function officeOf(db: Db, id: string): Promise<{ code: string; name: string }> {
  const row = await db.first<{ code: string; name: string }>(sql`select code, name_fr as name from offices where id = ${id}`);
  if (!row) throw problem.not_found('There is no such record.');
  return row;
}
