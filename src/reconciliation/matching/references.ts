import { type Sql, sql } from '../../platform/index.ts';
import type { MatchedStatement } from './types.ts';

/** What banks write where there is no reference. Lines that say so have nothing in common. */
const none: readonly string[] = ['', 'NONREF', 'NOREF', 'NOTPROVIDED', 'NOT PROVIDED', 'NONE', 'N/A'];

/** That a text is a reference at all. */
export const isReference = (text: Sql): Sql => sql`coalesce(upper(btrim(${text})) <> all(${none}::text[]), false)`;

/** What money of a programme that moved at the bank, or was to move there, is called, whatever became of it. */
const known = (programmeId: string): Sql => sql`
  select lower(s.reference) from settlements s where s.programme_id = ${programmeId}
  union all select lower(c.reference) from contributions c join funds f on f.id = c.fund_id where f.programme_id = ${programmeId}
  union all select lower(a.handed_reference) from advances a where a.programme_id = ${programmeId} and a.handed_reference is not null
  union all select lower(r.reference) from advance_returns r join advances a on a.id = r.advance_id where a.programme_id = ${programmeId}`;

/**
 * That a line `l` of the bank quotes no record of ours, so that its amount may say what it is; what was cancelled is quoted too. Money that left
 * quotes nothing at all: what we send goes by our reference, and whatever else the bank passes on is of another transfer. What comes in bears the
 * reference of who sent it. The post may name the settlement that it is paid by on any line.
 */
export const quotesNothing = ({ programmeId, source }: Pick<MatchedStatement, 'programmeId' | 'source'>): Sql => {
  if (source === 'post') return sql`true`;
  const names = (text: Sql): Sql => sql`${isReference(text)} and coalesce(lower(${text}) in (${known(programmeId)}), false)`;
  return sql`not (case l.kind when 'payment' then ${isReference(sql`l.our_reference`)} else ${names(sql`l.our_reference`)} end)
    and not (${names(sql`l.reference`)})`;
};
