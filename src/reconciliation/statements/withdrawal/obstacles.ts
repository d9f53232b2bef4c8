import type { Tx } from '../../../platform/index.ts';
import { reconciliationProblem } from '../../problems.ts';
import { type Obstacle, obstaclesOf } from './store.ts';

/** How many obstacles are named. */
const NAMED = 20;

const words: Readonly<Record<Obstacle['obstacle'], (obstacle: Obstacle) => string>> = {
  exception: ({ about, name }) =>
    `Exception ${about} (${name}) was decided, or waits for approval. Have its proposal refused, or the exception opened again.`,
  match_by_hand: ({ name }) => `Row ${name} was matched by hand. Take that match apart.`,
  settlement: ({ name }) => `Settlement ${name} was paid because a line of it says so. Take that match apart; the settlement stays paid.`,
  period: ({ name }) => `The period ${name} was closed with it. Have it opened again.`,
  repetition: ({ about, name }) => `Statement ${about} ("${name}") repeats lines of it. Withdraw that one first.`,
  taken_back_by_hand: ({ about, name }) =>
    `A line of statement ${about} ("${name}") was matched by hand with a line of it. Take that match apart.`,
  matching: ({ about, name }) => `Statement ${about} ("${name}") is being matched. Ask again when it is done.`,
};

/** @throws statement_in_use with everything that rests on a statement */
export async function refuseInUse(tx: Tx, statementId: string): Promise<void> {
  const obstacles = await obstaclesOf(tx, statementId, NAMED);
  if (obstacles.length === 0) return;
  const places = obstacles.map((one) => ({ detail: words[one.obstacle](one) }));
  throw reconciliationProblem.statement_in_use('Nothing was changed. Undo first what is listed in "errors".', {}, places);
}
