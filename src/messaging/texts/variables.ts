import { Money, minorUnits } from '../../platform/index.ts';
import type { TextKind, Values, Variable } from './types.ts';

/** What may stand in a text of each kind, and what must. */
export const variablesOf: Readonly<Record<TextKind, { readonly known: readonly Variable[]; readonly needed: readonly Variable[] }>> = {
  code: { known: ['code', 'amount', 'currency', 'serial', 'until'], needed: ['code'] },
  reminder: { known: ['amount', 'currency', 'serial', 'until'], needed: ['until'] },
  proof: { known: ['code'], needed: ['code'] },
};

/** A code that is nobody's: its last digit is the wrong one. */
const noCode = { code: '123 456 789', proof: '123456' } as const;

/** What the variables of a message may say, with a code that is nobody's. @param amount of the message; a usual one when it is left out */
export const sampleValues = (kind: TextKind, currency: string, amount = Money.of('15000', currency)): Values => ({
  ...(kind === 'reminder' ? {} : { code: kind === 'proof' ? noCode.proof : noCode.code }),
  ...(kind === 'proof' ? {} : { amount: amount.toString(), currency, serial: '12345678901234', until: '31/12/2026' }),
});

/** As {@link sampleValues}, with an amount that is longer than people are paid at once: what a text may take at most. */
export const longestValues = (kind: TextKind, currency: string): Values =>
  sampleValues(kind, currency, Money.of(minorUnits(currency) === 0 ? '99999999' : '9999999', currency));
