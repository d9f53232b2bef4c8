import type { Ground, Routes } from '../platform/index.ts';
import { answerInterview, noteNoResponse, openInterview } from './commands/interviews.ts';
import { assignPeople, cancelRound, closeRound, drawSample, planRound, takePeopleBack } from './commands/rounds.ts';
import { listOwnInterviews, listRounds, readResults, readRound, verifyDraw } from './queries.ts';

type Operation =
  | 'listSurveyRounds'
  | 'planSurveyRound'
  | 'getSurveyRound'
  | 'verifySurveyDraw'
  | 'drawSurveySample'
  | 'assignInterviews'
  | 'takeInterviewsBack'
  | 'closeSurveyRound'
  | 'cancelSurveyRound'
  | 'getSurveyResults'
  | 'listOwnInterviews'
  | 'openInterview'
  | 'answerInterview'
  | 'recordNoResponse';

export function monitoringRoutes({ db, execute }: Ground): Routes<Operation> {
  return {
    listSurveyRounds: ({ actor, params, query }) => listRounds(db, actor, params.programmeId, query),
    planSurveyRound: ({ params, body, ...call }) => execute(planRound, { ...params, ...body }, call),
    getSurveyRound: ({ actor, params }) => readRound(db, actor, params.roundId),
    verifySurveyDraw: ({ actor, params }) => verifyDraw(db, actor, params.roundId),
    drawSurveySample: ({ params, ...call }) => execute(drawSample, params, call),
    assignInterviews: ({ params, body, ...call }) => execute(assignPeople, { ...params, ...body }, call),
    takeInterviewsBack: ({ params, body, ...call }) => execute(takePeopleBack, { ...params, ...body }, call),
    closeSurveyRound: ({ params, ...call }) => execute(closeRound, params, call),
    cancelSurveyRound: ({ params, body, ...call }) => execute(cancelRound, { ...params, ...body }, call),
    getSurveyResults: ({ actor, params }) => readResults(db, actor, params.roundId),
    listOwnInterviews: ({ actor, query }) => listOwnInterviews(db, actor, query),
    openInterview: ({ params, actor, requestId }) => execute(openInterview, params, { actor, requestId }),
    answerInterview: ({ params, body, ...call }) => execute(answerInterview, { ...params, ...body }, call),
    recordNoResponse: ({ params, body, ...call }) => execute(noteNoResponse, { ...params, ...body }, call),
  };
}
