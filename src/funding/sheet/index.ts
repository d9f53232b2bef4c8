import { type Actor, type Db, dateIn, Money } from '../../platform/index.ts';
import { programmeById } from '../../programmes/index.ts';
import { fundFor } from '../queries.ts';
import type { FundSheet } from '../types.ts';
import { figuresOf, partOfTime } from './rules.ts';
import { arrivedIn, foreignCashIn, postedIn, setAsideIn } from './store.ts';

/** Where all the money of a fund is, from its postings. @throws not_found */
export async function readFundSheet(db: Db, actor: Actor, fundId: string, now: Date): Promise<FundSheet> {
  const { fund } = await fundFor(db, actor, 'funding.read_money', fundId);
  const { programme } = await programmeById(db, fund.programmeId);
  const { currency } = fund.received;
  const since = new Date(now.getTime() - 30 * 86_400_000);
  const [posted, arrived, foreignCash, unspent] = await Promise.all([
    postedIn(db, fundId, currency, since),
    arrivedIn(db, fundId),
    foreignCashIn(db, fundId, currency),
    setAsideIn(db, fundId, currency),
  ]);
  const figures = figuresOf(posted, currency, partOfTime(fund, dateIn(programme.timeZone, now)));
  const available = Money.of(figures.available.amount, currency);
  const setAside = (available.compare(unspent) < 0 ? available : unspent).toJSON();
  return { fundId, pledged: fund.pledged, arrived, ...figures, setAside, foreignCash };
}
