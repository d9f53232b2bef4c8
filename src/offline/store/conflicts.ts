import { allOf, type Db, newId, type Page, pageOf, problem, type Sql, sql, type Tx } from '../../platform/index.ts';
import type { OfflineConflict, OfflineReason, OfflineResolution } from '../types.ts';
import type { OpenPack } from './entries.ts';

type Row = Omit<OfflineConflict, 'evidence' | 'resolvedAt' | 'openedAt'> & {
  readonly payload: string;
  readonly signature: string;
  readonly isGenuine: boolean;
  readonly isProven: boolean;
  readonly receivedAt: Date;
  readonly receivedBy: string;
  readonly resolvedAt: Date | null;
  readonly openedAt: Date;
};

const columns = sql`c.id, c.pack_id as "packId", c.programme_id as "programmeId", c.office_id as "officeId", k.agent_id as "agentId",
  c.voucher_id as "voucherId", v.serial, v.beneficiary_id as "beneficiaryId", c.reason, c.state, e.payload, e.signature,
  e.is_genuine as "isGenuine", e.is_proven as "isProven", e.received_at as "receivedAt", e.received_by as "receivedBy", c.owner_id as "ownerId",
  c.resolution, c.note, c.resolved_by as "resolvedBy", c.resolved_at as "resolvedAt", c.opened_at as "openedAt"`;
const tables = sql`offline_conflicts c join offline_entries e on e.id = c.entry_id join offline_packs k on k.id = c.pack_id
  left join vouchers v on v.id = c.voucher_id`;

const shown = ({
  payload,
  signature,
  isGenuine,
  isProven,
  receivedAt,
  receivedBy,
  resolvedAt,
  openedAt,
  ...row
}: Row): OfflineConflict => ({
  ...row,
  evidence: { payload, signature, isGenuine, isProven, receivedAt: receivedAt.toISOString(), receivedBy },
  resolvedAt: resolvedAt?.toISOString() ?? null,
  openedAt: openedAt.toISOString(),
});

/** @throws not_found */
export async function conflictById(db: Db, id: string): Promise<OfflineConflict> {
  const row = await db.first<Row>(sql`select ${columns} from ${tables} where c.id = ${id}`);
  if (!row) throw problem.not_found('There is no such record.');
  return shown(row);
}

/** Which conflicts of a programme are wanted. */
export interface ConflictFilter {
  readonly state?: 'open' | 'resolved' | undefined;
  readonly packId?: string | undefined;
}

/** The conflicts of a programme, in the order in which they came up. @param within which of them may be seen */
export async function pageOfConflicts(
  db: Db,
  programmeId: string,
  { state, packId }: ConflictFilter,
  within: Sql,
  limit: number,
  after: string | undefined,
): Promise<Page<OfflineConflict>> {
  const rows = await db.all<Row>(
    sql`select ${columns} from ${tables} where ${allOf([
      sql`c.programme_id = ${programmeId}`,
      sql`(${within})`,
      ...(state ? [sql`c.state = ${state}`] : []),
      ...(packId ? [sql`c.pack_id = ${packId}`] : []),
      ...(after ? [sql`c.id > ${after}`] : []),
    ])} order by c.id limit ${limit + 1}`,
  );
  return pageOf(rows.map(shown), limit, ({ id }) => id);
}

/** Opens a conflict of an entry that could not be booked. */
export async function openConflict(
  tx: Tx,
  { id: packId, programmeId, officeId }: Pick<OpenPack, 'id' | 'programmeId' | 'officeId'>,
  entry: { readonly id: string; readonly voucherId: string | null },
  reason: OfflineReason,
  at: Date,
): Promise<void> {
  await tx.run(sql`insert into offline_conflicts (id, entry_id, pack_id, programme_id, office_id, voucher_id, reason, opened_at)
    values (${newId()}, ${entry.id}, ${packId}, ${programmeId}, ${officeId}, ${entry.voucherId}, ${reason}, ${at})`);
}

/** What is decided of a conflict, locked. */
export interface DisputedEntry {
  readonly entryId: string;
  readonly payload: string;
  readonly kind: string | null;
  readonly isGenuine: boolean;
  readonly isProven: boolean;
  readonly state: 'open' | 'resolved';
}

export const lockConflict = (tx: Tx, id: string): Promise<DisputedEntry | undefined> =>
  tx.first<DisputedEntry>(sql`select e.id as "entryId", e.payload, e.kind, e.is_genuine as "isGenuine", e.is_proven as "isProven", c.state
    from offline_conflicts c join offline_entries e on e.id = c.entry_id where c.id = ${id} for no key update of c`);

/** @throws Error by constraint `offline_conflicts_resolved_by_another` to who paid, prepared, or had a hand in the list */
export const takeConflict = async (tx: Tx, id: string, by: string): Promise<boolean> =>
  (await tx.run(sql`update offline_conflicts set owner_id = ${by} where id = ${id} and state = 'open'`)) === 1;

/** @throws Error as {@link takeConflict} */
export async function closeConflict(
  tx: Tx,
  id: string,
  { resolution, note, by, at }: { resolution: OfflineResolution; note: string; by: string; at: Date },
): Promise<void> {
  await tx.run(sql`update offline_conflicts set state = 'resolved', resolution = ${resolution}, note = ${note}, resolved_by = ${by},
    resolved_at = ${at} where id = ${id} and state = 'open'`);
}
