/** The languages that people are written to in. */
export const languages = ['ar', 'fr', 'en'] as const;
export type Language = (typeof languages)[number];

/** What a programme writes: the message with a code, and the reminder, which carries none. */
export const programmeKinds = ['code', 'reminder'] as const;
export type ProgrammeKind = (typeof programmeKinds)[number];

/** And what the platform itself writes: the code by which somebody proves that a telephone is theirs. */
export type TextKind = ProgrammeKind | 'proof';

/** What stands between braces in a text. */
export type Variable = 'code' | 'amount' | 'currency' | 'serial' | 'until' | 'office';

/** What the variables of one message say, digits European but in the name of an office. */
export type Values = Readonly<Partial<Record<Variable, string>>>;
