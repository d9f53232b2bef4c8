import { authoriseRead } from '../access/index.ts';
import type { ReadInbound } from '../messaging/index.ts';
import { type Call, type Ground, nothingHere, type Routes } from '../platform/index.ts';
import { categorise, nameAccusedIn, noteOnCase } from './commands/classify.ts';
import { assignCaseTo, moveCaseTo, replyToCase } from './commands/life.ts';
import { linkCaseTo } from './commands/link.ts';
import { setCategory, setLine } from './commands/settings.ts';
import { tellOutcome } from './commands/tell.ts';
import { lookUp } from './doors/look-up.ts';
import { takeMessages } from './doors/messages.ts';
import { enter, type FeedbackDoor, submit } from './doors/submit.ts';
import { listCases, listCategories, listEscalations, readCase } from './queries.ts';
import { readReport } from './report.ts';
import { standingLines } from './settings-store.ts';

type Operation =
  | 'submitFeedback'
  | 'getFeedbackState'
  | 'takeInboundMessages'
  | 'listFeedbackLines'
  | 'setFeedbackLine'
  | 'listFeedbackCases'
  | 'enterFeedback'
  | 'getFeedbackCase'
  | 'moveFeedbackCase'
  | 'replyToFeedback'
  | 'giveFeedbackOutcome'
  | 'assignFeedbackCase'
  | 'categoriseFeedback'
  | 'linkFeedbackCase'
  | 'noteOnFeedback'
  | 'nameAccusedStaff'
  | 'listFeedbackEscalations'
  | 'listFeedbackCategories'
  | 'setFeedbackCategory'
  | 'getFeedbackReport';

/** What this room needs of others. */
export interface FeedbackPorts {
  readonly door: FeedbackDoor;
  readonly readInbound: ReadInbound;
}

export function feedbackRoutes(ground: Ground, { door, readInbound }: FeedbackPorts): Routes<Operation> {
  const { db, execute, clock } = ground;
  return {
    submitFeedback: ({ body, ...call }) => submit(ground, door, body, call),
    getFeedbackState: ({ params, headers, ...call }) =>
      lookUp(ground, door, { reference: params.reference, secret: headers['feedback-secret'] }, call),
    takeInboundMessages: async ({ params, body, headers, address, requestId }) => {
      const { gatewayId } = params;
      const messages = await readInbound(gatewayId, body, headers as Call<'takeInboundMessages'>['headers'], address);
      const isTaken = messages && (await takeMessages(ground, door.limits, gatewayId, messages, requestId));
      if (!isTaken) throw nothingHere();
      return undefined;
    },
    listFeedbackLines: async ({ actor }) => {
      authoriseRead(actor, 'feedback.set_line', {});
      return { items: await standingLines(db) };
    },
    setFeedbackLine: ({ body, ...call }) => execute(setLine, body, call),
    listFeedbackCases: ({ actor, params, query }) => listCases(db, actor, params.programmeId, query, clock.now()),
    enterFeedback: ({ params, body, ...call }) => {
      const { anonymous = false, contact = null, ...told } = body;
      return enter(ground, { ...params, ...told, contact, isAnonymous: anonymous }, call);
    },
    getFeedbackCase: ({ params, actor, requestId }) => execute(readCase, params, { actor, requestId }),
    moveFeedbackCase: ({ params, body, ...call }) => execute(moveCaseTo, { ...params, ...body }, call),
    replyToFeedback: ({ params, body, ...call }) => execute(replyToCase, { ...params, ...body }, call),
    giveFeedbackOutcome: ({ params, body, ...call }) => execute(tellOutcome, { ...params, ...body }, call),
    assignFeedbackCase: ({ params, body, ...call }) => execute(assignCaseTo, { ...params, ...body }, call),
    categoriseFeedback: ({ params, body, ...call }) => execute(categorise, { ...params, ...body }, call),
    linkFeedbackCase: ({ params, body, ...call }) => execute(linkCaseTo, { ...params, ...body }, call),
    noteOnFeedback: ({ params, body, ...call }) => execute(noteOnCase, { ...params, ...body }, call),
    nameAccusedStaff: ({ params, body, ...call }) => execute(nameAccusedIn, { ...params, ...body }, call),
    listFeedbackEscalations: ({ actor, params, query }) => listEscalations(db, actor, params.programmeId, query),
    listFeedbackCategories: ({ actor, params }) => listCategories(db, actor, params.programmeId),
    setFeedbackCategory: ({ params, body, ...call }) => execute(setCategory, { ...params, ...body }, call),
    getFeedbackReport: ({ actor, params, query }) => readReport(db, actor, params.programmeId, query, clock.now()),
  };
}
