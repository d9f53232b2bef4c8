import type { ProblemPlace } from '../../platform/index.ts';
import type { FaultCode, RowFault, ShownWaiting, WaitingDays } from './types.ts';

const details: Readonly<Record<FaultCode, string>> = {
  number_wrong: 'A registration number is ten digits with a check digit. Look it up and type it again.',
  day_wrong: 'Write a day as DD/MM/YYYY or YYYY-MM-DD.',
  presence_wrong: 'Say full or half (journée, demi-journée).',
  person_unknown: 'The programme knows nobody of this number.',
  person_not_enrolled: 'The person was not enrolled in the programme on this day.',
  person_not_eligible: 'By this day the plan’s scorecard had not found the person eligible.',
  day_outside_plan: 'The plan does not run on this day.',
  day_in_future: 'The day has not come yet.',
  repeated: 'The person stands on this sheet for this day already.',
  worked_elsewhere: 'Another sheet has the person at work on this day.',
  site_full: 'The site has as many people on this day as it takes.',
  days_used_up: 'The person has worked as many days of the period as the plan pays.',
  above_most: 'With this day the period pays the person more than the programme allows at once.',
};

/** A fault in words, as it stands in the API. */
export interface ShownFault extends RowFault {
  readonly detail: string;
}

export const shownFault = (fault: RowFault): ShownFault => ({ ...fault, detail: details[fault.code] });

export const placeOf = ({ row, cell, code }: RowFault): ProblemPlace => ({ row, cell, detail: details[code] });

export const shownWaiting = (days: WaitingDays): ShownWaiting => ({
  ...days,
  code: 'below_least',
  detail: 'The days of the period come to less than the programme pays at once. They are owed once further days are signed.',
});
