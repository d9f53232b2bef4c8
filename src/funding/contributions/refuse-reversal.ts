import type { ReversalGuard } from '../../ledger/index.ts';
import { problem, type Tx } from '../../platform/index.ts';
import { findConversion, lockForeignCash } from '../exchange/index.ts';
import { say } from '../words.ts';
import { findContribution, isConvertedSince } from './store.ts';

/** The events that only such records have, once each. */
const inTurn: readonly string[] = ['foreign_contribution', 'conversion_out'];

/**
 * Keeps foreign money from being taken back out of its turn: every conversion was booked at the average of what was held then, so what came
 * before it stays until it is taken back itself.
 * @throws conflict when money of the same currency was converted since
 */
export const refuseReversal: ReversalGuard = async (tx, { event, subjectId }) => {
  if (!inTurn.includes(event)) return;
  const moved = await movedBy(tx, subjectId);
  if (!moved) return;
  await lockForeignCash(tx, moved.fundId);
  if (await isConvertedSince(tx, moved.fundId, moved.currency, subjectId)) {
    throw problem.conflict(say('converted_since', { currency: moved.currency }));
  }
};

async function movedBy(tx: Tx, subjectId: string): Promise<{ fundId: string; currency: string } | undefined> {
  const contribution = await findContribution(tx, subjectId);
  if (contribution) return { fundId: contribution.fundId, currency: contribution.amount.currency };
  const conversion = await findConversion(tx, subjectId);
  return conversion && { fundId: conversion.fundId, currency: conversion.sold.currency };
}
