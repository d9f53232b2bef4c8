import { defaults } from './defaults.ts';
import type { TextPlace, WrittenText } from './template-store.ts';
import type { Language, TextKind } from './types.ts';

/** A text as it is shown. */
export interface Template {
  readonly kind: TextKind;
  readonly language: Language;
  readonly text: string;
  /** Whether it is the one that is shipped. */
  readonly isDefault: boolean;
  /** Counts from 1; 0 while nobody has written any. */
  readonly number: number;
  readonly madeBy: string | null;
  readonly madeAt: string | null;
}

export const templateOf = ({ kind, language }: TextPlace, { text, number, madeBy, madeAt }: WrittenText): Template => ({
  kind,
  language,
  text: text ?? defaults[kind][language],
  isDefault: text === null,
  number,
  madeBy,
  madeAt: madeAt?.toISOString() ?? null,
});
