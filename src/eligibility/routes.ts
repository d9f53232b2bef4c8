import type { Ground, Routes } from '../platform/index.ts';
import { assessPerson } from './assess-person.ts';
import { assessProgramme, cancelRun, compareScorecards, createScorecard } from './commands.ts';
import { listMoves } from './moves.ts';
import { listRuns, listScorecards, readRun } from './queries.ts';
import { listAssessments, readAssessments } from './readings.ts';

type Operation =
  | 'createScorecard'
  | 'listScorecards'
  | 'assessProgramme'
  | 'listAssessmentRuns'
  | 'compareScorecards'
  | 'getAssessmentRun'
  | 'cancelAssessmentRun'
  | 'listMoves'
  | 'listAssessments'
  | 'assessPerson'
  | 'listAssessmentsOfPerson';

export const eligibilityRoutes = ({ db, execute }: Ground): Routes<Operation> => ({
  createScorecard: ({ params, body, ...call }) => execute(createScorecard, { ...params, ...body }, call),
  listScorecards: ({ actor, params, query }) => listScorecards(db, actor, params.programmeId, query),
  assessProgramme: ({ params, ...call }) => execute(assessProgramme, params, call),
  listAssessmentRuns: ({ actor, params, query }) => listRuns(db, actor, params.scorecardId, query),
  compareScorecards: ({ params, body, ...call }) => execute(compareScorecards, { ...params, comparedWith: body.with }, call),
  getAssessmentRun: ({ actor, params }) => readRun(db, actor, params.runId),
  cancelAssessmentRun: ({ params, ...call }) => execute(cancelRun, params, call),
  listMoves: ({ params, query, ...call }) => execute(listMoves, { ...params, query }, call),
  listAssessments: ({ params, query, ...call }) => execute(listAssessments, { ...params, query }, call),
  assessPerson: ({ params, query, body, ...call }) => execute(assessPerson, { ...params, ...query, ...body }, call),
  listAssessmentsOfPerson: ({ params, query, ...call }) => execute(readAssessments, { ...params, query }, call),
});
