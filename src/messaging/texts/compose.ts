import { type KeyRing, Money } from '../../platform/index.ts';
import { codeOf, showCode } from '../../vouchers/index.ts';
import { defaults } from './defaults.ts';
import { lastDay } from './last-day.ts';
import { render } from './render.ts';
import type { Language, ProgrammeKind } from './types.ts';
import { type OfficeName, whereToCollect } from './where.ts';

/** What the text of a message is made of. */
export interface Composed {
  readonly kind: ProgrammeKind;
  readonly language: Language;
  /** The programme's own text, as it was when the message was made; null for the one that is shipped. */
  readonly template: string | null;
  /** From when the last day counts as long as the voucher is not active. */
  readonly datedAt: Date;
  readonly voucherId: string;
  readonly serial: string;
  readonly amount: string;
  readonly currency: string;
  readonly keyVersion: number;
  readonly counter: number;
  /** Until when the voucher is good; null while none of its codes has been sent. */
  readonly expiresAt: Date | null;
  readonly timeZone: string;
  readonly validityDays: number;
  /** The only office that pays the voucher at present; null where any does. */
  readonly office: OfficeName | null;
}

/**
 * The text of a message, the same whenever it is made, but that a reminder names the office that alone pays at that moment. A text that somebody wrote
 * without saying where gives way to the shipped one then. The code is derived for it and for nothing else.
 */
export function textOf(keyRing: KeyRing, message: Composed): string {
  const { kind, language, template, voucherId, keyVersion, counter, amount, currency, serial, timeZone, office } = message;
  const saysWhere = kind === 'code' || office === null || template?.includes('{office}');
  return render((saysWhere ? template : null) ?? defaults[kind][language], {
    ...(kind === 'code'
      ? { code: showCode(codeOf(keyRing, { id: voucherId, keyVersion, counter })) }
      : { office: whereToCollect(language, office) }),
    amount: Money.of(amount, currency).toString(),
    currency,
    serial,
    until: lastDay(timeZone, message),
  });
}
