import { describe, expect, it } from 'vitest';
import { matchingStep, newTotpSecret, totpCode, totpEnrolment } from './totp.ts';

// RFC 6238 appendix B, SHA-1: the secret is the ASCII text 12345678901234567890. The RFC prints eight digits; six are the last of them.
const secret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
const vectors: [seconds: number, code: string][] = [
  [59, '94287082'],
  [1_111_111_109, '07081804'],
  [1_111_111_111, '14050471'],
  [1_234_567_890, '89005924'],
  [2_000_000_000, '69279037'],
  [20_000_000_000, '65353130'],
];
const at = (seconds: number): Date => new Date(seconds * 1000);

describe('TOTP', () => {
  it.each(vectors)('agrees with RFC 6238 at %d', (seconds, eight) => {
    const code = eight.slice(-6);
    expect(totpCode(secret, at(seconds))).toBe(code);
    expect(matchingStep(secret, code, at(seconds))).toBe(Math.floor(seconds / 30));
  });

  it('allows a clock to be one step off either way, and says which step the code is of', () => {
    const step = Math.floor(1_234_567_890 / 30);
    for (const off of [-1, 0, 1]) {
      expect(matchingStep(secret, totpCode(secret, at(1_234_567_890 + 30 * off)), at(1_234_567_890))).toBe(step + off);
    }
    for (const off of [-2, 2]) expect(matchingStep(secret, totpCode(secret, at(1_234_567_890 + 30 * off)), at(1_234_567_890))).toBeNull();
  });

  it('makes secrets of 160 bits that an authenticator can take over', () => {
    expect(newTotpSecret()).toMatch(/^[A-Z2-7]{32}$/);
    expect(newTotpSecret()).not.toBe(newTotpSecret());
    const { uri } = totpEnrolment('amina@example.org', secret);
    expect(new URL(uri).searchParams.get('secret')).toBe(secret);
    expect(decodeURIComponent(uri)).toContain('totp/Sanad:amina@example.org');
  });
});
