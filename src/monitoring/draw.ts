import { createHash } from 'node:crypto';

/**
 * The random order of people under a seed: that of the SHA-256 digest of the seed followed by the 16 bytes of each identifier. The database draws
 * by the same rule; this is what anybody can do with the seed in hand.
 * @param seed 32 bytes
 */
export function inDrawnOrder<Person extends { readonly beneficiaryId: string }>(seed: Buffer, people: readonly Person[]): Person[] {
  const digested = people.map((person) => ({
    person,
    digest: createHash('sha256')
      .update(seed)
      .update(Buffer.from(person.beneficiaryId.replaceAll('-', ''), 'hex'))
      .digest(),
  }));
  return digested.sort((a, b) => Buffer.compare(a.digest, b.digest)).map(({ person }) => person);
}
