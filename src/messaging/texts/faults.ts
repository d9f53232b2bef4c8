import type { Text } from '../../platform/index.ts';
import { say, tellsSaid } from '../words.ts';
import { render } from './render.ts';
import { segmentsOf } from './segments.ts';
import { type OwnName, tellingIn } from './telling.ts';
import type { Language, TextKind, Values } from './types.ts';
import { longestValues, variablesOf } from './variables.ts';

/** The segments that a text of each kind may take at most: each is paid for, and a long message loses its end on old phones. */
export const MOST_SEGMENTS: Readonly<Record<TextKind, number>> = { code: 3, reminder: 3, proof: 2 };

/** What a text is written for. */
export interface Written {
  readonly kind: TextKind;
  readonly language: Language;
  /** Of the amounts that it will speak of. */
  readonly currency: string;
  /** What the programme, its code and its donors are called. */
  readonly ownNames: readonly OwnName[];
}

interface Fault {
  readonly pointer: string;
  readonly detail: Text;
}

const variable = /\{([^{}]*)\}/gu;
const address = /(?:https?:|www\.)\S*|[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}(?:\/\S*)?/giu;
/** Digits that a person might call or type in. */
const number = /\+?\d(?:[ .-]?\d){5,}/gu;
const foreignDigit = /[\u0660-\u0669\u06f0-\u06f9]/gu;
const hidden = /[\p{Cf}\p{Cc}]/gu;

/** What is wrong with a text, each with the words that are meant and the letter at which they begin. */
export function faultsOfText(text: string, { kind, language, currency, ownNames }: Written): Fault[] {
  const faults = [...faultsOfVariables(text, kind), ...faultsOfLetters(text)];
  for (const { word, tells, at } of tellingIn(withoutVariables(text), ownNames))
    faults.push(fault(say('text_tells', { word, at, tells: tellsSaid[tells] })));
  return faults.length > 0 ? faults : faultsOfLength(text, kind, longestValues(kind, language, currency));
}

/** The segments that a text which somebody wrote for one person may take at most. */
const MOST_PLAIN_SEGMENTS = 6;

/** What is wrong with a text that is sent as it is written, to one person. @param ownNames what the programme, its code and its donors are called */
export function faultsOfPlainText(text: string, ownNames: readonly OwnName[]): Fault[] {
  const telling = tellingIn(text, ownNames).map(({ word, tells, at }) =>
    fault(say('text_word_tells', { word, at, tells: tellsSaid[tells] })),
  );
  const { segments } = segmentsOf(text);
  const length = segments > MOST_PLAIN_SEGMENTS ? [fault(say('text_plain_segments', { segments, most: MOST_PLAIN_SEGMENTS }))] : [];
  return [...faultsOfLetters(text), ...telling, ...length];
}

const fault = (detail: Text): Fault => ({ pointer: '/text', detail });

/** A text whose variables are words that say nothing. */
const withoutVariables = (text: string): string => text.replaceAll(variable, (whole) => ` ${'0'.repeat(whole.length - 2)} `);

/** Every place where a pattern is found, with the letter at which it begins. */
const places = (text: string, pattern: RegExp): { found: string; name: string; at: number }[] =>
  [...text.matchAll(pattern)].map(({ 0: found, 1: name = '', index }) => ({ found, name, at: [...text.slice(0, index)].length + 1 }));

function faultsOfVariables(text: string, kind: TextKind): Fault[] {
  const { known, needed } = variablesOf[kind];
  const found = places(text, variable);
  const offered = known.map((name) => `{${name}}`).join(', ');
  const unknown = found.filter(({ name }) => !(known as readonly string[]).includes(name));
  const stray = places(withoutVariables(text), /[{}]/g);
  return [
    ...unknown.map(({ found: word, at }) =>
      fault(say(word === '{code}' ? 'text_code_in_reminder' : 'text_variable_unknown', { variable: word, at, offered })),
    ),
    ...stray.map(({ found: brace, at }) => fault(say('text_brace_stray', { brace, at, offered }))),
    ...needed
      .filter((name) => !found.some((one) => one.name === name))
      .map((name) => fault(say('text_variable_missing', { variable: `{${name}}` }))),
    ...found
      .filter(({ name }, i) => name === 'code' && found.findIndex((one) => one.name === 'code') < i && known.includes('code'))
      .map(({ found: word, at }) => fault(say('text_code_twice', { variable: word, at }))),
  ];
}

const faultsOfLetters = (text: string): Fault[] => [
  ...places(text, foreignDigit).map(({ found: digit, at }) => fault(say('text_digit_foreign', { digit, at }))),
  ...places(text, hidden)
    .filter(({ found }) => found !== '\n')
    .map(({ at }) => fault(say('text_letter_hidden', { at }))),
  ...places(text, address).map(({ found, at }) => fault(say('text_address', { address: found, at }))),
  ...places(text, number).map(({ found, at }) => fault(say('text_number', { number: found, at }))),
];

function faultsOfLength(text: string, kind: TextKind, values: Values): Fault[] {
  const { segments, encoding } = segmentsOf(render(text, values));
  const most = MOST_SEGMENTS[kind];
  return segments > most ? [fault(say('text_segments', { segments, encoding, most }))] : [];
}
