import { problem } from '../platform/index.ts';
import type { AgeBand, LineState, ListState } from './types.ts';
import { say } from './words.ts';

/** What a list may become. The database refuses every other move, whoever asks. */
export const listMoves: Readonly<Record<ListState, readonly ListState[]>> = {
  building: ['draft', 'cancelled'],
  draft: ['submitted', 'cancelled'],
  submitted: ['approved', 'draft', 'cancelled'],
  approved: ['releasing', 'cancelled'],
  releasing: ['released'],
  released: ['closed'],
  closed: [],
  cancelled: [],
};

/** What a line may become. */
export const lineMoves: Readonly<Record<LineState, readonly LineState[]>> = {
  included: ['released', 'returned', 'held'],
  held: ['included'],
  released: ['cancelled'],
  returned: [],
  cancelled: [],
};

/** @throws conflict when a list in one state cannot become another */
export function requireMove(from: ListState, to: ListState): void {
  if (!listMoves[from].includes(to)) {
    const states = { from: say(`list_state_${from}`), to: say(`list_state_${to}`) };
    throw problem.conflict(say('list_cannot_become', states), { state: from });
  }
}

/** From this age on somebody collects for themselves. */
export const ADULT_AGE = 18;

/** Completed years on a day; both are ISO dates. Somebody born on 29 February grows older on 1 March of common years. */
export function ageOn(bornOn: string, day: string): number {
  const years = Number(day.slice(0, 4)) - Number(bornOn.slice(0, 4));
  return day.slice(5) < bornOn.slice(5) ? years - 1 : years;
}

/** The band that an age is reported in. */
export function ageBand(age: number): AgeBand {
  if (age <= 5) return '0-5';
  if (age <= 11) return '6-11';
  if (age < ADULT_AGE) return '12-17';
  return age < 60 ? '18-59' : '60+';
}
