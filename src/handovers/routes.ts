import { Download, type Ground, type Routes } from '../platform/index.ts';
import { askAdvance } from './commands/ask-advance.ts';
import { deliver } from './commands/deliver.ts';
import { closeAdvance, refuseAdvance, withdrawAdvance } from './commands/end-advance.ts';
import { handOverAdvance } from './commands/hand-over.ts';
import { takeBack } from './commands/take-back.ts';
import { listAdvances, listOwnAdvances, readAdvance } from './queries.ts';
import { roundSheetPage } from './round-sheet/page.ts';
import { readRoundSheet } from './round-sheet/query.ts';

type Operation =
  | 'askAdvance'
  | 'listAdvances'
  | 'listOwnAdvances'
  | 'getAdvance'
  | 'getRoundSheet'
  | 'handOverAdvance'
  | 'refuseAdvance'
  | 'withdrawAdvance'
  | 'deliverByHand'
  | 'takeBackAdvance'
  | 'closeAdvance';

export function handoverRoutes(ground: Ground): Routes<Operation> {
  const { db, execute, clock } = ground;
  return {
    askAdvance: ({ params, body, ...call }) => execute(askAdvance, { ...params, ...body }, call),
    listAdvances: ({ actor, params, query }) => listAdvances(db, actor, clock.now(), params.programmeId, query),
    listOwnAdvances: ({ actor, query }) => listOwnAdvances(db, actor, clock.now(), query),
    getRoundSheet: async ({ actor, params, query: { format, language = 'fr' } }) => {
      const sheet = await readRoundSheet(ground, actor, params.advanceId);
      if (format !== 'html') return sheet;
      return new Download('text/html; charset=utf-8', `round-${params.advanceId}.html`, [roundSheetPage(sheet, language)], sheet);
    },
    getAdvance: ({ actor, params }) => readAdvance(db, actor, clock.now(), params.advanceId),
    handOverAdvance: ({ params, body, ...call }) => execute(handOverAdvance, { ...params, ...body }, call),
    refuseAdvance: ({ params, body, ...call }) => execute(refuseAdvance, { ...params, ...body }, call),
    withdrawAdvance: ({ params, ...call }) => execute(withdrawAdvance, params, call),
    deliverByHand: ({ params, body, ...call }) => execute(deliver, { ...params, ...body }, call),
    takeBackAdvance: ({ params, body, ...call }) => execute(takeBack, { ...params, ...body }, call),
    closeAdvance: ({ params, ...call }) => execute(closeAdvance, params, call),
  };
}
