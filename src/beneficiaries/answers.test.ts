import { describe, expect, it } from 'vitest';
import contract from '../contract/openapi.json' with { type: 'json' };
import {
  type Answers,
  answerFlags,
  answerNumbers,
  answerWords,
  difficulties,
  functions,
  hasDisability,
  type WashingtonGroup,
} from './answers.ts';

const all = (difficulty: (typeof difficulties)[number]): WashingtonGroup => Object.fromEntries(functions.map((name) => [name, difficulty]));

describe('answers', () => {
  it.each<[boolean | undefined, Answers]>([
    [undefined, {}],
    [true, { disability: true }],
    [false, { disability: false }],
    [undefined, { washingtonGroup: { seeing: 'some' } }],
    [false, { washingtonGroup: all('some') }],
    [true, { washingtonGroup: { hearing: 'a_lot' } }],
    [true, { washingtonGroup: { ...all('none'), selfCare: 'cannot' } }],
    [true, { disability: false, washingtonGroup: { walking: 'cannot' } }],
    [true, { disability: true, washingtonGroup: all('none') }],
  ])('say %s of a disability when they are %j', (expected, answers) => expect(hasDisability(answers)).toBe(expected));

  it('are those that the contract takes', () => {
    const { Answers: written, AnswersChange: changed, WashingtonGroup: group, Difficulty } = contract.components.schemas;
    const named = [...Object.keys(answerWords), ...Object.keys(answerNumbers), ...answerFlags, 'washingtonGroup'].sort();
    expect(Object.keys(written.properties).sort()).toEqual(named);
    expect(Object.keys(changed.properties).sort()).toEqual(named);
    expect(Object.keys(group.properties)).toEqual(functions);
    expect(Difficulty.enum).toEqual(difficulties);
    const properties = written.properties as unknown as Record<string, { enum?: string[]; maximum?: number }>;
    for (const [name, words] of Object.entries(answerWords)) expect(properties[name]?.enum).toEqual(words);
    for (const [name, most] of Object.entries(answerNumbers)) expect(properties[name]?.maximum).toBe(most);
  });
});
