import { type Sql, sql } from '../../../platform/index.ts';
import { quotesNothing } from '../references.ts';
import { amountsFit, daysFit, isFree, type Look, mayBeOne, onlyPass, openLines, quotes } from './look.ts';

/**
 * Records other than pay-outs. Where the reference is quoted, the nearest line and record that fit each other; where it is not, only one
 * line and one record that fit nothing else, and no line that quotes another record, whatever became of that.
 */
export function byRecord(look: Look): Sql {
  const { statement, group } = look;
  const pass = onlyPass(group);
  const order = sql`order by abs(l.paid_on - r.booked_on)`;
  const turn = pass.quotes
    ? sql`row_number() over (partition by l.id ${order}, r.target_id) as of_line,
        row_number() over (partition by r.target_id ${order}, l.row_number) as of_record`
    : sql`count(*) over (partition by l.id) as of_line, count(*) over (partition by r.target_id) as of_record`;
  return sql`
    select line_id, ${pass.target} as target_type, array[target_id] as targets, 0 as rank, days, difference, agrees from (
      select l.id as line_id, r.target_id, abs(l.paid_on - r.booked_on) as days, abs(l.amount - r.amount) as difference,
        l.paid_on between ${statement.from}::date and ${statement.to}::date as agrees, ${turn}
      from statement_lines l join statement_targets r on r.programme_id = ${statement.programmeId} and r.target_type = ${pass.target}
        and r.currency = l.currency and ${amountsFit(pass, sql`r.amount`)} and ${daysFit(pass, sql`r.booked_on`)}
        and ${pass.quotes ? quotes(sql`r.reference`) : sql`not r.called_off`}
      where ${openLines(look, pass.quotes ? sql`lower(coalesce(l.our_reference, l.reference))` : sql`''`)}
        and ${pass.quotes ? sql`true` : quotesNothing(statement)}
        and ${isFree(pass.target, sql`r.target_id`)} and ${mayBeOne(sql`r.target_id`)}
    ) pairs where of_line = 1 and of_record = 1`;
}
