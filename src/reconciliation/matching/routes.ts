import { Accepted, type Ground, type Routes, Versioned, versionIn } from '../../platform/index.ts';
import { matchByHand } from './by-hand/match-by-hand.ts';
import { unmatch } from './by-hand/unmatch.ts';
import { setPasses } from './passes/set-passes.ts';
import { listMatches, readMatching, readPasses } from './queries.ts';
import { runMatching } from './runs/run-matching.ts';

type Operation = 'getMatchingPasses' | 'setMatchingPasses' | 'getMatching' | 'runMatching' | 'listMatches' | 'matchByHand' | 'unmatch';

export const matchingRoutes = ({ db, execute }: Ground): Routes<Operation> => ({
  getMatchingPasses: ({ actor, params, query }) => readPasses(db, actor, params.programmeId, query.version),
  setMatchingPasses: async ({ params, body, ifMatch, ...call }) => {
    const passes = await execute(setPasses, { ...params, ...body, version: versionIn(ifMatch) }, call);
    return new Versioned(passes, passes.version);
  },
  getMatching: ({ actor, params }) => readMatching(db, actor, params.statementId),
  runMatching: async ({ params, body, ...call }) => new Accepted(await execute(runMatching, { ...params, ...body }, call)),
  listMatches: ({ actor, params, query }) => listMatches(db, actor, params.statementId, query),
  matchByHand: ({ params, body, ...call }) => execute(matchByHand, { ...params, ...body }, call),
  unmatch: ({ params, body, ...call }) => execute(unmatch, { ...params, ...body }, call),
});
