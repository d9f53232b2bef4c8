import { allOf, type Db, type Page, pageOf, problem, type Sql, sql, type Tx } from '../../platform/index.ts';

/** A changed number to which no code goes yet, with the numbers still sealed under the person's key. */
export interface HoldRow {
  readonly id: string;
  readonly beneficiaryId: string;
  readonly registrationNumber: string;
  readonly programmeId: string;
  readonly data_key: Buffer | null;
  /** The numbers as they are now. */
  readonly phones: Buffer | null;
  /** The numbers that were trusted last; null where a merger brought the ones of now. */
  readonly phonesBefore: Buffer | null;
  readonly mergedId: string | null;
  readonly changedBy: string;
  readonly changedAt: Date;
  readonly heldUntil: Date;
  readonly decision: 'confirmed' | 'refused' | null;
  readonly reason: string | null;
  readonly decidedBy: string | null;
  readonly decidedAt: Date | null;
}

const columns = sql`h.id, h.beneficiary_id as "beneficiaryId", b.registration_number as "registrationNumber", h.programme_id as "programmeId",
  b.data_key, b.phones, h.phones_before as "phonesBefore", h.merged_id as "mergedId", h.changed_by as "changedBy", h.changed_at as "changedAt",
  h.held_until as "heldUntil", h.decision, h.reason, h.decided_by as "decidedBy", h.decided_at as "decidedAt"`;

/** Whether a hold `h` still keeps codes back: until somebody has confirmed the number and it has waited. */
const stands = (now: Date): Sql => sql`h.ended_at is null and (h.decision is distinct from 'confirmed' or h.held_until > ${now})`;

/** Whether no code may go to the telephone of a record yet. @param beneficiaryId in the statement around it */
export const isPhoneHeld = (beneficiaryId: Sql, now: Date): Sql =>
  sql`exists (select from phone_holds h where h.beneficiary_id = ${beneficiaryId} and ${stands(now)})`;

/** What is held of a record at a time; there is one at most. */
export const standingHold = (db: Db, beneficiaryId: string, now: Date): Promise<HoldRow | undefined> =>
  db.first(sql`select ${columns} from phone_holds h join beneficiaries b on b.id = h.beneficiary_id
    where h.beneficiary_id = ${beneficiaryId} and ${stands(now)}`);

/** @throws not_found */
export async function holdById(db: Db, id: string): Promise<HoldRow> {
  const row = await db.first<HoldRow>(
    sql`select ${columns} from phone_holds h join beneficiaries b on b.id = h.beneficiary_id where h.id = ${id}`,
  );
  if (!row) throw problem.not_found('There is no such record.');
  return row;
}

/** Whether a hold still stands; nobody else decides it until the transaction ends. */
export const lockHold = async (tx: Tx, id: string, now: Date): Promise<boolean> =>
  (await tx.first(sql`select from phone_holds h where h.id = ${id} and ${stands(now)} for no key update`)) !== undefined;

/** @throws Error by constraint `phone_holds_two_people` when somebody confirms a number that they have changed themselves */
export async function decideHold(
  tx: Tx,
  id: string,
  {
    decision,
    by,
    at,
    reason,
  }: { readonly decision: 'confirmed' | 'refused'; readonly by: string; readonly at: Date; readonly reason: string },
): Promise<void> {
  await tx.run(
    sql`update phone_holds set decision = ${decision}, decided_by = ${by}, decided_at = ${at}, reason = ${reason} where id = ${id}`,
  );
}

/** What is held in a programme, the longest first. @param after `TIME/ID` of the last row of the page before */
export async function pageOfHolds(
  db: Db,
  programmeId: string,
  now: Date,
  limit: number,
  after: string | undefined,
): Promise<Page<HoldRow>> {
  const beyond = after ? [sql`(h.changed_at, h.id) > (${after.slice(0, 24)}::timestamptz, ${after.slice(25)}::uuid)`] : [];
  const rows = await db.all<HoldRow>(sql`select ${columns} from phone_holds h join beneficiaries b on b.id = h.beneficiary_id
    where ${allOf([sql`h.programme_id = ${programmeId}`, stands(now), ...beyond])} order by h.changed_at, h.id limit ${limit + 1}`);
  return pageOf(rows, limit, ({ changedAt, id }) => `${changedAt.toISOString()}/${id}`);
}
