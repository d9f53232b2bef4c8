import { type Actor, type Db, isId, malformed, type Page, pageRequest } from '../../../platform/index.ts';
import { idsIn, openProgramme, type PageQuery } from '../../queries.ts';
import { type OfficeDay, type OfficeDayFilter, pageOfOfficeDays } from './office-days.ts';
import { type Payable, pageOfPayables } from './store.ts';

const MOST_DAYS = 400;
const DAY_MS = 86_400_000;

/** What a programme owes the post, by fund and office. @throws not_found */
export async function listPayables(db: Db, actor: Actor, programmeId: string, query: PageQuery): Promise<Page<Payable>> {
  await openProgramme(db, actor, programmeId);
  return pageOfPayables(db, programmeId, pageRequest(query).limit, idsIn(query.cursor, 2));
}

/** What happened at each office on each day. @throws not_found; invalid_request for days that are no span, or too many */
export async function listOfficeDays(
  db: Db,
  actor: Actor,
  programmeId: string,
  query: PageQuery & OfficeDayFilter,
): Promise<Page<OfficeDay>> {
  await openProgramme(db, actor, programmeId);
  const days = (Date.parse(query.to) - Date.parse(query.from)) / DAY_MS;
  if (days < 0 || days >= MOST_DAYS)
    throw malformed([{ pointer: '/query/to', detail: `A day from ${query.from} on, of at most ${MOST_DAYS} days.` }]);
  const { limit, after } = pageRequest(query, isOfficeDay);
  return pageOfOfficeDays(db, programmeId, query, limit, after);
}

function isOfficeDay(key: string): boolean {
  const [day = '', office = '', ...rest] = key.split('/');
  return /^[12]\d{3}-\d\d-\d\d$/.test(day) && !Number.isNaN(Date.parse(day)) && isId(office) && rest.length === 0;
}
