import { type Db, Money, type Page, pageOf, type Sql, sql, type Tx } from '../../platform/index.ts';
import type { Conversion, ExchangeRate } from '../types.ts';

interface RateRow extends Omit<ExchangeRate, 'recordedAt'> {
  readonly recordedAt: Date;
}

interface ConversionRow {
  readonly id: string;
  readonly fund_id: string;
  readonly sold_amount: string;
  readonly sold_currency: string;
  readonly bought_amount: string;
  readonly currency: string;
  readonly booked_value: string;
  readonly converted_on: string;
  readonly reference: string;
  readonly recorded_at: Date;
  readonly entry_id: string;
  readonly reversed_at: Date | null;
}

const rateColumns = sql`r.id, r.from_currency as "from", r.to_currency as "to", r.valid_on as "validOn", r.rate::text, r.source,
  r.recorded_at as "recordedAt"`;
const rateOf = (row: RateRow): ExchangeRate => ({ ...row, recordedAt: row.recordedAt.toISOString() });

export async function insertRate(tx: Tx, { id, from, to, validOn, rate, source, recordedAt }: ExchangeRate, by: string): Promise<void> {
  await tx.run(sql`insert into exchange_rates (id, from_currency, to_currency, valid_on, rate, source, recorded_by, recorded_at)
    values (${id}, ${from}, ${to}, ${validOn}, ${rate}::numeric, ${source}, ${by}, ${recordedAt})`);
}

/** The last rate on or before a day. */
export async function rateOn(db: Db, from: string, to: string, day: string): Promise<ExchangeRate | undefined> {
  const row = await db.first<RateRow>(sql`select ${rateColumns} from exchange_rates r where r.id = rate_on(${from}, ${to}, ${day}::date)`);
  return row && rateOf(row);
}

/** Newest first. @param where a condition on rates `r` */
export async function pageOfRates(db: Db, where: Sql, limit: number, after: string | undefined): Promise<Page<ExchangeRate>> {
  const [day = null, id = null] = after?.split('/') ?? [];
  const rows = await db.all<RateRow>(sql`select ${rateColumns} from exchange_rates r
    where ${where} and (${day}::date is null or (r.valid_on, r.id) < (${day}::date, ${id}::uuid))
    order by r.valid_on desc, r.id desc limit ${limit + 1}`);
  return pageOf(rows.map(rateOf), limit, ({ validOn, id: last }) => `${validOn}/${last}`);
}

/** What a fund holds in a currency and what it stands in the books at; undefined when it holds none. */
export async function foreignCash(
  db: Db,
  fundId: string,
  currency: string,
  fundCurrency: string,
): Promise<{ held: Money; value: Money } | undefined> {
  const row = await db.first<{ amount: string; value: string }>(
    sql`select c.amount::text, c.value::text from foreign_cash_of(${fundId}) c where c.currency = ${currency} and c.amount > 0`,
  );
  return row && { held: Money.of(row.amount, currency), value: Money.of(row.value, fundCurrency) };
}

/** Waits for whoever else converts a fund's money, or takes a conversion back, until they are done. */
export async function lockForeignCash(tx: Tx, fundId: string): Promise<void> {
  await tx.run(sql`select from funds where id = ${fundId} for no key update`);
}

export async function insertConversion(tx: Tx, { id, fundId, sold, bought, ...rest }: NewConversion, by: string, at: Date): Promise<void> {
  await tx.run(sql`insert into conversions
      (id, fund_id, sold_amount, sold_currency, bought_amount, currency, booked_value, converted_on, reference, recorded_by, recorded_at)
    values (${id}, ${fundId}, ${sold.toString()}::numeric, ${sold.currency}, ${bought.toString()}::numeric, ${bought.currency},
      ${rest.bookedValue.toString()}::numeric, ${rest.convertedOn}, ${rest.reference}, ${by}, ${at})`);
}

/** A conversion as it is written. */
export interface NewConversion {
  readonly id: string;
  readonly fundId: string;
  readonly sold: Money;
  readonly bought: Money;
  readonly bookedValue: Money;
  readonly convertedOn: string;
  readonly reference: string;
}

const selectConversions = (where: Sql): Sql => sql`select v.*, e.id as entry_id,
    (select x.at from journal_entries x where x.reverses = e.id) as reversed_at
  from conversions v join journal_entries e on e.subject_id = v.id and e.event = 'conversion_in' where ${where}`;

function conversionOf(row: ConversionRow): Conversion {
  const [bought, booked] = [Money.of(row.bought_amount, row.currency), Money.of(row.booked_value, row.currency)];
  return {
    id: row.id,
    fundId: row.fund_id,
    sold: Money.of(row.sold_amount, row.sold_currency).toJSON(),
    bought: bought.toJSON(),
    bookedValue: booked.toJSON(),
    difference: bought.minus(booked).toJSON(),
    convertedOn: row.converted_on,
    reference: row.reference,
    recordedAt: row.recorded_at.toISOString(),
    entryId: row.entry_id,
    reversedAt: row.reversed_at?.toISOString() ?? null,
  };
}

export async function findConversion(db: Db, id: string): Promise<Conversion | undefined> {
  const row = await db.first<ConversionRow>(selectConversions(sql`v.id = ${id}`));
  return row && conversionOf(row);
}

export async function pageOfConversions(db: Db, fundId: string, limit: number, after: string | undefined): Promise<Page<Conversion>> {
  const rows =
    await db.all<ConversionRow>(sql`${selectConversions(sql`v.fund_id = ${fundId} and (${after ?? null}::uuid is null or v.id > ${after ?? null}::uuid)`)}
    order by v.id limit ${limit + 1}`);
  return pageOf(rows.map(conversionOf), limit, ({ id }) => id);
}
