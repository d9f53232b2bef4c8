import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { commonWords } from './common-passwords.ts';
import { passwordFaults } from './password-rules.ts';

const owner = { email: 'leila.haddad@example.org', displayName: 'Leïla Benmokhtar' };

describe('a password that is chosen', () => {
  it.each([
    'password1234',
    'P@ssw0rd2024!!',
    'passwordpassword',
    'qwertyuiop123',
    'azertyuiop2026',
    '123456789012',
    '098765432109',
    'aaaaaaaaaaaaaaaa',
    'abababababababab',
    'abcdefghijklmnop',
    'sunshine princess',
    'iloveyou123456',
    'MotDePasse2026',
    'bonjour-soleil-1',
    'Administrator1!',
    'mohamed123456',
    '1q2w3e4r 1qaz2wsx',
    '............1',
  ])('is refused when many people use it or one like it: %s', (password) => {
    expect(passwordFaults(password, owner)).toMatchObject([{ en: expect.stringContaining('Many people') }]);
  });

  it.each(['Leïla aime le couscous', 'benmokhtar ? oui, toujours', 'HADDAD-vous-salue-bien', 'correct leila horse battery'])(
    'is refused when it tells whose it is: %s',
    (password) => {
      expect(passwordFaults(password, owner)).toMatchObject([{ en: expect.stringContaining('your name') }]);
    },
  );

  it.each([
    'seven otters juggle plums',
    'a long enough password',
    'correct horse battery staple',
    'سبعة أرانب تشرب الشاي',
    'tr0ub4dor & zebra',
    'kx7#vq2!mzt9wp',
    'le chat mange 3 oliviers',
  ])('is taken otherwise, in any script and of any signs: %s', (password) => {
    expect(passwordFaults(password, owner)).toEqual([]);
  });

  it('is refused however common words are joined and digits are added', () => {
    const parts = fc.array(fc.constantFrom(...commonWords), { minLength: 1, maxLength: 3 });
    const tail = fc.constantFrom('', '1', '123', '!', '2026', '1234!');
    fc.assert(
      fc.property(parts, tail, fc.boolean(), (words, end, shout) => {
        const password = `${words.join(' ')}${end}`;
        return passwordFaults(shout ? password.toUpperCase() : password, owner).length > 0;
      }),
    );
  });
});
