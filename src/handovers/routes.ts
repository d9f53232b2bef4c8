import type { ExportLimits } from '../beneficiaries/index.ts';
import { Download, type Ground, type Routes } from '../platform/index.ts';
import { askAdvance } from './commands/ask-advance.ts';
import { deliver } from './commands/deliver.ts';
import { closeAdvance, refuseAdvance, withdrawAdvance } from './commands/end-advance.ts';
import { handOverAdvance } from './commands/hand-over.ts';
import { confirmLoss, reportLoss } from './commands/loss.ts';
import { takeBack } from './commands/take-back.ts';
import { takeOffRound } from './commands/take-off.ts';
import { voidDelivery } from './commands/void-delivery.ts';
import { acceptDelivery, answerAsWitness } from './commands/witness.ts';
import { listAdvances, listDeliveries, listOwnAdvances, listWitnessed, readAdvance } from './queries.ts';
import { roundSheetPage } from './round-sheet/page.ts';
import { printRoundSheet } from './round-sheet/print.ts';
import { readRoundSheet } from './round-sheet/query.ts';

type Operation =
  | 'askAdvance'
  | 'listAdvances'
  | 'listOwnAdvances'
  | 'getAdvance'
  | 'getRoundSheet'
  | 'getRoundSheetPage'
  | 'handOverAdvance'
  | 'refuseAdvance'
  | 'withdrawAdvance'
  | 'deliverByHand'
  | 'takeBackAdvance'
  | 'closeAdvance'
  | 'takeOffRound'
  | 'reportLostAdvance'
  | 'confirmLostAdvance'
  | 'listDeliveries'
  | 'listWitnessedDeliveries'
  | 'answerAsWitness'
  | 'acceptDelivery'
  | 'voidDelivery';

/** @param limits how much of people's data one user may take out in a day */
export function handoverRoutes(ground: Ground, limits: ExportLimits): Routes<Operation> {
  const { db, execute, clock } = ground;
  const print = printRoundSheet(limits);
  return {
    askAdvance: ({ params, body, ...call }) => execute(askAdvance, { ...params, ...body }, call),
    listAdvances: ({ actor, params, query }) => listAdvances(db, actor, clock.now(), params.programmeId, query),
    listOwnAdvances: ({ actor, query }) => listOwnAdvances(db, actor, clock.now(), query),
    getRoundSheet: ({ actor, params }) => readRoundSheet(ground, actor, params.advanceId),
    getRoundSheetPage: async ({ params, query: { format, language = 'fr' }, ...call }) => {
      const sheet = await readRoundSheet(ground, call.actor, params.advanceId);
      await execute(print, { ...params, people: sheet.stops.length }, call);
      if (format === 'json') return sheet;
      return new Download('text/html; charset=utf-8', `round-${params.advanceId}.html`, [roundSheetPage(sheet, language)], sheet);
    },
    getAdvance: ({ actor, params }) => readAdvance(db, actor, clock.now(), params.advanceId),
    handOverAdvance: ({ params, body, ...call }) => execute(handOverAdvance, { ...params, ...body }, call),
    refuseAdvance: ({ params, body, ...call }) => execute(refuseAdvance, { ...params, ...body }, call),
    withdrawAdvance: ({ params, ...call }) => execute(withdrawAdvance, params, call),
    deliverByHand: ({ params, body, ...call }) => execute(deliver, { ...params, ...body }, call),
    takeBackAdvance: ({ params, body, ...call }) => execute(takeBack, { ...params, ...body }, call),
    closeAdvance: ({ params, ...call }) => execute(closeAdvance, params, call),
    takeOffRound: ({ params, body, ...call }) => execute(takeOffRound, { ...params, ...body }, call),
    reportLostAdvance: ({ params, body, ...call }) => execute(reportLoss, { ...params, ...body }, call),
    confirmLostAdvance: ({ params, ...call }) => execute(confirmLoss, params, call),
    listDeliveries: ({ actor, params, query }) => listDeliveries(db, actor, params.programmeId, query),
    listWitnessedDeliveries: ({ actor, query }) => listWitnessed(db, actor, query),
    answerAsWitness: ({ params, body, ...call }) => execute(answerAsWitness, { ...params, ...body }, call),
    acceptDelivery: ({ params, body, ...call }) => execute(acceptDelivery, { ...params, ...body }, call),
    voidDelivery: ({ params, body, ...call }) => execute(voidDelivery, { ...params, ...body }, call),
  };
}
