import { describe, expect, it } from 'vitest';
import { defineProblems, keptProblem, Problem, placesWrong, problem, problemKept, problemKinds } from './problems.ts';
import { say } from './words/index.ts';

const titles = ['For this test', 'Pour ce test', 'لهذا الاختبار'] as const;

describe('problems', () => {
  it('refuses a code that exists already', () => {
    expect(() => defineProblems({ not_found: [404, ...titles] })).toThrow('problem "not_found" is defined twice');
    const { test_only } = defineProblems({ test_only: [418, ...titles] });
    expect(test_only('detail')).toBeInstanceOf(Problem);
    expect(() => defineProblems({ test_only: [418, ...titles] })).toThrow('twice');
  });

  it('lists every kind once, each with a status that is an error', () => {
    const kinds = problemKinds();
    expect(kinds.map(({ code }) => code)).toEqual([...new Set(kinds.map(({ code }) => code))].sort());
    for (const { code, status } of kinds) {
      expect(code).toMatch(/^[a-z]+(_[a-z]+)*$/);
      expect(status).toBeGreaterThanOrEqual(400);
    }
  });

  it('answers in the form of RFC 9457', () => {
    const places = [{ pointer: '/amount', detail: say('too_high', { limit: 3 }) }];
    expect(problem.unprocessable('Correct it.', { limit: 3 }, places).toJSON()).toEqual({
      type: '/problems/unprocessable',
      title: 'The request breaks a rule',
      status: 422,
      code: 'unprocessable',
      detail: 'Correct it.',
      errors: [{ pointer: '/amount', code: 'too_high', detail: 'Give 3 or less.' }],
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

  it('answers in each language, and says which', () => {
    const refusal = placesWrong([{ pointer: '/amount', detail: say('too_high', { limit: 3 }) }]);
    expect(refusal.in('fr')).toMatchObject({
      title: 'La demande enfreint une règle',
      detail: 'Corrigez les endroits indiqués dans « errors ».',
      errors: [{ pointer: '/amount', code: 'too_high', detail: 'Donnez 3 ou moins.' }],
    });
    expect(refusal.in('ar').errors).toEqual([{ pointer: '/amount', code: 'too_high', detail: 'أعط 3 أو أقل.' }]);
    expect(refusal.languagesIn('ar')).toEqual(['ar']);
  });

  it('says in the general words of its kind what has no words in a language; where there are none, in English', () => {
    const nowhere = problem.not_found('There is no such gateway.');
    expect([nowhere.in('en').detail, nowhere.in('fr').detail]).toEqual(['There is no such gateway.', 'Cet enregistrement n’existe pas.']);
    expect(nowhere.languagesIn('fr')).toEqual(['fr']);
    const own = problem.conflict('Wait for it.');
    expect(own.in('fr')).toMatchObject({ title: 'L’enregistrement a changé ou est dans un autre état', detail: 'Wait for it.' });
    expect(own.languagesIn('fr')).toEqual(['fr', 'en']);
    expect(placesWrong([{ pointer: '/a', detail: 'Not this.' }]).languagesIn('ar')).toEqual(['ar', 'en']);
  });

  it('can be kept and answered again in whichever language', () => {
    const refusal = problem.unprocessable(say('places_wrong'), { left: 2 }, [{ pointer: '/amount', detail: say('not_number') }]);
    const again = problemKept(JSON.parse(JSON.stringify(keptProblem(refusal))));
    for (const language of ['ar', 'fr', 'en'] as const) expect(again.in(language)).toEqual(refusal.in(language));
  });
});
