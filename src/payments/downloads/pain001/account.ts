const iban = /^[A-Z]{2}[0-9]{2}[a-zA-Z0-9]{1,30}$/;

/** Whether an account is written as an IBAN (ISO 13616). */
export const looksLikeIban = (account: string): boolean => iban.test(account);

/** Whether the check digits of an IBAN are right (ISO 7064 MOD 97-10). */
export function isIban(account: string): boolean {
  if (!looksLikeIban(account)) return false;
  const digits = [...`${account.slice(4)}${account.slice(0, 4)}`.toUpperCase()].map((sign) => Number.parseInt(sign, 36)).join('');
  return BigInt(digits) % 97n === 1n;
}

/** Whether a code is a BIC (ISO 9362). */
export const isBic = (code: string): boolean => /^[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?$/.test(code);
