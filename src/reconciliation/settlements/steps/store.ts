import { type Db, Money, type Page, pageOf, type Sql, sql, type Tx } from '../../../platform/index.ts';
import type { Settlement, SettlementLine, SettlementState, SettlementStep } from '../types.ts';

type Row = Omit<Settlement, 'amount' | 'madeAt' | 'paidAt'> & {
  readonly amount: string;
  readonly currency: string;
  readonly madeAt: Date;
  readonly paidAt: Date | null;
};

const columns = sql`s.id, s.programme_id as "programmeId", s.fund_id as "fundId", s.reference, s.state, s.amount, s.currency, s.from_date as "from",
  s.to_date as "to", s.invoice_id as "invoiceId", s.made_by as "madeBy", s.made_at as "madeAt", s.bank_reference as "bankReference",
  s.paid_at as "paidAt", (select b.statement_line_id from settlement_bank_lines b where b.settlement_id = s.id) as "bankLine"`;

const shown = ({ amount, currency, madeAt, paidAt, ...row }: Row): Settlement => ({
  ...row,
  amount: Money.of(amount, currency).toJSON(),
  madeAt: madeAt.toISOString(),
  paidAt: paidAt?.toISOString() ?? null,
});

export async function findSettlement(db: Db, id: string): Promise<Settlement | undefined> {
  const row = await db.first<Row>(sql`select ${columns} from settlements s where s.id = ${id}`);
  return row && shown(row);
}

/** Waits for whoever is moving a settlement. */
export const lockSettlement = (tx: Tx, id: string): Promise<unknown> =>
  tx.first(sql`select id from settlements where id = ${id} for no key update`);

/** A programme's settlements in the order in which they were made. @param within which of them may be seen */
export async function pageOfSettlements(
  db: Db,
  programmeId: string,
  { state, fundId }: { readonly state?: SettlementState | undefined; readonly fundId?: string | undefined },
  within: Sql,
  limit: number,
  after: string | undefined,
): Promise<Page<Settlement>> {
  const rows = await db.all<Row>(sql`select ${columns} from settlements s where s.programme_id = ${programmeId} and (${within})
    and (${state ?? null}::text is null or s.state = ${state ?? null}) and (${fundId ?? null}::uuid is null or s.fund_id = ${fundId ?? null})
    and (${after ?? null}::uuid is null or s.id > ${after ?? null}::uuid) order by s.id limit ${limit + 1}`);
  return pageOf(rows.map(shown), limit, ({ id }) => id);
}

export async function linesOf(
  db: Db,
  id: string,
): Promise<(Omit<SettlementLine, 'principal' | 'fee'> & { principal: Money; fee: Money })[]> {
  const rows = await db.all<Omit<SettlementLine, 'principal' | 'fee'> & { principal: string; fee: string; currency: string }>(sql`
    select l.position, l.office_id as "officeId", o.code as "officeCode", l.principal, l.fee, s.currency
    from settlement_lines l join settlements s on s.id = l.settlement_id join offices o on o.id = l.office_id
    where l.settlement_id = ${id} order by l.position`);
  return rows.map(({ principal, fee, currency, ...row }) => ({
    ...row,
    principal: Money.of(principal, currency),
    fee: Money.of(fee, currency),
  }));
}

export async function stepsOf(db: Db, id: string): Promise<SettlementStep[]> {
  const rows = await db.all<Omit<SettlementStep, 'at'> & { at: Date }>(sql`select step, "by", at, note from (
      select step, taken_by as "by", taken_at as at, note from settlement_steps where settlement_id = ${id}
      union all select 'returned', d.decided_by, d.decided_at, left(d.note, 500) from exceptions e join exception_decisions d on d.exception_id = e.id
        where e.record_type = 'settlement' and e.record_id = ${id} and d.kind = 'returned_by_bank' and d.state = 'approved' and d.undone_by is null) taken
    order by array_position('{drafted,submitted,rejected,approved,instructed,paid,returned,cancelled}', step)`);
  return rows.map(({ at, ...step }) => ({ ...step, at: at.toISOString() }));
}

/** A settlement that is being made. */
export interface NewSettlementRow extends Pick<Settlement, 'id' | 'programmeId' | 'fundId' | 'reference' | 'from' | 'to' | 'invoiceId'> {
  readonly amount: Money;
  readonly by: string;
  readonly at: Date;
}

/**
 * Makes a draft with its lines, and notes who made it.
 * @throws Error by constraint: `settlements_reference_once`; `settlements_within_owed` when more would be claimed than is owed;
 *   `settlements_within_invoice` when more of an invoice than was agreed to; `settlements_by_another`
 */
export async function insertSettlement(
  tx: Tx,
  settlement: NewSettlementRow,
  lines: readonly { readonly officeId: string; readonly principal: Money; readonly fee: Money }[],
): Promise<void> {
  const { id, programmeId, fundId, reference, amount, from, to, invoiceId, by, at } = settlement;
  await tx.run(sql`insert into settlements (id, programme_id, fund_id, reference, amount, currency, from_date, to_date, invoice_id, made_by, made_at)
    values (${id}, ${programmeId}, ${fundId}, ${reference}, ${amount.toString()}, ${amount.currency}, ${from}, ${to}, ${invoiceId}, ${by}, ${at})`);
  await tx.insert(
    'settlement_lines',
    lines.map(({ officeId, principal, fee }, i) => ({
      settlement_id: id,
      position: i + 1,
      office_id: officeId,
      principal: principal.toString(),
      fee: fee.toString(),
    })),
  );
  await insertStep(tx, id, { step: 'drafted', by, at, note: null });
}

/** @throws Error by constraint: `settlement_steps_in_turn`, `settlements_by_another` and the others of its trigger */
export const insertStep = (tx: Tx, id: string, { step, by, at, note }: Omit<SettlementStep, 'at'> & { readonly at: Date }): Promise<void> =>
  tx.insert('settlement_steps', [{ settlement_id: id, step, taken_by: by, taken_at: at, note }]);

export const moveSettlement = (tx: Tx, id: string, state: SettlementState): Promise<number> =>
  tx.run(sql`update settlements set state = ${state}, version = version + 1 where id = ${id}`);

export const markPaid = (tx: Tx, id: string, bankReference: string, at: Date): Promise<number> =>
  tx.run(
    sql`update settlements set state = 'paid', bank_reference = ${bankReference}, paid_at = ${at}, version = version + 1 where id = ${id}`,
  );

/** Settlements that wait for the bank, that somebody matched with lines of its statement, and that they may pay. */
export const settlementsListed = (db: Db, statementId: string, by: string): Promise<{ id: string; bankReference: string }[]> =>
  db.all(sql`select s.id, coalesce(nullif(left(l.reference, 100), ''), s.reference) as "bankReference" from settlements s
    join statement_match_targets t on t.target_type = 'settlement' and t.target_id = s.id
    join statement_matches m on m.statement_line_id = t.statement_line_id and m.matched_by = ${by}
    join statement_lines l on l.id = t.statement_line_id
    where s.state = 'instructed' and l.statement_id = ${statementId} and not handled_cash(${by}, s.programme_id, s.fund_id,
      array(select o.office_id from settlement_lines o where o.settlement_id = s.id)) order by s.id`);

export async function fundCurrency(db: Db, programmeId: string, fundId: string): Promise<string | undefined> {
  const row = await db.first<{ currency: string }>(sql`select currency from funds where id = ${fundId} and programme_id = ${programmeId}`);
  return row?.currency;
}

/**
 * Makes settlements of one fund wait for each other, so that what is owed is read after the one before. An advisory lock,
 * because a row lock would need a right to change funds that this role does not have; pay-outs add to what is owed and wait for nobody.
 */
export async function lockSettlements(tx: Tx, fundId: string): Promise<void> {
  await tx.first(sql`select pg_advisory_xact_lock(hashtextextended(${`settlements/${fundId}`}, 0))`);
}
