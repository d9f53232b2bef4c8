import { type Db, type Page, pageOf, type Sql, sql, type Tx } from '../../platform/index.ts';
import type { OwnName } from './telling.ts';
import type { Language, TextKind } from './types.ts';

/** Which text is meant. The platform's own, which no programme speaks for, has none. */
export interface TextPlace {
  readonly programmeId: string | null;
  readonly kind: TextKind;
  readonly language: Language;
}

/** A text that somebody wrote; null for the one that is shipped. */
export interface WrittenText {
  /** Counts from 1; 0 while nobody has written any. */
  readonly number: number;
  readonly text: string | null;
  readonly madeBy: string | null;
  readonly madeAt: Date | null;
}

const columns = sql`t.number, t.body as text, t.made_by as "madeBy", t.made_at as "madeAt"`;
const of = (programmeId: string | null): Sql => sql`t.programme_id is not distinct from ${programmeId}::uuid`;

/** The text that holds now. */
export const presentText = async (db: Db, { programmeId, kind, language }: TextPlace): Promise<WrittenText> =>
  (await db.first<WrittenText>(sql`select ${columns} from message_templates t
    where ${of(programmeId)} and t.kind = ${kind} and t.language = ${language} order by t.number desc limit 1`)) ?? {
    number: 0,
    text: null,
    madeBy: null,
    madeAt: null,
  };

/** Every version of a text, newest first. */
export async function pageOfTexts(
  db: Db,
  { programmeId, kind, language }: TextPlace,
  limit: number,
  before: number | undefined,
): Promise<Page<WrittenText>> {
  const rows = await db.all<WrittenText>(sql`select ${columns} from message_templates t
    where ${of(programmeId)} and t.kind = ${kind} and t.language = ${language} and (${before ?? null}::int is null or t.number < ${before ?? null}::int)
    order by t.number desc limit ${limit + 1}`);
  return pageOf(rows, limit, ({ number }) => String(number));
}

/** @throws Error by constraint `message_templates_next` or `message_templates_one_each` when somebody wrote another meanwhile */
export const insertText = (
  tx: Tx,
  { programmeId, kind, language }: TextPlace,
  { number, text, by, at }: { readonly number: number; readonly text: string | null; readonly by: string; readonly at: Date },
): Promise<void> =>
  tx.insert('message_templates', [{ programme_id: programmeId, kind, language, number, body: text, made_by: by, made_at: at }]);

/** The programme's own text for a message `m` to a recipient `b` about a voucher `v`, as it was when the message was made: a repeat says the same. */
export const textWhenMade: Sql = sql`(select t.body from message_templates t where t.programme_id = v.programme_id and t.kind = m.kind
  and t.language = b.language and t.made_at <= m.created_at order by t.number desc limit 1)`;

/** What a programme, or every one of them, and their donors are called: no text may say so. */
export const ownNames = (db: Db, programmeId: string | null): Promise<OwnName[]> =>
  db.all(sql`with mine as (select * from programmes p where ${programmeId}::uuid is null or p.id = ${programmeId}::uuid)
    select name, 'the programme' as tells from mine union select code, 'the programme' from mine
    union select f.donor, 'who gives the money' from funds f join mine on mine.id = f.programme_id
    union select f.agreement, 'who gives the money' from funds f join mine on mine.id = f.programme_id`);
