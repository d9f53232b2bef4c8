import type { NamedPerson, RefusalCode, Refused } from './types.ts';

/** Whom emergency cash is for: the one sentence that the contract, the database and the documentation share. */
export const EMERGENCY_IS_FOR = 'Emergency cash is for people who are in no other plan of the same purpose, unless it is said why.';

export const details: Readonly<Record<RefusalCode, string>> = {
  not_found: 'The programme knows nobody, or no instalment, of this identifier or number. Check it.',
  not_enrolled: 'The person is not enrolled. Enrol them, or resume their enrolment, and send them again.',
  repeated: 'The person stands in the request already. Leave one out.',
  entered_already: 'The person is in this plan already.',
  in_another_plan: `The person is in one. ${EMERGENCY_IS_FOR}`,
  amount: 'An amount is above zero, has no more decimals than its currency, and pays no less or more at once than the programme allows.',
  amount_of_plan: 'The amount goes by the plan, and is not said of a person.',
  below_least: 'It comes to less than the programme pays at once by this kind.',
  above_most: 'It comes to more than the programme pays at once by this kind.',
  no_source: 'Nothing that was released to the person can be topped up.',
  not_theirs: 'The instalment is another person’s.',
  is_top_up: 'The instalment is a top-up itself, and a top-up is not topped up.',
  not_released: 'The instalment has not been released, or its voucher has expired or was cancelled. Top it up once it is released.',
  topped_up_already: 'The instalment has been topped up for this reason already.',
  comes_to_nothing: 'The percentage of the instalment comes to less than the smallest coin.',
};

/** One of many that is not taken, in words. @param index counted from 0 */
export const refused = (index: number, code: RefusalCode): Refused => ({ index, code, detail: details[code] });

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
