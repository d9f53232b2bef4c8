import type { PaymentInstruction } from '../../beneficiaries/index.ts';
import type { ProblemPlace } from '../../platform/index.ts';
import { say } from '../words.ts';
import { isIban, looksLikeIban } from './pain001/account.ts';

/** What is asked for of a list's file, as far as it can be wrong. */
export interface AskedFile {
  readonly format: 'csv' | 'xlsx' | 'pain001';
  readonly fields: readonly string[];
  readonly instruction: PaymentInstruction | null;
}

/** The latest day that a partner is told to pay from, counted from today. */
const DAYS_AHEAD = 60;
const DAY_MS = 86_400_000;

/** What is wrong with it. @param today ISO date in the programme's time zone */
export function fileFaults({ format, fields, instruction }: AskedFile, today: string): ProblemPlace[] {
  if (format !== 'pain001') {
    return [
      ...(fields.length === 0 ? [{ pointer: '/body/fields', detail: say('table_columns_missing') }] : []),
      ...(instruction ? [{ pointer: '/body/instruction', detail: say('table_instructs_nobody') }] : []),
    ];
  }
  if (!instruction) return [{ pointer: '/body/instruction', detail: say('instruction_missing') }];
  const latest = new Date(Date.parse(today) + DAYS_AHEAD * DAY_MS).toISOString().slice(0, 10);
  const { debtor, executeOn } = instruction;
  return [
    ...(fields.length > 0 ? [{ pointer: '/body/fields', detail: say('message_without_columns') }] : []),
    ...(looksLikeIban(debtor.account) && !isIban(debtor.account)
      ? [{ pointer: '/body/instruction/debtor/account', detail: say('iban_wrong') }]
      : []),
    ...(executeOn < today || executeOn > latest
      ? [{ pointer: '/body/instruction/executeOn', detail: say('day_from_to', { today, latest }) }]
      : []),
  ];
}
