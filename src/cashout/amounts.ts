import { isCurrency, Money, type Text } from '../platform/index.ts';
import { wronglyEntered } from './problems.ts';
import { say } from './words/index.ts';

/** An amount as somebody at a counter wrote it. @param pointer where it stands @throws unprocessable when it cannot be */
export function readAmount({ amount, currency }: ReturnType<Money['toJSON']>, pointer: string, mayBeZero: boolean): Money {
  if (!isCurrency(currency)) throw wronglyEntered(pointer, 'currency_unknown');
  try {
    const money = Money.of(amount, currency);
    if (!money.isNegative && (mayBeZero || !money.isZero)) return money;
  } catch {}
  throw wronglyEntered(pointer, mayBeZero ? 'amount_negative' : 'amount_not_positive');
}

/** An amount above zero of a currency that is settled, or what is wrong with it. */
export function amountAboveZero(amount: string, currency: string): Money | Text {
  try {
    const money = Money.of(amount, currency);
    return money.isZero || money.isNegative ? say('amount_above_zero') : money;
  } catch {
    return say('amount_not_positive');
  }
}
