import type { Language, Text } from '../../platform/index.ts';
import { say } from '../words.ts';
import type { InWords, NamedPerson, RefusalCode, Refused } from './types.ts';

export const details: Readonly<Record<RefusalCode, Text>> = {
  not_found: say('named_unknown'),
  not_enrolled: say('named_not_enrolled'),
  repeated: say('named_twice'),
  entered_already: say('entered_already'),
  in_another_plan: say('in_another_plan'),
  amount: say('named_amount'),
  amount_of_plan: say('amount_of_plan'),
  below_least: say('named_below_least'),
  above_most: say('named_above_most'),
  no_source: say('no_source'),
  not_theirs: say('not_theirs'),
  is_top_up: say('is_top_up'),
  not_released: say('not_released'),
  topped_up_already: say('topped_up_already'),
  comes_to_nothing: say('comes_to_nothing'),
};

/** One of many that is not taken. @param index counted from 0 */
export const refused = (index: number, code: RefusalCode): Refused => ({ index, code });

/** Those that are not taken, in words, as they stand in the API. */
export const inWords = <One extends { readonly code: RefusalCode }>(those: readonly One[], language: Language): (One & InWords)[] =>
  those.map((one) => ({ ...one, detail: details[one.code][language] }));

/** Somebody who can be entered, and where they stand in the request. */
export interface Standing {
  readonly index: number;
  readonly person: NamedPerson;
}

/**
 * Who of those named can be entered: whom the programme knows, who is enrolled, and each once.
 * @param found in the order of the request; undefined for somebody whom the programme does not know
 */
export function sortOut(found: readonly (NamedPerson | undefined)[]): { standing: Standing[]; refused: Refused[] } {
  const seen = new Set<string>();
  const standing: Standing[] = [];
  const out: Refused[] = [];
  found.forEach((person, index) => {
    if (!person) out.push(refused(index, 'not_found'));
    else if (!person.isEnrolled) out.push(refused(index, 'not_enrolled'));
    else if (seen.has(person.beneficiaryId)) out.push(refused(index, 'repeated'));
    else {
      seen.add(person.beneficiaryId);
      standing.push({ index, person });
    }
  });
  return { standing, refused: out };
}

/** In the order of the request. */
export const inOrder = (refusals: readonly Refused[]): Refused[] => [...refusals].sort((one, other) => one.index - other.index);
