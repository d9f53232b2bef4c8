import type { Ground, Routes } from '../platform/index.ts';
import { assessProgramme, createScorecard } from './commands.ts';
import { listAssessments, listScorecards } from './queries.ts';

export const eligibilityRoutes = ({
  db,
  execute,
  keyRing,
}: Ground): Routes<'createScorecard' | 'listScorecards' | 'assessProgramme' | 'listAssessments'> => ({
  createScorecard: ({ params, body, ...call }) => execute(createScorecard, { ...params, ...body }, call),
  listScorecards: ({ actor, params, query }) => listScorecards(db, actor, params.programmeId, query),
  assessProgramme: ({ params, ...call }) => execute(assessProgramme, params, call),
  listAssessments: ({ actor, params, query }) => listAssessments(db, keyRing, actor, params.scorecardId, query),
});
