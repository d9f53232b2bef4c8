import { type Sql, sql } from '../../../platform/index.ts';
import { isReference } from '../references.ts';
import { isFree, isTakenBack, type Look, mayBeOne, onlyPass, openLines } from './look.ts';

/**
 * The line that a reversal takes back: of the same serial or the same reference and the same amount, here or in an earlier statement of the
 * same side, on its day or before. Where there are several, one that its file is known to take back, the last one before it; one that stands
 * after it in its file only where none stands before.
 */
export function byReversal(look: Look): Sql {
  const { statement, group } = look;
  const pass = onlyPass(group);
  const takenBack = pass.lineKind === 'reversal' ? 'payment' : 'deposit';
  const same = pass.serial
    ? sql`x.serial = l.serial`
    : sql`x.reference = l.reference and (x.serial = l.serial or x.serial is null or l.serial is null)`;
  const named = pass.serial ? sql`l.serial is not null` : isReference(sql`l.reference`);
  // Step by step, each line by an index and from the last backwards: the planner would start from all lines of a statement that it knows
  // nothing of yet, and a file that says one serial on every line would be compared with itself.
  return sql`
    select line_id, 'line' as target_type, array[target_id] as targets, 0 as rank, days, 0 as difference, false as agrees from (
      select l.id as line_id, x.id as target_id, l.paid_on - x.paid_on as days,
        row_number() over (partition by l.id order by ${isTakenBack(look, sql`x.id`)} desc, l.paid_on - x.paid_on, x.after, x.gap, x.id) as of_line,
        row_number() over (partition by x.id order by l.paid_on - x.paid_on, x.after, x.gap, l.row_number) as of_target
      from (select * from statement_lines l where ${openLines(look, sql`coalesce(l.serial, l.reference)`)} and ${named} offset 0) l
        cross join lateral (
          select x.id, x.paid_on, x.statement_id = l.statement_id and x.row_number > l.row_number as after,
            case when x.statement_id = l.statement_id then abs(l.row_number - x.row_number) end as gap
          from statement_lines x where ${same} and x.kind = ${takenBack} and x.amount = l.amount
            and x.paid_on between l.paid_on - ${pass.days ?? YEAR}::int and l.paid_on and x.currency = l.currency and x.repeats is null
            and ${isFree('line', sql`x.id`)} and ${mayBeOne(sql`x.id`)}
            and (x.statement_id = l.statement_id or exists (select from statements s where s.id = x.statement_id
              and s.programme_id = ${statement.programmeId} and s.source = ${statement.source} and s.state = 'reconciled'))
          order by x.paid_on desc, x.row_number desc limit ${NEAREST}) x
    ) pairs where of_line = 1 and of_target = 1`;
}

/** How far back a reversal reaches where its pass does not say: nobody takes back what is older. */
const YEAR = 366;

/** How many lines a reversal may be compared with. */
const NEAREST = 20;
