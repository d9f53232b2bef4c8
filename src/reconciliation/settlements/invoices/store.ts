import { type Db, Money, type Page, pageOf, sql, type Tx } from '../../../platform/index.ts';
import type { ReadInvoice } from './read-lines.ts';
import type { Invoice, InvoiceState, NewInvoice } from './types.ts';

type Amounts = { readonly principal: string; readonly fee: string };
type Row = Omit<Invoice, 'principal' | 'fee' | 'accepted' | 'settled' | 'recordedAt' | 'decidedAt'> &
  Amounts & {
    readonly currency: string;
    readonly recordedAt: Date;
    readonly decidedAt: Date | null;
    readonly accepted: Amounts;
    readonly settled: Amounts;
  };

const columns = sql`i.id, i.programme_id as "programmeId", i.number, i.issued_on as "issuedOn", i.from_date as "from", i.to_date as "to", i.currency,
  i.payout_count as "payoutCount", i.principal, i.fee, i.terms_version as "termsVersion", i.state, i.recorded_by as "recordedBy",
  i.recorded_at as "recordedAt", i.decided_by as "decidedBy", i.decided_at as "decidedAt", i.reason, i.version,
  (select jsonb_build_object('principal', coalesce(sum(a.principal), 0)::text, 'fee', coalesce(sum(a.fee), 0)::text)
    from post_invoice_acceptances a where a.invoice_id = i.id) as accepted,
  (select jsonb_build_object('principal', coalesce(sum(l.principal) filter (where s.state <> 'returned'), 0)::text, 'fee', coalesce(sum(l.fee), 0)::text)
    from settlements s join settlement_lines l on l.settlement_id = s.id
    where s.invoice_id = i.id and s.state not in ('rejected', 'cancelled')) as settled`;

function shown({ currency, principal, fee, accepted, settled, recordedAt, decidedAt, ...row }: Row): Invoice {
  const stated = (amounts: Amounts) => ({
    principal: Money.of(amounts.principal, currency).toJSON(),
    fee: Money.of(amounts.fee, currency).toJSON(),
  });
  return {
    ...row,
    ...stated({ principal, fee }),
    accepted: stated(accepted),
    settled: stated(settled),
    recordedAt: recordedAt.toISOString(),
    decidedAt: decidedAt?.toISOString() ?? null,
  };
}

export async function findInvoice(db: Db, id: string): Promise<Invoice | undefined> {
  const row = await db.first<Row>(sql`select ${columns} from post_invoices i where i.id = ${id}`);
  return row && shown(row);
}

/** A programme's invoices in the order in which they were recorded. */
export async function pageOfInvoices(
  db: Db,
  programmeId: string,
  state: InvoiceState | undefined,
  limit: number,
  after: string | undefined,
): Promise<Page<Invoice>> {
  const rows = await db.all<Row>(sql`select ${columns} from post_invoices i where i.programme_id = ${programmeId}
    and (${state ?? null}::text is null or i.state = ${state ?? null}) and (${after ?? null}::uuid is null or i.id > ${after ?? null}::uuid)
    order by i.id limit ${limit + 1}`);
  return pageOf(rows.map(shown), limit, ({ id }) => id);
}

export interface InvoiceToStore extends Pick<NewInvoice, 'number' | 'issuedOn' | 'from' | 'to' | 'currency'> {
  readonly id: string;
  readonly programmeId: string;
  readonly termsVersion: number | null;
  readonly by: string;
  readonly at: Date;
}

/** Stores an invoice with its lines; the code of an office that is not ours stays a code. @throws Error by constraint `post_invoices_number_once` */
export async function insertInvoice(tx: Tx, invoice: InvoiceToStore, { lines, totals }: ReadInvoice): Promise<void> {
  const { id, programmeId, number, issuedOn, from, to, currency, termsVersion, by, at } = invoice;
  await tx.run(sql`insert into post_invoices (id, programme_id, number, issued_on, from_date, to_date, currency, payout_count, principal, fee,
      terms_version, recorded_by, recorded_at)
    values (${id}, ${programmeId}, ${number}, ${issuedOn}, ${from}, ${to}, ${currency}, ${totals.payoutCount}, ${totals.principal.toString()},
      ${totals.fee.toString()}, ${termsVersion}, ${by}, ${at})`);
  const rows = lines.map(({ officeCode, day, payoutCount, principal, fee }, i) => ({
    position: i + 1,
    office_code: officeCode,
    day,
    payout_count: payoutCount,
    principal: principal.toString(),
    fee: fee.toString(),
  }));
  await tx.run(sql`insert into post_invoice_lines (invoice_id, position, office_id, office_code, day, payout_count, principal, fee)
    select ${id}, n.position, o.id, n.office_code, n.day, n.payout_count, n.principal, n.fee
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as n (position int, office_code text, day date, payout_count int, principal numeric, fee numeric)
    left join offices o on o.code = n.office_code`);
}

/** Waits for whoever is deciding on an invoice of the programme: what one is agreed to, another has not. */
export async function lockInvoices(tx: Tx, programmeId: string): Promise<void> {
  await tx.first(sql`select pg_advisory_xact_lock(hashtextextended(${`post-invoices/${programmeId}`}, 0))`);
}

/** What was agreed to of lines. */
export async function insertAcceptances(
  tx: Tx,
  invoiceId: string,
  accepted: readonly { readonly position: number; readonly principal: Money; readonly fee: Money }[],
): Promise<void> {
  await tx.insert(
    'post_invoice_acceptances',
    accepted.map(({ position, principal, fee }) => ({
      invoice_id: invoiceId,
      position,
      principal: principal.toString(),
      fee: fee.toString(),
    })),
  );
}

export const decideInvoiceRow = (
  tx: Tx,
  id: string,
  { state, reason, by, at }: { state: InvoiceState; reason: string | null; by: string; at: Date },
): Promise<number> =>
  tx.run(
    sql`update post_invoices set state = ${state}, reason = ${reason}, decided_by = ${by}, decided_at = ${at}, version = version + 1 where id = ${id}`,
  );
