import type { Ground, Routes } from '../platform/index.ts';
import { decideSignal, reviewSignal } from './commands/review.ts';
import { setThreshold } from './commands/set-threshold.ts';
import { countSignals, listSignals, readSignal, readThresholds } from './queries.ts';

type Operation =
  | 'listSignals'
  | 'countSignals'
  | 'getSignal'
  | 'reviewSignal'
  | 'decideSignal'
  | 'getSignalThresholds'
  | 'setSignalThreshold';

export const signalRoutes = ({ db, execute }: Ground): Routes<Operation> => ({
  listSignals: ({ actor, query }) => listSignals(db, actor, query),
  countSignals: ({ actor, query }) => countSignals(db, actor, query),
  getSignal: ({ actor, params }) => readSignal(db, actor, params.signalId),
  reviewSignal: ({ params, ...call }) => execute(reviewSignal, params, call),
  decideSignal: ({ params, body, ...call }) => execute(decideSignal, { ...params, ...body }, call),
  getSignalThresholds: ({ actor, params }) => readThresholds(db, actor, params.programmeId),
  setSignalThreshold: ({ params, body, ...call }) => execute(setThreshold, { ...params, ...body }, call),
});
