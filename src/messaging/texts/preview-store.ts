import { type Db, Money, sql } from '../../platform/index.ts';
import type { Language } from './types.ts';
import type { OfficeName } from './where.ts';

/** To whom the messages of a list go. */
export interface Recipients {
  /** How many people of each language collect. */
  readonly people: Readonly<Record<Language, number>>;
  /** The largest amount of a line; undefined when nobody is on the list. */
  readonly largest: Money | undefined;
}

/** Whoever collects on a list of a programme; undefined when the programme has no such list. */
export async function recipientsOf(db: Db, programmeId: string, listId: string): Promise<Recipients | undefined> {
  const list = await db.first<{ currency: string }>(
    sql`select currency from payment_lists where id = ${listId} and programme_id = ${programmeId}`,
  );
  if (!list) return undefined;
  const rows = await db.all<{ language: Language; people: number; largest: string }>(sql`
    select b.language, count(*)::int as people, max(l.amount)::text as largest from payment_list_lines l
    join beneficiaries b on b.id = l.collector_id where l.list_id = ${listId} and l.counts group by b.language`);
  const amounts = rows.map(({ largest }) => Money.of(largest, list.currency)).sort((a, b) => b.compare(a));
  const counted = Object.fromEntries(rows.map(({ language, people }) => [language, people]));
  return { people: { ar: 0, fr: 0, en: 0, ...counted }, largest: amounts[0] };
}

/** What an office is called; undefined when there is none. */
export const officeName = (db: Db, id: string): Promise<OfficeName | undefined> =>
  db.first<OfficeName>(sql`select code, name_fr as "nameFr", name_ar as "nameAr" from offices where id = ${id}`);
