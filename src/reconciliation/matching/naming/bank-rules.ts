import { Money } from '../../../platform/index.ts';
import type { LineFacts, LineRule } from './types.ts';

const over = ({ amount, currency, quoted }: LineFacts): number =>
  quoted ? Money.of(amount, currency).compare(Money.of(quoted.amount, quoted.currency)) : 0;

const differs = ({ amount, currency, quoted }: LineFacts): string =>
  `The bank lists ${amount} ${currency}; what it quotes of ours comes to ${quoted?.amount} ${quoted?.currency}.`;

/** What a matched line of the bank is called all the same. */
export const calledOff: LineRule = {
  kind: 'bank_not_in_statement',
  holds: (line) => line.calledOff !== null,
  detail: () => 'The bank carried out an order of ours that was called off.',
};

/** What a line of the bank is called that matches nothing of ours: the first rule that holds. */
export const bankLine: readonly LineRule[] = [
  {
    kind: 'duplicate_in_file',
    holds: (line) => line.referenceBefore && (!line.quoted || line.quoted.isClaimed),
    detail: () => 'The file lists this reference and amount more than once.',
  },
  {
    kind: 'duplicate_across_files',
    holds: (line) => line.earlierStatement !== null,
    detail: (line) => `The statement "${line.earlierStatement}" lists this operation already.`,
  },
  {
    kind: 'reversed',
    holds: (line) => line.kind === 'deposit' && line.quoted?.type === 'settlement',
    detail: (line) => `The bank sends back ${line.amount} ${line.currency}, and quotes what we paid the post by.`,
  },
  {
    kind: 'bank_not_in_statement',
    holds: (line) => !line.quoted || line.quoted.isClaimed,
    detail: (line) =>
      line.quoted
        ? 'What it quotes of ours is matched with another line.'
        : `Nothing of ours explains ${line.amount} ${line.currency} of ${line.paidOn}.`,
  },
  {
    kind: 'wrong_currency',
    holds: (line) => line.currency !== line.quoted?.currency,
    detail: (line) => `The bank lists ${line.currency}; what it quotes of ours is in ${line.quoted?.currency}.`,
  },
  { kind: 'amount_over', holds: (line) => over(line) > 0, detail: differs },
  { kind: 'amount_under', holds: (line) => over(line) < 0, detail: differs },
  {
    kind: 'bank_not_in_statement',
    holds: () => true,
    detail: () => 'It quotes a record of ours, and no pass of this programme matches the two.',
  },
];
