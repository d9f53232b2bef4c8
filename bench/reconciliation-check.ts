import type pg from 'pg';
import { chunksOf } from './reconciliation-cases.ts';
import { defects } from './reconciliation-kinds.ts';

interface Row {
  readonly kind: string;
  readonly serial: string;
}

/**
 * Compares what was found in a statement with what was put into it.
 * @returns how many defects were put in, by kind, when each was found and named and nothing else was
 * @throws Error with the first differences
 */
export async function checkFindings(
  client: pg.Client,
  statementId: string,
  series: number,
  count: number,
): Promise<Record<string, number>> {
  const { rows } = await client.query<Row>(
    `select e.kind, coalesce(l.serial, v.serial) as serial from exceptions e left join statement_lines l on l.id = e.statement_line_id
      left join payouts p on p.id = e.payout_id left join vouchers v on v.id = p.voucher_id where e.statement_id = $1`,
    [statementId],
  );
  const found = new Set(rows.map(({ kind, serial }) => `${kind}/${serial}`));
  const wanted = new Set<string>();
  const counts = Object.fromEntries(defects.map((kind) => [kind, 0]));
  let isOneToOne = 0;
  for (const cases of chunksOf(series, count))
    for (const { serial, defect, isPaid } of cases) {
      if (defect) {
        wanted.add(`${defect}/${serial}`);
        counts[defect] = (counts[defect] ?? 0) + 1;
      }
      const isUnmatched = [
        'amount_over',
        'amount_under',
        'duplicate_across_files',
        'wrong_currency',
        'date_out_of_range',
        'ours_not_in_statement',
      ];
      if (isPaid && !(defect && isUnmatched.includes(defect))) isOneToOne += 1;
    }
  const missed = [...wanted].filter((one) => !found.has(one));
  const invented = [...found].filter((one) => !wanted.has(one));
  const { rows: matches } = await client.query<{ right: number; wrong: number }>(
    `select count(*) filter (where v.serial = l.serial)::int as right, count(*) filter (where v.serial is distinct from l.serial)::int as wrong
      from statement_lines l join statement_match_targets t on t.statement_line_id = l.id and t.target_type = 'payout'
      join payouts p on p.id = t.target_id join vouchers v on v.id = p.voucher_id where l.statement_id = $1`,
    [statementId],
  );
  const { right = 0, wrong = 0 } = matches[0] ?? {};
  if (missed.length > 0 || invented.length > 0 || rows.length !== wanted.size || wrong > 0 || right !== isOneToOne)
    throw new Error(
      `missed ${missed.length} (${missed.slice(0, 5)}), invented ${invented.length} (${invented.slice(0, 5)}), ` +
        `${wrong} false matches, ${right} of ${isOneToOne} right ones`,
    );
  return counts;
}
