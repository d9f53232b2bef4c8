import { Money, minorUnits } from '../../platform/index.ts';
import type { Language, TextKind, Values, Variable } from './types.ts';
import { type OfficeName, whereToCollect } from './where.ts';

/** What may stand in a text of each kind, and what must. */
export const variablesOf: Readonly<Record<TextKind, { readonly known: readonly Variable[]; readonly needed: readonly Variable[] }>> = {
  code: { known: ['code', 'amount', 'currency', 'serial', 'until'], needed: ['code'] },
  reminder: { known: ['amount', 'currency', 'serial', 'until', 'office'], needed: ['until', 'office'] },
  proof: { known: ['code'], needed: ['code'] },
};

/** A code that is nobody's: its last digit is the wrong one. */
const noCode = { code: '123 456 789', proof: '123456' } as const;

/** What a message is about, for values that are nobody's. */
interface Sample {
  readonly currency: string;
  /** A usual one when it is left out. */
  readonly amount?: Money | undefined;
  /** The only office that pays; none when it is left out. */
  readonly office?: OfficeName | undefined;
}

/** What the variables of a message may say, with a code that is nobody's. */
export const sampleValues = (
  kind: TextKind,
  language: Language,
  { currency, amount = Money.of('15000', currency), office }: Sample,
): Values => ({
  ...(kind === 'reminder' ? { office: whereToCollect(language, office ?? null) } : { code: kind === 'proof' ? noCode.proof : noCode.code }),
  ...(kind === 'proof' ? {} : { amount: amount.toString(), currency, serial: '12345678901234', until: '31/12/2026' }),
});

/** As long as the longest names of post offices are. */
const farAway: OfficeName = { code: '00000', nameFr: 'm'.repeat(36), nameAr: 'م'.repeat(48) };

/** As {@link sampleValues}, with an amount that is longer than people are paid at once, at an office with a long name: what a text may take at most. */
export const longestValues = (kind: TextKind, language: Language, currency: string): Values =>
  sampleValues(kind, language, {
    currency,
    amount: Money.of(minorUnits(currency) === 0 ? '99999999' : '9999999', currency),
    office: farAway,
  });
