import type { Ground, Routes } from '../../platform/index.ts';
import { inWords } from '../people/rules.ts';
import { confirmCondition, putBackDraw, refuseDraw, signDraw } from './commands.ts';
import { giveCeilings } from './give-ceilings.ts';
import { listDraws, readDraw } from './queries.ts';

type Operation = 'giveCeilings' | 'listDraws' | 'getDraw' | 'confirmCondition' | 'signDraw' | 'refuseDraw' | 'putBackDraw';

export const trancheRoutes = ({ db, execute }: Ground): Routes<Operation> => ({
  async giveCeilings({ params, body, ...call }) {
    const { entered, refused } = await execute(giveCeilings, { ...params, ...body }, call);
    return { entered, refused: inWords(refused, call.language) };
  },
  listDraws: ({ actor, params, query }) => listDraws(db, actor, params.planId, query),
  getDraw: ({ actor, params }) => readDraw(db, actor, params.drawId),
  confirmCondition: ({ params, body, ...call }) => execute(confirmCondition, { ...params, ...body }, call),
  signDraw: ({ params, ...call }) => execute(signDraw, params, call),
  refuseDraw: ({ params, body, ...call }) => execute(refuseDraw, { ...params, ...body }, call),
  putBackDraw: ({ params, body, ...call }) => execute(putBackDraw, { ...params, ...body }, call),
});
