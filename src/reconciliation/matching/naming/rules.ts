import type { Finding } from '../../types.ts';
import { bankLine, calledOff } from './bank-rules.ts';
import { isMadeUpFor, matchedPayment, reversal, unmatchedPayment } from './post-rules.ts';
import type { Coverage, LineFacts, LineRule } from './types.ts';

/** A deposit that the post lists is what we paid it. */
const postDeposit: readonly LineRule[] = [
  {
    kind: 'bank_not_in_statement',
    holds: ({ quoted, amount, currency }) => !quoted || quoted.amount !== amount || quoted.currency !== currency,
    detail: ({ amount, currency }) =>
      `The post lists ${amount} ${currency} that came in; no settlement of ours has this reference and amount.`,
  },
  {
    kind: 'duplicate_in_file',
    holds: ({ quoted }) => quoted?.isClaimed === true,
    detail: () => 'The file lists the settlement that it quotes more than once.',
  },
];

/** What a line is that somebody else has to match. */
const needsAnother: LineRule = {
  kind: 'needs_another_person',
  holds: ({ withheld }) => withheld !== null,
  detail: ({ withheld }) =>
    `The pass "${withheld?.pass}" finds a record of ours for it, in which whoever had the statement matched had a hand. A colleague matches it, or runs the matching again.`,
};

const takesBack = ({ kind }: LineFacts): boolean => kind === 'reversal' || kind === 'deposit_reversal';

function rulesFor(line: LineFacts, statement: Coverage): LineRule[] {
  const all = (rules: readonly LineRule[]) => rules.filter((rule) => rule.holds(line, statement));
  const first = (rules: readonly LineRule[]) => {
    const found = rules.find((rule) => rule.holds(line, statement));
    return found ? [found] : [];
  };
  if (needsAnother.holds(line, statement)) return [needsAnother];
  // What the post takes for its work is compared with its invoice.
  if (line.kind === 'fee' && (statement.source === 'post' || line.pass !== null)) return [];
  if (isMadeUpFor(line, statement)) return [];
  if (takesBack(line)) return first(reversal);
  if (line.pass !== null) return all([calledOff, ...matchedPayment]);
  if (statement.source === 'bank') return first(bankLine);
  return first(line.kind === 'deposit' ? postDeposit : unmatchedPayment);
}

function recordOf({ pass, quoted, calledOff, returned, withheld }: LineFacts, { source }: Coverage): Pick<Finding, 'record'> {
  if (withheld) return withheld.type === 'payout' || withheld.type === 'line' ? {} : { record: { type: withheld.type, id: withheld.id } };
  if (calledOff !== null) return { record: { type: 'settlement', id: calledOff } };
  if (returned !== null) return { record: { type: 'settlement', id: returned } };
  return pass === null && quoted && source === 'bank' ? { record: { type: quoted.type, id: quoted.id } } : {};
}

/** What has to be looked at in a statement's lines, after matching. */
export function findingsOf(lines: readonly LineFacts[], statement: Coverage): Finding[] {
  return lines.flatMap((line) =>
    rulesFor(line, statement).map(({ kind, detail }) => ({
      kind,
      detail: detail(line, statement),
      lineId: line.lineId,
      payoutId: (line.withheld?.type === 'payout' ? line.withheld.id : line.payout?.id) ?? null,
      ...recordOf(line, statement),
    })),
  );
}
