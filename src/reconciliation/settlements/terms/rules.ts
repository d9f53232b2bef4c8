import { isIban, looksLikeIban } from '../../../payments/index.ts';
import { Money, type ProblemPlace } from '../../../platform/index.ts';
import type { NewPostTerms, Party, Tariff } from './types.ts';

/** What is wrong with terms. @param currency of the programme */
export const termFaults = ({ payer, payee, tariff }: NewPostTerms, currency: string): ProblemPlace[] => [
  ...accountFaults('payer', payer),
  ...accountFaults('payee', payee),
  ...(payer.account === payee.account
    ? [{ pointer: '/body/payee/account', detail: 'Money does not go back to the account it comes from.' }]
    : []),
  ...(tariff ? (['fixed', 'minimum'] as const).flatMap((field) => amountFaults(`/body/tariff/${field}`, tariff[field], currency)) : []),
];

/** Whether two tariffs charge the same, whatever zeros they are written with. */
export const isSameTariff = (one: Tariff | null, other: Tariff | null): boolean =>
  one === null || other === null
    ? one === other
    : (['fixed', 'perMille', 'minimum'] as const).every((part) => plain(one[part]) === plain(other[part]));

const plain = (amount: string): string =>
  amount
    .replace(/^0+(?=\d)/, '')
    .replace(/(\.\d*?)0+$/, '$1')
    .replace(/\.$/, '');

const accountFaults = (whose: 'payer' | 'payee', { account }: Party): ProblemPlace[] =>
  looksLikeIban(account) && !isIban(account)
    ? [{ pointer: `/body/${whose}/account`, detail: 'The check digits of this IBAN are wrong.' }]
    : [];

function amountFaults(pointer: string, amount: string, currency: string): ProblemPlace[] {
  try {
    return Money.of(amount, currency).isNegative ? [{ pointer, detail: 'Not below zero.' }] : [];
  } catch (error) {
    return [{ pointer, detail: (error as Error).message }];
  }
}
