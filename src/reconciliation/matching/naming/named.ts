import { type Db, type Sql, sql } from '../../../platform/index.ts';
import { isReference } from '../references.ts';
import type { MatchedStatement } from '../types.ts';

/** The settlement that a line is matched with, where it was called off after the bank had been told to pay it. */
export const calledOff = sql`(select off.target_id from statement_match_targets off join settlements s on s.id = off.target_id
  where off.statement_line_id = l.id and off.target_type = 'settlement' and s.state = 'cancelled' limit 1)`;

/** Rows of a file, after the first and up to the second. */
export interface Rows {
  readonly after: number;
  readonly upTo: number;
}

/** Lines, of whatever statement, that one index finds: the planner would else read a whole statement for each, of which it knows nothing yet. */
export const linesWith = (condition: Sql): Sql => sql`(select * from statement_lines x where ${condition} offset 0) x`;

/** What the last run of a statement left to another person of a line: the record that whoever it is in the name of had a hand in. */
const withheld = (statementId: string): Sql => sql`(select jsonb_build_object('pass', w.pass, 'type', w.target_type, 'id', w.target_id)
  from matching_withheld w where w.statement_line_id = l.id
    and w.run_id = (select r.id from matching_runs r where r.statement_id = ${statementId} order by r.number desc limit 1))`;

/**
 * Lines that may need a name: unmatched, or matched with something else to say. What the post takes for its work has its invoice.
 * @returns their identifiers
 */
export async function linesToName(db: Db, { id, source }: MatchedStatement, { after, upTo }: Rows): Promise<string[]> {
  const lines = await db.all<{ id: string }>(sql`
    with listed as materialized (select l.id, l.kind from statement_lines l
      where l.statement_id = ${id} and l.row_number > ${after} and l.row_number <= ${upTo} and l.repeats is null)
    select l.id from listed l
    where (l.kind <> 'fee' or ${source} = 'bank' or ${withheld(id)} is not null)
      and (l.id not in (select m.statement_line_id from statement_matches m where m.agrees and m.statement_line_id = any(array(select id from listed)))
        or ${source} = 'bank' and ${calledOff} is not null)`);
  return lines.map((line) => line.id);
}

/** These lines `l`, the pass that matched each, and what was left of it to another person. */
export const named = (statement: MatchedStatement, lines: readonly string[]): Sql => sql`
  select l.*, m.pass, case when m.pass is null then ${withheld(statement.id)} end as withheld
  from unnest(${lines}::uuid[]) n (id) cross join lateral (select * from statement_lines l where l.id = n.id limit 1) l
    left join lateral (select pass from statement_matches where statement_line_id = l.id limit 1) m on true`;

/** Lines that say again, by their identifiers, what their file said before or what one of its lines was matched by. */
interface SaidAgain {
  readonly serial: string[];
  readonly reference: string[];
}

/**
 * Which of these lines have a serial, or a reference, that an earlier line of their kind has in their file, or one that is matched. Lines of
 * one key are read once for all of them, however many they are. The bank gives one reference to many operations: there the amount counts too.
 */
export async function saidAgain(db: Db, statement: MatchedStatement, lines: readonly string[]): Promise<SaidAgain> {
  const of = (key: Sql, isKey: Sql, same: Sql, alike: Sql): Sql => sql`
    coalesce((select array_agg(y.id) from (
      select x.id, x.row_number, min(x.row_number) over w < x.row_number or not x.is_matched and bool_or(x.is_matched) over w as again
      from (select distinct ${key} as key from named l where ${isKey}) k
        cross join lateral (
          select x.id, x.row_number, x.kind, x.serial, x.reference, x.amount,
            (select true from statement_matches m where m.statement_line_id = x.id limit 1) is not null as is_matched
          from ${linesWith(sql`${same} = k.key`)} where x.statement_id = ${statement.id}) x
      window w as (partition by k.key, x.kind, ${alike})) y
    where y.again and y.id in (select id from named)), '{}')`;
  const found = await db.first<SaidAgain>(sql`
    with named as materialized (${named(statement, lines)})
    select ${of(sql`l.serial`, sql`l.serial is not null`, sql`x.serial`, sql`x.kind`)} as serial,
      ${of(sql`l.reference`, isReference(sql`l.reference`), sql`x.reference`, sql`case ${statement.source} when 'bank' then x.amount end`)} as reference`);
  return found ?? { serial: [], reference: [] };
}
