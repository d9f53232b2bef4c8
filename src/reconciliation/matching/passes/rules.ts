import type { ProblemPlace } from '../../../platform/index.ts';
import type { Pass } from '../types.ts';

const kindsOf: Readonly<Record<Pass['target'], readonly Pass['lineKind'][]>> = {
  payout: ['payment', 'deposit'],
  settlement: ['payment'],
  advance: ['payment'],
  contribution: ['deposit'],
  advance_return: ['deposit'],
  cash_recovery: ['deposit'],
  fee: ['fee'],
  line: ['reversal', 'deposit_reversal'],
};

const ofBank: readonly Pass['target'][] = ['settlement', 'advance', 'contribution', 'advance_return', 'cash_recovery'];

/** What is wrong with one pass by itself; the database holds the same rules. Undefined where nothing is. */
function faultOf({ side, lineKind, target, quotes, serial, tolerance, days, office, document, sums }: Pass): string | undefined {
  if (!kindsOf[target].includes(lineKind)) return `A line that is a ${target} is one of: ${kindsOf[target].join(', ')}.`;
  if (side === 'bank' && target === 'payout' && lineKind === 'deposit') return 'What came in at the bank is no pay-out.';
  if (side === 'post' && ofBank.includes(target)) return 'The bank, not the post, says of this that it moved.';
  if (sums && Number(tolerance) !== 0) return 'Parts come to the amount exactly: leave the tolerance out.';
  if (target !== 'payout' && Number(tolerance) !== 0) return 'Only a pay-out may be of another amount: leave the tolerance out.';
  if (sums === 'office_day')
    return target === 'payout' && office && days !== null && !quotes && !serial && !document
      ? undefined
      : 'What an office paid on a day goes by office and days, and nothing else.';
  if (sums === 'days')
    return side === 'post' && target === 'payout' && days !== null && !quotes && !serial && !document
      ? undefined
      : 'What the post paid on days that follow each other goes by days, and by office where the line has one, and nothing else.';
  if (sums === 'reference')
    return target === 'settlement' && quotes && !serial && !office && !document
      ? undefined
      : 'Settlements of one reference go by quotes, and nothing else.';
  if (target === 'payout')
    return quotes || serial || (office && document && days !== null)
      ? undefined
      : 'A pay-out is found by quotes, by serial, or by office, document and days together.';
  if (office || document) return 'Only pay-outs have an office and a document.';
  if (target === 'line') return quotes || serial ? undefined : 'What is taken back is found by quotes or by serial.';
  if (serial) return 'Only pay-outs have a serial.';
  if (target === 'settlement' && Number(tolerance) !== 0) return 'A settlement is paid to the unit: leave the tolerance out.';
  return quotes || days !== null ? undefined : 'Say that the reference is quoted, or how many days may lie between.';
}

/** What is wrong with a set of passes, by where it stands. */
export function passFaults(passes: readonly Pass[]): ProblemPlace[] {
  return passes.flatMap((pass, i) => {
    const own = faultOf(pass);
    const isRepeated = passes.slice(0, i).some(({ side, name }) => side === pass.side && name === pass.name);
    return [
      ...(own ? [{ pointer: `/passes/${i}`, detail: own }] : []),
      ...(isRepeated ? [{ pointer: `/passes/${i}/name`, detail: 'Another pass of this side has this name.' }] : []),
    ];
  });
}

/** Passes that are carried out together, in one statement of SQL. */
export interface PassGroup {
  readonly way: 'quote' | 'serial' | 'likeness' | 'office_day' | 'days' | 'reference' | 'record' | 'reversal';
  readonly passes: readonly Pass[];
}

function wayOf({ target, quotes, serial, sums }: Pass): PassGroup['way'] {
  if (sums) return sums;
  if (target === 'line') return 'reversal';
  if (target !== 'payout') return 'record';
  return quotes ? 'quote' : serial ? 'serial' : 'likeness';
}

const together: readonly PassGroup['way'][] = ['quote', 'serial'];

/**
 * A side's passes in their order, those together that can be: a line finds at most one pay-out by its serial, or by the identifier that it
 * quotes, so of passes that go by the same, one after another, the first that holds says why, and all of them cost one look.
 */
export function groupsOf(passes: readonly Pass[], side: Pass['side']): PassGroup[] {
  const groups: { way: PassGroup['way']; passes: Pass[] }[] = [];
  for (const pass of passes.filter((one) => one.side === side)) {
    const way = wayOf(pass);
    const last = groups.at(-1);
    if (together.includes(way) && last?.way === way && last.passes[0]?.lineKind === pass.lineKind) last.passes.push(pass);
    else groups.push({ way, passes: [pass] });
  }
  return groups;
}
