import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lastDay } from './rules.ts';
import { segmentsOf } from './segments.ts';
import { type Language, renderCode, renderProof } from './templates.ts';

const message = { code: '123 456 789', amount: '150000.00', currency: 'DZD', serial: '12345678901234', until: '31/12/2026' };

describe('segments', () => {
  it('are counted as GSM 03.38 says', () => {
    const cases: readonly [text: string, encoding: string, segments: number][] = [
      ['', 'GSM-7', 1],
      ['a'.repeat(160), 'GSM-7', 1],
      ['a'.repeat(161), 'GSM-7', 2],
      ['a'.repeat(306), 'GSM-7', 2],
      ['a'.repeat(307), 'GSM-7', 3],
      ['€'.repeat(80), 'GSM-7', 1],
      ['€'.repeat(81), 'GSM-7', 2],
      // 153 is odd: the escape and its letter do not part, so that each segment holds 76 of them.
      ['€'.repeat(152), 'GSM-7', 2],
      ['€'.repeat(153), 'GSM-7', 3],
      ['é'.repeat(160), 'GSM-7', 1],
      ['ê', 'UCS-2', 1],
      ['ç', 'UCS-2', 1],
      ['’', 'UCS-2', 1],
      ['ر'.repeat(70), 'UCS-2', 1],
      ['ر'.repeat(71), 'UCS-2', 2],
      ['ر'.repeat(134), 'UCS-2', 2],
      ['ر'.repeat(135), 'UCS-2', 3],
      ['😀'.repeat(35), 'UCS-2', 1],
      ['😀'.repeat(66), 'UCS-2', 2],
      ['😀'.repeat(67), 'UCS-2', 3],
    ];
    for (const [text, encoding, segments] of cases) expect(segmentsOf(text), text.slice(0, 5)).toEqual({ encoding, segments });
  });

  it('never become fewer when a text grows', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 400 }),
        fc.string({ unit: 'binary', maxLength: 5 }),
        (text, more) => segmentsOf(text + more).segments >= segmentsOf(text).segments,
      ),
    );
  });
});

describe('the message with a code', () => {
  it('is one segment in French and English, three in Arabic', () => {
    expect(segmentsOf(renderCode('fr', message))).toEqual({ encoding: 'GSM-7', segments: 1 });
    expect(segmentsOf(renderCode('en', message))).toEqual({ encoding: 'GSM-7', segments: 1 });
    expect(segmentsOf(renderCode('ar', message))).toEqual({ encoding: 'UCS-2', segments: 3 });
  });

  it.each<Language>(['ar', 'fr', 'en'])('in %s says everything, and nothing of who pays or why', (language) => {
    const text = renderCode(language, message);
    for (const value of Object.values(message)) expect(text).toContain(value);
    expect(text).not.toMatch(
      /[{}]|\baid\b|aide|assist|humanit|program|migra|refug|réfug|\bIOM\b|\bOIM\b|\bUN\b|مساعدة|إغاثة|لاجئ|مهاجر|برنامج/i,
    );
    expect(text).not.toMatch(/[\u0660-\u0669\u06f0-\u06f9]/);
  });

  it.each<Language>(['ar', 'fr', 'en'])('in %s proves a telephone in one segment, and says nothing of who asks or why', (language) => {
    const text = renderProof(language, '492039');
    expect(text).toContain('492039');
    expect(segmentsOf(text).segments).toBe(1);
    expect(text).not.toMatch(/[{}]|\baid\b|aide|assist|humanit|program|regist|inscri|\bIOM\b|\bOIM\b|\bUN\b|مساعدة|إغاثة|تسجيل|برنامج/i);
  });

  it('keeps digits in order within Arabic', () => {
    expect(renderCode('ar', message)).toContain('\u2066123 456 789\u2069');
    expect(renderProof('ar', '492039')).toContain('\u2066492039\u2069');
    expect(renderCode('fr', message)).not.toMatch(/\p{Cf}/u);
  });

  it('names the last day in the time zone of the programme', () => {
    expect(lastDay('Africa/Algiers', { createdAt: new Date('2026-02-27T22:59:59Z'), validityDays: 1, expiresAt: null })).toBe('28/02/2026');
    expect(lastDay('Africa/Algiers', { createdAt: new Date('2026-02-27T23:00:00Z'), validityDays: 1, expiresAt: null })).toBe('01/03/2026');
    expect(lastDay('Africa/Algiers', { createdAt: new Date('2026-12-02T12:00:00Z'), validityDays: 60, expiresAt: null })).toBe(
      '31/01/2027',
    );
    // What is known of the voucher itself comes before what is counted.
    const expiresAt = new Date('2026-03-31T23:00:00Z');
    expect(lastDay('Africa/Algiers', { createdAt: new Date('2026-02-27T22:59:59Z'), validityDays: 1, expiresAt })).toBe('31/03/2026');
  });
});
