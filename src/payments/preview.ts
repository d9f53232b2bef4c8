import { authoriseRead } from '../access/index.ts';
import type { Actor, Ground } from '../platform/index.ts';
import { type DrawingTotals, drawUp, type LeftOut, totalsOf } from './draw-up.ts';
import { scopeOf } from './queries.ts';
import type { ListSource } from './types.ts';

/** How many of the people left out a preview names; its counts are of all. */
const NAMED = 500;

export type Preview = DrawingTotals & { readonly leftOutPeople: LeftOut[] };

/** What a list would hold if it were built now. It runs what building runs and changes nothing. */
export async function previewList({ db, keyRing, clock }: Ground, actor: Actor, source: ListSource): Promise<Preview> {
  authoriseRead(actor, 'payments.build_list', scopeOf(source));
  const drawing = await drawUp(db, keyRing, clock.now(), source);
  return { ...totalsOf(drawing), leftOutPeople: drawing.leftOut.slice(0, NAMED) };
}
