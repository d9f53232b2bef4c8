import type { Language, ProblemPlace, Text } from '../../platform/index.ts';
import { say } from '../words.ts';
import type { FaultCode, RowFault, WaitingDays } from './types.ts';

const details: Readonly<Record<FaultCode, Text>> = {
  number_wrong: say('number_wrong'),
  day_wrong: say('day_wrong'),
  presence_wrong: say('presence_wrong'),
  person_unknown: say('person_unknown'),
  person_not_enrolled: say('person_not_enrolled'),
  person_not_eligible: say('person_not_eligible'),
  day_outside_plan: say('day_outside_plan'),
  day_in_future: say('day_in_future'),
  repeated: say('day_repeated'),
  worked_elsewhere: say('worked_elsewhere'),
  site_full: say('site_full'),
  days_used_up: say('days_used_up'),
  above_most: say('days_above_most'),
};

/** A fault in words, as it stands in the API. */
export interface ShownFault extends RowFault {
  readonly detail: string;
}

export const shownFault = (fault: RowFault, language: Language): ShownFault => ({ ...fault, detail: details[fault.code][language] });

export const placeOf = ({ row, cell, code }: RowFault): ProblemPlace => ({ row, cell, detail: details[code] });

/** Days that wait, with why. */
interface ShownWaiting extends WaitingDays {
  readonly code: 'below_least';
  readonly detail: string;
}

export const shownWaiting = (days: WaitingDays, language: Language): ShownWaiting => ({
  ...days,
  code: 'below_least',
  detail: say('days_below_least')[language],
});
