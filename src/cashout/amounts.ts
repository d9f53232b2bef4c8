import { isCurrency, Money } from '../platform/index.ts';
import { wronglyEntered } from './problems.ts';

/** An amount as somebody at a counter wrote it. @param pointer where it stands @throws unprocessable when it cannot be */
export function readAmount({ amount, currency }: ReturnType<Money['toJSON']>, pointer: string, mayBeZero: boolean): Money {
  if (!isCurrency(currency)) throw wronglyEntered(pointer, 'currency_unknown');
  try {
    const money = Money.of(amount, currency);
    if (!money.isNegative && (mayBeZero || !money.isZero)) return money;
  } catch {}
  throw wronglyEntered(pointer, mayBeZero ? 'amount_negative' : 'amount_not_positive');
}
