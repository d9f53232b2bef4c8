import { authoriseRead } from '../../access/index.ts';
import { type Actor, allOf, type Db, isId, type Page, pageRequest, pageRequestById, sql } from '../../platform/index.ts';
import { fundFor } from '../queries.ts';
import type { Conversion, ExchangeRate } from '../types.ts';
import { pageOfConversions, pageOfRates } from './store.ts';

interface RatesQuery {
  readonly from?: string;
  readonly to?: string;
  readonly limit?: number;
  readonly cursor?: string;
}

function isRateKey(key: string): boolean {
  const [day = '', id = '', ...more] = key.split('/');
  const time = /^\d{4}-\d{2}-\d{2}$/.test(day) ? Date.parse(day) : Number.NaN;
  return more.length === 0 && isId(id) && !Number.isNaN(time) && new Date(time).toISOString().startsWith(day);
}

/** The agency's rates, the newest day first. */
export async function listRates(db: Db, actor: Actor, { from, to, ...query }: RatesQuery): Promise<Page<ExchangeRate>> {
  authoriseRead(actor, 'funding.read_rates');
  const { limit, after } = pageRequest(query, isRateKey);
  const where = allOf([...(from ? [sql`r.from_currency = ${from}`] : []), ...(to ? [sql`r.to_currency = ${to}`] : [])]);
  return pageOfRates(db, where, limit, after);
}

/** What was converted of a fund's foreign money, the first first. @throws not_found */
export async function listConversions(
  db: Db,
  actor: Actor,
  fundId: string,
  query: { readonly limit?: number; readonly cursor?: string },
): Promise<Page<Conversion>> {
  const { limit, after } = pageRequestById(query);
  await fundFor(db, actor, 'funding.read_money', fundId);
  return pageOfConversions(db, fundId, limit, after);
}
