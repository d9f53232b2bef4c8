import { describe, expect, it } from 'vitest';
import { defineTexts, textWithoutValues } from './texts.ts';

const say = defineTexts({
  en: { test_wait: 'Wait {time}, {name}.', test_stop: 'Stop.' },
  fr: { test_wait: 'Attendez {time}, {name}.', test_stop: 'Arrêtez.' },
  ar: { test_wait: '{name}، انتظر {time}.', test_stop: 'قف.' },
});

describe('texts', () => {
  it('say values, each in its language where it has several', () => {
    const time = { en: 'an hour', fr: 'une heure', ar: 'ساعة' };
    expect(say('test_wait', { time, name: 'X-1' })).toEqual({
      code: 'test_wait',
      en: 'Wait an hour, X-1.',
      fr: 'Attendez une heure, X-1.',
      ar: '\u2068X-1\u2069، انتظر ساعة.',
    });
    expect(say('test_wait', { time: 3, name: '{time} $&' }).en).toBe('Wait 3, {time} $&.');
  });

  it('have one code each', () => {
    const again = { test_stop: 'Stop.' };
    expect(() => defineTexts({ en: again, fr: again, ar: again })).toThrow('text "test_stop" is defined twice');
  });

  it('are found by their code where they need no values', () => {
    expect(textWithoutValues('test_stop')).toEqual(say('test_stop'));
    for (const code of ['test_wait', 'test_other']) expect(textWithoutValues(code)).toBeUndefined();
  });
});
