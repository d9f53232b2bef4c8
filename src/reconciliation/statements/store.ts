import { allOf, type Db, Money, type Page, pageOf, type ShownPlace, type Sql, sql, type Tx } from '../../platform/index.ts';
import type { Part, StatementFormat, StatementSource } from './formats/types.ts';
import type { NewStatement, Statement, StatementPart, StatementSummary } from './types.ts';
import { lastWithdrawal } from './withdrawal/store.ts';

/**
 * Makes the statements of one programme wait for each other, so that two files do not claim one pay-out.
 * @returns whether no other is being read; without `waits` it is not waited for
 */
export async function lockStatements(tx: Tx, programmeId: string, waits: boolean): Promise<boolean> {
  const key = sql`hashtextextended(${`statements/${programmeId}`}, 0)`;
  if (!waits) {
    const row = await tx.first<{ locked: boolean }>(sql`select pg_try_advisory_xact_lock(${key}) as locked`);
    return row?.locked ?? false;
  }
  await tx.first(sql`select set_config('lock_timeout', '100s', true)`);
  await tx.first(sql`select pg_advisory_xact_lock(${key})`);
  return true;
}

/** A statement that a file became before, and how it was to be read. */
export interface Earlier extends Pick<Reception, 'id' | 'source' | 'from' | 'to' | 'mappingId'> {
  /** The period that it has. */
  readonly covers: { readonly from: string | null; readonly to: string | null };
}

/** @returns the statement that this file became before and that counts, or undefined */
export const findByContent = (db: Db, programmeId: string, digest: string): Promise<Earlier | undefined> =>
  db.first<Earlier>(sql`select id, source, said_from as "from", said_to as "to", mapping_id as "mappingId",
      jsonb_build_object('from', from_date, 'to', to_date) as covers
    from statements where programme_id = ${programmeId} and content_digest = ${digest} and state not in ('refused', 'withdrawn')`);

/** What is known of a statement before it is read. */
export type Reception = Omit<NewStatement, 'mapping' | 'source'> & {
  readonly id: string;
  readonly source: StatementSource;
  readonly currency: string;
  readonly mappingId: string | null;
  readonly uploadedBy: string;
  readonly uploadedAt: Date;
  /** The day of its upload in the programme's time zone. */
  readonly today: string;
};

/** @returns whether it is new: a file is in a programme once */
export async function insertStatement(tx: Tx, statement: Reception): Promise<boolean> {
  const { id, programmeId, source, name, digest, currency, from, to, mappingId, uploadedBy, uploadedAt } = statement;
  const count =
    await tx.run(sql`insert into statements (id, programme_id, source, state, name, content_digest, currency, from_date, to_date,
      said_from, said_to, mapping_id, uploaded_by, uploaded_at)
    values (${id}, ${programmeId}, ${source}, 'received', ${name}, ${digest}, ${currency}, ${from}, ${to}, ${from}, ${to},
      ${mappingId}, ${uploadedBy}, ${uploadedAt})
    on conflict (programme_id, content_digest) where state not in ('refused', 'withdrawn') do nothing`);
  return count === 1;
}

/** A statement that waits to be read, which nobody else reads until the transaction ends. */
export interface Waiting extends Reception {
  readonly dataKey: Buffer | null;
}

/** @returns undefined when it was read in the meantime */
export const lockWaiting = (tx: Tx, id: string): Promise<Waiting | undefined> =>
  tx.first<Waiting>(sql`select s.id, s.programme_id as "programmeId", s.source, s.name, s.content_digest as digest, s.currency,
      s.from_date as "from", s.to_date as "to", s.mapping_id as "mappingId", s.uploaded_by as "uploadedBy", s.uploaded_at as "uploadedAt",
      s.data_key as "dataKey", (s.uploaded_at at time zone p.time_zone)::date as today
    from statements s join programmes p on p.id = s.programme_id where s.id = ${id} and s.state = 'received' for update of s`);

/** Sets a mark that a transaction can go back to. */
export const mark = (tx: Tx): Promise<number> => tx.run(sql`savepoint staging`);

export const goBack = (tx: Tx): Promise<number> => tx.run(sql`rollback to savepoint staging`);

/** What a statement that was read whole came to. */
export interface Figures {
  readonly format: StatementFormat;
  readonly from: string;
  readonly to: string;
  readonly lineCount: number;
  readonly leftOut: number;
  readonly repeatCount: number;
  readonly total: Money;
  readonly remarks: readonly ShownPlace[];
}

export async function setStaged(tx: Tx, id: string, figures: Figures, at: Date): Promise<void> {
  const { format, from, to, lineCount, leftOut, repeatCount, total, remarks } = figures;
  await tx.run(sql`update statements set state = 'staged', format = ${format}, from_date = ${from}, to_date = ${to}, line_count = ${lineCount},
      left_out = ${leftOut}, repeat_count = ${repeatCount}, total = ${total.toString()}, remarks = ${JSON.stringify(remarks)}::jsonb, data_key = null,
      staged_at = ${at} where id = ${id}`);
}

/** @param faults the first of them @param count how many there are */
export async function setRefused(
  tx: Tx,
  id: string,
  format: StatementFormat | null,
  { faults, count }: { readonly faults: readonly ShownPlace[]; readonly count: number },
): Promise<void> {
  await tx.run(sql`update statements set state = 'refused', format = ${format}, faults = ${JSON.stringify(faults)}::jsonb, fault_count = ${count},
      data_key = null where id = ${id}`);
}

// Balances in another currency than the part's are shown nowhere: they could not be checked.
export async function insertParts(tx: Tx, statementId: string, parts: readonly Part[]): Promise<void> {
  const own = (money: Money | null, currency: string | null) => (money && money.currency === currency ? money.toString() : null);
  await tx.insert(
    'statement_parts',
    parts.map(({ place, reference, account, currency, from, to, opening, closing, isInterim, credits, debits, lineCount, leftOut }, i) => ({
      statement_id: statementId,
      number: i + 1,
      place,
      reference,
      account,
      currency,
      from_date: from,
      to_date: to,
      opening: own(opening, currency),
      closing: own(closing, currency),
      interim: isInterim,
      credits: own(credits, currency) ?? '0',
      debits: own(debits, currency) ?? '0',
      line_count: lineCount,
      left_out: leftOut,
    })),
  );
}

type SummaryRow = Omit<StatementSummary, 'total' | 'uploadedAt' | 'stagedAt'> & {
  readonly total: string;
  readonly currency: string;
  readonly uploadedAt: Date;
  readonly stagedAt: Date | null;
};

const summary = sql`s.id, s.programme_id as "programmeId", s.source, s.format, s.state, s.name, s.from_date as "from", s.to_date as "to",
  s.line_count as "lineCount", s.left_out as "leftOut", s.repeat_count as "repeatCount", s.total, s.currency, s.matched_count as "matchedCount",
  s.fault_count as "faultCount", s.uploaded_by as "uploadedBy", s.uploaded_at as "uploadedAt", s.staged_at as "stagedAt",
  (select jsonb_build_object('name', m.name, 'version', m.version) from statement_mappings m where m.id = s.mapping_id) as mapping,
  coalesce((select jsonb_agg(to_jsonb(k) order by k.kind) from (
    select kind, count(*) filter (where state <> 'resolved') as open, count(*) filter (where state = 'resolved') as resolved
    from exceptions where statement_id = s.id group by kind) k), '[]') as exceptions`;

const summarised = <Row extends SummaryRow>({ total, currency, uploadedAt, stagedAt, ...row }: Row) => ({
  ...row,
  total: Money.of(total, currency).toJSON(),
  uploadedAt: uploadedAt.toISOString(),
  stagedAt: stagedAt?.toISOString() ?? null,
});

export async function findStatement(db: Db, id: string): Promise<Statement | undefined> {
  const row = await db.first<SummaryRow & Pick<Statement, 'faults' | 'remarks'>>(
    sql`select ${summary}, s.faults, s.remarks from statements s where s.id = ${id}`,
  );
  return row && { ...summarised(row), parts: await partsOf(db, id), withdrawal: await lastWithdrawal(db, id) };
}

type PartRow = Omit<StatementPart, 'opening' | 'closing' | 'credits' | 'debits'> & {
  readonly currency: string | null;
  readonly opening: string | null;
  readonly closing: string | null;
  readonly credits: string;
  readonly debits: string;
};

async function partsOf(db: Db, statementId: string): Promise<StatementPart[]> {
  const rows =
    await db.all<PartRow>(sql`select place, reference, account, currency, from_date as "from", to_date as "to", opening::text, closing::text,
      credits::text, debits::text, line_count as "lineCount", left_out as "leftOut" from statement_parts where statement_id = ${statementId} order by number`);
  return rows.map(({ currency, opening, closing, credits, debits, ...part }) => {
    const stated = (amount: string | null) => (amount === null || currency === null ? null : Money.of(amount, currency).toJSON());
    return { ...part, opening: stated(opening), credits: stated(credits), debits: stated(debits), closing: stated(closing) };
  });
}

/** A programme's statements, the latest first. */
export async function pageOfStatements(
  db: Db,
  programmeId: string,
  { state, source }: { readonly state?: string | undefined; readonly source?: string | undefined },
  limit: number,
  after: string | undefined,
): Promise<Page<StatementSummary>> {
  const conditions: Sql[] = [
    sql`s.programme_id = ${programmeId}`,
    ...(state ? [sql`s.state = ${state}`] : []),
    ...(source ? [sql`s.source = ${source}`] : []),
    ...(after ? [sql`s.id < ${after}`] : []),
  ];
  const rows = await db.all<SummaryRow>(
    sql`select ${summary} from statements s where ${allOf(conditions)} order by s.id desc limit ${limit + 1}`,
  );
  return pageOf(rows.map(summarised), limit, ({ id }) => id);
}
