import type { Money } from '../../../../platform/index.ts';
import { amountIn, isCurrencyCode } from '../amounts.ts';
import type { Node } from './node.ts';

/** What an element says that holds an amount and its currency; undefined where there is none, or none that can be read. */
export const moneyIn = (amount: Node | undefined): Money | undefined =>
  amount && isCurrencyCode(amount.currency) ? amountIn(amount.text.trim(), amount.currency) : undefined;
