import { describe, expect, it } from 'vitest';
import { defineProblems, Problem, problem, problemKinds } from './problems.ts';

describe('problems', () => {
  it('refuses a code that exists already', () => {
    expect(() => defineProblems({ not_found: [404, 'Twice'] })).toThrow('problem "not_found" is defined twice');
    const { test_only } = defineProblems({ test_only: [418, 'For this test'] });
    expect(test_only('detail')).toBeInstanceOf(Problem);
    expect(() => defineProblems({ test_only: [418, 'Again'] })).toThrow('twice');
  });

  it('lists every kind once, each with a status that is an error', () => {
    const kinds = problemKinds();
    expect(kinds.map(({ code }) => code)).toEqual([...new Set(kinds.map(({ code }) => code))].sort());
    for (const { code, status, title } of kinds) {
      expect(code).toMatch(/^[a-z]+(_[a-z]+)*$/);
      expect(status).toBeGreaterThanOrEqual(400);
      expect(title).not.toBe('');
    }
  });

  it('answers in the form of RFC 9457', () => {
    const places = [{ pointer: '/amount', detail: 'too much' }];
    expect(problem.unprocessable('Correct it.', { limit: 3 }, places).toJSON()).toEqual({
      type: '/problems/unprocessable',
      title: 'The request breaks a rule',
      status: 422,
      code: 'unprocessable',
      detail: 'Correct it.',
      errors: places,
      limit: 3,
    });
    expect(problem.not_found('Gone.').toJSON()).not.toHaveProperty('errors');
  });

  it('lets no fact stand in for the answer itself', () => {
    expect(problem.forbidden('No.', { status: 200, code: 'fine', limit: 3 }).toJSON()).toMatchObject({
      status: 403,
      code: 'forbidden',
      limit: 3,
    });
  });
});
