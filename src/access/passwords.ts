import argon2 from '@node-rs/argon2';

// OWASP Password Storage Cheat Sheet: argon2id with 19 MiB, two passes and one lane. The library's algorithm is argon2id.
const cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** What is compared when there is nobody of that name, so that the answer takes as long. No password gives this hash. */
const decoy = '$argon2id$v=19$m=19456,t=2,p=1$qwT4HRcQ+FMxMNXvsfWY4g$oajW3KtS2rUxFuaRzG0c5mcyex4AWiOYTinEEaxQWsk';

/** What is kept of a password. @returns a PHC string */
export const hashPassword = (password: string): Promise<string> => argon2.hash(password, cost);

/** Whether a password is the one that a hash was made of; takes as long, and is false, without a hash. */
export async function isPassword(kept: string | null | undefined, password: string): Promise<boolean> {
  const same = await argon2.verify(kept ?? decoy, password);
  return same && typeof kept === 'string';
}

/** Whether a hash was made with other parameters than those of today. */
export const isOutdated = (kept: string): boolean =>
  !kept.startsWith(`$argon2id$v=19$m=${cost.memoryCost},t=${cost.timeCost},p=${cost.parallelism}$`);
