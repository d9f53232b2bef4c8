import { describe, expect, it } from 'vitest';
import { eachInTurn } from './each-in-turn.ts';
import { createLogger } from './logger.ts';

describe('work for each in turn', () => {
  it('gives everyone a turn, whoever fails before them, and then says what went wrong', async () => {
    const had: string[] = [];
    const wrong = new Error('not this one');
    const working = eachInTurn(['one', 'other', 'third'], async (name) => {
      had.push(name);
      if (name === 'other') throw wrong;
    });
    await expect(working).rejects.toMatchObject({ name: 'AggregateError', message: '1 of 3 failed', errors: [wrong] });
    expect(had).toEqual(['one', 'other', 'third']);
  });

  it('begins with one when the one before has ended', async () => {
    const seen: string[] = [];
    await eachInTurn(['a', 'b'], async (name) => {
      seen.push(`${name} begins`);
      await new Promise((resolve) => setImmediate(resolve));
      seen.push(`${name} ends`);
    });
    expect(seen).toEqual(['a begins', 'a ends', 'b begins', 'b ends']);
  });

  it('is logged with every error, and without the rows that a database quotes', async () => {
    const lines: string[] = [];
    const logger = createLogger('info', { write: (line) => lines.push(line) });
    const fromDatabase = Object.assign(new Error('invalid input: "Amina Benali"'), { severity: 'ERROR', code: '22P02' });
    await eachInTurn([fromDatabase, new Error('no funds')], (error) => Promise.reject(error)).catch((err) => logger.error({ err }));
    expect(lines[0]).not.toContain('Amina');
    expect(JSON.parse(lines[0] ?? '').err).toMatchObject({
      message: '2 of 2 failed',
      errors: [{ message: 'database error', sqlState: '22P02' }, { message: 'no funds' }],
    });
  });
});
