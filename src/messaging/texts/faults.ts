import type { ProblemPlace } from '../../platform/index.ts';
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

const variable = /\{([^{}]*)\}/gu;
const address = /(?:https?:|www\.)\S*|[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}(?:\/\S*)?/giu;
/** Digits that a person might call or type in. */
const number = /\+?\d(?:[ .-]?\d){5,}/gu;
const foreignDigit = /[\u0660-\u0669\u06f0-\u06f9]/gu;
const hidden = /[\p{Cf}\p{Cc}]/gu;

/** What is wrong with a text, each with the words that are meant and the letter at which they begin. */
export function faultsOfText(text: string, { kind, language, currency, ownNames }: Written): ProblemPlace[] {
  const faults = [...faultsOfVariables(text, kind), ...faultsOfLetters(text)];
  for (const { word, tells, at } of tellingIn(withoutVariables(text), ownNames))
    faults.push(fault(`“${word}” at letter ${at} tells of ${tells}. A phone is read by whoever holds it: say it without that word.`));
  return faults.length > 0 ? faults : faultsOfLength(text, kind, longestValues(kind, language, currency));
}

/** The segments that a text which somebody wrote for one person may take at most. */
const MOST_PLAIN_SEGMENTS = 6;

/** What is wrong with a text that is sent as it is written, to one person. @param ownNames what the programme, its code and its donors are called */
export function faultsOfPlainText(text: string, ownNames: readonly OwnName[]): ProblemPlace[] {
  const telling = tellingIn(text, ownNames).map(({ word, tells, at }) => fault(`“${word}” at letter ${at} tells of ${tells}.`));
  const { segments } = segmentsOf(text);
  const length =
    segments > MOST_PLAIN_SEGMENTS ? [fault(`It takes ${segments} segments, and ${MOST_PLAIN_SEGMENTS} at most are sent.`)] : [];
  return [...faultsOfLetters(text), ...telling, ...length];
}

const fault = (detail: string): ProblemPlace => ({ pointer: '/text', detail });

/** A text whose variables are words that say nothing. */
const withoutVariables = (text: string): string => text.replaceAll(variable, (whole) => ` ${'0'.repeat(whole.length - 2)} `);

/** Every place where a pattern is found, with the letter at which it begins. */
const places = (text: string, pattern: RegExp): { found: string; name: string; at: number }[] =>
  [...text.matchAll(pattern)].map(({ 0: found, 1: name = '', index }) => ({ found, name, at: [...text.slice(0, index)].length + 1 }));

function faultsOfVariables(text: string, kind: TextKind): ProblemPlace[] {
  const { known, needed } = variablesOf[kind];
  const found = places(text, variable);
  const offered = known.map((name) => `{${name}}`).join(', ');
  const unknown = found.filter(({ name }) => !(known as readonly string[]).includes(name));
  const stray = places(withoutVariables(text), /[{}]/g);
  return [
    ...unknown.map(({ found: word, at }) =>
      fault(
        word === '{code}'
          ? `{code} at letter ${at}: a reminder never carries the code. Use ${offered}.`
          : `${word} at letter ${at} is no variable of this text. Use ${offered}.`,
      ),
    ),
    ...stray.map(({ found: brace, at }) => fault(`“${brace}” at letter ${at} belongs to no variable. Use ${offered}.`)),
    ...needed.filter((name) => !found.some((one) => one.name === name)).map((name) => fault(`{${name}} is missing.`)),
    ...found
      .filter(({ name }, i) => name === 'code' && found.findIndex((one) => one.name === 'code') < i && known.includes('code'))
      .map(({ at }) => fault(`{code} stands again at letter ${at}. It stands once.`)),
  ];
}

const faultsOfLetters = (text: string): ProblemPlace[] => [
  ...places(text, foreignDigit).map(({ found, at }) => fault(`“${found}” at letter ${at}: write digits as 0 to 9, in every language.`)),
  ...places(text, hidden)
    .filter(({ found }) => found !== '\n')
    .map(({ at }) =>
      fault(`An invisible letter stands at letter ${at}. Take it out: what keeps digits in order is added when the text is sent.`),
    ),
  ...places(text, address).map(({ found, at }) => fault(`“${found}” at letter ${at} is read as an address. A message leads nowhere.`)),
  ...places(text, number).map(({ found, at }) => fault(`“${found}” at letter ${at} is read as a number to call. A message names none.`)),
];

function faultsOfLength(text: string, kind: TextKind, values: Values): ProblemPlace[] {
  const { segments, encoding } = segmentsOf(render(text, values));
  const most = MOST_SEGMENTS[kind];
  return segments > most
    ? [fault(`With the longest values it takes ${segments} segments in ${encoding}, and ${most} at most are sent. Shorten it.`)]
    : [];
}
