import { describe, expect, it } from 'vitest';
import { channelsTold } from './channels.ts';
import { isTellable, THRESHOLD } from './pool.ts';

const paidBy = (office: number, hand: number, people: readonly [number, number] = [office, hand]) => ({
  post_office: { transfers: office, people: people[0] },
  by_hand: { transfers: hand, people: people[1] },
});

describe('the channels of a place', () => {
  it('are both where ten and more were paid by each, otherwise the one by which most was', () => {
    expect(channelsTold(paidBy(30, 10), 40)).toEqual(['post_office', 'by_hand']);
    expect(channelsTold(paidBy(30, 9), 39)).toEqual(['post_office']);
    expect(channelsTold(paidBy(30, 0), 30)).toEqual(['post_office']);
    expect(channelsTold(paidBy(9, 30), 39)).toEqual(['by_hand']);
    expect(channelsTold(paidBy(30, 12, [30, 4]), 42)).toEqual(['post_office']);
  });

  it('are not told where pay-outs are hidden, or were booked late', () => {
    expect(channelsTold(paidBy(30, 10), null)).toEqual([]);
    expect(channelsTold(paidBy(0, 0), 0)).toEqual([]);
    expect(channelsTold(paidBy(30, 10), 41)).toEqual([]);
  });

  it('leave it open, whatever is told, that each channel paid nobody or ten and more', () => {
    for (let all = THRESHOLD; all <= 60; all += 1) {
      const readings = new Map<string, { hand: Set<number>; office: Set<number> }>();
      for (let hand = 0; hand <= all; hand += 1)
        for (const people of new Set([hand, Math.min(hand, 9), Math.min(hand, 1)])) {
          const told = channelsTold(paidBy(all - hand, hand, [all - hand, people]), all).join();
          const reading = readings.get(told) ?? { hand: new Set(), office: new Set() };
          reading.hand.add(people);
          reading.office.add(all - hand);
          readings.set(told, reading);
        }
      for (const [told, { hand, office }] of readings) {
        expect([...hand].some(isTellable), `${told} of ${all}`).toBe(true);
        expect([...office].some(isTellable), `${told} of ${all}`).toBe(true);
      }
    }
  });
});
