import { describe, expect, it } from 'vitest';
import { DateOrderCount, learntOrder } from './date-order.ts';

const countsOf = (...cells: string[]) => {
  const count = new DateOrderCount();
  for (const cell of cells) count.add(cell);
  return count.counts;
};
const learnt = (...cells: string[]) => learntOrder(countsOf(...cells));

describe('the order of the dates of a column', () => {
  it('is shown by a number over 12', () => {
    expect(learnt('04/03/1984', '12/25/1990')).toEqual({ order: 'month_first', known: 'shown' });
    expect(learnt('04/03/1984', '25/12/1990', '')).toEqual({ order: 'day_first', known: 'shown' });
  });

  it('is assumed where nothing shows it', () => {
    expect(learnt('04/03/1984', '12/11/1990')).toEqual({ order: 'day_first', known: 'assumed' });
    expect(learnt()).toEqual({ order: 'day_first', known: 'assumed' });
  });

  it('is said to be mixed where both are there: the day comes first unless that is the rare one', () => {
    const american = Array.from({ length: 9 }, () => '12/31/1990');
    expect(learnt('31/12/1990', ...american)).toEqual({ order: 'month_first', known: 'mixed' });
    expect(learnt('31/12/1990', ...american.slice(1))).toEqual({ order: 'day_first', known: 'mixed' });
    expect(learnt('31/12/1990', '30/12/1990', '12/31/1990')).toEqual({ order: 'day_first', known: 'mixed' });
  });

  it('is counted in whatever digits, with whatever between them and behind them', () => {
    expect(countsOf('12/31/90', '12-31-1990', '12.31.1990', ' 12 / 31 / 1990 ', '١٢/٣١/١٩٩٠', '12/31/1990 10:22:05 AM')).toEqual({
      dayFirst: 0,
      monthFirst: 6,
      either: 0,
    });
    expect(countsOf('03/04/1990', '٠٣/٠٤/١٩٩٠')).toEqual({ dayFirst: 0, monthFirst: 0, either: 2 });
  });

  it('is not learnt from what is no date in numbers, or reads the same', () => {
    const cells = ['05/05/1990', '1990-12-31', '31 Dec 1990', '05 12 34 56 78', '13/13/1990', '32/01/1990', '31/12', 'x'.repeat(1_000)];
    expect(countsOf(...cells)).toEqual({ dayFirst: 0, monthFirst: 0, either: 0 });
  });
});
